//! One call, without any I/O: it gives the request to send, takes what came of it, and says what to do next.
//!
//! A call is sealed once. Each attempt is signed anew with the time of that attempt. The opener stays inside
//! until the one answer comes. Where credentials must be fetched first, the request for them is given first, and
//! its reply goes to whoever asked for it.

mod facts;
mod reader;
mod remedies;
mod sent_id;

use core::fmt;
use core::time::Duration;
use std::sync::Arc;
use std::time::SystemTime;

use backon::ExponentialBackoff;
use bytes::Bytes;
use http::{Request, Response};

use crate::clock::{self, ClockOffset};
use crate::credential::{
    self, Credentials, CredentialsProvider, Fetch, Provide, Provided, fetched,
};
use crate::error::{Error, ErrorKind};
use crate::retry::{self, RetryPolicy};
use crate::transport::TransportFailure;
use crate::unsigned::Unsigned;
use reader::Reading;
pub(crate) use reader::{LookedAt, Reader};
pub(crate) use sent_id::SentId;

/// One request on its way to one answer of type `T`.
///
/// A client runs it; or drive it yourself: do what [`Call::next`] gives, pass what came back to
/// [`Call::settle`], and do what it says.
pub struct Call<T> {
    unsigned: Unsigned,
    credentials: CredentialsProvider,
    clock_offset: Arc<ClockOffset>,
    /// `None` once the call is settled.
    reader: Option<Reader<T>>,
    delays: ExponentialBackoff,
    /// The delays while the rate is limited, and what they came to.
    throttled_delays: ExponentialBackoff,
    throttled: Duration,
    retry: RetryPolicy,
    attempt: Attempt,
}

/// What is known of the attempt under way, and what has been tried once already.
#[derive(Default)]
struct Attempt {
    /// Counts those whose endpoint could not be reached.
    unreachable: usize,
    /// By the host's clock.
    asked_at: Option<SystemTime>,
    /// The clock's offset that the request was signed by.
    signed_by: i64,
    credentials: Option<Arc<Credentials>>,
    fetch: Option<Fetch>,
    /// The sources that were fetched from since the last request was sent.
    fetched: Vec<usize>,
    waits_for_another: bool,
    /// The last error that was not the call's last.
    error: Option<Error>,
    sent_id: Option<SentId>,
    /// The service's id of the request that was answered.
    request_id: Option<String>,
    refused: Option<Arc<Credentials>>,
    clock_was_set: bool,
    credentials_were_renewed: bool,
    base_was_renewed: bool,
}

/// What to do now.
#[non_exhaustive]
pub enum Next {
    /// Send this to its URI: over TLS unless the URI says `http`, without following redirects and without
    /// changing a header or a byte of the body. What comes of it goes to [`Call::settle`].
    Send(Request<Bytes>),
    /// Send this likewise: it asks for the credentials to sign with. Its reply goes to [`Call::settle`] as well.
    Fetch {
        /// What to send.
        request: Request<Bytes>,
        /// How long that may take. A fetch is short, and shorter where there are credentials to go on with.
        within: Duration,
    },
    /// Wait this long, then ask [`Call::next`] again: the credentials are being fetched, or that has just failed.
    Wait(Duration),
}

/// What to do next.
#[non_exhaustive]
pub enum Settled<T> {
    /// The answer.
    Done(T),
    /// Wait this long, then ask [`Call::next`] again.
    Again {
        /// How long to wait.
        after: Duration,
    },
    /// No answer will come.
    Fail(Error),
}

impl<T> Call<T> {
    pub(crate) fn new(
        unsigned: Unsigned,
        credentials: CredentialsProvider,
        clock_offset: Arc<ClockOffset>,
        reader: Reader<T>,
        retry: RetryPolicy,
    ) -> Self {
        Self {
            unsigned,
            credentials,
            clock_offset,
            reader: Some(reader),
            delays: retry.delays(),
            throttled_delays: retry.throttled_delays(),
            throttled: Duration::ZERO,
            retry,
            attempt: Attempt::default(),
        }
    }

    /// The action, as the cloud names it.
    pub fn action(&self) -> &str {
        &self.unsigned.action
    }

