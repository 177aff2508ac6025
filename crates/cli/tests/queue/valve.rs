//! A connection between a worker and its server that can be stopped: what is under way waits, and nobody is told.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub(crate) struct Valve {
    port: u16,
    is_shut: Arc<AtomicBool>,
}

impl Valve {
    /// In front of the server at this port.
    pub(crate) fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_shut = Arc::new(AtomicBool::new(false));
        let shut = Arc::clone(&is_shut);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, shut) = (client.unwrap(), Arc::clone(&shut));
                std::thread::spawn(move || join(client, server, &shut));
            }
        });
        Self { port, is_shut }
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub(crate) fn shut(&self) {
        self.is_shut.store(true, Ordering::SeqCst);
    }

    pub(crate) fn open(&self) {
        self.is_shut.store(false, Ordering::SeqCst);
    }
}

fn join(client: TcpStream, server: u16, shut: &Arc<AtomicBool>) {
    wait(shut);
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else {
        return;
    };
    let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let back = Arc::clone(shut);
    std::thread::spawn(move || copy(from, to, &back));
    copy(server, client, shut);
}

fn wait(shut: &AtomicBool) {
    while shut.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream, shut: &AtomicBool) {
    from.set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let mut part = [0; 1 << 16];
    loop {
        wait(shut);
        let len = match from.read(&mut part) {
            Ok(len) => len,
            Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {
                continue;
            }
            Err(_) => 0,
        };
        wait(shut);
        if len == 0 || to.write_all(&part[..len]).is_err() {
            let _ = to.shutdown(std::net::Shutdown::Both);
            let _ = from.shutdown(std::net::Shutdown::Both);
            return;
        }
    }
}
