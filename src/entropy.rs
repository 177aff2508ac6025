//! Where randomness comes in, and the only place it does.
//!
//! [`OsEntropy`] asks the operating system for every byte. Thread-local generators are not used: they keep the
//! bytes they handed out in a buffer that outlives the secret. A [`Draw`] is one seal's view of the generator:
//! it stops after a bounded number of bytes, so that a stuck generator gives an error and never an endless
//! rejection loop or a weak key.

use core::fmt;

use rand::TryRng;
use rand::rngs::SysRng;

/// A source of cryptographically secure random bytes.
///
/// Injectable for known-answer tests only; production code has no reason to implement it.
pub trait Entropy: Send + Sync {
    /// Fills `buffer` completely, or fails and leaves it to be discarded.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system gave no randomness, or bytes that cannot be random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntropyError;

impl fmt::Display for EntropyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the operating system's random generator failed")
    }
}

impl core::error::Error for EntropyError {}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        SysRng.try_fill_bytes(buffer).map_err(|_| EntropyError)
    }
}

/// One seal needs at most: a key (32), an IV (16), and 501 padding bytes or some 32-byte scalars. A healthy
/// generator passes this bound with probability below 2^-1000.
const MOST_BYTES_PER_SEAL: usize = 16 * 1024;

/// The bytes drawn for one seal, in this order: session key, IV, then what the key wrap asks for.
pub struct Draw<'a> {
    source: &'a dyn Entropy,
    left: usize,
}

impl<'a> Draw<'a> {
    pub(crate) fn new(source: &'a dyn Entropy) -> Self {
        Self {
            source,
            left: MOST_BYTES_PER_SEAL,
        }
    }

    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        self.left = self.left.checked_sub(buffer.len()).ok_or(EntropyError)?;
        self.source.fill(buffer)
    }

    /// Fills a key or IV, and refuses one whose bytes are all the same: from a working generator that is a
    /// 2^-88 event at most (12 bytes), from a broken one it is the usual sight.
    pub(crate) fn fill_key(&mut self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        self.fill(buffer)?;
        // Every byte is read whatever it holds: no early exit tells how the key begins.
        let first = buffer.first().copied().ok_or(EntropyError)?;
        let difference = buffer.iter().fold(0, |seen, byte| seen | (byte ^ first));
        if difference == 0 {
            return Err(EntropyError);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Stuck(u8);
    impl Entropy for Stuck {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError> {
            buffer.fill(self.0);
            Ok(())
        }
    }

    #[test]
    fn two_draws_differ() {
        let (mut a, mut b) = ([0; 32], [0; 32]);
        OsEntropy.fill(&mut a).unwrap();
        OsEntropy.fill(&mut b).unwrap();
        assert_ne!(a, b);
    }

    #[test]
    fn a_stuck_generator_gives_no_key() {
        for byte in [0, 0x5a, 0xff] {
            assert_eq!(
                Draw::new(&Stuck(byte)).fill_key(&mut [1, 2, 3, 4]),
                Err(EntropyError)
            );
        }
    }

    /// Only bytes that are one and the same say that a generator is stuck.
    #[test]
    fn a_key_may_repeat_bytes() {
        struct Given(&'static [u8]);
        impl Entropy for Given {
            fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError> {
                buffer.copy_from_slice(self.0);
                Ok(())
            }
        }
        for bytes in [&[1, 2, 2, 1], &[0, 0, 0, 1], &[9, 9, 9, 8], &[3, 0, 3, 0]] {
            let mut key = [0; 4];
            assert_eq!(Draw::new(&Given(bytes)).fill_key(&mut key), Ok(()));
            assert_eq!(key, *bytes);
        }
    }

    #[test]
    fn a_draw_is_bounded() {
        let mut draw = Draw::new(&OsEntropy);
        let mut block = [0; 1024];
        for _ in 0..16 {
            draw.fill(&mut block).unwrap();
        }
        assert_eq!(draw.fill(&mut [0]), Err(EntropyError));
        assert!(EntropyError.to_string().contains("random generator failed"));
    }
}
