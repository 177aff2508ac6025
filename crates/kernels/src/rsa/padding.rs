//! The encryption block of PKCS#1 v1.5 (RFC 8017, section 7.2.1, step 2):
//! 00 02, at least eight random bytes that are not zero, 00, the message.

use crate::WrapError;
use crate::reveal::{is_zero_bit, reveal};
use zeroize::Zeroizing;

/// Bytes of a block that are never message: 00, 02, eight of padding, 00.
const OVERHEAD: usize = 11;

/// How often one padding byte is drawn before the source counts as stuck. A
/// good source gives zero with probability 2^-8: 2^-512 for all of these.
const ATTEMPTS: usize = 64;

/// The block of `length` bytes around `message`.
pub(super) fn encryption_block<E>(
    length: usize,
    message: &[u8],
    fill: &mut dyn FnMut(&mut [u8]) -> Result<(), E>,
) -> Result<Zeroizing<Vec<u8>>, WrapError<E>> {
    let limit = length.saturating_sub(OVERHEAD);
    if message.len() > limit {
        return Err(WrapError::MessageTooLong { limit });
    }
    let mut block = Zeroizing::new(Vec::with_capacity(length));
    block.extend([0, 2]);
    block.resize(length - message.len() - 1, 0);
    fill_nonzero(block.get_mut(2..).unwrap_or_default(), fill)?;
    block.push(0);
    block.extend_from_slice(message);
    Ok(block)
}

/// Fills `padding` with bytes uniform among those that are not zero.
///
/// A zero byte is replaced by drawing again, rather than by a fixed value or
/// a remainder, which would not be uniform.
fn fill_nonzero<E>(
    padding: &mut [u8],
    fill: &mut dyn FnMut(&mut [u8]) -> Result<(), E>,
) -> Result<(), WrapError<E>> {
    fill(padding).map_err(WrapError::Entropy)?;
    for byte in padding {
        let mut attempts = 1;
        // Says that a byte was thrown away, nothing about those kept.
        while reveal(is_zero_bit(*byte)) {
            if attempts == ATTEMPTS {
                return Err(WrapError::EntropyStuck);
            }
            fill(core::slice::from_mut(byte)).map_err(WrapError::Entropy)?;
            attempts += 1;
        }
    }
    Ok(())
}
