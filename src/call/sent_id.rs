//! The id that a request was sent under, where the caller draws it: the vendor finds a call by it.

use bytes::Bytes;
use http::Response;

use super::Call;
use crate::error::Error;
use crate::retry;
use crate::transport::TransportFailure;

/// For what reads a reply: the id of its request.
#[derive(Clone)]
pub(crate) struct SentId(pub(crate) String);

impl<T> Call<T> {
    pub(super) fn note_id_in(&self, reply: &mut Response<Bytes>) {
        if let Some(id) = &self.attempt.sent_id {
            reply.extensions_mut().insert(id.clone());
        }
    }

    /// The same for a request without a reply. Nobody has heard of an id that was not sent.
    pub(super) fn told(&self, failure: TransportFailure) -> Error {
        match retry::is_unreachable(&failure) {
            true => failure.into(),
            false => self.named(failure.into()),
        }
    }

    /// The error with the id that the request was sent under, where the service gave none.
    pub(super) fn named(&self, error: Error) -> Error {
        match &self.attempt.sent_id {
            Some(SentId(id)) if error.request_id().is_none() => error.with_request_id(Some(id)),
            _ => error,
        }
    }
}
