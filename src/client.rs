//! The two clients: thin drivers over [`Call`]. Each sends what the call gives, passes on what came back, and does
//! what the call says, within one deadline. All decisions are the call's.

mod unfollowed;
#[cfg(feature = "blocking")]
mod watch;

use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{Request, Response};

use crate::call::{Call, Next, Settled};
use crate::clock;
use crate::error::Error;
use crate::rate_limit::{RateLimits, Turn};
use crate::transport::{TransportFailure, TransportOptions};
#[cfg(feature = "blocking")]
pub use watch::{Attempt, Watch};
#[cfg(feature = "blocking")]
use watch::{Sending, Unwatched};

/// The async client, on a tokio runtime. Cheap to clone; clones share their connections.
#[cfg(feature = "async")]
#[derive(Clone)]
pub struct Client {
    transport: crate::transport::hyper::Hyper,
    deadline: Duration,
    attempt: Option<Duration>,
    limits: Option<Arc<RateLimits>>,
    proxied: bool,
}

#[cfg(feature = "async")]
impl Client {
    /// A client with the usual limits.
    ///
    /// # Errors
    /// `Transport` where TLS cannot be set up.
    pub fn new() -> Result<Self, Error> {
        Self::with_options(&TransportOptions::default())
    }

    /// A client with limits of one's own.
    ///
    /// # Errors
    /// `Transport` where TLS cannot be set up, or an extra certificate is none.
    pub fn with_options(options: &TransportOptions) -> Result<Self, Error> {
        Ok(Self {
            transport: crate::transport::hyper::Hyper::new(options)?,
            deadline: options.deadline,
            attempt: options.attempt,
            limits: None,
            proxied: options.proxy.is_some(),
        })
    }

    /// Sends no faster than these limits allow. A call waits for its turn, within its deadline.
    #[must_use]
    pub fn rate_limits(mut self, limits: Arc<RateLimits>) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Runs a call to its answer. Dropping the future ends it; the session key is wiped with it.
    ///
    /// # Errors
    /// Whatever went wrong; [`Error::kind`] says whose fault it is.
    pub async fn run<T>(&self, mut call: Call<T>) -> Result<T, Error> {
        let mut run = Run::start(self.deadline, self.attempt, self.limits.as_deref());
        loop {
            match run.step(&mut call, || Ok(()))? {
                Step::Sleep(time) => tokio::time::sleep(time).await,
                Step::Send(request, left) | Step::Fetch(request, left) => {
                    let over_tls = request.uri().scheme_str() == Some("https");
                    let outcome =
                        self.transport.send(request, left).await.map_err(|failure| {
                            unfollowed::told(failure, over_tls && !self.proxied)
                        });
                    match call.settle_at(outcome, clock::now()) {
                        Settled::Done(answer) => return Ok(answer),
                        Settled::Fail(error) => return Err(error),
                        Settled::Again { after } => {
                            let after = run.wait(after).ok_or_else(|| call.out_of_time())?;
                            tokio::time::sleep(after).await;
                        }
                    }
                }
            }
        }
    }

    /// Sends one request as it is, once, and gives what came back, whatever it says. For a request that was taken from
    /// a [`Call`] or signed by other means; [`Client::run`] is for everything else. Rate limits are not kept to.
    ///
    /// # Errors
    /// [`TransportFailure`] where no whole reply came.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportFailure> {
        let left = one_attempt(self.deadline, self.attempt);
        self.transport.send(request, left).await
    }
}

/// The blocking client. It may be shared between threads by reference.
#[cfg(feature = "blocking")]
pub struct BlockingClient {
    transport: crate::transport::ureq::Ureq,
    deadline: Duration,
    attempt: Option<Duration>,
    limits: Option<Arc<RateLimits>>,
    proxied: bool,
}

#[cfg(feature = "blocking")]
impl BlockingClient {
    /// A client with the usual limits.
    ///
    /// # Errors
    /// `Transport` where TLS cannot be set up.
    pub fn new() -> Result<Self, Error> {
        Self::with_options(&TransportOptions::default())
    }

    /// A client with limits of one's own.
    ///
    /// # Errors
    /// `Transport` where TLS cannot be set up, or an extra certificate is none.
    pub fn with_options(options: &TransportOptions) -> Result<Self, Error> {
        Ok(Self {
            transport: crate::transport::ureq::Ureq::new(options)?,
            deadline: options.deadline,
            attempt: options.attempt,
            limits: None,
            proxied: options.proxy.is_some(),
        })
    }

    /// Sends no faster than these limits allow. A call waits for its turn, within its deadline.
    #[must_use]
    pub fn rate_limits(mut self, limits: Arc<RateLimits>) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Runs a call to its answer.
    ///
    /// # Errors
    /// Whatever went wrong; [`Error::kind`] says whose fault it is.
    pub fn run<T>(&self, call: Call<T>) -> Result<T, Error> {
        self.run_watched(call, &mut Unwatched)
    }

