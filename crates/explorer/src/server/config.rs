//! What the explorer is started with.

use std::net::SocketAddr;
use std::sync::Arc;

use cardseal::{CredentialsProvider, TransportOptions};
use secrecy::SecretString;

use super::usage::UsageSource;
use crate::catalogue::Cloud;

/// Gives a variable by its name; `None` if it is not set.
pub type Variables = Arc<dyn Fn(&str) -> Option<SecretString> + Send + Sync>;

/// Gives the credentials for a cloud, or one line for people why there are none.
pub type CredentialsOf = Arc<dyn Fn(Cloud) -> Result<CredentialsProvider, String> + Send + Sync>;

/// Says in Chinese what the library says in English; what it does not know it gives back as it is.
pub type Chinese = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// Everything an explorer needs. Start from [`ExplorerConfig::new`] and set the fields that matter.
#[non_exhaustive]
pub struct ExplorerConfig {
    /// Where to listen: loopback only; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Another endpoint than the clouds' own: an https origin, or http for loopback.
    pub endpoint: Option<String>,
    /// The way to the services.
    pub transport: TransportOptions,
    /// Variables that credentials are looked for in. Default: this process's environment.
    pub variable: Variables,
    /// Credentials in place of those variables. Default: none.
    pub credentials: Option<CredentialsOf>,
    /// Where usage is read from and calls are recorded. Default: nowhere.
    pub usage: Option<Arc<dyn UsageSource>>,
    /// The Chinese of the library's sentences, for the Chinese page. Default: they stay in English.
    pub chinese: Chinese,
    /// Whether the page begins in Chinese. Default: where the browser's first language is Chinese.
    pub begins_in_chinese: bool,
}

impl ExplorerConfig {
    /// An explorer that listens here, with the clouds' own endpoints.
    pub fn new(listen: SocketAddr) -> Self {
        Self {
            listen,
            endpoint: None,
            transport: TransportOptions::default(),
            variable: Arc::new(of_the_process),
            credentials: None,
            usage: None,
            chinese: Arc::new(str::to_owned),
            begins_in_chinese: false,
        }
    }
}

fn of_the_process(name: &str) -> Option<SecretString> {
    std::env::var(name).ok().map(SecretString::from)
}
