//! An address where nobody listens, for as long as this lives: a port that was only let go of may be another test's by then.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

/// The client's end of a connection: its port is taken, and refuses whoever connects to it.
pub(crate) struct Nobody {
    stream: TcpStream,
    _listener: TcpListener,
}

impl Nobody {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        Self {
            stream,
            _listener: listener,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.stream.local_addr().unwrap()
    }
}
