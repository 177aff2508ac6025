//! A temporary key, in the form that two services return with the same names.

use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::credential::Credentials;
use crate::error::{Error, ErrorKind};

/// The pair and its token.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TemporaryKey {
    tmp_secret_id: SecretString,
    tmp_secret_key: SecretString,
    token: SecretString,
}

impl TemporaryKey {
    /// The credentials, until `expired_time`, in Unix seconds.
    pub(super) fn until(self, expired_time: u64) -> Result<Credentials, Error> {
        let end = SystemTime::UNIX_EPOCH
            .checked_add(Duration::from_secs(expired_time))
            .ok_or_else(unreadable)?;
        let id = self.tmp_secret_id.expose_secret();
        let credentials = Credentials::new(id, self.tmp_secret_key)?.with_token(self.token)?;
        Ok(credentials.expiring_at(end))
    }
}

/// The reply is not quoted, because it may contain a secret.
pub(super) fn unreadable() -> Error {
    Error::new(
        ErrorKind::Protocol,
        "the reply is not a temporary key; something else may have answered instead of the service",
    )
}
