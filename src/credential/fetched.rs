//! Credentials that must be fetched over the network, kept until shortly before they end.
//!
//! Nothing here does I/O: a source gives the requests to send and reads the replies. Of the calls that need new
//! credentials at one time, one fetches and the others wait for it. While the old ones are still good they are
//! used, and a refresh that fails is tried again later.

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use http::{Request, Response};

use crate::credential::{Credentials, Provided, Renewal};
use crate::error::{Error, ErrorKind};
use crate::transport::TransportFailure;

/// How often a call looks whether another one's fetch has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// For so long a failed fetch speaks for the calls that waited for it. Shorter than any delay between retries.
const SHARED_FAILURE: Duration = Duration::from_millis(250);

/// How long to use the old credentials, where they are still good, before a failed refresh is tried again.
const REFRESH_AGAIN: Duration = Duration::from_secs(60);

/// Where credentials are fetched from.
pub(crate) trait Source: Send + Sync {
    /// How long before their end credentials are refreshed.
    fn refresh_ahead(&self) -> Duration;

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

    /// The next request.
    ///
    /// # Errors
    /// Where it cannot be made.
    fn request(&mut self, now: SystemTime) -> Result<Request<Bytes>, Error>;

    /// Takes its reply.
    ///
    /// # Errors
    /// The service's no, or that the reply is not one of this service's.
    fn accept(&mut self, reply: &Response<Bytes>) -> Result<Progress, Error>;
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

#[derive(Default)]
struct State {
    current: Option<Arc<Credentials>>,
    /// An exchange between two of its requests.
    underway: Option<Box<dyn Exchange>>,
    is_leased: bool,
    failure: Option<Failure>,
}

/// A failed fetch, kept for the calls that waited for it.
struct Failure {
    at: SystemTime,
    kind: ErrorKind,
    message: String,
}

impl<S: Source> Fetched<S> {
    pub(crate) fn new(source: S) -> Self {
        Self {
            source,
            state: Arc::default(),
        }
    }

    pub(crate) fn source(&self) -> &S {
        &self.source
    }

    /// When the credentials at hand end.
    pub(crate) fn expires_at(&self) -> Option<SystemTime> {
        lock(&self.state).current.as_ref()?.expires_at()
    }

    pub(crate) fn provide(&self, now: SystemTime) -> Result<Provided, Error> {
        let mut state = lock(&self.state);
        let good = state.good(now);
        if let Some(good) = &good {
            let is_fresh = good.expires_at().is_none_or(|end| {
                now.checked_add(self.source.refresh_ahead())
                    .is_some_and(|soon| soon < end)
            });
            if is_fresh || state.is_leased || state.failed_within(REFRESH_AGAIN, now) {
                return Ok(Provided::Ready(Arc::clone(good)));
            }
        } else if state.is_leased {
            return Ok(Provided::Wait(LOOK_AGAIN));
        } else if state.failed_within(SHARED_FAILURE, now)
            && let Some(failure) = &state.failure
        {
            return Err(Error::new(failure.kind, failure.message.clone()));
        }
        let exchange = match state.underway.take() {
            Some(exchange) => exchange,
            None => match self.source.begin(now)? {
                Begin::Exchange(exchange) => exchange,
                Begin::Not(instead) => return Ok(instead),
            },
        };
        state.is_leased = true;
        Ok(Provided::Fetch(Fetch {
            exchange: Some(exchange),
            state: Arc::clone(&self.state),
        }))
    }

    pub(crate) fn refused(&self, used: &Arc<Credentials>) -> Renewal {
        let mut state = lock(&self.state);
        // Another call may have renewed them meanwhile; those are not the ones that were refused.
        if state
            .current
            .as_ref()
            .is_some_and(|it| Arc::ptr_eq(it, used))
        {
            state.current = None;
            state.failure = None;
        }
        Renewal::Possible
    }
}

impl State {
    fn good(&self, now: SystemTime) -> Option<Arc<Credentials>> {
        let current = self.current.as_ref()?;
        let is_good = current.expires_at().is_none_or(|end| now < end);
        is_good.then(|| Arc::clone(current))
    }

    fn failed_within(&self, time: Duration, now: SystemTime) -> bool {
        self.failure
            .as_ref()
            .and_then(|failure| now.duration_since(failure.at).ok())
            .is_some_and(|since| since < time)
    }
}

/// One fetch under way. Dropping it lets another call fetch.
pub struct Fetch {
    exchange: Option<Box<dyn Exchange>>,
    state: Arc<Mutex<State>>,
}

impl Fetch {
    pub(crate) fn request(&mut self, now: SystemTime) -> Result<Request<Bytes>, Error> {
        match &mut self.exchange {
            Some(exchange) => exchange.request(now),
            None => Err(Error::new(ErrorKind::Bug, "the fetch is settled already")),
        }
    }

