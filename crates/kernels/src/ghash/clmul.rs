//! GHASH with PCLMULQDQ: eight blocks to a reduction.

use core::arch::x86_64::*;

use super::{FOLD, HashPowers, POWERS};
use crate::block::Block;

/// Blocks multiplied by their own power each, then reduced together.
const AGGREGATED: usize = 8;

#[target_feature(enable = "sse4.1,ssse3,pclmulqdq")]
pub(crate) fn hash_powers(hash_key: u128, powers: &mut HashPowers) {
    let h1 = from_integer(hash_key);
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
        *entry = to_integer(power);
    }
}

#[target_feature(enable = "sse4.1,ssse3,pclmulqdq")]
pub(crate) fn absorb(powers: &HashPowers, state: u128, blocks: &[Block]) -> u128 {
    let mut state = from_integer(state);
    for chunk in blocks.chunks(AGGREGATED) {
        // n blocks meet the last n entries: powers n down to 1.
        let (_, powers) = powers.0.split_at(POWERS - chunk.len());
        let mut sum = Product::zero();
        let mut carried = state;
        for (block, power) in chunk.iter().zip(powers) {
            let factor = _mm_xor_si128(load_reversed(block), carried);
            carried = _mm_setzero_si128();
            sum = sum.plus(Product::of(factor, from_integer(*power)));
        }
        state = sum.reduced();
    }
    to_integer(state)
}

/// A 256-bit carry-less product in three overlapping parts, at bits 0, 64 and 128.
struct Product {
    low: __m128i,
    middle: __m128i,
    high: __m128i,
}

impl Product {
    #[inline]
    #[target_feature(enable = "sse4.1,ssse3,pclmulqdq")]
    fn zero() -> Self {
        let zero = _mm_setzero_si128();
        Product {
            low: zero,
            middle: zero,
            high: zero,
        }
    }

    #[inline]
    #[target_feature(enable = "sse4.1,ssse3,pclmulqdq")]
    fn of(a: __m128i, b: __m128i) -> Self {
        Product {
            low: _mm_clmulepi64_si128::<0x00>(a, b),
            middle: _mm_xor_si128(
                _mm_clmulepi64_si128::<0x01>(a, b),
                _mm_clmulepi64_si128::<0x10>(a, b),
            ),
            high: _mm_clmulepi64_si128::<0x11>(a, b),
        }
    }

    #[inline]
    #[target_feature(enable = "sse4.1,ssse3,pclmulqdq")]
    fn plus(self, other: Self) -> Self {
        Product {
            low: _mm_xor_si128(self.low, other.low),
            middle: _mm_xor_si128(self.middle, other.middle),
            high: _mm_xor_si128(self.high, other.high),
        }
    }

    /// `product · x⁻¹²⁸`: clears the lower half, one 64-bit word at a time.
    #[inline]
    #[target_feature(enable = "sse4.1,ssse3,pclmulqdq")]
    fn reduced(self) -> __m128i {
        let fold = _mm_set_epi64x(0, FOLD as i64);
        let low = _mm_xor_si128(self.low, _mm_slli_si128::<8>(self.middle));
        let high = _mm_xor_si128(self.high, _mm_srli_si128::<8>(self.middle));
        let once = _mm_xor_si128(swap_halves(low), _mm_clmulepi64_si128::<0x00>(low, fold));
        let twice = _mm_xor_si128(swap_halves(once), _mm_clmulepi64_si128::<0x00>(once, fold));
        _mm_xor_si128(high, twice)
    }
}

#[inline]
#[target_feature(enable = "sse4.1,ssse3,pclmulqdq")]
fn swap_halves(v: __m128i) -> __m128i {
    _mm_shuffle_epi32::<0x4e>(v)
}

/// A block as the integer it is in big-endian order.
#[inline]
#[target_feature(enable = "sse4.1,ssse3,pclmulqdq")]
fn load_reversed(block: &Block) -> __m128i {
    // SAFETY: a block is 16 readable bytes; the load needs no alignment.
    let bytes = unsafe { _mm_loadu_si128(block.as_ptr().cast()) };
    let order = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    _mm_shuffle_epi8(bytes, order)
}

#[inline]
#[target_feature(enable = "sse4.1,ssse3,pclmulqdq")]
fn from_integer(value: u128) -> __m128i {
    _mm_set_epi64x((value >> 64) as i64, value as i64)
}

#[inline]
#[target_feature(enable = "sse4.1,ssse3,pclmulqdq")]
fn to_integer(v: __m128i) -> u128 {
    let low = _mm_cvtsi128_si64(v) as u64;
    let high = _mm_cvtsi128_si64(swap_halves(v)) as u64;
    u128::from(high) << 64 | u128::from(low)
}
