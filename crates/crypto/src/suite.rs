//! A suite: which body cipher goes with which key wrap.

use core::fmt;

use crate::{Facts, ProviderError, PublicKey, SecureRandom, Session, SessionKey};

/// A body cipher and the key wrap that goes with it.
pub trait Suite: Send + Sync {
    /// What is known of it.
    fn facts(&self) -> &'static Facts;

    /// Takes a public key of this suite's kind; `None` where the key is of another kind.
    ///
    /// # Errors
    /// [`ProviderError`] where the key is of its kind and the provider cannot use it.
    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>>;

    /// Takes back a session key that [`Session::export`] gave, in this process or another; `None` where keys cannot
    /// enter, or this one has another length.
    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>>;
}

impl fmt::Debug for dyn Suite + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.facts().algorithm)
    }
}

/// A public key that can wrap session keys.
pub trait Wrap: Send + Sync {
    /// Bytes of a wrapped key.
    fn wrapped_len(&self) -> usize;

    /// Makes a fresh session key and wraps it: the wrapped key, of exactly [`Wrap::wrapped_len`] bytes, and the
    /// session. No two sessions have one key.
    ///
    /// # Errors
    /// [`ProviderError`] where the generator or the module fails.
    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError>;
}
