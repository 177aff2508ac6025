//! Credentials that are fetched over the network and cached until shortly before they expire.
//!
//! Nothing here does I/O: a source returns the requests to send and reads the replies. If several calls need new
//! credentials, one fetches and the others wait for it. While the old credentials are valid, they are used: an early
//! refresh is short, and is tried again later if it fails. Fetched credentials are used unless they have expired, so
//! even a key with a short lifetime never makes a call fetch twice.

mod state;

// Uses `state`.
mod own;

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use bytes::Bytes;
use http::{Request, Response};

use crate::clock::{self, ClockOffset};
use crate::credential::{Credentials, Provide, Provided, Renewal};
use crate::error::{Error, ErrorKind};
use crate::transport::TransportFailure;
pub(crate) use own::OwnSource;
use state::{State, lock};

/// How often a call checks whether another call's fetch has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How long each request of a refresh may take while the old credentials are still valid, because the refreshing call's
/// user is waiting.
const REFRESH_PATIENCE: Duration = Duration::from_secs(3);

/// How long after its time limit a fetch is still waited for, before another call fetches instead.
const GIVEN_UP: Duration = Duration::from_secs(5);

/// A network source of credentials.
pub(crate) trait Source: Send + Sync {
    /// How long before their expiry credentials are refreshed, if their lifetime is at least ten times as long.
    fn refresh_ahead(&self) -> Duration;

    /// How long each request of a fetch may take.
    fn patience(&self) -> Duration {
        Duration::from_secs(10)
    }

    /// How long a permanent refusal counts for every call.
    fn pause_after_refusal(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// Begins a fetch.
    ///
    /// # Errors
    /// If that is not possible.
    fn begin(&self, now: SystemTime) -> Result<Begin, Error>;
}

/// How a fetch begins.
pub(crate) enum Begin {
    /// With this exchange.
    Exchange(Box<dyn Exchange>),
    /// Not yet: the credentials that sign the fetch itself are missing.
    Not(Provided),
}

/// The requests and replies of one fetch, in order.
pub(crate) trait Exchange: Send {
    /// What is done, for errors: `fetching credentials from …`.
    fn what(&self) -> &'static str;

    /// True if a successful reply proves that the time of the signature was correct.
    fn is_signed(&self) -> bool {
        false
    }

    /// The next request, signed as of `now`.
    ///
    /// # Errors
    /// If it cannot be made.
    fn request(&mut self, now: SystemTime) -> Result<Request<Bytes>, Error>;

    /// Takes its reply, which arrived at `now`.
    ///
    /// # Errors
    /// The service's refusal, or an error that the reply is not from this service.
    fn accept(&mut self, reply: &Response<Bytes>, now: SystemTime) -> Result<Progress, Error>;

    /// Notes that the credentials that signed the request were refused. Says whether a new exchange may have others.
    fn renew(&self) -> Renewal {
        Renewal::Impossible
    }
}

/// The progress of an exchange.
pub(crate) enum Progress {
    /// There is another request to send.
    More,
    /// Finished.
    Done(Credentials),
}

/// A source with its cached credentials.
pub(crate) struct Fetched<S> {
    source: S,
    state: Arc<Mutex<State>>,
}

impl<S: Source> Fetched<S> {
    pub(crate) fn new(source: S) -> Self {
        Self {
            source,
            state: Arc::default(),
        }
    }
}

impl<S: Source> Provide for Fetched<S> {
    fn provide(&self, now: SystemTime) -> Result<Provided, Error> {
        let mut state = lock(&self.state);
        state.forget_refused(now);
        let good = state.good(now);
        if let Some(good) = &good {
            if !state.may_refresh(now) {
                return Ok(Provided::Ready(Arc::clone(good)));
            }
        } else if state.is_leased(now) {
            return Ok(Provided::Wait(LOOK_AGAIN));
        } else if let Some(failure) = state.failure(now) {
            return Err(failure);
        }
        let begun = match state.underway.take() {
            Some(exchange) => Ok(Begin::Exchange(exchange)),
            None => self.source.begin(now),
        };
        match (begun, good) {
            (Ok(Begin::Exchange(exchange)), good) => {
                let patience = self.source.patience();
                let within = good.map_or(patience, |_| patience.min(REFRESH_PATIENCE));
                Ok(Provided::Fetch(Fetch {
                    exchange: Some(exchange),
                    within,
                    lease: state.lease(now, within.saturating_add(GIVEN_UP)),
                    refresh_ahead: self.source.refresh_ahead(),
                    pause_after_refusal: self.source.pause_after_refusal(),
                    state: Arc::clone(&self.state),
                    spare: None,
                }))
            }
            (Ok(Begin::Not(Provided::Fetch(first))), Some(_)) => {
                Ok(Provided::Fetch(first.on_behalf_of(&self.state)))
            }
            (Ok(Begin::Not(instead)), None) => Ok(instead),
            (Err(error), None) => Err(error),
            (not_now, Some(good)) => {
                if not_now.is_err() {
                    state.refresh_later(now, None);
                }
                Ok(Provided::Ready(good))
            }
        }
    }

