//! Signing: a pure function from a request, credentials and a time to the headers of the signature.
//!
//! A scheme reads a borrowed view of the request and returns what to add to it; it changes nothing. It returns every
//! stage (canonical request, string to sign, signature, and a fingerprint of each derived key), so that a refused
//! signature can be explained.
//!
//! A scheme implements [`Scheme`]; callers use [`Signer`]. One function between the two wipes what a scheme leaves on
//! the stack. To add a scheme, add a file in its cloud's folder and a line in [`REGISTRY`](crate::signing::REGISTRY).

pub(crate) mod canon;
mod error;
pub(crate) mod outgoing;
pub(crate) mod query;

use core::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

pub use error::SignError;

use crate::credential::Credentials;
use crate::stack;

/// A signature scheme, to sign with.
pub trait Signer: Send + Sync {
    /// The scheme's name: `tc3-hmac-sha256`.
    fn scheme(&self) -> &'static str;

    /// Signs a request for the time `now`. Reads only its arguments, and keeps nothing that is derived from the secret
    /// key.
    ///
    /// # Errors
    /// [`SignError`] if the request cannot be signed in its present form.
    fn sign(
        &self,
        input: &SigningInput<'_>,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<Signed, SignError>;
}

/// A signature scheme as its cloud describes it. Only this module turns it into a [`Signer`].
pub(crate) trait Scheme: Send + Sync {
    /// The scheme's name.
    fn name(&self) -> &'static str;

    /// Every stage of the signature. Its errors are those of [`Signer::sign`].
    fn stages(
        &self,
        input: &SigningInput<'_>,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<Signed, SignError>;
}

/// Every signature of every scheme passes through here, so that the secret key and the derived keys leave no copy on
/// the stack.
impl<S: Scheme> Signer for S {
    fn scheme(&self) -> &'static str {
        self.name()
    }

    fn sign(
        &self,
        input: &SigningInput<'_>,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<Signed, SignError> {
        stack::leaving_no_stack(|| self.stages(input, credentials, now))
    }
}

/// A borrowed view of the request to be signed.
#[derive(Clone, Copy)]
pub struct SigningInput<'a> {
    /// `POST`, `GET`.
    pub method: &'a Method,
    /// The path as sent, `/` if there is none.
    pub path: &'a str,
    /// The query as sent, without `?`.
    pub query: &'a str,
    /// Every header that will be sent, including `host`.
    pub headers: &'a HeaderMap,
    /// The body as sent.
    pub payload: Payload<'a>,
    /// The service's short name: `ocr`.
    pub service: &'a str,
    /// The region; empty if there is none.
    pub region: &'a str,
    /// The headers to sign, by lower-case name; `None` for those that the cloud's own SDKs sign.
    pub signed_headers: Option<&'a [&'a str]>,
}

/// The body, or its hash where that is known already.
#[derive(Clone, Copy)]
pub enum Payload<'a> {
    /// The exact bytes that will be sent.
    Bytes(&'a [u8]),
    /// SHA-256 of the exact bytes that will be sent.
    Sha256(&'a [u8; 32]),
}

impl Payload<'_> {
    /// How many bytes will be sent, where that is known.
    pub(crate) fn known_len(&self) -> Option<usize> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len()),
            Self::Sha256(_) => None,
        }
    }

    /// True if nothing will be sent.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Sha256(hash) => **hash == canon::sha256(b""),
        }
    }
}

/// What to add to the request, and every stage of the signature.
#[non_exhaustive]
pub struct Signed {
    /// Headers to set; they replace headers of the same name. Sensitive ones are marked as sensitive.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The query to send in place of the request's, without `?`. `None`: send it as it is.
    pub query: Option<String>,
    /// The body to send in place of the request's. `None`: send it as it is.
    pub body: Option<Bytes>,
    /// The canonical request; for a scheme that has none of its own, the string to sign.
    pub canonical_request: String,
    /// The string to sign.
    pub string_to_sign: String,
    /// The signature as in the header.
    pub signature: String,
    /// The derived keys, by name, each as its SHA-256: they can be compared but reveal no key.
    pub derived_keys: Vec<(&'static str, String)>,
}

impl Signed {
    /// Sets the headers of the signature; they replace headers of the same name.
    pub fn set_headers(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
    }
}

impl fmt::Debug for SigningInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A query may hold personal data, and headers a token.
        f.debug_struct("SigningInput")
            .field("method", self.method)
            .field("path", &self.path)
            .field("query_len", &self.query.len())
            .field("payload", &self.payload)
            .field("service", &self.service)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Sha256(_) => f.write_str("Sha256(..)"),
        }
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A canonical request may contain personal data in its query, and a signature allows its request to be
        // replayed.
        f.debug_struct("Signed")
            .field("canonical_request_len", &self.canonical_request.len())
            .finish_non_exhaustive()
    }
}
