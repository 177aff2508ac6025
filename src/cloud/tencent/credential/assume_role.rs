//! A role's temporary key, from the security token service: `AssumeRole` (sts, 2018-08-13).
//!
//! Source: the service's API page: a role and a session name in, a temporary key out that lasts two hours unless
//! asked otherwise, twelve at most. The request itself is signed with other credentials, wherever they come from.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::cloud::tencent::action::Action;
use crate::cloud::tencent::credential::temporary::{TemporaryKey, unreadable};
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

/// The service demands a region and has one key for all of them; the official SDKs name this one.
const REGION: &str = "ap-guangzhou";

/// A key that lasts hours is renewed this long before its end.
const AHEAD: Duration = Duration::from_secs(10 * 60);

/// RFC 3986's unreserved characters stand as they are.
const UNRESERVED_LEFT: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Which role to assume, and how.
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
    /// A role by its description, `qcs::cam::uin/…:roleName/…`, under a session name that the service's log will
    /// show.
    ///
    /// # Errors
    /// `Input` where the description is empty or not printable, or the name is not of 2 to 128 letters, digits and
    /// `_+=,.@-`.
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

    /// Asks for a key that lasts this long; the service's default is two hours.
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

    /// Names the external id that the role's carrier demands.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.parameters.external_id = Some(id.into());
        self
    }

    /// Narrows what the key may do: a policy in JSON, as access management has it. The key may then do what both this
    /// and the role's own policy allow.
    ///
    /// # Errors
    /// `Input` where it is no JSON object.
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
        // The service takes it percent-encoded.
        let encoded = utf8_percent_encode(policy, &UNRESERVED_LEFT);
        self.parameters.policy = Some(encoded.to_string());
        Ok(self)
    }

    /// Names who is behind the session, for the service's log: a user's uin or name.
    #[must_use]
    pub fn source_identity(mut self, identity: impl Into<String>) -> Self {
        self.parameters.source_identity = Some(identity.into());
        self
    }

    /// Asks at another endpoint.
    #[must_use]
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// Sends another region than ap-guangzhou. The service demands one.
    ///
    /// # Errors
    /// `Input` where it is not a region's name.
    pub fn region(mut self, region: &str) -> Result<Self, Error> {
        endpoint::check_region(region)?;
        region.clone_into(&mut self.region);
        Ok(self)
    }

    /// Credentials of this role, assumed with those of `by`, and renewed shortly before they end.
    pub fn assumed_by(self, by: impl Into<CredentialsProvider>) -> CredentialsProvider {
        let by = by.into();
        CredentialsProvider::of(Fetched::new(Assumed { by, role: self }))
    }

    /// The request before it is signed, which is one of this account's.
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

/// What every action that assumes a role answers.
pub(super) fn read_assumed(reply: &Response<Bytes>) -> Result<Progress, Error> {
    let reply = reply::read_clear(reply)?;
    let answer: Answer = serde_json::from_str(&reply.inner).map_err(|_| unreadable())?;
    answer
        .credentials
        .until(answer.expired_time)
        .map(Progress::Done)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    credentials: TemporaryKey,
    expired_time: u64,
}
