//! A suite: a body cipher and its key wrap.

use core::fmt;

use crate::{Facts, ProviderError, PublicKey, SecureRandom, Session, SessionKey};

/// A body cipher and its key wrap.
///
/// A suite keeps nothing of a key or a request: the state of a public key is in its [`Wrap`], and the state of a request
/// in its [`Session`]. It may hold a shared handle to your module.
///
/// Several threads use a suite and a wrap at once. As many sessions live at once as requests are under way. A raw pointer
/// or another handle that is not `Send + Sync` needs a type of yours around it: a mutex, or a thread that owns it.
/// cardseal catches no panic of a provider; return [`ProviderError::defect`] instead.
pub trait Suite: Send + Sync {
    /// Its properties.
    fn facts(&self) -> &'static Facts;

    /// Loads a public key of this suite's kind; `None` if the key is of another kind. It is called once for each key
    /// that a user parses, so do precomputation here. Copy what you need: `key` is lent for this call, and the [`Wrap`]
    /// must not borrow from it.
    ///
    /// cardseal has checked the key: see [`PublicKey`]. If two suites accept the same kind of key, the user names one
    /// or gets the first.
    ///
    /// # Errors
    /// [`ProviderError`] if the key is of this kind but the provider cannot use it.
    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>>;

    /// Restores a session key from [`Session::export`], in this process or another; `None` if keys cannot enter, or the
    /// length is not [`Facts::key_len`].
    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>>;
}

impl fmt::Debug for dyn Suite + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.facts().algorithm)
    }
}

/// A public key that can wrap session keys.
///
/// [`Wrap::start`] must wrap a session key `k` in the form that the service can unwrap:
///
/// | suite | wrapped key |
/// |---|---|
/// | `AES-256-CBC`, under RSA | RSAES-PKCS1-v1_5 (RFC 8017 §7.2.1) of the 32 bytes of `k`; as long as the modulus |
/// | `SM4-GCM`, under SM2 | C1‖C3‖C2 (GB/T 32918.4-2016 §6.1): `04`‖x‖y, 65 bytes; SM3, 32; the 16 bytes of `k` encrypted. 113 bytes, no ASN.1 |
pub trait Wrap: Send + Sync {
    /// Length of a wrapped key in bytes: the same for every session under this key, at least the length of the session
    /// key, and at most 4096. cardseal reads it once.
    fn wrapped_len(&self) -> usize;

    /// Makes a fresh session key and wraps it. Returns the wrapped key, of exactly [`Wrap::wrapped_len`] bytes, and the
    /// session. Every session must have its own key. It is called once per request.
    ///
    /// `random` is the provider's own generator ([`Provider::random`](crate::Provider::random)) with a limit: after
    /// some thousand bytes it fails, so that a loop that draws again ends. [`SessionKey::draw`] draws a key from it and
    /// rejects one with a run of eight equal bytes. A hardware module may draw its keys itself and not use `random`. The
    /// order of your draws is your own.
    ///
    /// If your wrapping library has its own trait for generators, forward `random` through it. After a failure of
    /// `random`, return an error and no wrapped key: if that trait cannot report a failure, record it and check
    /// afterwards.
    ///
    /// # Errors
    /// [`ProviderError`] where the generator or the module fails; the generator's own is passed on by `?`. Where `random`
    /// failed, cardseal gives that error and takes no session, whatever is returned here.
    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError>;
}
