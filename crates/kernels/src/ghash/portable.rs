//! GHASH with integer multiplications only, for any CPU that multiplies in constant time.
//!
//! The carry-less product comes from ordinary ones after Thomas Pornin's method (BearSSL,
//! "Constant-time GHASH"): operands are split into four, each keeping every fourth bit, so that
//! carries die in the holes; the upper half of a product is the lower half of the product of the
//! reversed operands.

#![allow(
    clippy::indexing_slicing,
    reason = "arrays of fixed size; every index is bounded by the loop around it"
)]

use super::{FOLD, HashPowers, POWERS};
use crate::block::Block;

pub(crate) fn hash_powers(hash_key: u128, powers: &mut HashPowers) {
    powers.0[POWERS - 1] = hash_key;
}

pub(crate) fn absorb(powers: &HashPowers, state: u128, blocks: &[Block]) -> u128 {
    let key = Operand::new(powers.0[POWERS - 1]);
    blocks.iter().fold(state, |state, block| {
        reduce(multiply(
            &Operand::new(state ^ u128::from_be_bytes(*block)),
            &key,
        ))
    })
}

/// A factor as Karatsuba's method wants it: both halves, their sum, and all three reversed.
struct Operand {
    straight: [u64; 3],
    reversed: [u64; 3],
}

impl Operand {
    #[inline(always)]
    fn new(value: u128) -> Self {
        let (low, high) = (value as u64, (value >> 64) as u64);
        let (low_reversed, high_reversed) = (low.reverse_bits(), high.reverse_bits());
        Operand {
            straight: [low, high, low ^ high],
            reversed: [low_reversed, high_reversed, low_reversed ^ high_reversed],
        }
    }
}

/// The 256-bit carry-less product, least significant word first.
#[inline(always)]
fn multiply(a: &Operand, b: &Operand) -> [u64; 4] {
    let low: [u64; 3] = core::array::from_fn(|i| multiply_low(a.straight[i], b.straight[i]));
    let high: [u64; 3] =
        core::array::from_fn(|i| multiply_low(a.reversed[i], b.reversed[i]).reverse_bits() >> 1);
    let middle_low = low[0] ^ low[1] ^ low[2];
    let middle_high = high[0] ^ high[1] ^ high[2];
    [low[0], high[0] ^ middle_low, low[1] ^ middle_high, high[1]]
}

/// The lower 64 bits of the carry-less product.
///
/// A result bit sums at most 16 products; the sum of 16 needs a fifth bit only at the very top,
/// where it falls off the word.
#[inline(always)]
fn multiply_low(a: u64, b: u64) -> u64 {
    const EVERY_FOURTH: u64 = 0x1111_1111_1111_1111;
    let [a0, a1, a2, a3] = core::array::from_fn(|i| a & (EVERY_FOURTH << i));
    let [b0, b1, b2, b3] = core::array::from_fn(|i| b & (EVERY_FOURTH << i));
    let x = |a: u64, b: u64| a.wrapping_mul(b);
    let c0 = x(a0, b0) ^ x(a1, b3) ^ x(a2, b2) ^ x(a3, b1);
    let c1 = x(a0, b1) ^ x(a1, b0) ^ x(a2, b3) ^ x(a3, b2);
    let c2 = x(a0, b2) ^ x(a1, b1) ^ x(a2, b0) ^ x(a3, b3);
    let c3 = x(a0, b3) ^ x(a1, b2) ^ x(a2, b1) ^ x(a3, b0);
    (c0 & EVERY_FOURTH)
        | (c1 & (EVERY_FOURTH << 1))
        | (c2 & (EVERY_FOURTH << 2))
        | (c3 & (EVERY_FOURTH << 3))
}

/// `product · x⁻¹²⁸` modulo POLYVAL's polynomial: adds the multiple of it that clears the lower
/// half, one word at a time.
#[inline(always)]
fn reduce([w0, w1, w2, w3]: [u64; 4]) -> u128 {
    let w1 = w1 ^ fold_low(w0);
    let w2 = w2 ^ w0 ^ fold_high(w0) ^ fold_low(w1);
    let w3 = w3 ^ w1 ^ fold_high(w1);
    (u128::from(w3) << 64) | u128::from(w2)
}

/// Lower word of `word · FOLD`, whose bits are 63, 62 and 57.
#[inline(always)]
fn fold_low(word: u64) -> u64 {
    debug_assert_eq!(FOLD, 1 << 63 | 1 << 62 | 1 << 57);
    word << 63 ^ word << 62 ^ word << 57
}

/// Upper word of `word · FOLD`.
#[inline(always)]
fn fold_high(word: u64) -> u64 {
    word >> 1 ^ word >> 2 ^ word >> 7
}
