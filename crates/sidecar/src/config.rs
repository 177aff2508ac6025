//! The configuration of a sidecar.

use std::sync::Arc;
use std::time::Duration;

use cardseal::{RateLimits, Recipient, TransportOptions};

use crate::cloud::{Accounts, Cloud};
use crate::listen::Listen;
use crate::record::Records;
use crate::token::Tokens;

/// The configuration of a sidecar. Start from [`Config::new`] and change the fields you need.
#[non_exhaustive]
pub struct Config {
    /// Where to listen.
    pub listen: Listen,
    /// The tokens of callers.
    pub tokens: Tokens,
    /// The service's public key, for requests without one. Default: none; then every request must have one.
    pub key: Option<Recipient>,
    /// The only cloud to serve. Default: none; then every cloud with an account is served, and requests name theirs.
    pub cloud: Option<Cloud>,
    /// The accounts. Default: none.
    pub accounts: Accounts,
    /// The transport options of calls. Default: the library's.
    pub transport: TransportOptions,
    /// The most requests a second at the clouds. Default: no limits.
    pub rate_limits: Option<Arc<RateLimits>>,
    /// Where calls are recorded. Default: nowhere.
    pub records: Option<Records>,
    /// The limits on memory and time.
    pub limits: Limits,
}

impl Config {
    /// A sidecar without accounts, which seals, opens and signs.
    pub fn new(listen: Listen, tokens: Tokens) -> Self {
        Self {
            listen,
            tokens,
            key: None,
            cloud: None,
            accounts: Accounts::default(),
            transport: TransportOptions::default(),
            rate_limits: None,
            records: None,
            limits: Limits::default(),
        }
    }
}

/// A sidecar's limits on memory and time.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// Maximum size of a request's body in bytes. Default: 16 MiB.
    pub body: usize,
    /// Maximum total size of bodies in memory, separately for calls to a cloud and for everything else; further
    /// requests wait. Default: 64 MiB.
    pub bodies: usize,
    /// Maximum number of requests in progress. Default: 64.
    pub requests: usize,
    /// Maximum number of simultaneous calls to a cloud. Default: 32.
    pub calls: usize,
    /// How long a request waits for its turn. Default: 10 s.
    pub turn: Duration,
    /// Time limit for a request's head, for its body, for an idle connection, and for an unread answer. Default: 30 s.
    pub patience: Duration,
    /// How long a request may take in all. Default: 90 s.
    pub time: Duration,
    /// How long running requests may take when the sidecar stops. Default: 20 s.
    pub stop: Duration,
    /// Maximum number of connections; at the limit the one that has been idle longest is closed. Fewer if the operating
    /// system allows fewer open files. Default: 12,000.
    pub connections: usize,
    /// How long an opener is kept. Default: 5 minutes.
    pub opener_lifetime: Duration,
    /// Maximum number of stored openers. Default: 10,000.
    pub openers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 16 << 20,
            bodies: 64 << 20,
            requests: 64,
            calls: 32,
            turn: Duration::from_secs(10),
            patience: Duration::from_secs(30),
            time: Duration::from_secs(90),
            stop: Duration::from_secs(20),
            connections: 12_000,
            opener_lifetime: Duration::from_secs(300),
            openers: 10_000,
        }
    }
}
