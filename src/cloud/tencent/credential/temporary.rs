//! A temporary key, in the form that two services return with the same names.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::credential::Credentials;
use crate::error::{Error, ErrorKind};
use crate::wire::lenient;

/// The pair and its token.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TemporaryKey {
    tmp_secret_id: SecretString,
    tmp_secret_key: SecretString,
    token: SecretString,
}

/// When a key ends. Both services give it in two forms.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct End {
    /// In Unix seconds.
    #[serde(deserialize_with = "lenient::some_integer")]
    expired_time: Option<i64>,
    /// `2026-03-01T12:00:00Z`.
    #[serde(deserialize_with = "lenient::text")]
    expiration: String,
}

impl End {
    fn time(&self) -> Option<SystemTime> {
        let seconds = self
            .expired_time
            .and_then(|seconds| seconds.try_into().ok());
        let seconds = seconds.map(Duration::from_secs);
        let told = || Some(self.expiration.parse::<Timestamp>().ok()?.into());
        seconds
            .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(seconds))
            .or_else(told)
    }
}

impl TemporaryKey {
    /// The credentials, until this time.
    pub(super) fn until(self, end: &End) -> Result<Credentials, Error> {
        let end = end.time().ok_or_else(unreadable)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_the_end_of_a_key_may_have_any_form() {
        let of = |end: &str| serde_json::from_str::<End>(end).unwrap().time();
        let noon = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(1_772_366_400));
        for end in [
            r#"{"ExpiredTime":1772366400}"#,
            r#"{"ExpiredTime":"1772366400"}"#,
            r#"{"ExpiredTime":1772366400.0}"#,
            r#"{"ExpiredTime":null,"Expiration":"2026-03-01T12:00:00Z"}"#,
            r#"{"Expiration":"2026-03-01T12:00:00Z"}"#,
        ] {
            assert_eq!(of(end), noon, "{end}");
        }
        for none in [
            "{}",
            r#"{"ExpiredTime":-1}"#,
            r#"{"ExpiredTime":"x","Expiration":5}"#,
        ] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
