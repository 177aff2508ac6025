//! Credentials that must be fetched over the network, kept until shortly before they end.
//!
//! Nothing here does I/O: a source gives the requests to send and reads the replies. Of the calls that need new
//! credentials at one time, one fetches and the others wait for it. While the old ones are still good they are
//! used: a refresh ahead of need is short, and where it fails it is tried again later. What was fetched is used
//! unless it has ended, so that no key, however short its life, makes a call fetch twice.

mod state;

// Stands on the state.
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

/// How often a call looks whether another one's fetch has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How long each request of a refresh may take while the old credentials are still good: the call that makes it has
/// somebody waiting.
const REFRESH_PATIENCE: Duration = Duration::from_secs(3);

/// How much longer than it may take a fetch is waited for, before another call fetches in its place.
const GIVEN_UP: Duration = Duration::from_secs(5);

/// Where credentials are fetched from.
pub(crate) trait Source: Send + Sync {
    /// How long before their end credentials are refreshed, where they live ten times as long or longer.
    fn refresh_ahead(&self) -> Duration;

    /// How long each request of a fetch may take.
    fn patience(&self) -> Duration {
        Duration::from_secs(10)
    }

    /// For how long a refusal that waiting does not mend is taken as the answer to every call.
    fn pause_after_refusal(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// Begins to fetch.
    ///
    /// # Errors
    /// Where that is not possible.
    fn begin(&self, now: SystemTime) -> Result<Begin, Error>;
}

/// How a fetch begins.
pub(crate) enum Begin {
    /// With this.
    Exchange(Box<dyn Exchange>),
    /// Not yet: the credentials that the fetch itself is signed with are not there.
    Not(Provided),
}

/// The requests and replies of one fetch, in turn.
pub(crate) trait Exchange: Send {
    /// What is fetched, for errors: `fetching credentials from …`.
    fn what(&self) -> &'static str;

    /// True where a good reply says that the time of the signature was right.
    fn is_signed(&self) -> bool {
        false
    }

    /// The next request, signed as of `now`.
    ///
    /// # Errors
    /// Where it cannot be made.
    fn request(&mut self, now: SystemTime) -> Result<Request<Bytes>, Error>;

    /// Takes its reply, which came at `now`.
    ///
    /// # Errors
    /// The service's refusal, or that the reply is not one of this service's.
    fn accept(&mut self, reply: &Response<Bytes>, now: SystemTime) -> Result<Progress, Error>;

    /// Notes that the credentials that signed the request were refused, and says whether a new exchange may have others.
    fn renew(&self) -> Renewal {
        Renewal::Impossible
    }
}

/// How far an exchange is.
pub(crate) enum Progress {
    /// There is another request to send.
    More,
    /// Finished.
    Done(Credentials),
}

/// A source with what it gave last.
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

/// One fetch under way. Dropping it lets another call fetch.
pub(crate) struct Fetch {
    exchange: Option<Box<dyn Exchange>>,
    within: Duration,
    lease: u64,
    refresh_ahead: Duration,
    pause_after_refusal: Duration,
    state: Arc<Mutex<State>>,
    /// Of a source that needs these credentials to refresh its own, which are still good.
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

    /// Tells one source's fetches from another's.
    pub(crate) fn source(&self) -> usize {
        Arc::as_ptr(&self.state).addr()
    }

    /// True where a good reply says that the time of the signature was right.
    pub(crate) fn is_signed(&self) -> bool {
        self.exchange
            .as_ref()
            .is_some_and(|exchange| exchange.is_signed())
    }

    /// Notes that the credentials beneath were refused.
    pub(crate) fn renew(&self) -> Renewal {
        let exchange = self.exchange.as_ref();
        exchange.map_or(Renewal::Impossible, |exchange| exchange.renew())
    }

    /// Reads what came of the request at `now`.
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

    /// Keeps what came of it for every call. Fine means that [`Fetched::provide`] has something else to say now;
    /// true that the source's fetch is finished.
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
            // The old ones will do for now.
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

/// For credentials whose life is too short to sign with them.
pub(crate) fn ended_before_use() -> Error {
    Error::credential(
        "the credentials that were just fetched had ended before they could be used; set the host's clock, or \
         ask for ones that last longer",
    )
}

fn ended_on_arrival(end: SystemTime, now: SystemTime) -> Error {
    let ago = now.duration_since(end).unwrap_or_default().as_secs();
    Error::credential(format!(
        "the key that was handed out had ended {ago} s before, by this host's clock; set the host's clock"
    ))
}

#[cfg(test)]
mod tests;
