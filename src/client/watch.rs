//! Watching a call: hooks before and after each request.

use core::time::Duration;
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use http::{Request, Response};

use crate::call::Call;
use crate::clock;
use crate::error::Error;
use crate::transport::TransportFailure;

/// Hooks of a running call. A watch can delay requests, end the call, and record what is sent. It does not see requests
/// for credentials.
pub trait Watch {
    /// Called right before a request is signed and sent; it may block. Called again, without [`Watch::after`], if the
    /// credentials must be fetched first.
    ///
    /// # Errors
    /// Its error ends the call, and nothing is sent.
    fn before(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// Called for each request when it is about to be sent, with what is known of it then: no time has passed, nothing has
    /// come, and there is no error yet. A process that ends before [`Watch::after`] may have made this call.
    fn sends(&mut self, attempt: &Attempt<'_>) {
        let _ = attempt;
    }

    /// Called once for each request of the call, when its outcome is known.
    fn after(&mut self, attempt: &Attempt<'_>) {
        let _ = attempt;
    }

    /// Waits between two attempts.
    ///
    /// # Errors
    /// Its error ends the call.
    fn pause(&mut self, time: Duration) -> Result<(), Error> {
        std::thread::sleep(time);
        Ok(())
    }
}

/// A watch that does nothing.
pub(super) struct Unwatched;

impl Watch for Unwatched {}

/// One request of a call and its outcome. It contains no secret and no card data.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The action, as the cloud names it.
    pub action: &'a str,
    /// The region that the request was signed for; empty if it names none.
    pub region: &'a str,
    /// The public half of the credentials that signed it; empty for a login token.
    pub credential_id: &'a str,
    /// When it was sent, by the host's clock.
    pub at: SystemTime,
    /// From then until its outcome was known.
    pub elapsed: Duration,
    /// Bytes of the request's body.
    pub sent: usize,
    /// Bytes of the reply's body.
    pub received: usize,
    /// The error; `None` if it succeeded.
    pub error: Option<&'a Error>,
}

impl Attempt<'_> {
    /// False if there was no connection, so that the service did not receive it.
    pub fn was_sent(&self) -> bool {
        !self.error.is_some_and(Error::says_nothing_was_sent)
    }
}

/// A request in progress.
pub(super) struct Sending {
    at: SystemTime,
    started: Instant,
    bytes: usize,
}

/// A finished request.
pub(super) struct Sent {
    at: SystemTime,
    elapsed: Duration,
    sent: usize,
    received: usize,
}

impl Sending {
    pub(super) fn start(request: &Request<Bytes>) -> Self {
        Self {
            at: clock::now(),
            started: Instant::now(),
            bytes: request.body().len(),
        }
    }

    /// The request while its outcome is not known.
    pub(super) fn of<'a, T>(&self, call: &'a Call<T>) -> Attempt<'a> {
        let so_far = Sent {
            at: self.at,
            elapsed: Duration::ZERO,
            sent: self.bytes,
            received: 0,
        };
        so_far.of(call, None)
    }

    pub(super) fn end(self, outcome: &Result<Response<Bytes>, TransportFailure>) -> Sent {
        Sent {
            at: self.at,
            elapsed: self.started.elapsed(),
            sent: self.bytes,
            received: outcome.as_ref().map_or(0, |reply| reply.body().len()),
        }
    }
}

impl Sent {
    pub(super) fn of<'a, T>(&self, call: &'a Call<T>, error: Option<&'a Error>) -> Attempt<'a> {
        Attempt {
            action: call.action(),
            region: call.region(),
            credential_id: call.credential_id(),
            at: self.at,
            elapsed: self.elapsed,
            sent: self.sent,
            received: self.received,
            error,
        }
    }
}
