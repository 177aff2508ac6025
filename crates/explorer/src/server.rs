//! The explorer: a page on this machine that shows a call stage by stage, and its server.
//!
//! Sealing, signing, sending and opening are the library's; what stands between them is text, which the page shows and
//! lets be changed. Credentials stay in this process.

// Bottom up: a module uses only what is listed above it.
mod limits;
mod usage;
mod config;
mod told;
mod token;
mod specimen;
mod embedded;
mod accounts;
mod exchanges;
mod mask;
mod hidden;
mod picture;
mod seal;
mod edited;
mod sign;
mod send;
mod diagnosis;
mod open;
mod proof;
mod written;
mod page;
mod guard;
mod catalogue_json;
mod api;
mod stream;
mod places;
mod listen;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use cardseal::{Client, Endpoint, Error};
use tokio::runtime;
use tokio::sync::{oneshot, watch};

use accounts::Accounts;
pub use config::{Chinese, CredentialsOf, ExplorerConfig, Variables};
use embedded::Embedded;
use guard::Guard;
use listen::Server;
use token::Token;
pub use usage::{CallMade, Usage, UsagePackage, UsageRow, UsageSource};

/// How long what is being computed may go on when the explorer ends.
const LAST_WORK: Duration = Duration::from_secs(1);

/// A running explorer. Dropping it stops it and waits for its thread.
pub struct Explorer {
    url: String,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Why an explorer did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExplorerError {
    /// The address is not one of loopback: the page would be other people's to see.
    NotLoopback(SocketAddr),
    /// The endpoint or the way to it is not what the library takes.
    Rejected(Error),
    /// It cannot listen there, or its own gateway cannot start.
    NotStarted(io::Error),
}

impl fmt::Display for ExplorerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "{address} is not on loopback, and the page is for this machine only; listen on 127.0.0.1"
            ),
            Self::Rejected(error) => error.fmt(f),
            Self::NotStarted(error) => write!(
                f,
                "the explorer cannot listen: {error}; choose another port, or 0 for a free one"
            ),
        }
    }
}

impl std::error::Error for ExplorerError {}

impl Explorer {
    /// Starts an explorer, and the gateway it has for trying things. It accepts connections once this returns.
    ///
    /// # Errors
    /// [`ExplorerError`] if the address is beyond loopback or taken, or the endpoint is none.
    pub fn start(config: ExplorerConfig) -> Result<Self, ExplorerError> {
        if !config.listen.ip().is_loopback() {
            return Err(ExplorerError::NotLoopback(config.listen));
        }
        let endpoint = config.endpoint.as_deref().map(Endpoint::custom);
        let endpoint = endpoint.transpose().map_err(ExplorerError::Rejected)?;
        let client = Client::with_options(&config.transport).map_err(ExplorerError::Rejected)?;
        let embedded = Embedded::start().map_err(ExplorerError::NotStarted)?;
        let explorer = api::Explorer {
            accounts: Accounts {
                embedded,
                endpoint,
                variable: config.variable,
                credentials: config.credentials,
            },
            client,
            exchanges: exchanges::Exchanges::default(),
            usage: config.usage,
            chinese: config.chinese,
            tongue: if config.begins_in_chinese { "zh" } else { "" },
            ended: watch::Sender::new(false),
            proof: proof::Proof::generate().map_err(ExplorerError::NotStarted)?,
        };
        Self::listen(explorer, config.listen).map_err(ExplorerError::NotStarted)
    }

    fn listen(explorer: api::Explorer, address: SocketAddr) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = std::net::TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let guard = Guard::new(Token::generate()?, address.to_string());
        let url = guard.url();
        let server = Arc::new(Server::new(explorer, guard));
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("explorer".into())
            .spawn(move || {
                // A sender that is gone means the same as one that has spoken.
                runtime.block_on(listen::run(server, listener, async { drop(stopped.await) }));
                // What still computes is nobody's any more.
                runtime.shutdown_timeout(LAST_WORK);
            })?;
        Ok(Self {
            url,
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The page's URL, `http://127.0.0.1:PORT/?token=…`. Anyone who has it can use the page.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Explorer {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
