//! GHASH with VPCLMULQDQ on 512-bit vectors: sixteen blocks to a reduction.

use core::arch::x86_64::*;

use super::{FOLD, HashPowers, POWERS};
use crate::block::Block;

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
pub(crate) fn hash_powers(hash_key: u128, powers: &mut HashPowers) {
    // Each step multiplies all powers so far by the highest of them: 1, 2, 4, 8, 16 powers.
    let h1 = _mm512_broadcast_i32x4(from_integer(hash_key));
    let h2 = Product::of(h1, h1).reduced();
    // Lanes from the lowest: the higher power comes first in memory.
    let h2_h1 = _mm512_mask_blend_epi64(0b1100_1100, h2, h1);
    let h4_h3 = Product::of(h2_h1, h2).reduced();
    let h4_to_h1 = _mm512_inserti64x4::<1>(h4_h3, _mm512_castsi512_si256(h2_h1));
    let h4 = _mm512_shuffle_i64x2::<0>(h4_to_h1, h4_to_h1);
    let h8_to_h5 = Product::of(h4_to_h1, h4).reduced();
    let h8 = _mm512_shuffle_i64x2::<0>(h8_to_h5, h8_to_h5);
    let h12_to_h9 = Product::of(h4_to_h1, h8).reduced();
    let h16_to_h13 = Product::of(h8_to_h5, h8).reduced();

    let (quads, _) = powers.0.as_chunks_mut::<4>();
    for (quad, value) in quads
        .iter_mut()
        .zip([h16_to_h13, h12_to_h9, h8_to_h5, h4_to_h1])
    {
        // SAFETY: four u128 are 64 writable bytes; the store needs no alignment.
        unsafe { _mm512_storeu_si512(quad.as_mut_ptr().cast(), value) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
pub(crate) fn absorb(powers: &HashPowers, state: u128, blocks: &[Block]) -> u128 {
    let (whole, rest) = blocks.as_chunks::<POWERS>();
    let mut state = from_integer(state);
    if !whole.is_empty() {
        let mut lanes = _mm512_zextsi128_si512(state);
        for sixteen in whole {
            prefetch_behind(sixteen);
            lanes = absorb_16(powers, lanes, sixteen);
        }
        state = _mm512_castsi512_si128(sum_of_lanes(lanes));
    }
    if !rest.is_empty() {
        // n blocks meet the last n entries: powers n down to 1.
        let (_, powers) = powers.0.split_at(POWERS - rest.len());
        state = absorb_up_to_16(powers, state, rest);
    }
    to_integer(state)
}

/// Bytes between what is hashed and what is asked of the memory meanwhile: further than the page at hand, at whose end
/// the CPU's own prefetching ends.
const AHEAD: usize = 4096;

/// Asks for sixteen blocks that come later. An address behind the end asks for nothing that hurts.
#[allow(unused_unsafe, reason = "safe to call in newer compilers only")]
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn prefetch_behind(sixteen: &[Block; POWERS]) {
    for line in 0..4 {
        let address = sixteen
            .as_ptr()
            .cast::<i8>()
            .wrapping_add(AHEAD + 64 * line);
        // SAFETY: a prefetch reads nothing that the program could see, and faults at no address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address) }
    }
}

/// The state behind sixteen blocks, as the sum of four lanes before and behind them: nothing that one sixteen leaves to
/// the next waits for lanes to be summed up.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn absorb_16(powers: &HashPowers, lanes: __m512i, sixteen: &[Block; POWERS]) -> __m512i {
    let mut sum = Product::zero();
    let (quads, _) = powers.0.as_chunks::<4>();
    for (four, powers) in sixteen.as_chunks::<4>().0.iter().zip(quads) {
        // SAFETY: four blocks and four u128 are 64 readable bytes each. The powers are aligned to as many by their
        // struct, and so is every fourth of them; the load of the blocks needs no alignment.
        let (data, powers) = unsafe {
            (
                _mm512_loadu_si512(four.as_ptr().cast()),
                _mm512_load_si512(powers.as_ptr().cast()),
            )
        };
        sum = sum.plus(Product::of(reverse_bytes(data), powers));
    }
    // The highest power comes first: it stands for sixteen blocks.
    let [highest, ..] = &powers.0;
    let highest = _mm512_broadcast_i32x4(from_integer(*highest));
    sum.plus(Product::of(lanes, highest)).reduced()
}

/// The sum of the four lanes, in all of them.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn sum_of_lanes(v: __m512i) -> __m512i {
    let halves = _mm512_xor_si512(v, _mm512_shuffle_i64x2::<0b01_00_11_10>(v, v));
    _mm512_xor_si512(
        halves,
        _mm512_shuffle_i64x2::<0b10_11_00_01>(halves, halves),
    )
}

/// Multiplies each block by the power beside it, the state going with the first, and reduces the
/// sum. Both slices are equally long.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn absorb_up_to_16(powers: &[u128], state: __m128i, blocks: &[Block]) -> __m128i {
    let mut carried = _mm512_zextsi128_si512(state);
    let mut sum = Product::zero();
    for (blocks, powers) in blocks.chunks(4).zip(powers.chunks(4)) {
        // Two 64-bit lanes for each of the one to four elements.
        let lanes = (0xff >> (8 - 2 * blocks.len().min(powers.len()))) as __mmask8;
        // SAFETY: the mask selects only lanes within both slices, and lanes that are not selected
        // are not read; the loads need no alignment.
        let (data, power) = unsafe {
            (
                _mm512_maskz_loadu_epi64(lanes, blocks.as_ptr().cast()),
                _mm512_maskz_loadu_epi64(lanes, powers.as_ptr().cast()),
            )
        };
        let factor = _mm512_xor_si512(reverse_bytes(data), carried);
        carried = _mm512_setzero_si512();
        sum = sum.plus(Product::of(factor, power));
    }
    sum.folded_lanes().reduced_lowest()
}

