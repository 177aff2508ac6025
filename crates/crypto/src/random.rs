//! The source of random bytes.

use crate::ProviderError;

/// A cryptographically secure generator of random bytes: the operating system's, or a hardware module's.
///
/// Every IV comes from it, and every session key and scalar too, unless a module draws those itself. cardseal limits how many bytes one request may draw, and rejects
/// keys and IVs with eight equal bytes in a row and keys that begin like the IV. The generator is responsible for the
/// quality of the bytes. [`OsRandom`](crate::OsRandom) is the operating system's.
pub trait SecureRandom: Send + Sync {
    /// Fills all of `buffer`.
    ///
    /// # Errors
    /// [`ProviderError::random`], or [`ProviderError::lost`] where a module is gone; whatever is in the buffer then is
    /// thrown away.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError>;
}
