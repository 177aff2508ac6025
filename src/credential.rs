//! Credentials: who signs, and where they come from. A secret is never printed, cloned out, or put in an error.

mod chain;
pub(crate) mod environment;
pub(crate) mod fetched;
pub(crate) mod ini;
pub(crate) mod profile;
mod provider;

use core::fmt;
use core::time::Duration;
use std::sync::Arc;
use std::time::SystemTime;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

pub(crate) use chain::CredentialChain;
pub use environment::VariableNames;
pub(crate) use environment::{Environment, ProcessEnvironment, Variables};
pub(crate) use fetched::Fetch;
pub use provider::CredentialsProvider;
pub(crate) use provider::absent;

use crate::clock::ClockOffset;
use crate::error::{Error, ErrorKind};

/// An access-key pair, permanent or temporary; or a token that stands for a login.
pub struct Credentials {
    id: String,
    secret: SecretString,
    token: Option<SecretString>,
    app_key: Option<SecretString>,
    expires_at: Option<SystemTime>,
}

impl Credentials {
    /// A permanent pair: the SecretId (or AK) and the SecretKey (or SK).
    ///
    /// # Errors
    /// `Credential` where either is empty or holds a blank or control character, as a pasted line break does.
    pub fn new(id: impl Into<String>, secret: impl Into<SecretString>) -> Result<Self, Error> {
        let (id, secret) = (id.into(), secret.into());
        check("secret id", &id)?;
        check("secret key", secret.expose_secret())?;
        Ok(Self {
            id,
            secret,
            token: None,
            app_key: None,
            expires_at: None,
        })
    }

    /// What [`Credentials::new`] says of the id alone.
    pub(crate) fn check_id(id: &str) -> Result<(), Error> {
        check("secret id", id)
    }

    /// A token that is sent as it is, in place of a signature.
    pub(crate) fn of_token(token: impl Into<SecretString>) -> Result<Self, Error> {
        let nobody = Self {
            id: String::new(),
            secret: SecretString::default(),
            token: None,
            app_key: None,
            expires_at: None,
        };
        nobody.with_token(token)
    }

    /// Makes the pair temporary: it is valid with this token only.
    ///
    /// # Errors
    /// `Credential` where the token is empty or holds a blank or control character.
    pub fn with_token(mut self, token: impl Into<SecretString>) -> Result<Self, Error> {
        let token = token.into();
        check("token", token.expose_secret())?;
        self.token = Some(token);
        Ok(self)
    }

    /// Adds the app key that Ctyun's AI gateway wants beside the pair.
    ///
    /// # Errors
    /// `Credential` where the app key is empty or holds a blank or control character.
    pub fn with_app_key(mut self, app_key: impl Into<SecretString>) -> Result<Self, Error> {
        let app_key = app_key.into();
        check("app key", app_key.expose_secret())?;
        self.app_key = Some(app_key);
        Ok(self)
    }

    /// Says when a temporary pair ends.
    #[must_use]
    pub fn expiring_at(mut self, time: SystemTime) -> Self {
        self.expires_at = Some(time);
        self
    }

    /// The public half, sent with every request.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When a temporary pair ends; `None` for one that does not, or does not say.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// The same, with the end as the host's clock will have it.
    pub(crate) fn by_the_hosts_clock(mut self, clock: &ClockOffset) -> Self {
        self.expires_at = self.expires_at.map(|end| clock.by_the_host(end));
        self
    }

