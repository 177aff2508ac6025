//! What an action is, and what a cloud hands over to be signed and sent.

use bytes::Bytes;
use http::{HeaderMap, Method, Response};

use crate::cloud::origin::Origin;
use crate::error::Error;
use crate::sign::{Payload, Signer};

/// One action of one cloud: what goes in, what comes out, and what must be remembered in between.
pub trait Operation {
    /// The action's name as the cloud spells it.
    const ACTION: &'static str;

    /// The typed answer.
    type Response;

    /// What reading the answer takes: for a sealed request, its `Opener`.
    type Pending;

    /// An answer, parsed as far as it can be without `Pending`.
    type Reply;

    /// Parses a reply.
    ///
    /// # Errors
    /// The service's no, or that the reply has no shape of this service's.
    fn parse(reply: &Response<Bytes>) -> Result<Self::Reply, Error>;

    /// Reads an answer. Called once at most for each `Pending`.
    ///
    /// # Errors
    /// Whatever is wrong with the answer.
    fn read(pending: Self::Pending, reply: Self::Reply) -> Result<Self::Response, Error>;
}

/// A body, and its SHA-256 where that was made while the body was.
pub(crate) struct HashedBody {
    pub(crate) bytes: Bytes,
    pub(crate) sha256: Option<[u8; 32]>,
}

impl HashedBody {
    pub(crate) fn payload(&self) -> Payload<'_> {
        match &self.sha256 {
            Some(hash) => Payload::Sha256(hash),
            None => Payload::Bytes(&self.bytes),
        }
    }
}

/// A request before it is signed.
pub(crate) struct Unsigned {
    pub(crate) signer: &'static dyn Signer,
    pub(crate) method: Method,
    pub(crate) origin: Origin,
    pub(crate) headers: HeaderMap,
    pub(crate) body: HashedBody,
    pub(crate) service: String,
    pub(crate) region: String,
    pub(crate) signed_headers: &'static [&'static str],
}
