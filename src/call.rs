//! One call, without any I/O: it gives the request to send, takes what came of it, and says what to do next.
//!
//! A call is sealed once. Each attempt is signed anew with the time of that attempt. The opener stays inside
//! until the one answer comes.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;
use std::time::SystemTime;

use backon::ExponentialBackoff;
use bytes::Bytes;
use http::{Request, Response};

use crate::cloud::Operation;
use crate::cloud::operation::Unsigned;
use crate::credential::ProvideCredentials;
use crate::error::{Error, ErrorKind};
use crate::retry::{self, RetryPolicy};
use crate::sign::{SignedHeaders, SigningInput};
use crate::transport::TransportFailure;

/// One request on its way to one answer.
///
/// A client runs it; or drive it yourself: send what [`Call::next`] gives, pass what came back to
/// [`Call::settle`], and do what it says.
pub struct Call<O: Operation> {
    unsigned: Unsigned,
    credentials: Arc<dyn ProvideCredentials>,
    pending: Option<O::Pending>,
    delays: ExponentialBackoff,
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

impl<O: Operation> Call<O> {
    pub(crate) fn new(
        unsigned: Unsigned,
        credentials: Arc<dyn ProvideCredentials>,
        pending: O::Pending,
        retry: RetryPolicy,
    ) -> Self {
        Self {
            unsigned,
            credentials,
            pending: Some(pending),
            delays: retry.delays(),
        }
    }

    /// The request to send, signed as of `now`. Send it to its URI, over TLS unless the URI says `http`, without
    /// following redirects and without changing a header or a byte of the body.
    ///
    /// # Errors
    /// `Credential` or `Signing`; and `Bug` where the call is settled already.
    pub fn next(&mut self, now: SystemTime) -> Result<Request<Bytes>, Error> {
        if self.pending.is_none() {
            return Err(settled_already());
        }
        let credentials = self.credentials.credentials(now)?;
        let unsigned = &self.unsigned;
        let input = SigningInput {
            method: &unsigned.method,
            path: "/",
            query: "",
            headers: &unsigned.headers,
            payload: unsigned.body.payload(),
            service: &unsigned.service,
            region: &unsigned.region,
            signed_headers: SignedHeaders::Named(unsigned.signed_headers),
        };
        let signed = unsigned.signer.sign(&input, &credentials, now)?;
        let target = match signed.query.as_deref() {
            Some(query) if !query.is_empty() => format!("/?{query}"),
            _ => "/".to_owned(),
        };
        let body = signed.body.clone();
        let mut request = Request::builder()
            .method(unsigned.method.clone())
            .uri(unsigned.origin.join(&target))
            .body(body.unwrap_or_else(|| unsigned.body.bytes.clone()))
            .map_err(|error| {
                Error::new(ErrorKind::Bug, "the request could not be built").caused_by(error)
            })?;
        *request.headers_mut() = unsigned.headers.clone();
        signed.set_headers(request.headers_mut());
        Ok(request)
    }

    /// Takes what came of the request.
    pub fn settle(
        &mut self,
        outcome: Result<Response<Bytes>, TransportFailure>,
    ) -> Settled<O::Response> {
        match outcome {
            Ok(reply) => self.settle_reply(&reply),
            Err(failure) => {
                if retry::failure_may_pass(&failure)
                    && let Some(after) = self.delays.next()
                {
                    return Settled::Again { after };
                }
                self.pending = None;
                Settled::Fail(failure.into())
            }
        }
    }

    fn settle_reply(&mut self, reply: &Response<Bytes>) -> Settled<O::Response> {
        let reply = match O::parse(reply) {
            Ok(reply) => reply,
            Err(error) => {
                if retry::refusal_may_pass(&error)
                    && let Some(after) = self.delays.next()
                {
                    return Settled::Again { after };
                }
                self.pending = None;
                return Settled::Fail(error);
            }
        };
        let Some(pending) = self.pending.take() else {
            return Settled::Fail(settled_already());
        };
        match O::read(pending, reply) {
            Ok(answer) => Settled::Done(answer),
            Err(error) => Settled::Fail(error),
        }
    }
}

fn settled_already() -> Error {
    Error::new(
        ErrorKind::Bug,
        "the call is settled already; make a new one",
    )
}

impl<O: Operation> fmt::Debug for Call<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("action", &O::ACTION)
            .field("origin", &self.unsigned.origin)
            .field("body_len", &self.unsigned.body.bytes.len())
            .field("settled", &self.pending.is_none())
            .finish_non_exhaustive()
    }
}
