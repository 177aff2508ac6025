//! The secret scalar k and its digits.
//!
//! A scalar is written with 51 digits that are all odd, so that every window
//! of every scalar means one addition of one table entry and never "add
//! nothing". For an odd k below 2^256 let c_i be bits 5 i + 1 to 5 i + 5 of k,
//! i from 0 to 50: all of its bits but the lowest, which is 1. Then with
//! d_i = 2 c_i - 31, one of -31, -29, ..., 29, 31,
//!
//! ```text
//! sum d_i 32^i = 2 sum c_i 32^i - 31 (32^51 - 1) / 31
//!              = (k - 1) - (2^255 - 1)
//!              = k - 2^255,
//! ```
//!
//! so k = 2^255 + sum d_i 32^i. An even k is replaced by n - k, which is odd,
//! and the resulting point by its inverse.

use super::limbs::{Limbs, from_be_bytes, mask_from_bit, select, sub_wide};
use crate::reveal::reveal;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The order n of the group (GB/T 32918.5), an odd prime.
const ORDER: Limbs = [
    0x53bb_f409_39d5_4123,
    0x7203_df6b_21c6_052b,
    0xffff_ffff_ffff_ffff,
    0xffff_fffe_ffff_ffff,
];

/// How many digits a scalar has.
pub(crate) const DIGITS: usize = 51;

/// A scalar from 1 to n - 1 as the sender uses it.
pub(crate) struct Scalar {
    digits: [Digit; DIGITS],
    /// All ones if the digits spell n - k, zero if they spell k.
    negated: u64,
}

/// One digit d, odd, from -31 to 31.
#[derive(Clone, Copy, Default)]
pub(crate) struct Digit {
    /// (|d| - 1) / 2: the place of |d| among 1, 3, ..., 31.
    pub(crate) index: u64,
    /// All ones if d is negative.
    pub(crate) negative: u64,
}

impl Scalar {
    /// Reads 32 big-endian bytes; `None` unless they are from 1 to n - 1.
    pub(crate) fn from_be_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let k = Zeroizing::new(from_be_bytes(bytes));
        let (_, below_order) = sub_wide(&k, &ORDER);
        let (_, below_one) = sub_wide(&k, &[1, 0, 0, 0]);
        // A candidate out of range is thrown away; one in range was
        // overwhelmingly going to be, so that it is says nothing about it.
        reveal(below_order & (below_one ^ 1)).then(|| Self::recode(&k))
    }

    /// The digits of a k from 1 to n - 1.
    fn recode(k: &Limbs) -> Self {
        let [lowest, ..] = *k;
        let negated = mask_from_bit((lowest & 1) ^ 1);
        let opposite = Zeroizing::new(sub_wide(&ORDER, k).0);
        let mut rest = Zeroizing::new(select(negated, &opposite, k));
        let mut digits = [Digit::default(); DIGITS];
        for digit in &mut digits {
            let [lowest, ..] = *rest;
            *digit = Digit::from_bits(lowest >> 1 & 31);
            *rest = shift_right_5(&rest);
        }
        Self { digits, negated }
    }

    /// The digits, the least significant first.
    pub(crate) fn digits(&self) -> &[Digit; DIGITS] {
        &self.digits
    }

    /// The index of each digit and whether it is negative, in bytes.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn picks(&self) -> Zeroizing<[[u8; 2]; DIGITS]> {
        Zeroizing::new(
            self.digits
                .map(|digit| [digit.index as u8, digit.negative as u8]),
        )
    }

    /// All ones if the point the digits lead to must be inverted.
    pub(crate) fn negated(&self) -> u64 {
        self.negated
    }
}

impl Digit {
    /// The digit 2 c - 31 for a c from 0 to 31.
    ///
    /// It is positive from c = 16 on, with index c - 16; below, its index is
    /// 15 - c. Both are the low four bits of c, complemented in the second case.
    fn from_bits(c: u64) -> Self {
        let negative = mask_from_bit((c >> 4) ^ 1);
        Self {
            index: (c ^ negative) & 15,
            negative,
        }
    }
}

impl Zeroize for Digit {
    fn zeroize(&mut self) {
        self.index.zeroize();
        self.negative.zeroize();
    }
}

impl Drop for Scalar {
    fn drop(&mut self) {
        self.digits.zeroize();
        self.negated.zeroize();
    }
}

impl ZeroizeOnDrop for Scalar {}

fn shift_right_5(value: &Limbs) -> Limbs {
    let [v0, v1, v2, v3] = *value;
    [
        v0 >> 5 | v1 << 59,
        v1 >> 5 | v2 << 59,
        v2 >> 5 | v3 << 59,
        v3 >> 5,
    ]
}

#[cfg(test)]
mod tests;