    /// Takes what came of the request. Fine means that [`Fetched::provide`] has something else to say now.
    pub(crate) fn settle(
        mut self,
        outcome: Result<Response<Bytes>, TransportFailure>,
        now: SystemTime,
    ) -> Result<(), Error> {
        let Some(mut exchange) = self.exchange.take() else {
            return Err(Error::new(ErrorKind::Bug, "the fetch is settled already"));
        };
        let progress = outcome
            .map_err(Error::from)
            .and_then(|reply| exchange.accept(&reply))
            .map_err(|error| error.while_doing(exchange.what()));
        let mut state = lock(&self.state);
        match progress {
            Ok(Progress::More) => state.underway = Some(exchange),
            Ok(Progress::Done(credentials)) => {
                state.current = Some(Arc::new(credentials));
                state.failure = None;
            }
            Err(error) => {
                state.failure = Some(Failure {
                    at: now,
                    kind: error.kind(),
                    message: error.message().to_owned(),
                });
                // The old ones will do for now.
                if state.good(now).is_none() {
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        lock(&self.state).is_leased = false;
    }
}

impl fmt::Debug for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetch")
    }
}

/// A panic elsewhere cannot leave the state half changed, so a poisoned lock is still good.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives credentials that end at 1,000 s, to be refreshed 100 s before.
    struct Until1000;
    impl Source for Until1000 {
        fn refresh_ahead(&self) -> Duration {
            Duration::from_secs(100)
        }
        fn begin(&self, _: SystemTime) -> Result<Begin, Error> {
            Ok(Begin::Exchange(Box::new(OneReply)))
        }
    }

    struct OneReply;
    impl Exchange for OneReply {
        fn what(&self) -> &'static str {
            "asking"
        }
        fn request(&mut self, _: SystemTime) -> Result<Request<Bytes>, Error> {
            Ok(Request::default())
        }
        fn accept(&mut self, _: &Response<Bytes>) -> Result<Progress, Error> {
            let credentials = Credentials::new("id", "secret")?;
            Ok(Progress::Done(credentials.expiring_at(at(1000))))
        }
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn fetches(source: &Fetched<Until1000>, now: SystemTime) -> Fetch {
        match source.provide(now).unwrap() {
            Provided::Fetch(fetch) => fetch,
            other => panic!("{other:?}"),
        }
    }

    fn is_ready(source: &Fetched<Until1000>, now: SystemTime) -> bool {
        matches!(source.provide(now).unwrap(), Provided::Ready(_))
    }

    fn fetched() -> Fetched<Until1000> {
        let source = Fetched::new(Until1000);
        let fetch = fetches(&source, at(0));
        fetch.settle(Ok(Response::default()), at(0)).unwrap();
        source
    }

    #[test]
    fn fresh_credentials_are_used_and_old_ones_refreshed_by_one_call() {
        let source = fetched();
        assert_eq!(source.expires_at(), Some(at(1000)));
        assert!(is_ready(&source, at(899)));
        let refresh = fetches(&source, at(900));
        assert!(is_ready(&source, at(900)), "the old ones are still good");
        let ended = source.provide(at(1000)).unwrap();
        assert!(matches!(ended, Provided::Wait(time) if !time.is_zero()));
        drop(refresh);
        drop(fetches(&source, at(900)));
    }

    #[test]
    fn a_failed_refresh_is_tried_again_after_a_minute() {
        let source = fetched();
        let refresh = fetches(&source, at(900));
        let failed = refresh.settle(Err(TransportFailure::TimedOut), at(900));
        assert!(failed.is_ok(), "the old ones will do for now");
        assert!(is_ready(&source, at(959)));
        drop(fetches(&source, at(960)));
        // At their end they are good no more.
        let refresh = fetches(&source, at(1000));
        let failed = refresh.settle(Err(TransportFailure::TimedOut), at(1000));
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::Transport);
    }

    #[test]
    fn a_failure_speaks_for_the_calls_that_waited_and_for_no_later_one() {
        let source = Fetched::new(Until1000);
        let fetch = fetches(&source, at(5));
        let error = fetch
            .settle(Err(TransportFailure::TimedOut), at(5))
            .unwrap_err();
        assert!(error.to_string().starts_with("asking: "), "{error}");
        let told = source
            .provide(at(5) + Duration::from_millis(249))
            .unwrap_err();
        assert_eq!(
            (told.kind(), told.message()),
            (error.kind(), error.message())
        );
        drop(fetches(&source, at(5) + Duration::from_millis(250)));
    }

    #[test]
    fn refused_credentials_are_dropped_and_others_kept() {
        let source = fetched();
        let other = Arc::new(Credentials::new("other", "secret").unwrap());
        assert_eq!(source.refused(&other), Renewal::Possible);
        assert!(is_ready(&source, at(0)));
        let Provided::Ready(used) = source.provide(at(0)).unwrap() else {
            panic!("not ready");
        };
        source.refused(&used);
        drop(fetches(&source, at(0)));
    }
}
