//! IAM tokens: one login returns a token that serves every call for a day.
//!
//! Source: the IAM page "Obtaining a user token through password authentication" (api-iam/iam_30_0001):
//! `POST /v3/auth/tokens` answers 201 with the token in the header `X-Subject-Token`. OCR needs a token whose scope is
//! a project. A token is valid for 24 hours, and a new one does not invalidate the old ones.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use http::{Request, Response};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::cloud::http_status;
use crate::cloud::huawei::{endpoint, error_codes, reply};
use crate::credential::fetched::{Begin, Exchange, Fetched, Progress, Source};
use crate::credential::{Credentials, CredentialsProvider};
use crate::endpoint::{Endpoint, Origin};
use crate::error::{Error, ErrorKind};
use crate::wire::json::Members;
use crate::wire::unlike;
use cardseal_crypto::Wiped;

/// How long before its expiry a token is renewed: the official SDK's constant for temporary credentials
/// (huaweicloudsdkcore 3.1.219).
const REFRESH_AHEAD: Duration = Duration::from_secs(40 * 60);

/// The lifetime of a token if the reply does not state it.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// An IAM user's login for one project, and its token. The token is fetched when first needed, shared by all calls, and
/// renewed 40 minutes before it expires. If many calls need it at once, only one of them logs in.
///
/// Cheap to clone; clones share the token.
#[derive(Clone)]
pub struct IamLogin {
    login: Arc<Login>,
    tokens: CredentialsProvider,
}

/// The data of a login.
struct Login {
    origin: Origin,
    domain: String,
    user: String,
    password: SecretString,
    project: String,
}

impl IamLogin {
    /// This user of the account `domain`, for the project with this name, which is a region's name: `cn-north-4`.
    ///
    /// # Errors
    /// `Credential` if one of them is empty or contains a control character; `Input` if the endpoint is not an IAM
    /// endpoint.
    pub fn new(
        endpoint: Endpoint,
        domain: &str,
        user: &str,
        password: impl Into<SecretString>,
        project: &str,
    ) -> Result<Self, Error> {
        let password = password.into();
        for (what, text) in [
            ("account (domain)", domain),
            ("user", user),
            ("password", password.expose_secret()),
            ("project", project),
        ] {
            if text.is_empty() || text.chars().any(char::is_control) {
                return Err(Error::new(
                    ErrorKind::Credential,
                    format!("the IAM {what} is empty or holds a control character; copy it again"),
                ));
            }
        }
        let login = Arc::new(Login {
            origin: endpoint.origin(endpoint::CLOUD, endpoint::IAM)?,
            domain: domain.to_owned(),
            user: user.to_owned(),
            password,
            project: project.to_owned(),
        });
        Ok(Self::of(login, ""))
    }

    fn of(login: Arc<Login>, catalog: &'static str) -> Self {
        let logins = Logins {
            login: Arc::clone(&login),
            catalog,
        };
        Self {
            login,
            tokens: CredentialsProvider::of(Fetched::new(logins)),
        }
    }

    /// Requests a reply without the list of services, which is long and not used here.
    #[must_use]
    pub fn without_catalog(self) -> Self {
        Self::of(self.login, "nocatalog=true")
    }

    /// When the present token expires; `None` if there is none yet.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.tokens.expires_at()
    }

    pub(crate) fn tokens(&self) -> CredentialsProvider {
        self.tokens.clone()
    }
}

impl Login {
    /// The body, in a buffer that is wiped. It is large enough never to move, because moving would leave a copy behind.
    fn body(&self) -> Result<Wiped, Error> {
        let bug = |_| Error::new(ErrorKind::Bug, "the login cannot be written as JSON");
        let around = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": self.user,
                "password": PASSWORD,
                "domain": {"name": self.domain},
            }}},
            "scope": {"project": {"name": self.project}},
        }});
        let around = serde_json::to_string(&around).map_err(bug)?;
        let (before, after) = around
            .split_once(r#""\u0000""#)
            .ok_or_else(|| Error::new(ErrorKind::Bug, "the login has no place for its password"))?;
        let password = self.password.expose_secret();
        // A JSON escape has at most six characters.
        let room = password
            .len()
            .saturating_mul(6)
            .saturating_add(around.len());
        let mut body = Wiped::new(Vec::with_capacity(room));
        body.extend_from_slice(before.as_bytes());
        serde_json::to_writer(&mut *body, password).map_err(bug)?;
        body.extend_from_slice(after.as_bytes());
        Ok(body)
    }
}

/// A placeholder for the password. The rest of the body contains no control character.
const PASSWORD: &str = "\u{0}";

impl fmt::Debug for IamLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IamLogin")
            .field("endpoint", &self.login.origin)
            .field("project", &self.login.project)
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}

struct Logins {
    login: Arc<Login>,
    catalog: &'static str,
}

impl Source for Logins {
    fn refresh_ahead(&self) -> Duration {
        REFRESH_AHEAD
    }

    /// Five wrong passwords within 15 minutes lock the user (IAM's default), so the same password is sent less often.
    fn pause_after_refusal(&self) -> Duration {
        Duration::from_secs(5 * 60)
    }

    fn begin(&self, _: SystemTime) -> Result<Begin, Error> {
        Ok(Begin::Exchange(Box::new(LoggingIn {
            login: Arc::clone(&self.login),
            catalog: self.catalog,
        })))
    }
}

/// One login: one request, one reply.
struct LoggingIn {
    login: Arc<Login>,
    catalog: &'static str,
}

impl Exchange for LoggingIn {
    fn what(&self) -> &'static str {
        "logging in to IAM"
    }

    fn request(&mut self, _: SystemTime) -> Result<Request<Bytes>, Error> {
        let login = &self.login;
        let bug = |_| Error::new(ErrorKind::Bug, "the login could not be built");
        let origin = &login.origin;
        let body = Bytes::from_owner(login.body()?);
        Request::post(origin.join("/v3/auth/tokens", self.catalog)?)
            .header(HOST, origin.authority())
            .header(
                CONTENT_TYPE,
                HeaderValue::from_static("application/json;charset=UTF-8"),
            )
            .body(body)
            .map_err(bug)
    }

    fn accept(&mut self, reply: &Response<Bytes>, now: SystemTime) -> Result<Progress, Error> {
        let request_id = reply::request_id(reply.headers());
        if !http_status::may_be_an_answer(reply.status()) {
            return Err(match reply::refusal(reply) {
                Some(no) => {
                    error_codes::login_error(reply.status(), &no.code, &no.message, request_id)
                }
                None => http_status::unexpected(reply).with_request_id(request_id),
            });
        }
        let token = reply.headers().get("x-subject-token");
        let token = token
            .and_then(|token| token.to_str().ok())
            .ok_or_else(|| unlike("one of IAM's: it has no X-Subject-Token"))?;
        let end = expires_at(reply.body()).or_else(|| now.checked_add(LIFE));
        let credentials = Credentials::of_token(token)?;
        Ok(Progress::Done(match end {
            Some(end) => credentials.expiring_at(end),
            None => credentials,
        }))
    }
}

/// `token.expires_at`, if the body has it.
fn expires_at(body: &[u8]) -> Option<SystemTime> {
    let body = Members::parse(core::str::from_utf8(body).ok()?).ok()?;
    let token = Members::parse(body.find("token")?.get()).ok()?;
    let text: String = token.read("expires_at").ok()??;
    let end: Timestamp = text.parse().ok()?;
    Some(end.into())
}

#[cfg(test)]
mod tests;
