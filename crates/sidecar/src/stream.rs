//! A connection's bytes, whichever way it came; anyone who leaves an answer unread for too long is cut off.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio_io_timeout::TimeoutWriter;

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

    /// The same; a write fails once the other side has taken nothing for so long.
    pub(crate) fn with_patience(
        self,
        first: u8,
        patience: Duration,
    ) -> Pin<Box<TimeoutWriter<Begun>>> {
        let mut stream = TimeoutWriter::new(Begun {
            wire: self,
            first: Some(first),
        });
        stream.set_timeout(Some(patience));
        Box::pin(stream)
    }
}

/// A wire whose first byte was read before there was anybody to read on.
pub(crate) struct Begun {
    wire: Wire,
    first: Option<u8>,
}

impl AsyncRead for Begun {
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
        Pin::new(&mut this.wire).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Begun {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().wire).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().wire).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().wire).poll_shutdown(cx)
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
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
        let mut stream = wire.with_patience(b'o', Duration::from_secs(30));
        drop(theirs);
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "once");
    }

    #[tokio::test]
    async fn whoever_reads_nothing_is_cut_off() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut stream = Wire::Unix(ours).with_patience(b'x', Duration::from_millis(20));
        let error = stream.write_all(&vec![0; 16 << 20]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(theirs);
    }
}
