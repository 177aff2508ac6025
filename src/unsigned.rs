//! A request before it is signed and sent.

use std::borrow::Cow;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};

use crate::credential::Credentials;
use crate::endpoint::Origin;
use crate::envelope::Sealed;
use crate::error::{Error, ErrorKind};
use crate::sign::outgoing::MOST_ADDED;
use crate::sign::{Payload, Signer, SigningInput};
use cardseal_crypto::Wiped;
use cardseal_crypto::{OsRandom, SecureRandom};

/// A body, and its SHA-256 if that was computed together with the body.
pub(crate) struct HashedBody {
    pub(crate) bytes: Bytes,
    pub(crate) sha256: Option<[u8; 32]>,
}

impl HashedBody {
    /// A body that is wiped after it is sent and its call is dropped.
    pub(crate) fn wiped(body: Wiped) -> Self {
        Self {
            bytes: Bytes::from_owner(body),
            sha256: None,
        }
    }

    /// A sealed body: nothing in it is secret.
    pub(crate) fn sealed(body: Sealed) -> Self {
        Self {
            sha256: Some(*body.sha256()),
            bytes: Bytes::from(body.into_json()),
        }
    }

    pub(crate) fn payload(&self) -> Payload<'_> {
        match &self.sha256 {
            Some(hash) => Payload::Sha256(hash),
            None => Payload::Bytes(&self.bytes),
        }
    }
}

impl From<Vec<u8>> for HashedBody {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            bytes: Bytes::from(bytes),
            sha256: None,
        }
    }
}

/// A request before it is signed.
pub(crate) struct Unsigned {
    /// `tencent`, `ctyun` or `huawei`.
    #[cfg_attr(
        not(feature = "observability"),
        expect(dead_code, reason = "for who watches calls")
    )]
    pub(crate) cloud: &'static str,
    /// The action as the cloud names it: for the log and for rate limits.
    pub(crate) action: Cow<'static, str>,
    pub(crate) signer: &'static dyn Signer,
    pub(crate) method: Method,
    /// Where to send it. Never empty; a later origin is used only if the earlier ones could not be reached.
    pub(crate) origins: Vec<Origin>,
    /// Starts with `/`, percent-encoded.
    pub(crate) path: Cow<'static, str>,
    /// Without `?`, percent-encoded.
    pub(crate) query: String,
    /// Without `host`, which depends on the origin.
    pub(crate) headers: HeaderMap,
    /// The header with a new UUID in every attempt.
    pub(crate) request_id_header: Option<HeaderName>,
    pub(crate) body: HashedBody,
    pub(crate) service: Cow<'static, str>,
    pub(crate) region: String,
    pub(crate) signed_headers: Option<&'static [&'static str]>,
}

impl Unsigned {
    /// The signed request for the time `now`. `turn` selects the origin: the first, or a later one if the earlier ones
    /// could not be reached.
    pub(crate) fn sign(
        &self,
        turn: usize,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<Request<Bytes>, Error> {
        let turn = turn.checked_rem(self.origins.len());
        let origin = turn
            .and_then(|turn| self.origins.get(turn))
            .ok_or_else(|| Error::new(ErrorKind::Bug, "the request has no endpoint"))?;

        let mut headers = self.headers_for(origin)?;
        let input = SigningInput {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            payload: self.body.payload(),
            service: &self.service,
            region: &self.region,
            signed_headers: self.signed_headers,
        };
        let signed = self.signer.sign(&input, credentials, now)?;
        let query = signed.query.as_deref().unwrap_or(&self.query);
        let uri = origin.join(&self.path, query)?;
        for (name, value) in signed.headers {
            headers.insert(name, value);
        }
        let mut request = Request::new(signed.body.unwrap_or_else(|| self.body.bytes.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// The headers of one attempt, with room for what the signature adds.
    fn headers_for(&self, origin: &Origin) -> Result<HeaderMap, Error> {
        let bug = |_| Error::new(ErrorKind::Bug, "the endpoint is no header value");
        let most = self.headers.len().saturating_add(MOST_MORE);
        let mut headers = HeaderMap::with_capacity(most);
        for (name, value) in &self.headers {
            headers.append(name.clone(), value.clone());
        }
        let host = HeaderValue::from_str(origin.authority()).map_err(bug)?;
        headers.insert(HOST, host);
        if let Some(name) = &self.request_id_header {
            headers.insert(name.clone(), fresh_uuid()?);
        }
        Ok(headers)
    }
}

/// Host and request id, and what the signature adds.
const MOST_MORE: usize = 2 + MOST_ADDED;

/// A version 4 UUID (RFC 9562), from the operating system's generator.
fn fresh_uuid() -> Result<HeaderValue, Error> {
    let mut random = [0; 16];
    OsRandom.fill(&mut random)?;
    let text = uuid::Builder::from_random_bytes(random)
        .into_uuid()
        .to_string();
    HeaderValue::try_from(text).map_err(|_| Error::new(ErrorKind::Bug, "a UUID is no header value"))
}
