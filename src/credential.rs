//! Credentials and their sources. A secret is never printed, copied out, or put into an error.

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

/// An access-key pair, permanent or temporary; or a login token.
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
    /// `Credential` if either is empty or contains a space or control character, such as a pasted line break.
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

    /// The check of [`Credentials::new`] for the id alone.
    pub(crate) fn check_id(id: &str) -> Result<(), Error> {
        check("secret id", id)
    }

    /// A token that is sent instead of a signature.
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

    /// Makes the pair temporary: it is valid only with this token.
    ///
    /// # Errors
    /// `Credential` if the token is empty or contains a space or control character.
    pub fn with_token(mut self, token: impl Into<SecretString>) -> Result<Self, Error> {
        let token = token.into();
        check("token", token.expose_secret())?;
        self.token = Some(token);
        Ok(self)
    }

    /// Adds the app key that Ctyun's AI gateway requires besides the pair.
    ///
    /// # Errors
    /// `Credential` if the app key is empty or contains a space or control character.
    pub fn with_app_key(mut self, app_key: impl Into<SecretString>) -> Result<Self, Error> {
        let app_key = app_key.into();
        check("app key", app_key.expose_secret())?;
        self.app_key = Some(app_key);
        Ok(self)
    }

    /// Sets when a temporary pair expires.
    #[must_use]
    pub fn expiring_at(mut self, time: SystemTime) -> Self {
        self.expires_at = Some(time);
        self
    }

    /// The public half, sent with every request.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When a temporary pair expires; `None` if it does not expire or the time is unknown.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// The same, with the expiry converted to the host's clock.
    pub(crate) fn by_the_hosts_clock(mut self, clock: &ClockOffset) -> Self {
        self.expires_at = self.expires_at.map(|end| clock.by_the_host(end));
        self
    }

    /// True for the same pair with the same token, even if it was read again.
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

/// Visible ASCII only. Anything else is a copy-and-paste error, or an attempt to inject a header.
fn check(what: &str, text: &str) -> Result<(), Error> {
    if text.is_empty() {
        return Err(Error::new(
            ErrorKind::Credential,
            format!("the {what} is empty; set it in the environment or a file"),
        ));
    }
    if is_placeholder(text) {
        return Err(Error::credential(format!(
            "the {what} is a placeholder (a variable, a command or words), and nothing is expanded here; give the value itself"
        )));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::new(
            ErrorKind::Credential,
            format!(
                "the {what} contains a space, a control character or a non-ASCII letter; copy it again"
            ),
        ));
    }
    if let [first @ (b'"' | b'\''), .., last] = text.as_bytes()
        && first == last
    {
        return Err(Error::credential(format!(
            "the {what} is in quotes, which would become part of it; leave them out"
        )));
    }
    Ok(())
}

/// `$NAME`, `${…}`, `$(…)`, `` `…` ``, `%NAME%` and `!NAME!` of shells, `{{…}}`, `#{…}`, `#{…}#` and `%(…)s` of templates, and
/// `<…>` of documents, and nothing else around.
fn is_placeholder(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let between = |front: &str, back: &str| {
        let inner = text
            .strip_prefix(front)
            .and_then(|rest| rest.strip_suffix(back));
        inner.is_some_and(|inner| !inner.is_empty())
    };
    let is_name_between = |mark: char| {
        let inner = text
            .strip_prefix(mark)
            .and_then(|rest| rest.strip_suffix(mark));
        inner.is_some_and(is_name)
    };
    text.strip_prefix('$').is_some_and(is_name)
        || is_name_between('%')
        || is_name_between('!')
        || [
            ("${", "}"),
            ("$(", ")"),
            ("`", "`"),
            ("{{", "}}"),
            ("#{", "}"),
            ("#{", "}#"),
            ("%(", ")s"),
            ("<", ">"),
        ]
        .iter()
        .any(|(front, back)| between(front, back))
}

/// A source of credentials.
pub(crate) trait Provide: Send + Sync {
    /// The credentials to sign with at `now`, or how to get them. Called for every attempt, so a source whose work is
    /// expensive caches its result.
    ///
    /// # Errors
    /// `Credential` if there are credentials but they cannot be used: expired, malformed, unreadable.
    fn provide(&self, now: SystemTime) -> Result<Provided, Error>;

    /// Notes that the service refused these credentials. Says whether [`Provide::provide`] may return others now.
    fn refused(&self, used: &Arc<Credentials>) -> Renewal {
        let _ = used;
        Renewal::Impossible
    }

    /// When the present credentials expire; `None` if there are none, or they do not expire.
    fn expires_at(&self) -> Option<SystemTime> {
        None
    }
}

/// What a source of credentials has.
#[derive(Debug)]
pub(crate) enum Provided {
    /// These.
    Ready(Arc<Credentials>),
    /// There are none: nothing is configured here, and a chain asks its next source.
    Absent {
        /// What was searched for and not found, as text.
        reason: String,
    },
    /// A request for them must be sent first.
    Fetch(Fetch),
    /// Another call is fetching them: ask again after this time.
    Wait(Duration),
}

/// Whether a source may have other credentials than those that were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Renewal {
    /// Ask again.
    Possible,
    /// It would return the same.
    Impossible,
}

/// Always the same credentials.
#[derive(Debug, Clone)]
pub(crate) struct StaticCredentials(Arc<Credentials>);

impl StaticCredentials {
    /// Signs with `credentials` until they expire.
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
