//! The suites: which body cipher goes with which key wrap.
//!
//! A suite is data behind one trait. The parsed public key decides the suite, so no caller names an algorithm.
//! To add one: a file below, and a line in [`REGISTRY`].

mod aes256_cbc_rsa;
pub(crate) mod body;
#[cfg(all(test, not(miri)))]
mod known_sets;
mod sm4_gcm_sm2;

use core::fmt;

use cardseal_kernels::WrapError;

use crate::entropy::{Draw, EntropyError};
use crate::error::{Error, ErrorKind, KeyRejected, OpenError};
use crate::recipient::KeyForm;
use crate::secret::{SessionKey, Wiped};
use body::Body;

/// Every suite the service speaks.
pub(crate) static REGISTRY: &[&dyn Suite] =
    &[&aes256_cbc_rsa::Aes256CbcRsa, &sm4_gcm_sm2::Sm4GcmSm2];

/// Bytes of an authentication tag, in the suites that have one.
pub(crate) const TAG_LEN: usize = 16;

/// An authentication tag, kept apart from its ciphertext.
pub(crate) type Tag = [u8; TAG_LEN];

/// The most bytes an IV of any suite has (AES-256-CBC).
const LONGEST_IV: usize = 16;

/// An IV: 16 bytes for AES-256-CBC, 12 for SM4-GCM. It is public.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Iv {
    bytes: [u8; LONGEST_IV],
    len: usize,
}

impl Iv {
    /// Draws a fresh IV of `len` bytes.
    pub(crate) fn draw(len: usize, draw: &mut Draw<'_>) -> Result<Self, EntropyError> {
        let mut bytes = [0; LONGEST_IV];
        draw.fill_key(bytes.get_mut(..len).ok_or(EntropyError)?)?;
        Ok(Self { bytes, len })
    }

    /// Takes an IV that came from elsewhere; `None` where it is longer than any suite's.
    pub(crate) fn copy_of(iv: &[u8]) -> Option<Self> {
        let mut bytes = [0; LONGEST_IV];
        bytes.get_mut(..iv.len())?.copy_from_slice(iv);
        Some(Self {
            bytes,
            len: iv.len(),
        })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// A body cipher and the key wrap that goes with it.
pub(crate) trait Suite: Send + Sync {
    /// The name on the wire: `AES-256-CBC`, `SM4-GCM`.
    fn algorithm(&self) -> &'static str;

    /// Bytes of the session key.
    fn key_len(&self) -> usize;

    /// Bytes of the IV (the nonce of GCM).
    fn iv_len(&self) -> usize;

    /// Whether a body carries a tag, so that a forged one is noticed.
    fn authenticates(&self) -> bool;

    /// Bytes of ciphertext that `plaintext` bytes become, tag not counted.
    fn ciphertext_len(&self, plaintext: usize) -> usize;

    /// Encrypts the first `len` bytes of `buffer` in place. The buffer is as long as the ciphertext will be; the
    /// tag, where there is one, comes back apart.
    fn encrypt(
        &self,
        key: &SessionKey,
        iv: &[u8],
        buffer: &mut [u8],
        len: usize,
    ) -> Result<Option<Tag>, Error>;

    /// Encrypts a whole body piece by piece, and hashes along the way what is written of it; the same ciphertext
    /// and tag as of [`Suite::encrypt`].
    fn encrypt_body(
        &self,
        key: &SessionKey,
        iv: &[u8],
        body: &mut dyn Body,
    ) -> Result<Option<Tag>, Error>;

    /// Decrypts `buffer` in place. On failure the buffer is wiped.
    fn decrypt(
        &self,
        key: &SessionKey,
        iv: &[u8],
        buffer: &mut Wiped,
        tag: Option<&Tag>,
    ) -> Result<(), OpenError>;

    /// Parses a public key that belongs to this suite; `None` where it is another suite's.
    fn accept(&self, key: &KeyForm<'_>) -> Option<Result<Box<dyn WrapKey>, KeyRejected>>;
}

impl fmt::Debug for dyn Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.algorithm())
    }
}

/// A checked public key that can wrap session keys.
pub(crate) trait WrapKey: Send + Sync {
    /// Wraps a session key: the bytes of `CiphertextBlob`.
    fn wrap(&self, key: &SessionKey, draw: &mut Draw<'_>) -> Result<Vec<u8>, Error>;

    /// Bytes of the wrapped key.
    fn blob_len(&self) -> usize;

    /// What to call the key: `RSA-1024`, `SM2`.
    fn name(&self) -> String;
}

/// Finds a suite by its wire name; exact, as the service spells it.
pub(crate) fn by_algorithm(name: &str) -> Option<&'static dyn Suite> {
    REGISTRY
        .iter()
        .copied()
        .find(|suite| suite.algorithm() == name)
}

/// A wrap of a session key fails with the generator; anything else is a defect here.
fn wrap_failed(error: WrapError<EntropyError>) -> Error {
    match error {
        WrapError::Entropy(_) | WrapError::EntropyStuck => EntropyError.into(),
        _ => Error::new(
            ErrorKind::Bug,
            "the session key could not be wrapped; nothing was sent",
        ),
    }
}
