//! One call, without any I/O. It returns the request to send, takes the outcome, and says what to do next.
//!
//! A call is sealed once. Each attempt is signed again with its own time. The opener stays inside the call until the
//! reply arrives. If credentials must be fetched first, the call returns the request for them first and passes its
//! reply to the credentials source.

mod facts;
mod reader;
mod remedies;
mod sent_id;
mod shown;

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

/// One request, and how to read its reply as a `T`.
///
/// A client runs it. To run it yourself, do what [`Call::next`] returns, pass the outcome to [`Call::settle`], and do
/// what that returns.
pub struct Call<T> {
    unsigned: Unsigned,
    credentials: CredentialsProvider,
    clock_offset: Arc<ClockOffset>,
    /// `None` once the call is settled.
    reader: Option<Reader<T>>,
    delays: ExponentialBackoff,
    /// The delays while the service limits the rate, and their sum.
    throttled_delays: ExponentialBackoff,
    throttled: Duration,
    retry: RetryPolicy,
    attempt: Attempt,
}

/// The state of the current attempt, and which remedies were tried already.
#[derive(Default)]
struct Attempt {
    /// The number of attempts whose endpoint could not be reached.
    unreachable: usize,
    /// By the host's clock.
    asked_at: Option<SystemTime>,
    /// The clock's offset that the request was signed by.
    signed_by: i64,
    credentials: Option<Arc<Credentials>>,
    fetch: Option<Fetch>,
    /// The sources that were asked since the last request was sent.
    fetched: Vec<usize>,
    waits_for_another: bool,
    /// The last error that was not the call's last.
    error: Option<Error>,
    sent_id: Option<SentId>,
    /// The service's id of the request that was answered.
    request_id: Option<String>,
    refused: Option<Arc<Credentials>>,
    /// How many times the service's time was learnt.
    clock_was_set: u8,
    credentials_were_renewed: bool,
    base_was_renewed: bool,
}

/// What to do now.
#[non_exhaustive]
pub enum Next {
    /// Send this to its URI: over TLS unless the URI says `http`, without following redirects, and without changing a
    /// header or a byte of the body. Pass the outcome to [`Call::settle`].
    Send(Request<Bytes>),
    /// Send this in the same way. It asks for the credentials to sign with. Pass the outcome to [`Call::settle`].
    Fetch {
        /// What to send.
        request: Request<Bytes>,
        /// The time limit for this request. It is short, and shorter if the present credentials are still valid.
        within: Duration,
    },
    /// Wait this long, then call [`Call::next`] again: another call is fetching the credentials, or a fetch has just
    /// failed.
    Wait(Duration),
}

/// What to do next.
#[non_exhaustive]
pub enum Settled<T> {
    /// The answer.
    Done(T),
    /// Wait this long, then call [`Call::next`] again.
    Retry {
        /// How long to wait.
        after: Duration,
    },
    /// The call has failed.
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

    /// The request to send, signed for the time `now`; or the request that fetches the credentials. `now` is the host's
    /// clock.
    ///
    /// # Errors
    /// `Credential` or `Signing`; the error of fetching the credentials; `Bug` if the call is settled already.
    pub fn next(&mut self, now: SystemTime) -> Result<Next, Error> {
        let credentials = match self.credentials(now)? {
            Asked::Credentials(credentials) => credentials,
            Asked::First(next) => return Ok(next),
        };
        let attempt = &mut self.attempt;
        attempt.signed_by = self.clock_offset.seconds();
        let signed_at = clock::later_by(now, attempt.signed_by);
        let request = self
            .unsigned
            .sign(attempt.unreachable, &credentials, signed_at)?;
        attempt.sent_id = self.unsigned.id_of(&request).map(SentId);
        attempt.credentials = Some(credentials);
        attempt.fetched.clear();
        Ok(Next::Send(request))
    }

    /// What must be done before the request itself can be sent, or `None`. For drivers that wait for a turn under a
    /// rate limit after it.
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
            // Another call's fetch has failed. Its error counts for this call too, for as long as this call would have
            // waited.
            Err(error) => match self.again_after(error.is_transient(), of_a_fetch(error)) {
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
                let signed_at = clock::later_by(now, self.attempt.signed_by);
                let request = fetch.request(signed_at)?;
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

    /// It is useless to sign again with credentials that the service has just refused.
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

    /// Takes the outcome of the request, now.
    pub fn settle(&mut self, outcome: Result<Response<Bytes>, TransportFailure>) -> Settled<T> {
        let asked_at = self.attempt.asked_at;
        self.settle_at(outcome, asked_at.unwrap_or(SystemTime::UNIX_EPOCH))
    }

    /// Takes the outcome of the request at the time `now`, by the host's clock. From that time, the error of a failed
    /// fetch counts for other calls too, and the lifetime of a fetched key begins.
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
                    Settled::Retry { .. } if unreachable && self.has_another_endpoint() => {
                        Settled::Retry {
                            after: Duration::ZERO,
                        }
                    }
                    settled => settled,
                }
            }
        }
    }

    /// Ends a call that has no time left for its next step. Returns the last real error, because it says more than "out
    /// of time".
    pub fn out_of_time(&mut self) -> Error {
        self.reader = None;
        match self.attempt.error.take() {
            Some(error) => error.with_outcome("no time was left for another attempt"),
            None if self.attempt.waits_for_another => Error::transport(
                "the deadline would pass before the credentials are fetched, by another call or by your function; \
                 allow more time, or check where they are fetched from",
            )
            .with_nothing_sent(),
            None => TransportFailure::NoTimeLeft.into(),
        }
    }

    /// Fetching credentials twice does no harm, so a temporary failure is retried.
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
            Err(error) => self.again_or_fail(error.is_transient(), of_a_fetch(error)),
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
        Settled::Retry {
            after: Duration::ZERO,
        }
    }

    /// Whether there is an endpoint that was not tried yet. It is tried without delay.
    fn has_another_endpoint(&self) -> bool {
        (1..self.unsigned.origins.len()).contains(&self.attempt.unreachable)
    }

    fn again_or_fail(&mut self, may_pass: bool, error: Error) -> Settled<T> {
        match self.again_after(may_pass, error) {
            Ok(after) => Settled::Retry { after },
            Err(error) => Settled::Fail(error),
        }
    }

    /// How long to wait before the next attempt; the error if there is no further attempt.
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

/// What a credentials source returned.
#[expect(
    clippy::large_enum_variant,
    reason = "it is taken apart where it is made"
)]
enum Asked {
    Credentials(Arc<Credentials>),
    /// This must be done first.
    First(Next),
}

/// Where credentials could not be fetched for now, nothing of the call itself was sent, and it may be made later.
fn of_a_fetch(error: Error) -> Error {
    match error.is_transient() {
        true => error.with_nothing_sent(),
        false => error,
    }
}

fn settled_already() -> Error {
    Error::new(
        ErrorKind::Bug,
        "the call is already settled; make a new one",
    )
}
