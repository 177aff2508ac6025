//! A connection's bytes. Whoever leaves an answer unread for too long is cut off.

use std::pin::Pin;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutWriter;

pub(crate) type Stream = Pin<Box<TimeoutWriter<TcpStream>>>;

/// A write fails once the other side has taken nothing for so long.
pub(crate) fn with_patience(wire: TcpStream, patience: Duration) -> Stream {
    let mut stream = TimeoutWriter::new(wire);
    stream.set_timeout(Some(patience));
    Box::pin(stream)
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::io;

    use tokio::io::AsyncWrite;
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn whoever_reads_nothing_is_cut_off() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let error = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let theirs = TcpStream::connect(listener.local_addr().unwrap()).await;
            let (ours, _) = listener.accept().await.unwrap();
            let mut stream = with_patience(ours, Duration::from_millis(20));
            let bytes = vec![0; 1 << 20];
            let error = loop {
                let written = poll_fn(|cx| Pin::new(&mut stream).poll_write(cx, &bytes)).await;
                if let Err(error) = written {
                    break error;
                }
            };
            drop(theirs);
            error
        });
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
