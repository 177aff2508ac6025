//! Adapts the provider's generator to the traits of the wraps.

use cardseal_crypto::{ProviderError, SecureRandom};
use rand::{TryCryptoRng, TryRng};

/// A generator that may fail; then the wraps return an error.
pub(crate) struct Draws<'a>(pub(crate) &'a dyn SecureRandom);

impl TryRng for Draws<'_> {
    type Error = ProviderError;

    fn try_next_u32(&mut self) -> Result<u32, ProviderError> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, ProviderError> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        self.0.fill(buffer)
    }
}

impl TryCryptoRng for Draws<'_> {}
