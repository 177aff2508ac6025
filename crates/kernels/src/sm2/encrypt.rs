//! The encryption of GB/T 32918.4, section 6.1, steps A1 to A8.
//!
//! The ciphertext is C1 || C3 || C2 as the 2016 edition orders it: the point
//! k G in the uncompressed form (04, x, y), the SM3 digest that ties the
//! message to the shared point, and the message under the keystream. For N
//! bytes of message that is 65 + 32 + N bytes.

use super::backend::Backend;
use super::comb::Comb;
use super::point::{AffinePoint, PointRejected, pair_to_affine};
use super::scalar::Scalar;
use crate::WrapError;
use crate::reveal::{is_zero_bit, reveal};
use sm3::{Digest, Sm3};
use std::sync::OnceLock;
use zeroize::{Zeroize, Zeroizing};

/// Bytes a ciphertext is longer than its message: C1 and C3.
const OVERHEAD: usize = C1_LENGTH + DIGEST_LENGTH;
const C1_LENGTH: usize = 65;
const DIGEST_LENGTH: usize = 32;

/// The longest message, in bytes. Keys are wrapped here, not documents; the
/// keystream's block counter is far from its end.
const MESSAGE_LIMIT: usize = 1 << 16;

/// How many candidate scalars are drawn before the source counts as stuck.
///
/// A good source is rejected with probability 2^-32 for the range and, in the
/// worst case of a message of one byte, 2^-8 for an all-zero keystream: 2^-512
/// for all of these.
const ATTEMPTS: usize = 64;

/// A recipient's public key, ready to wrap secrets for.
///
/// Holds about 51 KiB of multiples of the key, computed once in
/// [`from_affine`](Self::from_affine); one more table of that size, for the
/// generator, is shared by all keys of the process.
pub struct WrapKey {
    multiples: Comb,
    generator: &'static Comb,
}

