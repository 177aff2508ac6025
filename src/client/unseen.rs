//! No observability: the feature `observability` is off.

use core::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use crate::call::Call;
use crate::error::Error;
use crate::transport::TransportFailure;

/// One call, not observed.
pub(super) struct Seen;

/// One request of it.
pub(super) struct SeenRequest;

impl Seen {
    pub(super) fn start<T>(_: &Call<T>) -> Self {
        Self
    }

    pub(super) fn sends(&mut self, _: &Request<Bytes>, _: bool) -> SeenRequest {
        SeenRequest
    }

    pub(super) fn replied(&self, _: &SeenRequest, _: &Result<Response<Bytes>, TransportFailure>) {}

    pub(super) fn waits(&self, _: Duration, _: Option<&Error>) {}

    pub(super) fn ends<T>(self, _: &Call<T>, _: Option<&Error>) {}
}
