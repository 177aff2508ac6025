//! Credentials in environment variables. Only this file reads the process's environment.

use std::env::{self, VarError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use secrecy::{ExposeSecret, SecretString};

use crate::credential::{Credentials, Provide, Provided};
use crate::error::{Error, ErrorKind};

/// A source of variables; tests pass their own.
pub(crate) trait Environment: Send + Sync {
    /// A variable's text; `None` if it is unset or empty.
    ///
    /// # Errors
    /// `Credential` if it is not Unicode.
    fn variable(&self, name: &str) -> Result<Option<SecretString>, Error>;

    /// The user's home folder.
    fn home(&self) -> Option<PathBuf>;
}

/// The environment of this process.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn variable(&self, name: &str) -> Result<Option<SecretString>, Error> {
        match env::var(name) {
            Ok(text) if text.is_empty() => Ok(None),
            Ok(text) => Ok(Some(SecretString::from(text))),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(Error::new(
                ErrorKind::Credential,
                format!("{name} is not text; set it again"),
            )),
        }
    }

    fn home(&self) -> Option<PathBuf> {
        env::home_dir().filter(|home| home.is_absolute())
    }
}

/// Variables from a caller's function, such as a program's settings.
pub(crate) struct Elsewhere<F> {
    variable: F,
    home: Option<PathBuf>,
}

impl<F> Elsewhere<F> {
    pub(crate) fn new(variable: F, home: Option<PathBuf>) -> Self {
        Self { variable, home }
    }
}

impl<F> Environment for Elsewhere<F>
where
    F: Fn(&str) -> Option<SecretString> + Send + Sync,
{
    fn variable(&self, name: &str) -> Result<Option<SecretString>, Error> {
        let is_set = |text: &SecretString| !text.expose_secret().is_empty();
        Ok((self.variable)(name).filter(is_set))
    }

    fn home(&self) -> Option<PathBuf> {
        self.home.clone()
    }
}

/// The names of one cloud's variables, as in its own tools.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct VariableNames {
    /// The secret id, or access key.
    pub id: &'static str,
    /// The secret key.
    pub secret: &'static str,
    /// The token of a temporary pair, if the cloud has one.
    pub token: Option<&'static str>,
    /// The app key, if the cloud has one.
    pub app_key: Option<&'static str>,
}

impl VariableNames {
    /// A pair without token and app key.
    pub(crate) const fn pair(id: &'static str, secret: &'static str) -> Self {
        Self {
            id,
            secret,
            token: None,
            app_key: None,
        }
    }
}

/// Credentials in variables, read again for each attempt.
pub(crate) struct Variables {
    names: VariableNames,
    environment: Arc<dyn Environment>,
}

impl Variables {
    /// Reads these variables from `environment`.
    pub(crate) fn new(names: VariableNames, environment: Arc<dyn Environment>) -> Self {
        Self { names, environment }
    }
}

impl Provide for Variables {
    fn provide(&self, _: SystemTime) -> Result<Provided, Error> {
        let names = self.names;
        let id = self.environment.variable(names.id)?;
        let secret = self.environment.variable(names.secret)?;
        let (id, secret) = match (id, secret) {
            (Some(id), Some(secret)) => (id, secret),
            (None, None) => {
                let reason = format!("{} and {} are not set", names.id, names.secret);
                return Ok(Provided::Absent { reason });
            }
            (None, Some(_)) => return Err(half(names.id, names.secret)),
            (Some(_), None) => return Err(half(names.secret, names.id)),
        };
        let id = id.expose_secret();
        Credentials::check_id(id).map_err(|error| error.while_doing(names.id))?;
        let told = |name: &'static str| move |error: Error| error.while_doing(name);
        let mut credentials = Credentials::new(id, secret).map_err(told(names.secret))?;
        for name in [names.token, names.app_key].into_iter().flatten() {
            let Some(value) = self.environment.variable(name)? else {
                continue;
            };
            let is_token = names.token == Some(name);
            credentials = match is_token {
                true => credentials.with_token(value),
                false => credentials.with_app_key(value),
            }
            .map_err(told(name))?;
        }
        Ok(Provided::Ready(Arc::new(credentials)))
    }
}

/// Half a pair is a mistake, not a reason to use another account's credentials.
fn half(missing: &str, present: &str) -> Error {
    Error::new(
        ErrorKind::Credential,
        format!("{present} is set and {missing} is not; set both"),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const NAMES: VariableNames = VariableNames {
        token: Some("TOKEN"),
        ..VariableNames::pair("ID", "SECRET")
    };

    fn provide(variables: &[(&'static str, &'static str)]) -> Result<Provided, Error> {
        let variables: BTreeMap<_, _> = variables.iter().copied().collect();
        let find = move |name: &str| variables.get(name).map(|text| SecretString::from(*text));
        let there = Arc::new(Elsewhere::new(find, None));
        Variables::new(NAMES, there).provide(SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn a_pair_is_read_with_its_token() {
        let Provided::Ready(found) =
            provide(&[("ID", "a"), ("SECRET", "b"), ("TOKEN", "c")]).unwrap()
        else {
            panic!("not ready");
        };
        assert_eq!(found.id(), "a");
        assert_eq!(found.secret().expose_secret(), "b");
        assert_eq!(found.token().map(ExposeSecret::expose_secret), Some("c"));
    }

    #[test]
    fn none_is_absent_and_half_is_an_error() {
        assert!(matches!(provide(&[]), Ok(Provided::Absent { reason }) if reason.contains("ID")));
        for half in [("ID", "hunter2"), ("SECRET", "hunter2")] {
            let error = provide(&[half]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credential);
            assert!(!error.to_string().contains("hunter2"));
        }
        assert!(provide(&[("ID", "a b"), ("SECRET", "b")]).is_err());
    }

    #[test]
    fn s15_what_a_template_left_is_no_secret() {
        for value in [
            "#{hunter2}#",
            "#{hunter2}",
            "{{hunter2}}",
            "<hunter2>",
            "!hunter2!",
        ] {
            let told = provide(&[("ID", "a"), ("SECRET", value)]).map(|_| ());
            assert!(told.is_err(), "{value}");
            assert!(!format!("{told:?}").contains("hunter2"));
        }
    }
}
