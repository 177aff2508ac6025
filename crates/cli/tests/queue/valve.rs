//! A connection between a worker and its server that can be stopped: what is under way waits, and nobody is told.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

pub(crate) struct Valve {
    port: u16,
    state: Arc<State>,
}

struct State {
    is_shut: AtomicBool,
    /// So many bytes of the server go through before it shuts by itself.
    left: AtomicUsize,
}

impl Valve {
    /// In front of the server at this port.
    pub(crate) fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            is_shut: AtomicBool::new(false),
            left: AtomicUsize::new(usize::MAX),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, state) = (client.unwrap(), Arc::clone(&shared));
                std::thread::spawn(move || join(client, server, &state));
            }
        });
        Self { port, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub(crate) fn shut(&self) {
        self.state.is_shut.store(true, Ordering::SeqCst);
    }

    /// Shuts when the server has sent so many bytes more.
    pub(crate) fn shut_after(&self, bytes: usize) {
        self.state.left.store(bytes, Ordering::SeqCst);
    }

    pub(crate) fn is_shut(&self) -> bool {
        self.state.is_shut.load(Ordering::SeqCst)
    }

    pub(crate) fn open(&self) {
        self.state.left.store(usize::MAX, Ordering::SeqCst);
        self.state.is_shut.store(false, Ordering::SeqCst);
    }
}

impl State {
    fn wait(&self) {
        while self.is_shut.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn count(&self, bytes: usize) {
        let left = self.left.load(Ordering::SeqCst);
        if left != usize::MAX {
            let left = left.saturating_sub(bytes);
            self.left.store(left, Ordering::SeqCst);
            if left == 0 {
                self.is_shut.store(true, Ordering::SeqCst);
            }
        }
    }
}

fn join(client: TcpStream, server: u16, state: &Arc<State>) {
    state.wait();
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else {
        return;
    };
    let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let back = Arc::clone(state);
    std::thread::spawn(move || copy(from, to, &back, |_| {}));
    copy(server, client, state, |bytes| state.count(bytes));
}

fn copy(mut from: TcpStream, mut to: TcpStream, state: &State, passed: impl Fn(usize)) {
    from.set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let mut part = [0; 1 << 16];
    loop {
        state.wait();
        let len = match from.read(&mut part) {
            Ok(len) => len,
            Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {
                continue;
            }
            Err(_) => 0,
        };
        state.wait();
        if len == 0 || to.write_all(&part[..len]).is_err() {
            let _ = to.shutdown(std::net::Shutdown::Both);
            let _ = from.shutdown(std::net::Shutdown::Both);
            return;
        }
        passed(len);
    }
}
