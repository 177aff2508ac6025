//! What the explorer is started with.

use std::net::SocketAddr;
use std::sync::Arc;

use cardseal::{Environment, ProcessEnvironment, TransportOptions};

use super::usage::UsageSource;

/// Everything an explorer needs. Start from [`ExplorerConfig::new`] and set the fields that matter.
#[non_exhaustive]
pub struct ExplorerConfig {
    /// Where to listen: loopback only; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Another endpoint than the clouds' own: an https origin, or http for loopback.
    pub endpoint: Option<String>,
    /// The way to the services.
    pub transport: TransportOptions,
    /// Where credentials are looked for. Default: this process's environment.
    pub environment: Arc<dyn Environment>,
    /// Where usage is read from and calls are recorded. Default: nowhere.
    pub usage: Option<Arc<dyn UsageSource>>,
}

impl ExplorerConfig {
    /// An explorer that listens here, with the clouds' own endpoints.
    pub fn new(listen: SocketAddr) -> Self {
        Self {
            listen,
            endpoint: None,
            transport: TransportOptions::default(),
            environment: Arc::new(ProcessEnvironment),
            usage: None,
        }
    }
}
