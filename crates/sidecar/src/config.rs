//! What a sidecar is started with.

use std::time::Duration;

use cardseal::{Recipient, TransportOptions};

use crate::cloud::{Accounts, Cloud};
use crate::listen::Listen;
use crate::token::Tokens;

/// Everything a sidecar needs. Start from [`Config::new`] and set the fields that matter.
#[non_exhaustive]
pub struct Config {
    /// Where to listen.
    pub listen: Listen,
    /// Who may ask.
    pub tokens: Tokens,
    /// The service's public key, for requests that bring none. Default: none, and they have to.
    pub key: Option<Recipient>,
    /// The one cloud that is served. Default: none, every cloud with an account is, and requests name theirs.
    pub cloud: Option<Cloud>,
    /// The accounts. Default: none.
    pub accounts: Accounts,
    /// How calls get to their cloud. Default: the library's.
    pub transport: TransportOptions,
    /// What bounds memory and time.
    pub limits: Limits,
}

impl Config {
    /// A sidecar that seals, opens and signs.
    pub fn new(listen: Listen, tokens: Tokens) -> Self {
        Self {
            listen,
            tokens,
            key: None,
            cloud: None,
            accounts: Accounts::default(),
            transport: TransportOptions::default(),
            limits: Limits::default(),
        }
    }
}

/// What bounds a sidecar's memory and time.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes of a request's body. Default: 16 MiB.
    pub body: usize,
    /// The most bytes of bodies that are held at once, for calls to a cloud and again for everything else; further
    /// requests wait. Default: 64 MiB.
    pub bodies: usize,
    /// The most requests that are worked on at once. Default: 64.
    pub requests: usize,
    /// The most calls to a cloud at once. Default: 32.
    pub calls: usize,
    /// How long a request waits for its turn. Default: 10 s.
    pub turn: Duration,
    /// How long a sender may take for a request's head, and again for its body; how long a connection may lie idle;
    /// how long a receiver may leave an answer unread. Default: 30 s.
    pub patience: Duration,
    /// How long a request may take in all. Default: 90 s.
    pub time: Duration,
    /// How long requests in flight may take once the sidecar is told to stop. Default: 20 s.
    pub stop: Duration,
    /// The most connections. At the limit the one that has been idle longest goes. Fewer where the operating system
    /// allows the process fewer open files. Default: 12,000.
    pub connections: usize,
    /// How long an opener is kept. Default: 5 minutes.
    pub opener_lifetime: Duration,
    /// The most openers that are kept. Default: 10,000.
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
