//! The role of the virtual machine this runs on, from the machine's metadata service.
//!
//! Source: the service's page "Instance roles": `/latest/meta-data/cam/security-credentials/` lists the role's name,
//! and the same path with the name returns a temporary key. The metadata service uses plain HTTP inside the machine's
//! own network, and anyone who can make this host send requests can ask it too. It is therefore asked only if a
//! [`CvmRole`] is in the chain.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use crate::cloud::tencent::credential::temporary::{End, TemporaryKey, unreadable};
use crate::credential::fetched::{Begin, Exchange, Fetched, Progress, Source};
use crate::credential::{Credentials, CredentialsProvider};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};

const METADATA: &str = "http://metadata.tencentyun.com";
const PATH: &str = "/latest/meta-data/cam/security-credentials/";

/// The metadata service renews a key well before it expires; ask again this long before.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// The role bound to this virtual machine. It converts into a [`CredentialsProvider`].
#[derive(Debug, Clone)]
pub struct CvmRole {
    metadata: String,
    role: Option<String>,
}

impl CvmRole {
    /// The role that is bound to the machine, under any name.
    pub fn new() -> Self {
        Self {
            metadata: METADATA.to_owned(),
            role: None,
        }
    }

    /// The role with this name.
    ///
    /// # Errors
    /// `Input` if it is not a role's name.
    pub fn named(role: &str) -> Result<Self, Error> {
        check_role(role)?;
        Ok(Self {
            role: Some(role.to_owned()),
            ..Self::new()
        })
    }

    /// Asks another metadata service: a relay on this host, or one for tests.
    #[must_use]
    pub fn endpoint(self, endpoint: &Endpoint) -> Self {
        Self {
            metadata: endpoint.to_string(),
            ..self
        }
    }
}

impl Default for CvmRole {
    fn default() -> Self {
        Self::new()
    }
}

impl From<CvmRole> for CredentialsProvider {
    fn from(role: CvmRole) -> Self {
        Self::of(Fetched::new(role))
    }
}

impl Source for CvmRole {
    fn refresh_ahead(&self) -> Duration {
        AHEAD
    }

    /// The service is local: it answers quickly, or it does not exist.
    fn patience(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn begin(&self, _: SystemTime) -> Result<Begin, Error> {
        Ok(Begin::Exchange(Box::new(self.clone())))
    }
}

/// Asks for the role's name if it is unknown, then for the role's key.
impl Exchange for CvmRole {
    fn what(&self) -> &'static str {
        "asking the machine's metadata service for its role"
    }

    fn request(&mut self, _: SystemTime) -> Result<Request<Bytes>, Error> {
        let role = self.role.as_deref().unwrap_or_default();
        Request::get(format!("{}{PATH}{role}", self.metadata))
            .body(Bytes::new())
            .map_err(|error| Error::new(ErrorKind::Bug, "no URL of a role").caused_by(error))
    }

    fn accept(&mut self, reply: &Response<Bytes>, _: SystemTime) -> Result<Progress, Error> {
        match reply.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => {
                return Err(Error::new(
                    ErrorKind::Credential,
                    "this machine has no such role; bind one to it, or leave its role out of the sources",
                ));
            }
            status => {
                return Err(Error::new(
                    ErrorKind::Transport,
                    format!(
                        "the metadata service returned HTTP status {}",
                        status.as_u16()
                    ),
                ));
            }
        }
        if self.role.is_some() {
            return read_key(reply.body()).map(Progress::Done);
        }
        let listed = core::str::from_utf8(reply.body()).map_err(|_| unreadable())?;
        let role = listed.lines().next().unwrap_or_default().trim();
        check_role(role).map_err(|_| unreadable())?;
        self.role = Some(role.to_owned());
        Ok(Progress::More)
    }
}

fn read_key(body: &[u8]) -> Result<Credentials, Error> {
    let key: TemporaryKey = serde_json::from_slice(body).map_err(|_| unreadable())?;
    let end: End = serde_json::from_slice(body).map_err(|_| unreadable())?;
    key.until(&end)
}

/// A role's name is used in a path, and may come from the metadata service.
fn check_role(role: &str) -> Result<(), Error> {
    let is_fine = (1..=128).contains(&role.len())
        && role
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        && !role.starts_with('.');
    if is_fine {
        return Ok(());
    }
    Err(Error::input(
        "a role's name may hold letters, digits, `_`, `-` and `.`, 128 at most",
    ))
}
