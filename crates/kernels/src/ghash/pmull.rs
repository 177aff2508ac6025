//! GHASH with AArch64's PMULL: eight blocks to a reduction.

use core::arch::aarch64::*;

use super::{FOLD, HashPowers, POWERS};
use crate::block::Block;

/// Blocks multiplied by their own power each, then reduced together.
const AGGREGATED: usize = 8;

#[target_feature(enable = "neon,aes")]
pub(crate) fn hash_powers(hash_key: u128, powers: &mut HashPowers) {
    let h1 = hash_key;
    // Halves of each exponent, so that at most three products wait for one another.
    let h2 = Product::of(h1, h1).reduced();
    let h3 = Product::of(h2, h1).reduced();
    let h4 = Product::of(h2, h2).reduced();
    let h5 = Product::of(h3, h2).reduced();
    let h6 = Product::of(h3, h3).reduced();
    let h7 = Product::of(h4, h3).reduced();
    let h8 = Product::of(h4, h4).reduced();
    for (entry, power) in powers
        .0
        .iter_mut()
        .rev()
        .zip([h1, h2, h3, h4, h5, h6, h7, h8])
    {
        *entry = power;
    }
}

#[target_feature(enable = "neon,aes")]
pub(crate) fn absorb(powers: &HashPowers, mut state: u128, blocks: &[Block]) -> u128 {
    for chunk in blocks.chunks(AGGREGATED) {
        // n blocks meet the last n entries: powers n down to 1.
        let (_, powers) = powers.0.split_at(POWERS - chunk.len());
        let mut sum = Product {
            low: 0,
            middle: 0,
            high: 0,
        };
        let mut carried = state;
        for (block, power) in chunk.iter().zip(powers) {
            let factor = u128::from_be_bytes(*block) ^ carried;
            carried = 0;
            sum = sum.plus(Product::of(factor, *power));
        }
        state = sum.reduced();
    }
    state
}

/// A 256-bit carry-less product in three overlapping parts, at bits 0, 64 and 128.
struct Product {
    low: u128,
    middle: u128,
    high: u128,
}

impl Product {
    #[inline]
    #[target_feature(enable = "neon,aes")]
    fn of(a: u128, b: u128) -> Self {
        let ((a0, a1), (b0, b1)) = (halves(a), halves(b));
        Product {
            low: vmull_p64(a0, b0),
            middle: vmull_p64(a0, b1) ^ vmull_p64(a1, b0),
            high: vmull_p64(a1, b1),
        }
    }

    #[inline]
    #[target_feature(enable = "neon,aes")]
    fn plus(self, other: Self) -> Self {
        Product {
            low: self.low ^ other.low,
            middle: self.middle ^ other.middle,
            high: self.high ^ other.high,
        }
    }

    /// `product · x⁻¹²⁸`: clears the lower half, one 64-bit word at a time.
    #[inline]
    #[target_feature(enable = "neon,aes")]
    fn reduced(self) -> u128 {
        let low = self.low ^ (self.middle << 64);
        let high = self.high ^ (self.middle >> 64);
        let once = low.rotate_left(64) ^ vmull_p64(low as u64, FOLD);
        let twice = once.rotate_left(64) ^ vmull_p64(once as u64, FOLD);
        high ^ twice
    }
}

/// The lower and the upper 64 bits.
#[inline(always)]
fn halves(value: u128) -> (u64, u64) {
    (value as u64, (value >> 64) as u64)
}
