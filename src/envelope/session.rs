//! What is drawn and wrapped for one request: a session, and an IV.

use core::sync::atomic::{AtomicUsize, Ordering};

use cardseal_crypto::{ProviderError, RandomError, SecureRandom, Session, Tag, base64};

use crate::error::Error;
use crate::recipient::Recipient;
use crate::wire::Encryption;

/// The most bytes that an IV has.
const LONGEST_IV: usize = 16;

/// An IV: 16 bytes for AES-256-CBC, 12 for SM4-GCM. It is public.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Iv {
    bytes: [u8; LONGEST_IV],
    len: usize,
}

impl Iv {
    /// Draws a fresh IV, and refuses one whose bytes are all the same: from a working generator that is an event of
    /// 2^-88 at most (12 bytes), from a broken one it is the usual sight.
    fn draw(len: usize, random: &dyn SecureRandom) -> Result<Self, RandomError> {
        let mut bytes = [0; LONGEST_IV];
        let drawn = bytes.get_mut(..len).ok_or(RandomError)?;
        random.fill(drawn)?;
        let first = drawn.first().copied().ok_or(RandomError)?;
        match drawn.iter().all(|byte| *byte == first) {
            true => Err(RandomError),
            false => Ok(Self { bytes, len }),
        }
    }

    /// Takes an IV that came from elsewhere; `None` where it is longer than any suite's.
    pub(super) fn copy_of(iv: &[u8]) -> Option<Self> {
        let mut bytes = [0; LONGEST_IV];
        bytes.get_mut(..iv.len())?.copy_from_slice(iv);
        Some(Self {
            bytes,
            len: iv.len(),
        })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// One request's view of a generator. It stops after a bounded number of bytes, so that a stuck generator gives an
/// error, and never an endless loop of rejections or a weak key.
struct Bounded<'a> {
    random: &'a dyn SecureRandom,
    left: AtomicUsize,
}

/// One request needs at most: a key (32), an IV (16), and 501 bytes of padding or some scalars of 32 bytes. A healthy
/// generator passes this bound with a probability below 2^-1000.
const MOST_BYTES: usize = 16 * 1024;

impl SecureRandom for Bounded<'_> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        let take = |left: usize| left.checked_sub(buffer.len());
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .map_err(|_| RandomError)?;
        self.random.fill(buffer)
    }
}

/// A session with its IV and its wrapped key.
pub(super) struct Drawn {
    pub(super) session: Box<dyn Session>,
    pub(super) iv: Iv,
    pub(super) blob: Vec<u8>,
}

impl Drawn {
    /// Draws an IV, then starts a session of the recipient's.
    pub(super) fn of(recipient: &Recipient) -> Result<Self, Error> {
        let random = Bounded {
            random: recipient.random(),
            left: AtomicUsize::new(MOST_BYTES),
        };
        let wrap = recipient.wrap();
        let iv = Iv::draw(recipient.facts().iv_len, &random).map_err(ProviderError::from)?;
        let (blob, session) = wrap.start(&random)?;
        if blob.len() != wrap.wrapped_len() {
            return Err(
                ProviderError::defect("a wrapped key has another length than foreseen").into(),
            );
        }
        Ok(Self { session, iv, blob })
    }

    /// The `Encryption` member for these tags and this list.
    pub(super) fn encryption(
        &self,
        recipient: &Recipient,
        tags: &[Tag],
        encrypt_list: Vec<String>,
    ) -> Encryption {
        Encryption {
            ciphertext_blob: base64::encode(&self.blob),
            iv: base64::encode(self.iv.as_bytes()),
            algorithm: recipient.facts().algorithm.to_owned(),
            tag_list: tags.iter().map(|tag| base64::encode(tag)).collect(),
            encrypt_list,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Repeated(&'static [u8]);
    impl SecureRandom for Repeated {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
            for (at, byte) in buffer.iter_mut().enumerate() {
                *byte = self.0[at % self.0.len()];
            }
            Ok(())
        }
    }

    #[test]
    fn an_iv_of_one_byte_repeated_is_refused() {
        for byte in [&[0][..], &[0x5a], &[0xff]] {
            assert!(Iv::draw(12, &Repeated(byte)).is_err());
        }
        for bytes in [&[1, 2][..], &[0, 0, 0, 1], &[9, 9, 9, 8]] {
            assert!(Iv::draw(12, &Repeated(bytes)).is_ok());
        }
        assert!(Iv::draw(17, &Repeated(&[1, 2])).is_err());
        assert!(Iv::draw(0, &Repeated(&[1, 2])).is_err());
    }

    #[test]
    fn one_request_draws_a_bounded_number_of_bytes() {
        let bounded = Bounded {
            random: &Repeated(&[1, 2]),
            left: AtomicUsize::new(MOST_BYTES),
        };
        let mut block = [0; 1024];
        for _ in 0..16 {
            bounded.fill(&mut block).unwrap();
        }
        assert_eq!(bounded.fill(&mut [0]), Err(RandomError));
    }
}