/// Blocks that [`Sixteens::absorb`] takes.
pub(crate) type Four = [u8; 64];

/// GHASH of sixteen blocks after sixteen, four at a time, so that other work can go in between.
pub(crate) struct Sixteens<'p> {
    powers: &'p HashPowers,
    /// The state, until the first four blocks of the next sixteen have taken it along.
    carried: __m512i,
    sum: Product,
}

impl<'p> Sixteens<'p> {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    pub(crate) fn behind(powers: &'p HashPowers, state: u128) -> Self {
        Sixteens {
            powers,
            carried: _mm512_zextsi128_si512(from_integer(state)),
            sum: Product::zero(),
        }
    }

    /// The next four blocks: the first, second, third or last of a sixteen, counted from 0.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    pub(crate) fn absorb(&mut self, place: usize, four: &Four) {
        let (quads, _) = self.powers.0.as_chunks::<4>();
        let Some(powers) = quads.get(place) else {
            return;
        };
        // SAFETY: four blocks and four u128 are 64 readable bytes each; the loads need no alignment.
        let (data, powers) = unsafe {
            (
                _mm512_loadu_si512(four.as_ptr().cast()),
                _mm512_loadu_si512(powers.as_ptr().cast()),
            )
        };
        let factor = _mm512_xor_si512(reverse_bytes(data), self.carried);
        self.carried = _mm512_setzero_si512();
        self.sum = self.sum.plus(Product::of(factor, powers));
        if place == POWERS / 4 - 1 {
            let state = self.sum.folded_lanes().reduced_lowest();
            self.carried = _mm512_zextsi128_si512(state);
            self.sum = Product::zero();
        }
    }

    /// The state behind the last whole sixteen.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    pub(crate) fn state(&self) -> u128 {
        to_integer(_mm512_castsi512_si128(self.carried))
    }
}

/// Four 256-bit carry-less products, each in three overlapping parts at bits 0, 64 and 128.
#[derive(Clone, Copy)]
struct Product {
    low: __m512i,
    middle: __m512i,
    high: __m512i,
}

impl Product {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    fn zero() -> Self {
        let zero = _mm512_setzero_si512();
        Product {
            low: zero,
            middle: zero,
            high: zero,
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    fn of(a: __m512i, b: __m512i) -> Self {
        Product {
            low: _mm512_clmulepi64_epi128::<0x00>(a, b),
            middle: _mm512_xor_si512(
                _mm512_clmulepi64_epi128::<0x01>(a, b),
                _mm512_clmulepi64_epi128::<0x10>(a, b),
            ),
            high: _mm512_clmulepi64_epi128::<0x11>(a, b),
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    fn plus(self, other: Self) -> Self {
        Product {
            low: _mm512_xor_si512(self.low, other.low),
            middle: _mm512_xor_si512(self.middle, other.middle),
            high: _mm512_xor_si512(self.high, other.high),
        }
    }

    /// `product · x⁻¹²⁸` in each lane: clears the lower half, one 64-bit word at a time.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    fn reduced(self) -> __m512i {
        let fold = _mm512_set1_epi64(FOLD as i64);
        let low = _mm512_xor_si512(self.low, _mm512_bslli_epi128::<8>(self.middle));
        let high = _mm512_xor_si512(self.high, _mm512_bsrli_epi128::<8>(self.middle));
        let once = _mm512_xor_si512(swap_halves(low), _mm512_clmulepi64_epi128::<0>(low, fold));
        let twice = _mm512_xor_si512(swap_halves(once), _mm512_clmulepi64_epi128::<0>(once, fold));
        _mm512_xor_si512(high, twice)
    }

    /// The sum of the four products, in the lowest lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    fn folded_lanes(self) -> Self {
        let [low, middle, high] = [self.low, self.middle, self.high].map(|v| sum_of_lanes(v));
        Product { low, middle, high }
    }

    /// The reduction of the lowest lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    fn reduced_lowest(self) -> __m128i {
        _mm512_castsi512_si128(self.reduced())
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn swap_halves(v: __m512i) -> __m512i {
    _mm512_shuffle_epi32::<0x4e>(v)
}

/// Each block as the integer it is in big-endian order.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn reverse_bytes(v: __m512i) -> __m512i {
    let order = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    _mm512_shuffle_epi8(v, _mm512_broadcast_i32x4(order))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn from_integer(value: u128) -> __m128i {
    _mm_set_epi64x((value >> 64) as i64, value as i64)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn to_integer(v: __m128i) -> u128 {
    let low = _mm_cvtsi128_si64(v) as u64;
    let high = _mm_extract_epi64::<1>(v) as u64;
    u128::from(high) << 64 | u128::from(low)
}
