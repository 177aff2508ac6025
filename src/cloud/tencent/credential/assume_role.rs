//! Temporary keys of a role, from the security token service: `AssumeRole` (sts, 2018-08-13).
//!
//! Source: the service's API page: it takes a role and a session name and returns a temporary key, valid for two hours
//! by default and at most twelve. The request is signed with other credentials from any source.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::cloud::tencent::action::Action;
use crate::cloud::tencent::credential::temporary::{End, TemporaryKey, unreadable};
use crate::cloud::tencent::endpoint;
use crate::cloud::tencent::form::{Form, PayloadSigning};
use crate::cloud::tencent::{HeaderSet, Tencent, reply};
use crate::credential::fetched::{Begin, Exchange, Fetched, Progress, Source};
use crate::credential::{Credentials, CredentialsProvider, Provide, Provided, Renewal};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::unsigned::Unsigned;

const ACTION: Action = Action::of("sts", "AssumeRole", "2018-08-13");

/// The service's limit.
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);

/// The service requires a region, but a key is valid in all of them; the official SDKs use this one.
const REGION: &str = "ap-guangzhou";

/// A key that is valid for hours is renewed this long before it expires.
const AHEAD: Duration = Duration::from_secs(10 * 60);

/// RFC 3986's unreserved characters are not encoded.
const UNRESERVED_LEFT: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A role to assume, and the options.
#[derive(Debug, Clone)]
pub struct Role {
    parameters: Parameters,
    endpoint: Endpoint,
    region: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters {
    role_arn: String,
    role_session_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
}

impl Role {
    /// A role by its description, `qcs::cam::uin/…:roleName/…`, with a session name for the service's log.
    ///
    /// # Errors
    /// `Input` if the description is empty or not printable, or the name is not 2 to 128 letters, digits and `_+=,.@-`.
    pub fn new(description: &str, session_name: &str) -> Result<Self, Error> {
        if description.is_empty() || !description.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::input(
                "the role is given by its description, as in qcs::cam::uin/12345678:roleName/Name",
            ));
        }
        let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
        if !(2..=128).contains(&session_name.len()) || !session_name.bytes().all(is_fine) {
            return Err(Error::input(
                "the role's session name may hold letters, digits and `_+=,.@-`, 2 to 128 of them",
            ));
        }
        Ok(Self {
            parameters: Parameters {
                role_arn: description.to_owned(),
                role_session_name: session_name.to_owned(),
                duration_seconds: None,
                policy: None,
                external_id: None,
                source_identity: None,
            },
            endpoint: endpoint::nearest(),
            region: REGION.to_owned(),
        })
    }

    /// Requests a key that is valid this long; the service's default is two hours.
    ///
    /// # Errors
    /// `Input` for less than a second or more than twelve hours.
    pub fn duration(mut self, time: Duration) -> Result<Self, Error> {
        if time.as_secs() == 0 || time > LONGEST {
            return Err(Error::input(
                "a role's key lasts from one second to twelve hours",
            ));
        }
        self.parameters.duration_seconds = Some(time.as_secs());
        Ok(self)
    }

    /// Sets the external id that the role requires.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.parameters.external_id = Some(id.into());
        self
    }

    /// Restricts the key with an access-management policy in JSON. The key may then do only what both this policy and
    /// the role's own policy allow.
    ///
    /// # Errors
    /// `Input` if it is not a JSON object.
    pub fn policy(mut self, policy: &str) -> Result<Self, Error> {
        let object: Result<serde_json::Map<String, serde_json::Value>, _> =
            serde_json::from_str(policy);
        if let Err(error) = object {
            return Err(Error::input(format!(
                "the role's policy is no JSON object: line {}, column {}",
                error.line(),
                error.column()
            )));
        }
        // The service expects it percent-encoded.
        let encoded = utf8_percent_encode(policy, &UNRESERVED_LEFT);
        self.parameters.policy = Some(encoded.to_string());
        Ok(self)
    }

    /// Sets who uses the session, for the service's log: a user's uin or name.
    #[must_use]
    pub fn source_identity(mut self, identity: impl Into<String>) -> Self {
        self.parameters.source_identity = Some(identity.into());
        self
    }

    /// Sets another endpoint.
    #[must_use]
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// Sends another region than ap-guangzhou. The service requires a region.
    ///
    /// # Errors
    /// `Input` if it is not a region's name.
    pub fn region(mut self, region: &str) -> Result<Self, Error> {
        endpoint::check_region(region)?;
        region.clone_into(&mut self.region);
        Ok(self)
    }

    /// Credentials of this role, assumed with the credentials `by` and renewed shortly before they expire.
    pub fn assumed_by(self, by: impl Into<CredentialsProvider>) -> CredentialsProvider {
        let by = by.into();
        CredentialsProvider::of(Fetched::new(Assumed { by, role: self }))
    }

    /// The unsigned request, of the account `by`.
    fn request(&self, by: &CredentialsProvider) -> Result<Unsigned, Error> {
        let body = serde_json::to_vec(&self.parameters)
            .map_err(|_| Error::new(ErrorKind::Bug, "the role cannot be written as JSON"))?;
        let account = Tencent::new(by.clone())
            .endpoint(self.endpoint.clone())
            .signed_headers(HeaderSet::WithAction)
            .region(&self.region)?;
        account.unsigned(ACTION, Form::Json(body.into()), PayloadSigning::Signed)
    }
}

struct Assumed {
    by: CredentialsProvider,
    role: Role,
}

impl Source for Assumed {
    fn refresh_ahead(&self) -> Duration {
        AHEAD
    }

    fn begin(&self, now: SystemTime) -> Result<Begin, Error> {
        match self.by.provide(now)? {
            Provided::Ready(credentials) => Ok(Begin::Exchange(Box::new(Assuming {
                request: self.role.request(&self.by)?,
                by: self.by.clone(),
                credentials,
            }))),
            not_yet => Ok(Begin::Not(not_yet)),
        }
    }
}

struct Assuming {
    request: Unsigned,
    by: CredentialsProvider,
    credentials: Arc<Credentials>,
}

impl Exchange for Assuming {
    fn what(&self) -> &'static str {
        "assuming the role"
    }

    fn is_signed(&self) -> bool {
        true
    }

    fn request(&mut self, now: SystemTime) -> Result<Request<Bytes>, Error> {
        self.request.sign(0, &self.credentials, now)
    }

    fn accept(&mut self, reply: &Response<Bytes>, _: SystemTime) -> Result<Progress, Error> {
        read_assumed(reply)
    }

    fn renew(&self) -> Renewal {
        self.by.refused(&self.credentials)
    }
}

/// Reads the answer of every action that assumes a role.
pub(super) fn read_assumed(reply: &Response<Bytes>) -> Result<Progress, Error> {
    let reply = reply::read_clear(reply)?;
    let answer: Answer = serde_json::from_str(&reply.inner).map_err(|_| unreadable())?;
    let end: End = serde_json::from_str(&reply.inner).map_err(|_| unreadable())?;
    answer.credentials.until(&end).map(Progress::Done)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    credentials: TemporaryKey,
}
