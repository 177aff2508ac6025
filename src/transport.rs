//! The network: what a driver may do with a request, and how it may fail. One file a driver.
//!
//! Every driver keeps to this: TLS unless the URI says `http`, no redirects, no proxies from the environment, no
//! compression asked for, no cookies, a bound on the whole time and on the reply's size.

#[cfg(feature = "async")]
pub(crate) mod reqwest;
#[cfg(any(feature = "async", feature = "blocking"))]
mod tls;
#[cfg(feature = "blocking")]
pub(crate) mod ureq;

use core::time::Duration;

use crate::error::{Error, ErrorKind};

/// What a driver calls itself. No version of anything else is given away.
#[cfg(any(feature = "async", feature = "blocking"))]
const USER_AGENT: &str = concat!("cardseal/", env!("CARGO_PKG_VERSION"));

/// Why no whole reply came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportFailure {
    /// No connection was made, so nothing was sent.
    #[error("no connection: {reason}; check the endpoint, the network and the proxy rules")]
    NotConnected {
        /// What the network said.
        reason: String,
    },
    /// No TLS connection was agreed on, so nothing was sent.
    #[error("TLS failed: {reason}; check the host's name, its certificate, and this host's clock")]
    Tls {
        /// What TLS said.
        reason: String,
    },
    /// The time ran out. The service may have done, and billed, the work.
    #[error(
        "no reply in time; the service may have received the request, so it is not sent again by itself"
    )]
    TimedOut,
    /// The deadline would pass while waiting to send: for a turn under a rate limit, or before another attempt.
    #[error(
        "the deadline would pass before the request may be sent; allow more time, or send less at once"
    )]
    NoTimeLeft,
    /// The reply is larger than any answer.
    #[error("the reply is larger than {most} bytes")]
    ReplyTooLarge {
        /// Bytes allowed.
        most: usize,
    },
    /// The connection broke, or what came back is not HTTP.
    #[error("the connection broke: {reason}; the service may have received the request")]
    Broken {
        /// What the network said.
        reason: String,
    },
    /// The driver cannot be used here.
    #[error("the transport cannot be set up: {reason}")]
    SetUp {
        /// What is missing.
        reason: String,
    },
}

impl From<TransportFailure> for Error {
    fn from(failure: TransportFailure) -> Self {
        Self::new(ErrorKind::Transport, failure.to_string()).caused_by(failure)
    }
}

/// What every driver is bound to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TransportOptions {
    /// The longest a whole call may take: every attempt, every delay, the last byte of the reply.
    pub deadline: Duration,
    /// The longest one attempt may take; `None` for as long as the deadline leaves.
    pub attempt: Option<Duration>,
    /// The most bytes of a reply's body.
    pub largest_reply: usize,
    /// Certificates to trust beside the public ones, in DER: for a bank's own TLS proxy, or a test.
    pub extra_roots: Vec<Vec<u8>>,
}

impl Default for TransportOptions {
    /// 60 seconds, as the official SDKs; 16 MiB; the public certificate authorities only.
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(60),
            attempt: None,
            largest_reply: 16 * 1024 * 1024,
            extra_roots: Vec::new(),
        }
    }
}

impl TransportOptions {
    /// Sets the longest a whole call may take.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets the longest one attempt may take.
    #[must_use]
    pub fn attempt(mut self, time: Duration) -> Self {
        self.attempt = Some(time);
        self
    }

    /// Sets the most bytes of a reply's body.
    #[must_use]
    pub fn largest_reply(mut self, bytes: usize) -> Self {
        self.largest_reply = bytes;
        self
    }

    /// Trusts one more certificate, in DER.
    #[must_use]
    pub fn trusting(mut self, der: Vec<u8>) -> Self {
        self.extra_roots.push(der);
        self
    }
}
