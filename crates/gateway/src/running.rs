//! A gateway on its own thread, for tests and the `demo` command.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;

use tokio::runtime;
use tokio::sync::oneshot;

use crate::GatewayConfig;
use crate::gateway::Gateway;
use crate::server;

/// A running gateway. Dropping it stops the gateway and waits for its thread.
pub struct Running {
    addr: SocketAddr,
    scheme: &'static str,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Starts a gateway at `addr` (port 0 selects a free port). It accepts connections when this returns.
    pub fn start(config: GatewayConfig, addr: SocketAddr) -> io::Result<Self> {
        let scheme = if config.tls.is_some() {
            "https"
        } else {
            "http"
        };
        let gateway = Gateway::new(config)?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = TcpListener::bind(addr)?;
        let addr = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };

        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("gateway".into())
            .spawn(move || {
                // A sender that is gone means the same as one that has spoken.
                runtime.block_on(server::run(gateway, listener, async {
                    drop(stopped.await)
                }));
            })?;
        Ok(Running {
            addr,
            scheme,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Its address.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its address as a URL without a path: `http://127.0.0.1:PORT`, or `https` with TLS.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.addr)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
