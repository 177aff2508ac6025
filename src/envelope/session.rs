//! The session and the IV of one request.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use cardseal_crypto::{ProviderError, SecureRandom, Session, Tag, base64};
use subtle::ConstantTimeEq;

use crate::error::Error;
use crate::recipient::Recipient;
use crate::wire::{Encryption, LONGEST_IV};

/// A run of this many equal bytes means that the generator is broken. The same number is used for keys.
const STUCK: usize = 8;

/// An IV: 16 bytes for AES-256-CBC, 12 for SM4-GCM. It is public.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Iv {
    bytes: [u8; LONGEST_IV],
    len: usize,
}

impl Iv {
    /// Draws a fresh IV, and refuses one with a run of [`STUCK`] equal bytes: from a working generator that is an event
    /// of 2^-52 at most (16 bytes), from one that is stuck or stops short it is the usual sight.
    fn draw(len: usize, random: &dyn SecureRandom) -> Result<Self, ProviderError> {
        let mut bytes = [0; LONGEST_IV];
        let drawn = bytes.get_mut(..len).ok_or_else(ProviderError::random)?;
        random.fill(drawn)?;
        let is_run = |run: &[u8]| run.iter().all(|byte| run.first() == Some(byte));
        match drawn.windows(STUCK.min(len).max(1)).any(is_run) || len == 0 {
            true => Err(ProviderError::random()),
            false => Ok(Self { bytes, len }),
        }
    }

    /// Copies an IV; `None` if it is longer than any suite's.
    pub(super) fn copy_of(iv: &[u8]) -> Option<Self> {
        let mut bytes = [0; LONGEST_IV];
        bytes.get_mut(..iv.len())?.copy_from_slice(iv);
        Some(Self {
            bytes,
            len: iv.len(),
        })
    }

    /// The IV that a reply states.
    pub(super) fn stated((bytes, len): ([u8; LONGEST_IV], usize)) -> Self {
        Self { bytes, len }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// One request's view of a generator. It stops after a limited number of bytes, so that a stuck generator causes an
/// error instead of an endless loop or a weak key.
///
/// It notices a generator that begins anew with every question, too: the IV is drawn first and everybody reads it, so
/// nothing drawn later may begin with it.
///
/// And it keeps the first failure: nothing that was made after one is sealed with, whether the provider tells of it or
/// not, and the error is the generator's own.
struct Bounded<'a> {
    random: &'a dyn SecureRandom,
    left: AtomicUsize,
    iv: Option<Iv>,
    failed: Mutex<Option<ProviderError>>,
}

/// One request needs at most a key (32), an IV (16), and 501 bytes of padding or some scalars of 32 bytes. A healthy
/// generator exceeds this limit with a probability below 2^-1000.
const MOST_BYTES: usize = 16 * 1024;

impl<'a> Bounded<'a> {
    fn new(random: &'a dyn SecureRandom) -> Self {
        Self {
            random,
            left: AtomicUsize::new(MOST_BYTES),
            iv: None,
            failed: Mutex::new(None),
        }
    }

    fn draw(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        let take = |left: usize| left.checked_sub(buffer.len());
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .map_err(|_| ProviderError::random())?;
        self.random.fill(buffer)?;
        let iv = self.iv.as_ref().map(Iv::as_bytes).unwrap_or_default();
        // Compared without an early exit, because the drawn bytes are secret.
        let repeats = |start: &[u8]| !iv.is_empty() && bool::from(start.ct_eq(iv));
        match buffer.get(..iv.len()).is_some_and(repeats) {
            true => Err(ProviderError::random()),
            false => Ok(()),
        }
    }

    /// The first failure, where there was one.
    fn failure(self) -> Option<ProviderError> {
        self.failed
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecureRandom for Bounded<'_> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        self.draw(buffer).inspect_err(|error| {
            let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
            failed.get_or_insert_with(|| error.clone());
        })
    }
}

/// A session with its IV and its wrapped key.
pub(super) struct Drawn {
    pub(super) session: Box<dyn Session>,
    pub(super) iv: Iv,
    pub(super) blob: Vec<u8>,
}

impl Drawn {
    /// Draws an IV, then starts a session for the recipient.
    pub(super) fn of(recipient: &Recipient) -> Result<Self, Error> {
        let mut random = Bounded::new(recipient.random());
        let iv = Iv::draw(recipient.facts().iv_len, &random)?;
        random.iv = Some(iv);
        let started = recipient.wrap().start(&random);
        if let Some(failed) = random.failure() {
            return Err(failed.into());
        }
        let (blob, session) = started?;
        if blob.len() != recipient.wrapped_len() {
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
        fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
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
        for bytes in [
            &[1, 2][..],
            &[0, 0, 0, 1],
            &[9, 9, 9, 8],
            &[0, 0, 0, 0, 0, 0, 0, 1],
        ] {
            assert!(Iv::draw(12, &Repeated(bytes)).is_ok());
        }
        // Four bytes were given, and eight stand as they stood.
        let short = &[1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0];
        assert!(Iv::draw(12, &Repeated(short)).is_err());
        assert!(Iv::draw(17, &Repeated(&[1, 2])).is_err());
        assert!(Iv::draw(0, &Repeated(&[1, 2])).is_err());
    }

    #[test]
    fn one_request_draws_a_bounded_number_of_bytes() {
        let bounded = Bounded::new(&Repeated(&[1, 2]));
        let mut block = [0; 1024];
        for _ in 0..16 {
            bounded.fill(&mut block).unwrap();
        }
        assert_eq!(bounded.fill(&mut [0]), Err(ProviderError::random()));
    }
}
