//! The operating system's generator. Every byte comes directly from it, because a generator in the process keeps
//! returned bytes in a buffer that outlives the secret.

use rand::TryRng;
use rand::rngs::SysRng;

use crate::{ProviderError, SecureRandom};

/// The operating system's generator; in a browser, the browser's.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl SecureRandom for OsRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        SysRng
            .try_fill_bytes(buffer)
            .map_err(|_| ProviderError::random())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let (mut a, mut b) = ([0; 32], [0; 32]);
        OsRandom.fill(&mut a).unwrap();
        OsRandom.fill(&mut b).unwrap();
        assert_ne!(a, b);
    }
}
