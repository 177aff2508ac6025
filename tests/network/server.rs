//! Servers on loopback: one that answers, and those that are silent in one way each.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use super::common::http::read_message;

/// The service's refusal.
pub(crate) const REFUSAL: &str =
    r#"{"Response":{"Error":{"Code":"FailedOperation.OcrFailed","Message":"m"},"RequestId":"r"}}"#;

pub(crate) fn refusal() -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{REFUSAL}",
        REFUSAL.len()
    )
    .into_bytes()
}

/// Longer than any test waits.
pub(crate) const HELD: Duration = Duration::from_secs(20);

/// A server that does something with every connection.
pub(crate) struct Server {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        Self::listening_and_keeping(listener, move |stream, _| serve(stream))
    }

    pub(crate) fn listening_and_keeping(
        listener: TcpListener,
        serve: impl Fn(TcpStream, &Mutex<Vec<String>>) + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let (serve, counted, kept) = (
            Arc::new(serve),
            Arc::clone(&connections),
            Arc::clone(&heads),
        );
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                let (serve, kept) = (Arc::clone(&serve), Arc::clone(&kept));
                thread::spawn(move || serve(stream, &kept));
            }
        });
        Self {
            address,
            connections,
            heads,
        }
    }

    /// Answers every request of every connection with these bytes.
    pub(crate) fn answering(reply: Vec<u8>) -> Self {
        Self::answering_at(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap(), reply)
    }

    pub(crate) fn answering_at(listener: TcpListener, reply: Vec<u8>) -> Self {
        Self::listening_and_keeping(listener, move |mut stream, kept| {
            while let Some((head, _)) = read_message(&mut stream) {
                kept.lock().unwrap().push(head);
                if stream.write_all(&reply).is_err() {
                    return;
                }
            }
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The heads of the requests it has read.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

/// Takes connections, and says nothing.
pub(crate) fn mute() -> Server {
    Server::start(|mut stream| {
        let _ = stream.set_read_timeout(Some(HELD));
        let _ = stream.read_to_end(&mut Vec::new());
    })
}

/// An address that drops every SYN: the queue of those who wait to be accepted is full.
pub(crate) struct Dropping {
    pub address: SocketAddr,
    _listener: Socket,
    _waiting: Vec<TcpStream>,
}

impl Dropping {
    pub(crate) fn start(address: IpAddr) -> Self {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&SocketAddr::new(address, 0).into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let mut waiting = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            waiting.push(stream);
            assert!(waiting.len() < 10, "the queue does not fill");
        }
        Self {
            address,
            _listener: listener,
            _waiting: waiting,
        }
    }
}
