//! The key of one request, for a provider that keeps it as bytes.

use core::fmt;

use zeroize::Zeroizing;

use crate::{ProviderError, SecureRandom};

/// The maximum length of a session key in bytes.
const LONGEST: usize = 32;

/// One request's symmetric key: 32 bytes for AES-256, 16 for SM4. It is wiped on drop. It cannot be cloned, compared
/// or serialised, and its `Debug` shows no byte of it.
///
/// ```compile_fail,E0277
/// fn print(key: &cardseal_crypto::SessionKey) {
///     println!("{key}");
/// }
/// ```
pub struct SessionKey {
    // Boxed, so that a move copies only a pointer and leaves no copy of the key behind.
    bytes: Box<Zeroizing<[u8; LONGEST]>>,
    len: usize,
}

impl SessionKey {
    /// Draws a fresh key of `len` bytes, 1 to 32.
    ///
    /// # Errors
    /// [`ProviderError`] where the generator fails, or gives a run of eight equal bytes: from a working generator that is
    /// an event of 2^-51 at most (32 bytes), from one that is stuck or stops short it is the usual sight.
    pub fn draw(len: usize, random: &dyn SecureRandom) -> Result<Self, ProviderError> {
        let mut key = Self::blank(len).ok_or_else(ProviderError::random)?;
        let bytes = key.bytes.get_mut(..len).ok_or_else(ProviderError::random)?;
        random.fill(bytes)?;
        match has_a_run(bytes) {
            true => Err(ProviderError::random()),
            false => Ok(key),
        }
    }

    /// Restores a key of 1 to 32 bytes that an earlier process stored; `None` for any other length.
    pub fn restore(bytes: &[u8]) -> Option<Self> {
        let mut key = Self::blank(bytes.len())?;
        key.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(key)
    }

    fn blank(len: usize) -> Option<Self> {
        (1..=LONGEST).contains(&len).then(|| Self {
            bytes: Box::new(Zeroizing::new([0; LONGEST])),
            len,
        })
    }

    /// The key's bytes. The long name makes every use easy to find.
    pub fn expose_key_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey([redacted])")
    }
}

/// A run of this many equal bytes means that the generator is broken (the repetition count test of NIST SP 800-90B
/// §4.4.1).
const STUCK: usize = 8;

/// Whether there is such a run of equal bytes, or all bytes are equal if there are fewer. It always reads every byte:
/// an early exit would reveal how a key begins.
fn has_a_run(bytes: &[u8]) -> bool {
    let runs = bytes.windows(STUCK.min(bytes.len()).max(1));
    runs.fold(false, |found, run| {
        let first = run.first().copied().unwrap_or_default();
        let differences = run.iter().fold(0, |seen, byte| seen | (byte ^ first));
        found | (differences == 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Given(&'static [u8]);
    impl SecureRandom for Given {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
            for (at, byte) in buffer.iter_mut().enumerate() {
                *byte = self.0[at % self.0.len()];
            }
            Ok(())
        }
    }

    #[test]
    fn a_stuck_generator_gives_no_key() {
        for byte in [&[0][..], &[0x5a], &[0xff]] {
            assert!(SessionKey::draw(16, &Given(byte)).is_err());
        }
    }

    /// Only bytes that are one and the same say that a generator is stuck.
    #[test]
    fn a_key_may_repeat_bytes() {
        for bytes in [
            &[1, 2, 2, 1][..],
            &[0, 0, 0, 1],
            &[9, 9, 9, 8],
            &[3, 0, 3, 0],
        ] {
            let key = SessionKey::draw(4, &Given(bytes)).unwrap();
            assert_eq!(key.expose_key_bytes(), bytes);
        }
    }

    /// As from a file that is read once and has fewer bytes.
    #[test]
    fn a_generator_that_stops_short_gives_no_key() {
        for given in 1..=24 {
            let mut bytes: Vec<u8> = (1..=32).collect();
            bytes[given..].fill(0);
            assert!(has_a_run(&bytes), "{given}");
        }
        assert!(!has_a_run(&[
            5, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0
        ]));
    }

    #[test]
    fn a_key_has_one_to_thirty_two_bytes() {
        assert!(SessionKey::restore(&[]).is_none());
        assert!(SessionKey::restore(&[1; 33]).is_none());
        let key = SessionKey::restore(&[7; 16]).unwrap();
        assert_eq!(key.expose_key_bytes(), &[7; 16]);
        assert!(SessionKey::draw(0, &Given(&[1, 2])).is_err());
        assert!(SessionKey::draw(33, &Given(&[1, 2])).is_err());
    }

    #[test]
    fn debug_shows_nothing() {
        let key = SessionKey::restore(b"0123456789abcdef").unwrap();
        assert_eq!(format!("{key:?}"), "SessionKey([redacted])");
    }
}
