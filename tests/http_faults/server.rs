//! A server on loopback that does one wrong thing to its first request, and answers every later one.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::common::http::read_request;

/// What is done to the first request, after it was read; the port is one that no redirect may lead to.
pub(crate) type Act = fn(&mut TcpStream, u16);

pub(crate) struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
    elsewhere: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start(act: Act) -> Self {
        Self::serving(act)
    }

    /// Sends these bytes as its first reply, and closes.
    pub(crate) fn sending(reply: Vec<u8>) -> Self {
        Self::serving(move |stream, _| {
            let _ = stream.write_all(&reply);
            let _ = stream.shutdown(std::net::Shutdown::Both);
        })
    }

    fn serving(act: impl Fn(&mut TcpStream, u16) + Send + Sync + 'static) -> Self {
        let elsewhere = Arc::new(AtomicUsize::new(0));
        let other = listen({
            let elsewhere = Arc::clone(&elsewhere);
            move |_| {
                elsewhere.fetch_add(1, Ordering::SeqCst);
            }
        });
        let connections = Arc::new(AtomicUsize::new(0));
        let requests = AtomicUsize::new(0);
        let counted = Arc::clone(&connections);
        let port = listen(move |mut stream| {
            counted.fetch_add(1, Ordering::SeqCst);
            while read_request(&mut stream).is_some() {
                if requests.fetch_add(1, Ordering::SeqCst) == 0 {
                    act(&mut stream, other);
                } else if stream.write_all(&refusal()).is_err() {
                    return;
                }
            }
        });
        Self {
            port,
            connections,
            elsewhere,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Connections to where a redirect led.
    pub(crate) fn elsewhere(&self) -> usize {
        self.elsewhere.load(Ordering::SeqCst)
    }
}

/// What a no of the service says.
pub(crate) const REFUSAL: &str =
    r#"{"Response":{"Error":{"Code":"FailedOperation.OcrFailed","Message":"m"},"RequestId":"r"}}"#;

/// A whole, well-formed no of the service.
pub(crate) fn refusal() -> Vec<u8> {
    with_length(REFUSAL.as_bytes())
}

/// The same in two chunks.
pub(crate) fn chunked_refusal() -> Vec<u8> {
    let (first, second) = REFUSAL.split_at(REFUSAL.len() / 2);
    format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len()
    )
    .into_bytes()
}

pub(crate) fn with_length(body: &[u8]) -> Vec<u8> {
    let mut reply = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    reply.extend_from_slice(body);
    reply
}

fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            // A client that gives up must not keep a thread for ever.
            let _ = stream.set_write_timeout(Some(Duration::from_secs(30)));
            let _ = stream.set_read_timeout(Some(Duration::from_secs(60)));
            thread::spawn(move || serve(stream));
        }
    });
    port
}