    fn refused(&self, used: &Arc<Credentials>) -> Renewal {
        lock(&self.state).refused(used);
        Renewal::Possible
    }

    fn expires_at(&self) -> Option<SystemTime> {
        lock(&self.state).expires_at()
    }
}

/// One fetch in progress. If it is dropped, another call fetches.
pub(crate) struct Fetch {
    exchange: Option<Box<dyn Exchange>>,
    within: Duration,
    lease: u64,
    refresh_ahead: Duration,
    pause_after_refusal: Duration,
    state: Arc<Mutex<State>>,
    /// The state of a source that needs these credentials to refresh its own, which are still valid.
    spare: Option<Arc<Mutex<State>>>,
}

impl Fetch {
    /// The next request, signed as of `now`.
    pub(crate) fn request(&mut self, now: SystemTime) -> Result<Request<Bytes>, Error> {
        match &mut self.exchange {
            Some(exchange) => exchange.request(now),
            None => Err(settled_already()),
        }
    }

    /// How long the request may take.
    pub(crate) fn within(&self) -> Duration {
        self.within
    }

    /// Identifies the source of the fetch.
    pub(crate) fn source(&self) -> usize {
        Arc::as_ptr(&self.state).addr()
    }

    /// True if a successful reply proves that the time of the signature was correct.
    pub(crate) fn is_signed(&self) -> bool {
        self.exchange
            .as_ref()
            .is_some_and(|exchange| exchange.is_signed())
    }

    /// Notes that the credentials that sign the fetch were refused.
    pub(crate) fn renew(&self) -> Renewal {
        let exchange = self.exchange.as_ref();
        exchange.map_or(Renewal::Impossible, |exchange| exchange.renew())
    }

    /// Reads the outcome of the request at `now`.
    pub(crate) fn read(
        &mut self,
        outcome: &Result<Response<Bytes>, TransportFailure>,
        now: SystemTime,
    ) -> Result<Progress, Error> {
        let exchange = self.exchange.as_mut().ok_or_else(settled_already)?;
        let progress = match outcome {
            Ok(reply) => exchange
                .accept(reply, now)
                .map_err(|error| error.with_retry_after(clock::retry_after(reply.headers()))),
            Err(failure) => Err(failure.clone().into()),
        };
        progress.map_err(|error| error.while_doing(exchange.what()))
    }

    /// Stores the outcome for every call. `Ok` means that [`Fetched::provide`] has a new answer now; `Ok(true)` means
    /// that the source's fetch is finished.
    pub(crate) fn conclude(
        mut self,
        progress: Result<Progress, Error>,
        now: SystemTime,
        clock: &ClockOffset,
    ) -> Result<bool, Error> {
        let exchange = self.exchange.take().ok_or_else(settled_already)?;
        let mut state = lock(&self.state);
        let error = match progress {
            Ok(Progress::More) => {
                state.underway = Some(exchange);
                return Ok(false);
            }
            Ok(Progress::Done(credentials)) => {
                let credentials = credentials.by_the_hosts_clock(clock);
                match credentials.expires_at() {
                    Some(end) if end <= now => {
                        ended_on_arrival(end, now).while_doing(exchange.what())
                    }
                    _ => {
                        state.keep(credentials, self.refresh_ahead, now);
                        return Ok(true);
                    }
                }
            }
            Err(error) => error,
        };
        if state.good(now).is_some() {
            // The old credentials are still valid.
            state.refresh_later(now, error.retry_after());
            return Ok(true);
        }
        state.fail(&error, self.pause_after_refusal, now);
        drop(state);
        if let Some(spare) = &self.spare {
            let mut spare = lock(spare);
            if spare.good(now).is_some() {
                spare.refresh_later(now, error.retry_after());
                return Ok(true);
            }
        }
        Err(error)
    }

    fn on_behalf_of(mut self, spare: &Arc<Mutex<State>>) -> Self {
        self.within = self.within.min(REFRESH_PATIENCE);
        self.spare = Some(Arc::clone(spare));
        self
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        lock(&self.state).give_back(self.lease);
    }
}

impl fmt::Debug for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetch")
    }
}

fn settled_already() -> Error {
    Error::new(ErrorKind::Bug, "the fetch is settled already")
}

/// The error for credentials that expired before they could be used.
pub(crate) fn ended_before_use() -> Error {
    Error::credential(
        "the fetched credentials expired before they could be used; set the host's clock, or request a longer \
         lifetime",
    )
}

fn ended_on_arrival(end: SystemTime, now: SystemTime) -> Error {
    let ago = now.duration_since(end).unwrap_or_default().as_secs();
    Error::credential(format!(
        "the fetched key expired {ago} s ago by this host's clock; set the host's clock"
    ))
}

#[cfg(test)]
mod tests;
