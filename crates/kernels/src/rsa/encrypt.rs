//! A recipient's RSA key and what it does: pad, then raise.

use super::backend::Backend;
use super::modulus::{Modulus, ModulusRejected};
use super::padding::encryption_block;
use crate::WrapError;

/// A recipient's public key with the exponent 65537, ready to wrap secrets for.
pub struct WrapKey {
    modulus: Modulus,
}

impl WrapKey {
    /// Takes the modulus, big-endian, and computes its Montgomery constants.
    ///
    /// The public exponent is always 65537; a key with another one must be
    /// refused before it gets here.
    ///
    /// # Errors
    ///
    /// [`ModulusRejected`] unless the modulus is odd and of 1024 to 4096 bits.
    pub fn new(modulus: &[u8]) -> Result<Self, ModulusRejected> {
        let best = Backend::available().next().unwrap_or(Backend::Library);
        Self::on(best, modulus)
    }

    /// The same for one backend; nothing when this CPU cannot run it.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_backend(modulus: &[u8], backend: Backend) -> Option<Result<Self, ModulusRejected>> {
        backend.runs_here().then(|| Self::on(backend, modulus))
    }

    fn on(backend: Backend, modulus: &[u8]) -> Result<Self, ModulusRejected> {
        let modulus = Modulus::from_be_bytes(modulus, backend)?;
        Ok(Self { modulus })
    }

    /// Significant bits of the modulus.
    pub fn bits(&self) -> usize {
        self.modulus.bits()
    }

    /// Encrypts `message` to this key; the ciphertext is as long as the modulus.
    ///
    /// `fill` must fill the buffer it is given with bytes from a generator fit
    /// for keys; the secrecy of the message rests on it.
    ///
    /// # Errors
    ///
    /// [`WrapError::MessageTooLong`] if the message is longer than the modulus
    /// less 11 bytes, [`WrapError::Entropy`] with the error of `fill`, and
    /// [`WrapError::EntropyStuck`] if a byte came as zero 64 times in a row.
    pub fn wrap<E>(
        &self,
        message: &[u8],
        fill: &mut dyn FnMut(&mut [u8]) -> Result<(), E>,
    ) -> Result<Vec<u8>, WrapError<E>> {
        // The block starts with a zero byte and the modulus does not, so the
        // block is the smaller number.
        let mut block = encryption_block(self.modulus.length(), message, fill)?;
        self.modulus.raise(&mut block);
        Ok(core::mem::take(&mut *block))
    }
}

#[cfg(test)]
mod taint_tests;