    /// The request to send, signed as of `now`, or the one for the credentials to sign it with. `now` is the host's
    /// clock.
    ///
    /// # Errors
    /// `Credential` or `Signing`; what fetching the credentials failed with; and `Bug` where the call is settled
    /// already.
    pub fn next(&mut self, now: SystemTime) -> Result<Next, Error> {
        let credentials = match self.credentials(now)? {
            Asked::Credentials(credentials) => credentials,
            Asked::First(next) => return Ok(next),
        };
        let attempt = &mut self.attempt;
        attempt.signed_by = self.clock_offset.seconds();
        let signed_at = self.clock_offset.correct(now);
        let request = self
            .unsigned
            .sign(attempt.unreachable, &credentials, signed_at)?;
        attempt.sent_id = self.unsigned.id_of(&request).map(SentId);
        attempt.credentials = Some(credentials);
        attempt.fetched.clear();
        Ok(Next::Send(request))
    }

    /// What is to be done before the call itself can be sent; `None` where nothing is. For whoever makes it wait for
    /// its turn after that.
    #[cfg_attr(
        not(any(feature = "async", feature = "blocking")),
        expect(dead_code, reason = "for the clients")
    )]
    pub(crate) fn first(&mut self, now: SystemTime) -> Result<Option<Next>, Error> {
        match self.credentials(now)? {
            Asked::Credentials(_) => Ok(None),
            Asked::First(next) => Ok(Some(next)),
        }
    }

    fn credentials(&mut self, now: SystemTime) -> Result<Asked, Error> {
        if self.reader.is_none() {
            return Err(settled_already());
        }
        self.attempt.asked_at = Some(now);
        self.attempt.waits_for_another = false;
        let provided = match self.credentials.provide(now) {
            Ok(provided) => provided,
            // Another call's fetch has failed. It speaks for this one, as long as it would have waited itself.
            Err(error) => match self.again_after(error.is_transient(), error) {
                Ok(after) => return Ok(Asked::First(Next::Wait(after))),
                Err(error) => return Err(error),
            },
        };
        match provided {
            Provided::Ready(credentials) => self.unless_refused(credentials),
            Provided::Fetch(mut fetch) => {
                if self.attempt.fetched.contains(&fetch.source()) {
                    return Err(self.ended_before_use());
                }
                self.attempt.signed_by = self.clock_offset.seconds();
                let request = fetch.request(self.clock_offset.correct(now))?;
                let within = fetch.within();
                self.attempt.fetch = Some(fetch);
                Ok(Asked::First(Next::Fetch { request, within }))
            }
            Provided::Wait(time) => {
                self.attempt.waits_for_another = true;
                Ok(Asked::First(Next::Wait(time)))
            }
            Provided::Absent { reason } => Err(credential::absent(&reason)),
        }
    }

    /// Credentials that the service has just refused do not become better by being asked for again.
    fn unless_refused(&mut self, credentials: Arc<Credentials>) -> Result<Asked, Error> {
        let refused = self.attempt.refused.as_ref();
        if refused.is_some_and(|refused| refused.is_same(&credentials))
            && let Some(error) = self.attempt.error.take()
        {
            self.reader = None;
            return Err(error);
        }
        Ok(Asked::Credentials(credentials))
    }

    fn ended_before_use(&mut self) -> Error {
        self.reader = None;
        fetched::ended_before_use()
    }

    /// Takes what came of the request, at once.
    pub fn settle(&mut self, outcome: Result<Response<Bytes>, TransportFailure>) -> Settled<T> {
        let asked_at = self.attempt.asked_at;
        self.settle_at(outcome, asked_at.unwrap_or(SystemTime::UNIX_EPOCH))
    }

    /// Takes what came of the request at `now`, by the host's clock. From then on a failed fetch speaks for other
    /// calls, and a key that was fetched lives.
    pub fn settle_at(
        &mut self,
        outcome: Result<Response<Bytes>, TransportFailure>,
        now: SystemTime,
    ) -> Settled<T> {
        if let Some(fetch) = self.attempt.fetch.take() {
            return self.settle_fetch(fetch, outcome, now);
        }
        match outcome {
            Ok(mut reply) => {
                self.note_id_in(&mut reply);
                self.settle_reply(&reply)
            }
            Err(failure) => {
                let unreachable = retry::is_unreachable(&failure);
                if unreachable {
                    self.attempt.unreachable = self.attempt.unreachable.saturating_add(1);
                }
                let error = self.told(failure);
                match self.again_or_fail(retry::may_pass(&error, self.retry), error) {
                    Settled::Again { .. } if unreachable && self.has_another_endpoint() => {
                        Settled::Again {
                            after: Duration::ZERO,
                        }
                    }
                    settled => settled,
                }
            }
        }
    }

    /// The error for a call that has no time left for what it was told to do next, which is the end of it: what went
    /// wrong before, which says more than that.
    pub fn out_of_time(&mut self) -> Error {
        self.reader = None;
        match self.attempt.error.take() {
            Some(error) => error.with_outcome("no time was left for another attempt"),
            None if self.attempt.waits_for_another => Error::transport(
                "the deadline would pass before the credentials have been fetched, which another call or the function \
                 that gives them does; allow more time, or look at what they are fetched from",
            )
            .with_nothing_sent(),
            None => TransportFailure::NoTimeLeft.into(),
        }
    }

    /// A fetch is not the call: asking for credentials twice does no harm, so what may pass is tried again.
    fn settle_fetch(
        &mut self,
        mut fetch: Fetch,
        outcome: Result<Response<Bytes>, TransportFailure>,
        now: SystemTime,
    ) -> Settled<T> {
        let read = fetch.read(&outcome, now);
        match (&read, &outcome) {
            (Ok(_), _) if fetch.is_signed() => self.clock_offset.prove(self.attempt.signed_by),
            (Err(error), Ok(reply)) if self.fetch_can_be_remedied(&fetch, error, reply) => {
                return self.at_once(read.err());
            }
            _ => {}
        }
        let source = fetch.source();
        match fetch.conclude(read, now, &self.clock_offset) {
            Ok(is_finished) => {
                if is_finished {
                    self.attempt.fetched.push(source);
                }
                self.at_once(None)
            }
            Err(error) => self.again_or_fail(error.is_transient(), error),
        }
    }

    fn settle_reply(&mut self, reply: &Response<Bytes>) -> Settled<T> {
        let Some(reader) = self.reader.take() else {
            return Settled::Fail(settled_already());
        };
        match reader.read(reply) {
            Reading::Answer(answer, request_id) => {
                self.attempt.request_id = request_id;
                self.clock_offset.prove(self.attempt.signed_by);
                match answer {
                    Ok(answer) => Settled::Done(answer),
                    Err(error) => Settled::Fail(self.named(error)),
                }
            }
            Reading::NoAnswer(error, reader) => {
                self.reader = Some(reader);
                let error = self
                    .named(error)
                    .with_retry_after(clock::retry_after(reply.headers()));
                if self.can_be_remedied(&error, reply) {
                    return self.at_once(Some(error));
                }
                self.again_or_fail(retry::may_pass(&error, self.retry), error)
            }
        }
    }

    fn at_once(&mut self, error: Option<Error>) -> Settled<T> {
        self.attempt.error = error.or(self.attempt.error.take());
        Settled::Again {
            after: Duration::ZERO,
        }
    }

    /// Whether there is an endpoint that was not tried yet: it need not be waited for.
    fn has_another_endpoint(&self) -> bool {
        (1..self.unsigned.origins.len()).contains(&self.attempt.unreachable)
    }

    fn again_or_fail(&mut self, may_pass: bool, error: Error) -> Settled<T> {
        match self.again_after(may_pass, error) {
            Ok(after) => Settled::Again { after },
            Err(error) => Settled::Fail(error),
        }
    }

    /// How long to wait before the next attempt; the error where there is none.
    fn again_after(&mut self, may_pass: bool, error: Error) -> Result<Duration, Error> {
        if may_pass && let Some(after) = self.next_delay(&error) {
            let after = after.max(error.retry_after().unwrap_or_default());
            if error.kind() == ErrorKind::Throttled {
                self.throttled = self.throttled.saturating_add(after);
            }
            self.attempt.error = Some(error);
            return Ok(after);
        }
        self.reader = None;
        Err(error)
    }
}

impl<T> Call<T> {
    fn next_delay(&mut self, error: &Error) -> Option<Duration> {
        let patience = self.retry.throttled_for;
        if error.kind() != ErrorKind::Throttled || patience.is_zero() {
            return self.delays.next();
        }
        self.throttled_delays
            .next()
            .filter(|_| self.throttled < patience)
    }
}

/// What a source of credentials had.
#[expect(
    clippy::large_enum_variant,
    reason = "it is taken apart where it is made"
)]
enum Asked {
    Credentials(Arc<Credentials>),
    /// This is to be done first.
    First(Next),
}

fn settled_already() -> Error {
    Error::new(
        ErrorKind::Bug,
        "the call is settled already; make a new one",
    )
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("action", &self.unsigned.action)
            .field("origins", &self.unsigned.origins)
            .field("body_len", &self.unsigned.body.bytes.len())
            .field("settled", &self.reader.is_none())
            .finish_non_exhaustive()
    }
}
