//! SM4-GCM with 96-bit nonces and 128-bit tags (RFC 8998, section 3.1; NIST SP 800-38D).

use core::{error, fmt};

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::{
    backend::Backend,
    block::Block,
    kernel::Kernel,
    message::{MAX_BYTES, Message, TooLong},
    sealer::Sealer,
    sm4::RoundKeys,
};

/// An SM4-GCM key, ready to seal and open.
///
/// The expanded key is wiped on drop; it can be neither cloned nor printed.
///
/// A nonce must never be used twice under one key.
pub struct Sm4Gcm {
    kernel: Kernel,
    keys: RoundKeys,
}

impl Sm4Gcm {
    /// Expands `key` for the fastest backend of this CPU.
    pub fn new(key: &[u8; 16]) -> Self {
        Self::with_kernel(key, Kernel::best())
    }

    /// Expands `key` for `backend`; nothing when this CPU cannot run it.
    pub fn with_backend(key: &[u8; 16], backend: Backend) -> Option<Self> {
        Kernel::detect(backend).map(|kernel| Self::with_kernel(key, kernel))
    }

    /// The backend in use.
    pub fn backend(&self) -> Backend {
        self.kernel.backend()
    }

    /// Encrypts `buffer` in place and returns the tag over it and `aad`.
    ///
    /// # Errors
    ///
    /// [`TooLong`] above 2³⁶ − 32 bytes; the buffer is then unchanged.
    pub fn seal_in_place(
        &self,
        nonce: &[u8; 12],
        aad: &[u8],
        buffer: &mut [u8],
    ) -> Result<[u8; 16], TooLong> {
        if buffer.len() as u64 > MAX_BYTES {
            return Err(TooLong);
        }
        let mut message = self.message(&pre_counter(nonce));
        message.start(aad);
        let (blocks, tail) = buffer.as_chunks_mut();
        message.seal_blocks(blocks);
        Ok(message.seal_tail(tail))
    }

    /// Starts sealing a message that is encrypted chunk by chunk.
    pub fn sealer(&self, nonce: &[u8; 12], aad: &[u8]) -> Sealer<'_> {
        Sealer::new(self.message(&pre_counter(nonce)), aad)
    }

    /// Verifies `tag` over `aad` and `buffer`, and only then decrypts `buffer` in place.
    ///
    /// # Errors
    ///
    /// [`OpenRefused`] when the tag is wrong; the buffer is then all zeros.
    pub fn open_in_place(
        &self,
        nonce: &[u8; 12],
        aad: &[u8],
        buffer: &mut [u8],
        tag: &[u8; 16],
    ) -> Result<(), OpenRefused> {
        let mut message = self.message(&pre_counter(nonce));
        if !is_genuine(&mut message, aad, buffer, tag) {
            buffer.zeroize();
            return Err(OpenRefused);
        }
        message.apply_stream(buffer);
        Ok(())
    }

    /// Verifies `tag` over `aad` and `sealed`, and only then decrypts `sealed` into `place`, which is as long.
    ///
    /// # Errors
    ///
    /// [`OpenRefused`] when the tag is wrong or the lengths differ; the place is then all zeros.
    pub fn open_into(
        &self,
        nonce: &[u8; 12],
        aad: &[u8],
        sealed: &[u8],
        tag: &[u8; 16],
        place: &mut [u8],
    ) -> Result<(), OpenRefused> {
        let mut message = self.message(&pre_counter(nonce));
        if sealed.len() != place.len() || !is_genuine(&mut message, aad, sealed, tag) {
            place.zeroize();
            return Err(OpenRefused);
        }
        message.apply_stream_between(sealed, place);
        Ok(())
    }

    /// A message from its pre-counter block, which [`pre_counter`] alone makes outside tests.
    #[inline]
    pub(crate) fn message(&self, j0: &Block) -> Message<'_> {
        Message::new(self.kernel, &self.keys, j0)
    }

    /// Bare CTR, for `hazmat`.
    pub(crate) fn ctr_xor(&self, counter: &Block, buffer: &mut [u8]) {
        self.kernel.ctr_xor(&self.keys, counter, buffer);
    }

    fn with_kernel(key: &[u8; 16], kernel: Kernel) -> Self {
        let mut cipher = Sm4Gcm {
            kernel,
            keys: RoundKeys::zeroed(),
        };
        kernel.expand_key(key, &mut cipher.keys);
        cipher
    }
}

/// Whether the tag belongs to the text and the associated data. The message is then in front of its text.
#[inline]
fn is_genuine(message: &mut Message<'_>, aad: &[u8], sealed: &[u8], tag: &[u8; 16]) -> bool {
    message.start(aad);
    sealed.len() as u64 <= MAX_BYTES && bool::from(message.tag_of(sealed).ct_eq(tag))
}

/// J₀ of a 96-bit nonce: the nonce and the counter 1 (SP 800-38D, 7.1).
fn pre_counter(nonce: &[u8; 12]) -> Block {
    let mut j0 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    for (to, from) in j0.iter_mut().zip(nonce) {
        *to = *from;
    }
    j0
}

/// A ciphertext that was not decrypted, because its tag does not belong to it.
///
/// It says no more on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenRefused;

impl fmt::Display for OpenRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the tag does not match the ciphertext")
    }
}

impl error::Error for OpenRefused {}
