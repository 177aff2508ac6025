//! A suite: which body cipher goes with which key wrap.

use core::fmt;

use crate::{Facts, ProviderError, PublicKey, SecureRandom, Session, SessionKey};

/// A body cipher and the key wrap that goes with it.
///
/// A suite has no state of its own: what belongs to a key stands in its [`Wrap`], what belongs to a request in its
/// [`Session`].
pub trait Suite: Send + Sync {
    /// What is known of it.
    fn facts(&self) -> &'static Facts;

    /// Takes a public key of this suite's kind; `None` where the key is of another kind. It is called once for each
    /// key that a user parses, so whatever can be computed in advance is computed here.
    ///
    /// cardseal has checked the key: see [`PublicKey`]. Two suites may take one kind of key; then the user names the
    /// one that is meant, or gets the first.
    ///
    /// # Errors
    /// [`ProviderError`] where the key is of its kind and the provider cannot use it.
    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>>;

    /// Takes back a session key that [`Session::export`] gave, in this process or another; `None` where keys cannot
    /// enter, or this one has another length than [`Facts::key_len`].
    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>>;
}

impl fmt::Debug for dyn Suite + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.facts().algorithm)
    }
}

/// A public key that can wrap session keys.
///
/// What the service unwraps, and so what [`Wrap::start`] makes of a session key `k`:
///
/// | suite | wrapped key |
/// |---|---|
/// | `AES-256-CBC`, under RSA | RSAES-PKCS1-v1_5 (RFC 8017 §7.2.1) of the 32 bytes of `k`; as long as the modulus |
/// | `SM4-GCM`, under SM2 | C1‖C3‖C2 (GB/T 32918.4-2016 §6.1): `04`‖x‖y, 65 bytes; SM3, 32; the 16 bytes of `k` encrypted. 113 bytes, no ASN.1 |
pub trait Wrap: Send + Sync {
    /// Bytes of a wrapped key: the same for every session under this key, no fewer than those of the session key, and
    /// 4096 at most. cardseal asks once.
    fn wrapped_len(&self) -> usize;

    /// Makes a fresh session key and wraps it: the wrapped key, of exactly [`Wrap::wrapped_len`] bytes, and the
    /// session. No two sessions have one key. It is called once for each request.
    ///
    /// `random` is the provider's own generator ([`Provider::random`](crate::Provider::random)), bounded: after some
    /// thousand bytes it fails, so that a loop that draws again ends. [`SessionKey::draw`] draws a key from it and
    /// refuses one whose bytes are all the same. A module may draw its keys itself and leave `random` alone.
    ///
    /// A library that wraps has a trait for generators of its own. Pass `random` on through it, and give nothing that was
    /// made after a failure: where that trait knows no failure, note it and look for it afterwards.
    ///
    /// # Errors
    /// [`ProviderError`] where the generator or the module fails; the generator's own is passed on by `?`. Where `random`
    /// failed, cardseal gives that error and takes no session, whatever is returned here.
    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError>;
}