    /// Runs a call to its answer, and asks and tells the watch on the way.
    ///
    /// # Errors
    /// Whatever went wrong, and what the watch refuses with; [`Error::kind`] says whose fault it is.
    pub fn run_watched<T>(&self, mut call: Call<T>, watch: &mut dyn Watch) -> Result<T, Error> {
        let mut run = Run::start(self.deadline, self.attempt, self.limits.as_deref());
        loop {
            match run.step(&mut call, || watch.before())? {
                Step::Sleep(time) => watch.pause(time)?,
                Step::Fetch(request, left) => {
                    let outcome = self.dispatch(request, left);
                    match call.settle_at(outcome, clock::now()) {
                        Settled::Done(answer) => return Ok(answer),
                        Settled::Fail(error) => return Err(error),
                        Settled::Again { after } => self.pause(&run, &mut call, after, watch)?,
                    }
                }
                Step::Send(request, left) => {
                    let sending = Sending::start(&request);
                    let outcome = self.dispatch(request, left);
                    let sent = sending.end(&outcome);
                    match call.settle_at(outcome, clock::now()) {
                        Settled::Done(answer) => {
                            watch.after(&sent.of(&call, None));
                            return Ok(answer);
                        }
                        Settled::Fail(error) => {
                            watch.after(&sent.of(&call, Some(&error)));
                            return Err(error);
                        }
                        Settled::Again { after } => {
                            watch.after(&sent.of(&call, call.last_error()));
                            self.pause(&run, &mut call, after, watch)?;
                        }
                    }
                }
            }
        }
    }

    /// Sends one request as it is, once, and gives what came back, whatever it says. For a request that was taken from
    /// a [`Call`] or signed by other means; [`BlockingClient::run`] is for everything else. Rate limits are not kept to.
    ///
    /// # Errors
    /// [`TransportFailure`] where no whole reply came.
    pub fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportFailure> {
        let left = one_attempt(self.deadline, self.attempt);
        self.transport.send(request, left)
    }

    fn dispatch(
        &self,
        request: Request<Bytes>,
        left: Duration,
    ) -> Result<Response<Bytes>, TransportFailure> {
        let over_tls = request.uri().scheme_str() == Some("https");
        self.transport
            .send(request, left)
            .map_err(|failure| unfollowed::told(failure, over_tls && !self.proxied))
    }

    fn pause<T>(
        &self,
        run: &Run<'_>,
        call: &mut Call<T>,
        after: Duration,
        watch: &mut dyn Watch,
    ) -> Result<(), Error> {
        let after = run.wait(after).ok_or_else(|| call.out_of_time())?;
        watch.pause(after)
    }
}

fn one_attempt(deadline: Duration, attempt: Option<Duration>) -> Duration {
    attempt.map_or(deadline, |most| most.min(deadline))
}

/// One call's run: its deadline, and its turns under a rate limit. What both clients do but for sleeping and sending.
struct Run<'a> {
    started: Instant,
    allowed: Duration,
    attempt: Option<Duration>,
    limits: Option<&'a RateLimits>,
    turn: Option<Turn<'a>>,
}

/// What a client does next.
enum Step {
    Sleep(Duration),
    /// The call's own request, within this time.
    Send(Request<Bytes>, Duration),
    /// One for its credentials, likewise.
    Fetch(Request<Bytes>, Duration),
}

impl<'a> Run<'a> {
    fn start(allowed: Duration, attempt: Option<Duration>, limits: Option<&'a RateLimits>) -> Self {
        Self {
            // On the clock that no one sets.
            started: Instant::now(),
            allowed,
            attempt,
            limits,
            turn: None,
        }
    }

    /// `before` is asked before the call's own request is signed.
    fn step<T>(
        &mut self,
        call: &mut Call<T>,
        before: impl FnOnce() -> Result<(), Error>,
    ) -> Result<Step, Error> {
        // Credentials first: a turn is not held while they are fetched.
        let first = match &self.turn {
            Some(_) => None,
            None => call.first(clock::now())?,
        };
        if first.is_none()
            && let Some(limits) = self.limits
        {
            let (now, left) = (Instant::now(), self.left().unwrap_or_default());
            if self.turn.is_none() {
                self.turn = limits.turn(call.action(), now, left);
            }
            let turn = self.turn.as_mut().ok_or_else(|| call.out_of_time())?;
            if let Some(time) = turn.wait(now) {
                return Ok(Step::Sleep(time));
            }
        }
        let next = match first {
            Some(next) => next,
            None => {
                before()?;
                call.next(clock::now())?
            }
        };
        let left = self.left().ok_or_else(|| call.out_of_time())?;
        match next {
            Next::Wait(time) => {
                let time = self.wait(time).ok_or_else(|| call.out_of_time())?;
                Ok(Step::Sleep(time))
            }
            Next::Fetch { request, within } => Ok(Step::Fetch(request, within.min(left))),
            Next::Send(request) => {
                if let Some(turn) = self.turn.take() {
                    turn.spend();
                }
                let left = self.attempt.map_or(left, |most| most.min(left));
                Ok(Step::Send(request, left))
            }
        }
    }

    /// The time left; `None` when there is none.
    fn left(&self) -> Option<Duration> {
        self.allowed
            .checked_sub(self.started.elapsed())
            .filter(|left| !left.is_zero())
    }

    /// A delay that ends before the deadline; there is no point in a longer one.
    fn wait(&self, delay: Duration) -> Option<Duration> {
        self.left()?.checked_sub(delay).map(|_| delay)
    }
}