impl WrapKey {
    /// Checks a public key and computes its table.
    ///
    /// `x` and `y` are big-endian.
    ///
    /// # Errors
    ///
    /// [`PointRejected`] if a coordinate is not below the field prime or the
    /// point is not on the curve.
    pub fn from_affine(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, PointRejected> {
        let best = Backend::available().next().unwrap_or(Backend::Portable);
        Self::on(best, x, y)
    }

    /// The same for one backend; nothing when this CPU cannot run it.
    ///
    /// # Errors
    ///
    /// As [`from_affine`](Self::from_affine).
    pub fn with_backend(
        x: &[u8; 32],
        y: &[u8; 32],
        backend: Backend,
    ) -> Option<Result<Self, PointRejected>> {
        backend.runs_here().then(|| Self::on(backend, x, y))
    }

    fn on(backend: Backend, x: &[u8; 32], y: &[u8; 32]) -> Result<Self, PointRejected> {
        let point = AffinePoint::from_coordinates(x, y)?;
        Ok(Self {
            generator: generator_multiples(backend)?,
            multiples: Comb::new(&point, backend),
        })
    }

    /// Encrypts `message` to this key: C1 || C3 || C2, 97 bytes longer than
    /// the message.
    ///
    /// `fill` must fill the buffer it is given with bytes from a generator fit
    /// for keys; the secrecy of the message rests on it.
    ///
    /// # Errors
    ///
    /// [`WrapError::MessageEmpty`], [`WrapError::MessageTooLong`] above 65536
    /// bytes, [`WrapError::Entropy`] with the error of `fill`, and
    /// [`WrapError::EntropyStuck`] if 64 scalars in a row were unusable.
    pub fn wrap<E>(
        &self,
        message: &[u8],
        fill: &mut dyn FnMut(&mut [u8]) -> Result<(), E>,
    ) -> Result<Vec<u8>, WrapError<E>> {
        match message.len() {
            0 => return Err(WrapError::MessageEmpty),
            1..=MESSAGE_LIMIT => {}
            _ => {
                return Err(WrapError::MessageTooLong {
                    limit: MESSAGE_LIMIT,
                });
            }
        }
        let mut candidate = Zeroizing::new([0u8; 32]);
        for _ in 0..ATTEMPTS {
            fill(candidate.as_mut_slice()).map_err(WrapError::Entropy)?;
            let ciphertext = Scalar::from_be_bytes(&candidate)
                .and_then(|scalar| self.encrypt_with(&scalar, message));
            if let Some(ciphertext) = ciphertext {
                return Ok(ciphertext);
            }
        }
        Err(WrapError::EntropyStuck)
    }

    /// Steps A2 to A8 for one scalar; `None` if step A5 asks for another one.
    ///
    /// Step A3 rejects a key that the cofactor takes to infinity. The cofactor
    /// is 1 and the key a finite point, so there is nothing to compute.
    fn encrypt_with(&self, scalar: &Scalar, message: &[u8]) -> Option<Vec<u8>> {
        let [ephemeral, shared] = Comb::multiply_both(self.generator, &self.multiples, scalar);
        let (ephemeral, shared) = pair_to_affine(&ephemeral, &shared);
        let shared_x = Zeroizing::new(shared.x.to_be_bytes());
        let shared_y = Zeroizing::new(shared.y.to_be_bytes());
        let keystream = Keystream {
            shared_x: &shared_x,
            shared_y: &shared_y,
        };

        let mut ciphertext = Vec::with_capacity(OVERHEAD + message.len());
        ciphertext.push(4);
        ciphertext.extend_from_slice(&ephemeral.x.to_be_bytes());
        ciphertext.extend_from_slice(&ephemeral.y.to_be_bytes());
        ciphertext.extend_from_slice(&*digest(&[
            shared_x.as_slice(),
            message,
            shared_y.as_slice(),
        ]));
        if keystream.encrypt_onto(&mut ciphertext, message).is_none() {
            // What was appended is the message itself.
            ciphertext.zeroize();
            return None;
        }
        Some(ciphertext)
    }
}

/// The table of the generator, computed when the backend's first key is made.
fn generator_multiples(backend: Backend) -> Result<&'static Comb, PointRejected> {
    static PORTABLE: OnceLock<Comb> = OnceLock::new();
    static WIDE: OnceLock<Comb> = OnceLock::new();
    let generator = AffinePoint::generator()?;
    let multiples = match backend {
        Backend::Portable => &PORTABLE,
        Backend::Avx512Ifma => &WIDE,
    };
    Ok(multiples.get_or_init(|| Comb::new(&generator, backend)))
}

/// The key derivation function of GB/T 32918.4, section 5.4.3: SM3 of the
/// shared point and a block counter that starts at 1.
struct Keystream<'a> {
    shared_x: &'a [u8; 32],
    shared_y: &'a [u8; 32],
}

impl Keystream<'_> {
    /// Appends the message under the keystream; `None` if the keystream is
    /// all zero, which would send the message in the clear (step A5).
    fn encrypt_onto(&self, ciphertext: &mut Vec<u8>, message: &[u8]) -> Option<()> {
        let mut any_bit = Zeroizing::new(0u8);
        for (counter, chunk) in (1u32..).zip(message.chunks(DIGEST_LENGTH)) {
            let block = digest(&[self.shared_x, self.shared_y, &counter.to_be_bytes()]);
            for (byte, key) in chunk.iter().zip(block.iter()) {
                *any_bit |= key;
                ciphertext.push(byte ^ key);
            }
        }
        // All zero: this scalar is thrown away. Not all zero: as expected.
        (!reveal(is_zero_bit(*any_bit))).then_some(())
    }
}

/// SM3 of the parts one after the other.
fn digest(parts: &[&[u8]]) -> Zeroizing<[u8; DIGEST_LENGTH]> {
    let mut hasher = Sm3::new();
    for part in parts {
        hasher.update(part);
    }
    let mut digest = Zeroizing::new([0u8; DIGEST_LENGTH]);
    hasher.finalize_into((&mut *digest).into());
    digest
}

#[cfg(test)]
mod taint_tests;
