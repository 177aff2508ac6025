//! The agency of the virtual machine this runs on, from the machine's metadata service.
//!
//! Source: the page "Obtaining metadata" of Elastic Cloud Server: `/openstack/latest/securitykey` gives a temporary AK
//! and SK that live an hour and are renewed ten minutes before their end. If the machine requires a token of the
//! metadata service (`http_tokens` required), `PUT /meta-data/latest/api/token` returns it, as in the official SDKs.
//! The metadata service uses plain HTTP inside the machine's own network, so it is asked only if an [`EcsAgency`] is in
//! the chain.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::HeaderValue;
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::credential::fetched::{Begin, Exchange, Fetched, Progress, Source};
use crate::credential::{Credentials, CredentialsProvider};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::wire::unlike;

const METADATA: &str = "http://169.254.169.254";
const KEY: &str = "/openstack/latest/securitykey";
const TOKEN: &str = "/meta-data/latest/api/token";

/// The metadata service has a new key ten minutes before the old one's end.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// The agency of this virtual machine. It converts into a [`CredentialsProvider`].
#[derive(Debug, Clone)]
pub struct EcsAgency {
    metadata: String,
}

impl EcsAgency {
    /// The machine's agency.
    pub fn new() -> Self {
        Self {
            metadata: METADATA.to_owned(),
        }
    }

    /// Asks another metadata service: a relay on this host, or one for tests.
    #[must_use]
    pub fn endpoint(self, endpoint: &Endpoint) -> Self {
        Self {
            metadata: endpoint.to_string(),
        }
    }
}

impl Default for EcsAgency {
    fn default() -> Self {
        Self::new()
    }
}

impl From<EcsAgency> for CredentialsProvider {
    fn from(agency: EcsAgency) -> Self {
        Self::of(Fetched::new(agency))
    }
}

impl Source for EcsAgency {
    fn refresh_ahead(&self) -> Duration {
        AHEAD
    }

    /// The service is local: it answers quickly, or it does not exist.
    fn patience(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn begin(&self, _: SystemTime) -> Result<Begin, Error> {
        Ok(Begin::Exchange(Box::new(Asking {
            base: self.metadata.clone(),
            token: Token::NotAsked,
        })))
    }
}

/// First a token of the metadata service; an older service has none and needs none.
struct Asking {
    base: String,
    token: Token,
}

enum Token {
    NotAsked,
    HasNone,
    Is(SecretString),
}

impl Exchange for Asking {
    fn what(&self) -> &'static str {
        "asking the machine's metadata service for its agency"
    }

    fn request(&mut self, _: SystemTime) -> Result<Request<Bytes>, Error> {
        let bug = |error| Error::new(ErrorKind::Bug, "no URL of an agency").caused_by(error);
        let mut request = Request::new(Bytes::new());
        let path = match &self.token {
            Token::NotAsked => {
                *request.method_mut() = Method::PUT;
                let life = HeaderValue::from_static("21600");
                let headers = request.headers_mut();
                headers.insert("x-metadata-token-ttl-seconds", life);
                TOKEN
            }
            Token::HasNone => KEY,
            Token::Is(token) => {
                let mut token = HeaderValue::from_str(token.expose_secret())
                    .map_err(|_| unlike("a token of the metadata service"))?;
                token.set_sensitive(true);
                request.headers_mut().insert("x-metadata-token", token);
                KEY
            }
        };
        *request.uri_mut() = format!("{}{path}", self.base).parse().map_err(bug)?;
        Ok(request)
    }

    fn accept(&mut self, reply: &Response<Bytes>, _: SystemTime) -> Result<Progress, Error> {
        if let Token::NotAsked = self.token {
            self.token = token_of(reply)?;
            return Ok(Progress::More);
        }
        match reply.status() {
            StatusCode::OK => read_key(reply.body()).map(Progress::Done),
            StatusCode::NOT_FOUND => Err(Error::credential(
                "this machine has no agency; give it one in its management information, or leave its agency out \
                 of the sources",
            )),
            status => Err(answered_with(status)),
        }
    }
}

fn token_of(reply: &Response<Bytes>) -> Result<Token, Error> {
    match reply.status() {
        StatusCode::OK => {
            let token = core::str::from_utf8(reply.body())
                .unwrap_or_default()
                .trim();
            if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(unlike("a token of the metadata service"));
            }
            Ok(Token::Is(SecretString::from(token)))
        }
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Ok(Token::HasNone),
        status => Err(answered_with(status)),
    }
}

fn answered_with(status: StatusCode) -> Error {
    Error::transport(format!(
        "the metadata service returned HTTP status {}",
        status.as_u16()
    ))
}

#[derive(Deserialize)]
struct Answer {
    credential: Key,
}

#[derive(Deserialize)]
struct Key {
    access: SecretString,
    secret: SecretString,
    securitytoken: SecretString,
    expires_at: String,
}

fn read_key(body: &[u8]) -> Result<Credentials, Error> {
    // The reply is not quoted, because it may contain a secret.
    let no_key = || unlike("a temporary key");
    let key = serde_json::from_slice::<Answer>(body)
        .map_err(|_| no_key())?
        .credential;
    let end: Timestamp = key.expires_at.parse().map_err(|_| no_key())?;
    let credentials = Credentials::new(key.access.expose_secret(), key.secret)?;
    Ok(credentials
        .with_token(key.securitytoken)?
        .expiring_at(end.into()))
}
