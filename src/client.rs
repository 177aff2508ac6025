//! The two clients: thin drivers over [`Call`]. Each sends the request of the call, passes the reply back, and does
//! what the call says, within one deadline. All decisions are made in the call.

#[cfg(feature = "observability")]
mod seen;
#[cfg(not(feature = "observability"))]
#[path = "client/unseen.rs"]
mod seen;
mod run;
mod unfollowed;
mod watch;

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use crate::call::{Call, Settled};
use crate::clock;
use crate::error::Error;
use crate::rate_limit::RateLimits;
use crate::transport::{TransportFailure, TransportOptions};
use run::{Run, Step};
use seen::Seen;
pub use watch::{Attempt, Watch};
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
    /// A client with the default options.
    ///
    /// # Errors
    /// `Transport` if TLS cannot be set up.
    pub fn new() -> Result<Self, Error> {
        Self::with_options(&TransportOptions::default())
    }

    /// A client with these options.
    ///
    /// # Errors
    /// `Transport` if TLS cannot be set up, or an extra certificate is not a certificate.
    pub fn with_options(options: &TransportOptions) -> Result<Self, Error> {
        Ok(Self {
            transport: crate::transport::hyper::Hyper::new(options)?,
            deadline: options.deadline,
            attempt: options.attempt_timeout,
            limits: None,
            proxied: options.proxy.is_some(),
        })
    }

    /// Sends no faster than these limits allow. A call waits for its turn, for as long as its deadline leaves time for an
    /// answer after it: a quarter of it, and at most a second.
    #[must_use]
    pub fn rate_limits(mut self, limits: Arc<RateLimits>) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Runs a call to its result. Dropping the future ends the call and wipes its session key.
    ///
    /// # Errors
    /// The call's error; [`Error::kind`] says whose fault it is.
    pub async fn run<T>(&self, call: Call<T>) -> Result<T, Error> {
        self.run_watched(call, &mut Unwatched).await
    }

    /// Runs a call to its result. Calls the watch before and after each request, and waits by itself: [`Watch::pause`] is
    /// not called, and no hook may block for long. Dropping the future ends the call; a request that was on its way then
    /// has [`Watch::sends`] and no [`Watch::after`].
    ///
    /// # Errors
    /// The call's error, or the watch's; [`Error::kind`] says whose fault it is.
    pub async fn run_watched<T>(
        &self,
        mut call: Call<T>,
        watch: &mut (dyn Watch + Send),
    ) -> Result<T, Error> {
        let mut seen = Seen::start(&call);
        let result = self.drive(&mut call, watch, &mut seen).await;
        seen.ends(&call, result.as_ref().err());
        result
    }

    async fn drive<T>(
        &self,
        call: &mut Call<T>,
        watch: &mut (dyn Watch + Send),
        seen: &mut Seen,
    ) -> Result<T, Error> {
        let mut run = Run::start(self.deadline, self.attempt, self.limits.as_deref());
        loop {
            let (request, left, is_for_credentials) = match run.step(call, || watch.before())? {
                Step::Sleep(time) => {
                    seen.waits(time, None);
                    tokio::time::sleep(time).await;
                    continue;
                }
                Step::Send(request, left) => (request, left, false),
                Step::Fetch(request, left) => (request, left, true),
            };
            // Requests for credentials are nobody's calls.
            let sending = (!is_for_credentials).then(|| Sending::start(&request));
            if let Some(sending) = &sending {
                watch.sends(&sending.of(call));
            }
            let sent = seen.sends(&request, is_for_credentials);
            let over_tls = request.uri().scheme_str() == Some("https");
            let outcome = self.transport.send(request, left).await;
            let outcome =
                outcome.map_err(|failure| unfollowed::told(failure, over_tls && !self.proxied));
            seen.replied(&sent, &outcome);
            let ended = sending.map(|sending| sending.end(&outcome));
            let mut tell = |call: &Call<T>, error: Option<&Error>| {
                if let Some(ended) = &ended {
                    watch.after(&ended.of(call, error));
                }
            };
            match call.settle_at(outcome, clock::now()) {
                Settled::Done(answer) => {
                    tell(call, None);
                    return Ok(answer);
                }
                Settled::Fail(error) => {
                    tell(call, Some(&error));
                    return Err(error);
                }
                Settled::Retry { after } => {
                    tell(call, call.last_error());
                    let after = run.wait(after).ok_or_else(|| call.out_of_time())?;
                    seen.waits(after, call.last_error());
                    tokio::time::sleep(after).await;
                }
            }
        }
    }

    /// Sends one request unchanged, once, and returns the response, whatever its status. Use it for a request that was
    /// taken from a [`Call`] or signed by other means; otherwise use [`Client::run`]. Rate limits do not apply.
    ///
    /// # Errors
    /// [`TransportFailure`] if no complete reply arrived.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportFailure> {
        let left = one_attempt(self.deadline, self.attempt);
        self.transport.send(request, left).await
    }
}

