//! The one type for "where credentials come from": a pair, variables, a file, a role, a function of the caller's own.

use core::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use secrecy::SecretString;

use crate::credential::environment::{Elsewhere, ProcessEnvironment, Variables};
use crate::credential::fetched::OwnSource;
use crate::credential::{
    CredentialChain, Credentials, Provide, Provided, Renewal, StaticCredentials, VariableNames,
};
use crate::error::Error;

/// Where credentials come from. It is asked for every attempt, keeps what it fetched, and renews it before it ends.
///
/// Cheap to clone; clones share what was fetched. A pair of [`Credentials`] converts into it. Each cloud's module has
/// the sources of that cloud: `default_credentials`, profiles, roles, logins. [`CredentialsProvider::blocking`] and
/// `CredentialsProvider::asynchronous` take a function of your own: a vault, a secrets manager, an agent on this host.
///
/// ```
/// use cardseal::{Credentials, CredentialsProvider, Error};
/// use cardseal::tencent::Tencent;
///
/// # struct Vault;
/// # impl Vault { fn read(&self, _: &str) -> Result<(String, String), std::io::Error> { Ok(("id".into(), "key".into())) } }
/// # let vault = Vault;
/// let from_the_vault = CredentialsProvider::blocking(move || {
///     let (id, key) = vault.read("ocr/tencent").map_err(|error| {
///         Error::credential("the vault did not answer").caused_by(error)
///     })?;
///     Credentials::new(id, key)
/// });
/// let tencent = Tencent::new(from_the_vault);
/// ```
#[derive(Clone)]
pub struct CredentialsProvider(Arc<dyn Provide>);

impl CredentialsProvider {
    /// These variables of the process's environment, read anew for each attempt.
    pub fn environment(names: VariableNames) -> Self {
        Self::of(Variables::new(names, Arc::new(ProcessEnvironment)))
    }

    /// Variables of these names from elsewhere, such as a program's own settings. `None` and an empty text both mean
    /// that a variable is not set.
    pub fn variables(
        names: VariableNames,
        variable: impl Fn(&str) -> Option<SecretString> + Send + Sync + 'static,
    ) -> Self {
        let there = Arc::new(Elsewhere::new(variable, None::<PathBuf>));
        Self::of(Variables::new(names, there))
    }

    /// What this function gives. It runs on a thread of its own, one at a time, so that it may block without holding
    /// up a call beyond the call's deadline.
    ///
    /// It runs when credentials are first needed, shortly before those at hand end ([`Credentials::expiring_at`]), and
    /// when the service refused them; those without an end are kept until then. While those at hand are good, a run
    /// that fails is not an error. Where none are, calls fail with the function's error: at once for
    /// [`Error::credential`], after some attempts for [`Error::transport`].
    pub fn blocking(
        function: impl Fn() -> Result<Credentials, Error> + Send + Sync + 'static,
    ) -> Self {
        Self::of(OwnSource::blocking(function))
    }

    /// What this async function gives, as [`CredentialsProvider::blocking`] has it. It runs as a task of the tokio
    /// runtime that the call is made on, and is dropped after ten seconds.
    #[cfg(feature = "async")]
    pub fn asynchronous<F>(function: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Credentials, Error>> + Send + 'static,
    {
        Self::of(OwnSource::asynchronous(function))
    }

    /// Asks `next` where this one has nothing configured. One that has credentials and cannot use them ends the search
    /// with its error: another account's key must not sign in place of a broken one.
    #[must_use]
    pub fn or(self, next: impl Into<Self>) -> Self {
        Self::of(CredentialChain::new().then(self).then(next.into()))
    }

    /// The credentials that can be had at `now` without sending anything; `None` where they must be fetched first.
    ///
    /// # Errors
    /// `Credential` where there are none, with every place that was looked at, and where there are some that cannot be
    /// used; what the last fetch failed with.
    pub fn at_hand(&self, now: SystemTime) -> Result<Option<Arc<Credentials>>, Error> {
        match self.0.provide(now)? {
            Provided::Ready(credentials) => Ok(Some(credentials)),
            Provided::Absent { reason } => Err(absent(&reason)),
            Provided::Fetch(_) | Provided::Wait(_) => Ok(None),
        }
    }

    /// When the credentials at hand end; `None` before the first fetch, and for those that do not end.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.0.expires_at()
    }

    pub(crate) fn of(source: impl Provide + 'static) -> Self {
        Self(Arc::new(source))
    }
}

/// The error for a search that found nothing.
pub(crate) fn absent(reason: &str) -> Error {
    Error::credential(format!(
        "there are no credentials: {reason}; set them where one of these is looked for"
    ))
}

impl From<Credentials> for CredentialsProvider {
    fn from(credentials: Credentials) -> Self {
        Self::of(StaticCredentials::new(credentials))
    }
}

impl Provide for CredentialsProvider {
    fn provide(&self, now: SystemTime) -> Result<Provided, Error> {
        self.0.provide(now)
    }

    fn refused(&self, used: &Arc<Credentials>) -> Renewal {
        self.0.refused(used)
    }

    fn expires_at(&self) -> Option<SystemTime> {
        self.0.expires_at()
    }
}

impl fmt::Debug for CredentialsProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsProvider")
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}
