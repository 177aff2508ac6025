//! The provider's generator as the wraps ask for it. `rsa` takes one that cannot fail, so a failure is remembered here
//! and looked for afterwards: what was wrapped under it is thrown away.

use core::convert::Infallible;

use cardseal_crypto::{RandomError, SecureRandom};
use rand::{TryCryptoRng, TryRng};

/// A generator that remembers whether it failed.
pub(crate) struct Remembering<'a> {
    random: &'a dyn SecureRandom,
    failed: bool,
}

impl<'a> Remembering<'a> {
    pub(crate) fn new(random: &'a dyn SecureRandom) -> Self {
        Self {
            random,
            failed: false,
        }
    }

    /// Passes on what was made, unless a byte of it came from a generator that had failed.
    pub(crate) fn sound<T>(&self, made: T) -> Result<T, RandomError> {
        match self.failed {
            true => Err(RandomError),
            false => Ok(made),
        }
    }
}

impl TryRng for Remembering<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Infallible> {
        if self.failed || self.random.fill(buffer).is_err() {
            self.failed = true;
            // Bytes that every loop of rejections takes, so that it ends.
            buffer.fill(1);
        }
        Ok(())
    }
}

impl TryCryptoRng for Remembering<'_> {}
