//! The network: what a driver may do with a request, and how it may fail. One file per driver.
//!
//! Every driver follows these rules: TLS unless the URI says `http`, no redirects, only the configured proxy, no
//! requested compression, no cookies, and limits on connecting, on the whole time and on the reply's size.

#[cfg(any(feature = "async", feature = "blocking"))]
mod encoding;
#[cfg(any(feature = "async", feature = "blocking"))]
mod names;
mod own_headers;
mod options;
#[cfg(any(feature = "async", feature = "blocking"))]
mod tls;
#[cfg(any(feature = "async", feature = "blocking"))]
mod dial;
mod proxy;
#[cfg(any(feature = "async", feature = "blocking"))]
mod tunnel;
#[cfg(feature = "async")]
pub(crate) mod hyper;
#[cfg(feature = "blocking")]
pub(crate) mod ureq;

pub use options::TransportOptions;
use own_headers::OwnHeaders;
pub use proxy::Proxy;

use crate::error::{Error, ErrorKind};

/// The only encoding of a reply that is asked for.
#[cfg(any(feature = "async", feature = "blocking"))]
const ACCEPT_ENCODING: &str = "identity";

/// Why no complete reply arrived.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportFailure {
    /// There was no connection, so nothing was sent: the name was not found, no address answered, the proxy refused, or
    /// connecting took too long.
    #[error("no connection: {reason}; check the endpoint, the network and the proxy rules")]
    NotConnected {
        /// The network's error.
        reason: String,
    },
    /// TLS failed, on this side or the other, so the service got no request.
    #[error("TLS failed: {reason}; check the host's name, its certificate, and this host's clock")]
    Tls {
        /// The TLS error.
        reason: String,
    },
    /// A timeout after the connection was made. The service may have processed and billed the request.
    #[error(
        "no reply in time; the service may have received the request, so it is not sent again by itself"
    )]
    TimedOut,
    /// The deadline would pass before the request may be sent, or leave no time for the answer: while waiting for a turn
    /// under a rate limit, or for another attempt.
    #[error(
        "the deadline would pass before the request may be sent; allow more time, or send less at once"
    )]
    NoTimeLeft,
    /// The reply is larger than allowed.
    #[error("the reply is larger than {most} bytes")]
    ReplyTooLarge {
        /// The limit in bytes.
        most: usize,
    },
    /// The reply is compressed in a way that cannot be decompressed here. The request asked for no compression.
    #[error(
        "the reply's Content-Encoding is `{encoding}`, which was not asked for and cannot be undone ({reason}); find \
         the gateway that compresses on the way and have it pass replies on as they are"
    )]
    Encoded {
        /// The reply's `Content-Encoding`.
        encoding: String,
        /// Why it cannot be decompressed.
        reason: String,
    },
    /// The connection broke, or the reply is not HTTP.
    #[error("the connection broke: {reason}; the service may have received the request")]
    Broken {
        /// The network's error.
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
        let nothing_was_sent = matches!(
            failure,
            TransportFailure::NotConnected { .. } | TransportFailure::NoTimeLeft
        );
        let error = Self::new(ErrorKind::Transport, failure.to_string()).made_of(failure);
        if nothing_was_sent {
            return error.with_nothing_sent();
        }
        error
    }
}

impl TransportFailure {
    #[cfg(any(feature = "async", feature = "blocking"))]
    fn not_connected(reason: impl Into<String>) -> Self {
        Self::NotConnected {
            reason: reason.into(),
        }
    }

    #[cfg(any(feature = "async", feature = "blocking"))]
    fn set_up(reason: impl Into<String>) -> Self {
        Self::SetUp {
            reason: reason.into(),
        }
    }
}
