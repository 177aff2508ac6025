//! One row of a table of multiples, and picking from it.

use super::limbs::mask_from_bit;
use super::point::AffinePoint;
use super::scalar::Digit;
use zeroize::Zeroizing;

/// Odd multiples in a row: 1, 3, ..., 31.
pub(super) const ROW_LENGTH: usize = 16;

/// The odd multiples 1, 3, ..., 31 of one point, as limbs of x and of y.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Row(pub(super) [[u64; 8]; ROW_LENGTH]);

impl Row {
    /// The multiple that the digit names, its sign applied.
    ///
    /// Reads every entry and keeps one by mask, so that neither the addresses
    /// nor the instructions depend on the digit.
    #[inline(always)]
    pub(super) fn pick(&self, digit: &Digit) -> Zeroizing<AffinePoint> {
        let mut picked = [0u64; 8];
        for (position, entry) in (0u64..).zip(&self.0) {
            // Zero minus one is the only way to a top bit: both are below 16.
            let mask = mask_from_bit((position ^ digit.index).wrapping_sub(1) >> 63);
            for (kept, limb) in picked.iter_mut().zip(entry) {
                *kept |= limb & mask;
            }
        }
        Zeroizing::new(AffinePoint::from_limbs(&picked).negate_if(digit.negative))
    }
}