/// The blocking client. Cheap to clone; clones share their connections, and so do threads.
#[cfg(feature = "blocking")]
#[derive(Clone)]
pub struct BlockingClient {
    transport: crate::transport::ureq::Ureq,
    deadline: Duration,
    attempt: Option<Duration>,
    limits: Option<Arc<RateLimits>>,
    proxied: bool,
}

#[cfg(feature = "blocking")]
impl BlockingClient {
    /// A client with the default options.
    ///
    /// # Errors
    /// `Transport` if TLS cannot be set up.
    pub fn new() -> Result<Self, Error> {
        Self::with_options(&TransportOptions::default())
    }

    /// A client with these options.
    ///
    /// # Errors
    /// `Transport` if TLS cannot be set up, or an extra certificate is not a certificate.
    pub fn with_options(options: &TransportOptions) -> Result<Self, Error> {
        Ok(Self {
            transport: crate::transport::ureq::Ureq::new(options)?,
            deadline: options.deadline,
            attempt: options.attempt_timeout,
            limits: None,
            proxied: options.proxy.is_some(),
        })
    }

    /// Sends no faster than these limits allow. A call waits for its turn, for as long as its deadline leaves time for an
    /// answer after it: a quarter of it, and at most a second.
    #[must_use]
    pub fn rate_limits(mut self, limits: Arc<RateLimits>) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Runs a call to its answer.
    ///
    /// # Errors
    /// The call's error; [`Error::kind`] says whose fault it is.
    pub fn run<T>(&self, call: Call<T>) -> Result<T, Error> {
        self.run_watched(call, &mut Unwatched)
    }

    /// Runs a call to its result. Calls the watch before and after each request.
    ///
    /// # Errors
    /// The call's error, or the watch's; [`Error::kind`] says whose fault it is.
    pub fn run_watched<T>(&self, mut call: Call<T>, watch: &mut dyn Watch) -> Result<T, Error> {
        let mut seen = Seen::start(&call);
        let result = self.drive(&mut call, watch, &mut seen);
        seen.ends(&call, result.as_ref().err());
        result
    }

    fn drive<T>(
        &self,
        call: &mut Call<T>,
        watch: &mut dyn Watch,
        seen: &mut Seen,
    ) -> Result<T, Error> {
        let mut run = Run::start(self.deadline, self.attempt, self.limits.as_deref());
        loop {
            let after = match run.step(call, || watch.before())? {
                Step::Sleep(time) => {
                    seen.waits(time, None);
                    watch.pause(time)?;
                    continue;
                }
                Step::Fetch(request, left) => {
                    let sent = seen.sends(&request, true);
                    let outcome = self.dispatch(request, left);
                    seen.replied(&sent, &outcome);
                    match call.settle_at(outcome, clock::now()) {
                        Settled::Done(answer) => return Ok(answer),
                        Settled::Fail(error) => return Err(error),
                        Settled::Retry { after } => after,
                    }
                }
                Step::Send(request, left) => {
                    let (sending, sent) = (Sending::start(&request), seen.sends(&request, false));
                    watch.sends(&sending.of(call));
                    let outcome = self.dispatch(request, left);
                    seen.replied(&sent, &outcome);
                    let ended = sending.end(&outcome);
                    match call.settle_at(outcome, clock::now()) {
                        Settled::Done(answer) => {
                            watch.after(&ended.of(call, None));
                            return Ok(answer);
                        }
                        Settled::Fail(error) => {
                            watch.after(&ended.of(call, Some(&error)));
                            return Err(error);
                        }
                        Settled::Retry { after } => {
                            watch.after(&ended.of(call, call.last_error()));
                            after
                        }
                    }
                }
            };
            let after = run.wait(after).ok_or_else(|| call.out_of_time())?;
            seen.waits(after, call.last_error());
            watch.pause(after)?;
        }
    }

    /// Sends one request unchanged, once, and returns the response, whatever its status. Use it for a request that was
    /// taken from a [`Call`] or signed by other means; otherwise use [`BlockingClient::run`]. Rate limits do not apply.
    ///
    /// # Errors
    /// [`TransportFailure`] if no complete reply arrived.
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
}

#[cfg(feature = "async")]
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("deadline", &self.deadline)
            .field("attempt_timeout", &self.attempt)
            .field("rate_limits", &self.limits)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "blocking")]
impl fmt::Debug for BlockingClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingClient")
            .field("deadline", &self.deadline)
            .field("attempt_timeout", &self.attempt)
            .field("rate_limits", &self.limits)
            .finish_non_exhaustive()
    }
}

fn one_attempt(deadline: Duration, attempt: Option<Duration>) -> Duration {
    attempt.map_or(deadline, |most| most.min(deadline))
}
