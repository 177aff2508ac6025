//! The public type for every source of credentials: a pair, variables, a file, a role, or the caller's function.

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

/// A source of credentials. It is asked for every attempt. It caches fetched credentials and renews them before they
/// expire.
///
/// Cheap to clone; clones share the cache. [`Credentials`] convert into it. Each cloud's module has the sources of that
/// cloud: `default_credentials`, profiles, roles, logins. [`CredentialsProvider::blocking`] and
/// `CredentialsProvider::asynchronous` take your own function: a vault, a secrets manager, an agent on this host.
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
    /// These variables of the process's environment, read again for each attempt.
    pub fn environment(names: VariableNames) -> Self {
        Self::of(Variables::new(names, Arc::new(ProcessEnvironment)))
    }

    /// Variables with these names, read by the function `variable`, for example from a program's settings. `None` and
    /// an empty text both mean that a variable is not set.
    pub fn variables(
        names: VariableNames,
        variable: impl Fn(&str) -> Option<SecretString> + Send + Sync + 'static,
    ) -> Self {
        let there = Arc::new(Elsewhere::new(variable, None::<PathBuf>));
        Self::of(Variables::new(names, there))
    }

    /// The credentials that this function returns. It runs on its own thread, one run at a time, so it may block
    /// without delaying a call beyond the call's deadline.
    ///
    /// It runs when credentials are first needed, shortly before the cached ones expire ([`Credentials::expiring_at`]),
    /// and after the service refused them; credentials without an expiry are kept until then. While the cached
    /// credentials are valid, a failed run is not an error. Without valid ones, calls fail with the function's error:
    /// at once for [`Error::credential`], after several attempts for [`Error::transport`].
    pub fn blocking(
        function: impl Fn() -> Result<Credentials, Error> + Send + Sync + 'static,
    ) -> Self {
        Self::of(OwnSource::blocking(function))
    }

    /// The credentials that this async function returns; otherwise as [`CredentialsProvider::blocking`]. It runs as a
    /// task on the call's tokio runtime, and is dropped after ten seconds.
    #[cfg(feature = "async")]
    pub fn asynchronous<F>(function: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Credentials, Error>> + Send + 'static,
    {
        Self::of(OwnSource::asynchronous(function))
    }

    /// Asks `next` if this source has nothing configured. If this source has credentials that cannot be used, the
    /// search ends with its error: another account's key must not replace a broken one.
    #[must_use]
    pub fn or(self, next: impl Into<Self>) -> Self {
        Self::of(CredentialChain::new().then(self).then(next.into()))
    }

    /// The credentials that are available at `now` without sending anything; `None` if they must be fetched first.
    ///
    /// # Errors
    /// `Credential` if there are none (the message lists every place that was searched) or they cannot be used; or the
    /// error of the last fetch.
    pub fn available(&self, now: SystemTime) -> Result<Option<Arc<Credentials>>, Error> {
        match self.0.provide(now)? {
            Provided::Ready(credentials) => Ok(Some(credentials)),
            Provided::Absent { reason } => Err(absent(&reason)),
            Provided::Fetch(_) | Provided::Wait(_) => Ok(None),
        }
    }

    /// When the present credentials expire; `None` before the first fetch, or if they do not expire.
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
        "there are no credentials: {reason}; set them in one of these places"
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
