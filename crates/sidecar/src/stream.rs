//! A connection's bytes, whichever way it came; anyone who leaves an answer unread for too long is cut off.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::time::{Sleep, sleep};

pub(crate) enum Wire {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Wire {
    /// Waits for the first byte; none at the end. It is read and not only waited for: a connection that was just accepted
    /// is taken to be readable until a read has found nothing.
    pub(crate) async fn first(&mut self) -> io::Result<Option<u8>> {
        let mut byte = [0];
        let got = match self {
            Self::Tcp(stream) => stream.read(&mut byte).await?,
            #[cfg(unix)]
            Self::Unix(stream) => stream.read(&mut byte).await?,
        };
        Ok(byte.first().copied().filter(|_| got > 0))
    }

    fn write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }
}

pub(crate) struct Stream {
    wire: Wire,
    /// The byte that was read before there was anybody to read on.
    first: Option<u8>,
    patience: Duration,
    /// Runs while the other side takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Stream {
    pub(crate) fn new(wire: Wire, first: u8, patience: Duration) -> Self {
        Self {
            wire,
            first: Some(first),
            patience,
            stalled: None,
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if buffer.remaining() > 0
            && let Some(first) = this.first.take()
        {
            buffer.put_slice(&[first]);
            return Poll::Ready(Ok(()));
        }
        match &mut this.wire {
            Wire::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
            #[cfg(unix)]
            Wire::Unix(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Poll::Ready(written) = Pin::new(&mut this.wire).write(cx, bytes) {
            this.stalled = None;
            return Poll::Ready(written);
        }
        let patience = this.patience;
        let stalled = this
            .stalled
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().wire {
            Wire::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            #[cfg(unix)]
            Wire::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().wire {
            Wire::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            #[cfg(unix)]
            Wire::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    #[tokio::test]
    async fn nobody_is_heard_before_they_say_something() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut theirs = TcpStream::connect(address).await.unwrap();
        let mut wire = Wire::Tcp(listener.accept().await.unwrap().0);
        tokio::select! {
            biased;
            heard = wire.first() => panic!("{heard:?}"),
            () = tokio::task::yield_now() => {}
        }
        theirs.write_all(b"once").await.unwrap();
        assert_eq!(wire.first().await.unwrap(), Some(b'o'));
        let mut stream = Stream::new(wire, b'o', Duration::from_secs(30));
        drop(theirs);
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "once");
        assert_eq!(stream.wire.first().await.unwrap(), None);
    }

    #[tokio::test]
    async fn whoever_reads_nothing_is_cut_off() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut stream = Stream::new(Wire::Unix(ours), b'x', Duration::from_millis(20));
        let error = stream.write_all(&vec![0; 16 << 20]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(theirs);
    }
}