    /// True for the same pair with the same token, however often it was read.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let same = |one: Option<&SecretString>, two: Option<&SecretString>| match (one, two) {
            (Some(one), Some(two)) => {
                let (one, two) = (one.expose_secret(), two.expose_secret());
                bool::from(one.as_bytes().ct_eq(two.as_bytes()))
            }
            (one, two) => one.is_none() && two.is_none(),
        };
        self.id == other.id
            && same(Some(&self.secret), Some(&other.secret))
            && same(self.token(), other.token())
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.secret
    }

    pub(crate) fn token(&self) -> Option<&SecretString> {
        self.token.as_ref()
    }

    pub(crate) fn app_key(&self) -> Option<&SecretString> {
        self.app_key.as_ref()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("temporary", &self.token.is_some())
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Visible ASCII only. Anything else is a slip of the clipboard, or an attempt to add a header.
fn check(what: &str, text: &str) -> Result<(), Error> {
    if text.is_empty() {
        return Err(Error::new(
            ErrorKind::Credential,
            format!("the {what} is empty; set it in the environment or a file"),
        ));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::new(
            ErrorKind::Credential,
            format!(
                "the {what} holds a blank, a control character or a letter beyond ASCII; copy it again"
            ),
        ));
    }
    if let [first @ (b'"' | b'\''), .., last] = text.as_bytes()
        && first == last
    {
        return Err(Error::credential(format!(
            "the {what} is in quotes, which would be signed with; leave them out"
        )));
    }
    Ok(())
}

/// Something that can say who signs.
pub(crate) trait Provide: Send + Sync {
    /// The credentials to sign with at `now`, or the way to them. Called for every attempt, so a source that does
    /// work keeps what it found.
    ///
    /// # Errors
    /// `Credential` where there are credentials that cannot be used: expired, malformed, unreadable.
    fn provide(&self, now: SystemTime) -> Result<Provided, Error>;

    /// Notes that the service refused these credentials, and says whether [`Provide::provide`] may give
    /// others now.
    fn refused(&self, used: &Arc<Credentials>) -> Renewal {
        let _ = used;
        Renewal::Impossible
    }

    /// When the credentials at hand end; `None` where there are none, or they do not.
    fn expires_at(&self) -> Option<SystemTime> {
        None
    }
}

/// What a source of credentials has.
#[derive(Debug)]
pub(crate) enum Provided {
    /// These.
    Ready(Arc<Credentials>),
    /// None: nothing is configured here, and a chain goes on to its next source.
    Absent {
        /// What was looked for and not found, in words.
        reason: String,
    },
    /// A request for them must be sent first.
    Fetch(Fetch),
    /// They are being fetched: ask again after this long.
    Wait(Duration),
}

/// Whether a source may have other credentials than those that were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Renewal {
    /// Ask again.
    Possible,
    /// It would give the same.
    Impossible,
}

/// Always the same credentials.
#[derive(Debug, Clone)]
pub(crate) struct StaticCredentials(Arc<Credentials>);

impl StaticCredentials {
    /// Signs with `credentials` until they end.
    pub(crate) fn new(credentials: Credentials) -> Self {
        Self(Arc::new(credentials))
    }
}

impl Provide for StaticCredentials {
    fn provide(&self, now: SystemTime) -> Result<Provided, Error> {
        match self.0.expires_at {
            Some(end) if end <= now => Err(Error::new(
                ErrorKind::Credential,
                "the temporary credentials have expired; fetch new ones",
            )),
            _ => Ok(Provided::Ready(Arc::clone(&self.0))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_good_until_they_end() {
        let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        let credentials = Credentials::new("id", "secret").unwrap().expiring_at(end);
        let source = StaticCredentials::new(credentials);
        let last = end - Duration::from_nanos(1);
        match source.provide(last).unwrap() {
            Provided::Ready(given) => {
                assert_eq!((given.id(), given.expires_at()), ("id", Some(end)))
            }
            other => panic!("{other:?}"),
        }
        for late in [end, end + Duration::from_secs(1)] {
            let error = source.provide(late).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credential);
        }
    }

    #[test]
    fn what_could_add_a_header_is_no_credential() {
        for text in ["", "a b", "a\n", "a\r\nX: y", "\u{7f}", "é", " a"] {
            assert!(Credentials::new(text, "secret").is_err(), "{text:?}");
            assert!(Credentials::new("id", text).is_err(), "{text:?}");
            let good = || Credentials::new("id", "secret").unwrap();
            assert!(good().with_token(text).is_err(), "{text:?}");
            assert!(good().with_app_key(text).is_err(), "{text:?}");
        }
    }
}
