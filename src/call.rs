//! One call, without any I/O: it gives the request to send, takes what came of it, and says what to do next.
//!
//! A call is sealed once. Each attempt is signed anew with the time of that attempt. The opener stays inside
//! until the one answer comes. Where credentials must be fetched first, the request for them is given first, and
//! its reply goes to whoever asked for it.

mod reader;

use core::fmt;
use core::time::Duration;
use std::sync::Arc;
use std::time::SystemTime;

use backon::ExponentialBackoff;
use bytes::Bytes;
use http::{Request, Response};

use crate::clock::ClockOffset;
use crate::credential::{Credentials, Fetch, ProvideCredentials, Provided, Renewal};
use crate::error::{Error, ErrorKind, Remedy};
use crate::retry::{self, RetryPolicy};
use crate::transport::TransportFailure;
use crate::unsigned::Unsigned;
pub(crate) use reader::Reader;
use reader::Reading;

/// One request on its way to one answer of type `T`.
///
/// A client runs it; or drive it yourself: do what [`Call::next`] gives, pass what came back to
/// [`Call::settle`], and do what it says.
pub struct Call<T> {
    unsigned: Unsigned,
    credentials: Arc<dyn ProvideCredentials>,
    clock_offset: Arc<ClockOffset>,
    /// `None` once the call is settled.
    reader: Option<Reader<T>>,
    delays: ExponentialBackoff,
    retry: RetryPolicy,
    attempt: Attempt,
}

/// What is known of the attempt under way, and what has been tried once already.
#[derive(Default)]
struct Attempt {
    /// Counts those whose endpoint could not be reached.
    unreachable: usize,
    sent_at: Option<SystemTime>,
    credentials: Option<Arc<Credentials>>,
    fetch: Option<Fetch>,
    clock_was_set: bool,
    credentials_were_renewed: bool,
}

/// What to do now.
#[non_exhaustive]
pub enum Next {
    /// Send this to its URI: over TLS unless the URI says `http`, without following redirects and without
    /// changing a header or a byte of the body. What comes of it goes to [`Call::settle`].
    Send(Request<Bytes>),
    /// Send this likewise: it asks for the credentials to sign with. Its reply goes to [`Call::settle`] as well.
    Fetch(Request<Bytes>),
    /// Wait this long, then ask [`Call::next`] again: another call is fetching the credentials for both.
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
        credentials: Arc<dyn ProvideCredentials>,
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
            retry,
            attempt: Attempt::default(),
        }
    }

    /// The action, as the cloud names it.
    pub fn action(&self) -> &str {
        &self.unsigned.action
    }

    /// The request to send, signed as of `now`, or the one for the credentials to sign it with.
    ///
    /// # Errors
    /// `Credential` or `Signing`; and `Bug` where the call is settled already.
    pub fn next(&mut self, now: SystemTime) -> Result<Next, Error> {
        if self.reader.is_none() {
            return Err(settled_already());
        }
        self.attempt.sent_at = Some(now);
        let now = self.clock_offset.correct(now);
        match self.credentials.provide(now)? {
            Provided::Ready(credentials) => {
                let turn = self.attempt.unreachable;
                let request = self.unsigned.sign(turn, &credentials, now)?;
                self.attempt.credentials = Some(credentials);
                Ok(Next::Send(request))
            }
            Provided::Fetch(mut fetch) => {
                let request = fetch.request(now)?;
                self.attempt.fetch = Some(fetch);
                Ok(Next::Fetch(request))
            }
            Provided::Wait(time) => Ok(Next::Wait(time)),
            Provided::Absent { reason } => Err(Error::new(
                ErrorKind::Credential,
                format!(
                    "there are no credentials: {reason}; set them where one of these is looked for"
                ),
            )),
        }
    }

    /// Takes what came of the request.
    pub fn settle(&mut self, outcome: Result<Response<Bytes>, TransportFailure>) -> Settled<T> {
        if let Some(fetch) = self.attempt.fetch.take() {
            return self.settle_fetch(fetch, outcome);
        }
        match outcome {
            Ok(reply) => self.settle_reply(&reply),
            Err(failure) => {
                if retry::nothing_was_sent(&failure) {
                    self.attempt.unreachable = self.attempt.unreachable.saturating_add(1);
                }
                let may_pass = retry::failure_may_pass(&failure, self.retry);
                self.again_or_fail(may_pass, failure.into())
            }
        }
    }

    /// A fetch is not the call: asking for credentials twice does no harm, so what may pass is tried again.
    fn settle_fetch(
        &mut self,
        fetch: Fetch,
        outcome: Result<Response<Bytes>, TransportFailure>,
    ) -> Settled<T> {
        let now = self.attempt.sent_at.map(|at| self.clock_offset.correct(at));
        match fetch.settle(outcome, now.unwrap_or(SystemTime::UNIX_EPOCH)) {
            Ok(()) => Settled::Again {
                after: Duration::ZERO,
            },
            Err(error) => {
                let may_pass = retry::fetch_may_pass(&error);
                self.again_or_fail(may_pass, error)
            }
        }
    }

    fn settle_reply(&mut self, reply: &Response<Bytes>) -> Settled<T> {
        let Some(reader) = self.reader.take() else {
            return Settled::Fail(settled_already());
        };
        match reader.read(reply) {
            Reading::Answer(Ok(answer)) => Settled::Done(answer),
            Reading::Answer(Err(error)) => Settled::Fail(error),
            Reading::NoAnswer(error, reader) => {
                self.reader = Some(reader);
                if self.can_be_remedied(&error, reply) {
                    return Settled::Again {
                        after: Duration::ZERO,
                    };
                }
                let may_pass = retry::refusal_may_pass(&error);
                self.again_or_fail(may_pass, error)
            }
        }
    }

    /// Does what a refusal calls for, once a call each: learns the service's time, or drops the credentials.
    fn can_be_remedied(&mut self, error: &Error, reply: &Response<Bytes>) -> bool {
        let attempt = &mut self.attempt;
        match error.remedy() {
            Remedy::SetClock if !attempt.clock_was_set => {
                attempt.clock_was_set = attempt
                    .sent_at
                    .is_some_and(|sent_at| self.clock_offset.learn(reply.headers(), sent_at));
                attempt.clock_was_set
            }
            Remedy::RenewCredentials if !attempt.credentials_were_renewed => {
                attempt.credentials_were_renewed = attempt
                    .credentials
                    .as_ref()
                    .is_some_and(|used| self.credentials.refused(used) == Renewal::Possible);
                attempt.credentials_were_renewed
            }
            _ => false,
        }
    }

    fn again_or_fail(&mut self, may_pass: bool, error: Error) -> Settled<T> {
        if may_pass && let Some(after) = self.delays.next() {
            return Settled::Again { after };
        }
        self.reader = None;
        Settled::Fail(error)
    }
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
