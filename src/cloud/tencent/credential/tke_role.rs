//! The role of a pod in Tencent Kubernetes Engine: the pod's own identity token is exchanged for a temporary key with
//! `AssumeRoleWithWebIdentity` (sts, 2018-08-13), an unsigned request.
//!
//! Source: the service's API page and TKE's page on pod identities: the platform sets `TKE_REGION`, `TKE_PROVIDER_ID`,
//! `TKE_WEB_IDENTITY_TOKEN_FILE` and `TKE_ROLE_ARN`, and writes a new token into the file before the old one expires.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{Request, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::cloud::tencent::credential::assume_role::read_assumed;
use crate::cloud::tencent::endpoint;
use crate::credential::fetched::{Begin, Exchange, Fetched, Progress, Source};
use crate::credential::profile::read_capped;
use crate::credential::{Credentials, Environment, Provide, Provided, Renewal};
use crate::endpoint::{Endpoint, Origin};
use crate::error::{Error, ErrorKind, printable};

const REGION: &str = "TKE_REGION";
const PROVIDER: &str = "TKE_PROVIDER_ID";
const TOKEN_FILE: &str = "TKE_WEB_IDENTITY_TOKEN_FILE";
const ROLE: &str = "TKE_ROLE_ARN";

/// The session name in the service's log, like the official SDKs' but without the time.
const SESSION: &str = "cardseal";

/// A key is renewed this long before it expires.
const AHEAD: Duration = Duration::from_secs(10 * 60);

/// Credentials of the role that is bound to this pod's service account.
pub(crate) struct TkeRole(Result<Option<Fetched<Pod>>, Error>);

struct Pod {
    endpoint: Endpoint,
    region: String,
    provider: String,
    token_file: PathBuf,
    role: String,
}

impl TkeRole {
    /// The role that the environment names, if any.
    pub(crate) fn by(environment: &dyn Environment) -> Self {
        Self(Pod::by(environment).map(|pod| pod.map(Fetched::new)))
    }
}

impl Pod {
    fn by(environment: &dyn Environment) -> Result<Option<Self>, Error> {
        let read = |name: &'static str| environment.variable(name);
        let (Some(token_file), Some(role)) = (read(TOKEN_FILE)?, read(ROLE)?) else {
            return Ok(None);
        };
        let wanted = |name: &'static str| {
            read(name)?.ok_or_else(|| {
                Error::credential(format!(
                    "{ROLE} is set and {name} is not; the cluster sets both for a pod that has a role"
                ))
            })
        };
        let region = wanted(REGION)?.expose_secret().to_owned();
        endpoint::check_region(&region).map_err(|error| error.while_doing(REGION))?;
        Ok(Some(Self {
            endpoint: endpoint::nearest(),
            region,
            provider: wanted(PROVIDER)?.expose_secret().to_owned(),
            token_file: PathBuf::from(token_file.expose_secret()),
            role: role.expose_secret().to_owned(),
        }))
    }
}

impl Provide for TkeRole {
    fn provide(&self, now: SystemTime) -> Result<Provided, Error> {
        match &self.0 {
            Ok(Some(fetched)) => fetched.provide(now),
            Ok(None) => Ok(Provided::Absent {
                reason: format!("{TOKEN_FILE} and {ROLE} are not set"),
            }),
            Err(error) => Err(error.again()),
        }
    }

    fn refused(&self, used: &Arc<Credentials>) -> Renewal {
        match &self.0 {
            Ok(Some(fetched)) => fetched.refused(used),
            _ => Renewal::Impossible,
        }
    }

    fn expires_at(&self) -> Option<SystemTime> {
        self.0.as_ref().ok()?.as_ref()?.expires_at()
    }
}

impl Source for Pod {
    fn refresh_ahead(&self) -> Duration {
        AHEAD
    }

    fn begin(&self, _: SystemTime) -> Result<Begin, Error> {
        let shown = printable(&self.token_file.display().to_string());
        let token = read_capped(&self.token_file, true, &shown)?
            .map(|token| SecretString::from(token.trim()))
            .filter(|token| !token.expose_secret().is_empty())
            .ok_or_else(|| Error::credential(format!("`{shown}` ({TOKEN_FILE}) is empty")))?;
        let body = serde_json::to_vec(&Parameters {
            provider_id: &self.provider,
            web_identity_token: token.expose_secret(),
            role_arn: &self.role,
            role_session_name: SESSION,
        });
        Ok(Begin::Exchange(Box::new(Assuming {
            origin: self.endpoint.origin(endpoint::CLOUD, "sts")?,
            region: self.region.clone(),
            body: body
                .map(Bytes::from)
                .map_err(|_| Error::new(ErrorKind::Bug, "the role cannot be written as JSON"))?,
        })))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters<'a> {
    provider_id: &'a str,
    web_identity_token: &'a str,
    role_arn: &'a str,
    role_session_name: &'a str,
}

struct Assuming {
    origin: Origin,
    region: String,
    body: Bytes,
}

impl Exchange for Assuming {
    fn what(&self) -> &'static str {
        "assuming the pod's role"
    }

    fn request(&mut self, now: SystemTime) -> Result<Request<Bytes>, Error> {
        let seconds = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Request::post(self.origin.join("/", "")?)
            .header(HOST, self.origin.authority())
            .header(CONTENT_TYPE, "application/json")
            // The service's marker for an unsigned request.
            .header(AUTHORIZATION, "SKIP")
            .header("x-tc-action", "AssumeRoleWithWebIdentity")
            .header("x-tc-version", "2018-08-13")
            .header("x-tc-region", self.region.as_str())
            .header("x-tc-timestamp", seconds.as_secs())
            .body(self.body.clone())
            .map_err(|error| Error::new(ErrorKind::Bug, "no request for a role").caused_by(error))
    }

    fn accept(&mut self, reply: &Response<Bytes>, _: SystemTime) -> Result<Progress, Error> {
        read_assumed(reply)
    }
}
