//! A sidecar on its own threads.

use std::io;
use std::thread::JoinHandle;

use tokio::runtime;
use tokio::sync::oneshot;

use crate::config::Config;
use crate::listen::Listen;
use crate::server::{self, Listener};
use crate::shared::Shared;
use crate::visitor::Names;

/// The sidecar.
#[derive(Debug, Clone, Copy)]
pub struct Sidecar;

/// A running sidecar. Dropping it stops the sidecar, as [`Running::stop`] does.
#[derive(Debug)]
pub struct Running {
    listen: Listen,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Files that are open beside connections: the listener, calls to clouds, what the program has.
const OTHER_FILES: usize = 128;

/// More is of no use: what takes the processor's time has threads of its own.
const MOST_WORKERS: usize = 4;

impl Sidecar {
    /// Starts a sidecar. It accepts connections when this returns. It raises the process's limit of open files as far
    /// as the operating system allows.
    ///
    /// # Errors
    /// `InvalidInput` if it cannot be started with this configuration; `AddrInUse` if another process listens there; or
    /// the operating system's error.
    pub fn start(config: Config) -> io::Result<Running> {
        let connections = config.limits.connections.min(most_connections());
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(workers.min(MOST_WORKERS))
            .max_blocking_threads(workers.saturating_mul(2))
            .thread_name("sidecar")
            .enable_all()
            .build()?;
        let inside = runtime.enter();
        let bound = Bound::new(&config.listen)?;
        let Bound {
            listener,
            listen,
            names,
            #[cfg(unix)]
            file,
        } = bound;
        let shared = Shared::new(config, names)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error.to_string()))?;
        drop(inside);
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("sidecar".into())
            .spawn(move || {
                // A sender that is gone means the same as one that has spoken.
                let stopped = async { drop(stopped.await) };
                runtime.block_on(server::run(shared, listener, connections, stopped));
                #[cfg(unix)]
                drop(file);
            })?;
        Ok(Running {
            listen,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Running {
    /// Its address, with the actual port.
    pub fn listen(&self) -> &Listen {
        &self.listen
    }

    /// Accepts nothing new, lets running requests finish within [`Limits::stop`](crate::Limits::stop), wipes the
    /// openers and removes the socket file.
    pub fn stop(self) {}
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

struct Bound {
    listener: Listener,
    listen: Listen,
    names: Names,
    #[cfg(unix)]
    file: Option<crate::socket_file::SocketFile>,
}

impl Bound {
    fn new(listen: &Listen) -> io::Result<Self> {
        match listen {
            Listen::Loopback(address) => {
                let listener = std::net::TcpListener::bind(address)?;
                listener.set_nonblocking(true)?;
                let address = listener.local_addr()?;
                Ok(Self {
                    listener: Listener::Tcp(tokio::net::TcpListener::from_std(listener)?),
                    listen: Listen::Loopback(address),
                    names: Names::of(address),
                    #[cfg(unix)]
                    file: None,
                })
            }
            #[cfg(unix)]
            Listen::Unix(path) => {
                let (listener, file) = crate::socket_file::listen(path)?;
                listener.set_nonblocking(true)?;
                Ok(Self {
                    listener: Listener::Unix(tokio::net::UnixListener::from_std(listener)?),
                    listen: listen.clone(),
                    names: Names::any(),
                    file: Some(file),
                })
            }
            #[cfg(not(unix))]
            Listen::Unix(_) => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "this system has no socket files; listen at 127.0.0.1:PORT",
            )),
        }
    }
}

/// As many as the operating system lets this process have.
#[cfg(unix)]
fn most_connections() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let found = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: found.maximum,
        maximum: found.maximum,
    };
    // What cannot be raised is kept to.
    let limit = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => found.maximum,
        Err(_) => found.current,
    };
    let limit = limit.and_then(|limit| usize::try_from(limit).ok());
    limit.map_or(usize::MAX, |limit| limit.saturating_sub(OTHER_FILES).max(1))
}

#[cfg(not(unix))]
fn most_connections() -> usize {
    usize::MAX
}
