//! Eight elements of the prime field at once with AVX-512 IFMA, one in each lane.
//!
//! An element is five limbs of 52 bits, in Montgomery form with R = 2^260. p = 2^256 - 2^224 - 2^96 + 2^64 - 1, so
//!
//! ```text
//! p = -1 - (2^44 - 2^12) 2^52 + (2^48 - 2^16) 2^208:
//! ```
//!
//! the quotient digit of a reduction step is the lowest limb itself, and the digit times p takes two products.
//!
//! Elements are not brought below p: every operation takes elements below 1.1 p and gives one below 1.1 p. A product is
//! (a b + q p) / R with q < R, so below (1.1^2 / 16 + 1) p. A sum is folded: what lies above bit 256, as small as it is,
//! comes back as so many times 2^224 + 2^96 - 2^64 + 1, which leaves less than 2^256 + 2^230.

use core::arch::x86_64::*;

use super::field::to_the_p_minus_2;

/// Bits of a limb.
const BITS: u32 = 52;
const MASK: i64 = (1 << BITS) - 1;

/// The limbs of p.
const P: [i64; 5] = [MASK, 0x000f_f000_0000_0fff, MASK, MASK, 0xffff_fffe_ffff];

/// Eight elements: limb by limb, the least significant first.
#[derive(Clone, Copy)]
pub(super) struct Lanes([__m512i; 5]);

impl Lanes {
    /// From elements below p in words of 64 bits.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn from_words([w0, w1, w2, w3]: [__m512i; 4]) -> Self {
        let mask = _mm512_set1_epi64(MASK);
        let two = |low, high| _mm512_and_si512(_mm512_or_si512(low, high), mask);
        Lanes([
            _mm512_and_si512(w0, mask),
            two(_mm512_srli_epi64::<52>(w0), _mm512_slli_epi64::<12>(w1)),
            two(_mm512_srli_epi64::<40>(w1), _mm512_slli_epi64::<24>(w2)),
            two(_mm512_srli_epi64::<28>(w2), _mm512_slli_epi64::<36>(w3)),
            _mm512_srli_epi64::<16>(w3),
        ])
    }

    /// In words of 64 bits, and what is above bit 256: 0 or 1.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn into_words(self) -> [__m512i; 5] {
        let [l0, l1, l2, l3, l4] = self.0;
        [
            _mm512_or_si512(l0, _mm512_slli_epi64::<52>(l1)),
            _mm512_or_si512(_mm512_srli_epi64::<12>(l1), _mm512_slli_epi64::<40>(l2)),
            _mm512_or_si512(_mm512_srli_epi64::<24>(l2), _mm512_slli_epi64::<28>(l3)),
            _mm512_or_si512(_mm512_srli_epi64::<36>(l3), _mm512_slli_epi64::<16>(l4)),
            _mm512_srli_epi64::<48>(l4),
        ]
    }

    /// 1 in every lane: 2^260 mod p = 16 (2^224 + 2^96 - 2^64 + 1).
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn one() -> Self {
        Lanes([16, 0xffff_ffff_0000, 0, 0, 1 << 20].map(|limb| _mm512_set1_epi64(limb)))
    }

    /// 16 in every lane, as the form of R = 2^256 has it: a product with it is in this form.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn sixteen() -> Self {
        Lanes([256, 0xf_ffff_fff0_0000, 0, 0, 1 << 24].map(|limb| _mm512_set1_epi64(limb)))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn mul(&self, other: &Self) -> Self {
        let [a0, a1, a2, a3, a4] = self.0;
        let sum = [_mm512_setzero_si512(); 5];
        let sum = step(&sum, a0, &other.0);
        let sum = step(&sum, a1, &other.0);
        let sum = step(&sum, a2, &other.0);
        let sum = step(&sum, a3, &other.0);
        let sum = step(&sum, a4, &other.0);
        carried(&sum)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn square(&self) -> Self {
        let [a0, a1, a2, a3, a4] = self.0;
        let zero = _mm512_setzero_si512();
        let low = |sum, a, b| _mm512_madd52lo_epu64(sum, a, b);
        let high = |sum, a, b| _mm512_madd52hi_epu64(sum, a, b);
        // Each product of two limbs is there twice.
        let mixed = [
            zero,
            low(zero, a0, a1),
            low(high(zero, a0, a1), a0, a2),
            low(low(high(zero, a0, a2), a0, a3), a1, a2),
            low(low(high(high(zero, a0, a3), a1, a2), a0, a4), a1, a3),
            low(low(high(high(zero, a0, a4), a1, a3), a1, a4), a2, a3),
            low(high(high(zero, a1, a4), a2, a3), a2, a4),
            low(high(zero, a2, a4), a3, a4),
            high(zero, a3, a4),
            zero,
        ];
        let [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9] = mixed.map(|sum| _mm512_add_epi64(sum, sum));
        let columns = [
            low(m0, a0, a0),
            high(m1, a0, a0),
            low(m2, a1, a1),
            high(m3, a1, a1),
            low(m4, a2, a2),
            high(m5, a2, a2),
            low(m6, a3, a3),
            high(m7, a3, a3),
            low(m8, a4, a4),
            high(m9, a4, a4),
        ];
        let [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9] = columns;
        let sum = reduced([c0, c1, c2, c3, c4], c5);
        let sum = reduced(sum, c6);
        let sum = reduced(sum, c7);
        let sum = reduced(sum, c8);
        carried(&reduced(sum, c9))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn sub(&self, other: &Self) -> Self {
        // Twice p keeps it positive.
        let mut sum = times_p::<2>();
        for ((sum, a), b) in sum.iter_mut().zip(&self.0).zip(&other.0) {
            *sum = _mm512_sub_epi64(_mm512_add_epi64(*sum, *a), *b);
        }
        folded(&sum)
    }

    /// `self - once - 2 twice`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn sub_and_twice(&self, once: &Self, twice: &Self) -> Self {
        let mut sum = times_p::<4>();
        for (((sum, a), b), c) in sum.iter_mut().zip(&self.0).zip(&once.0).zip(&twice.0) {
            let less = _mm512_add_epi64(*b, _mm512_add_epi64(*c, *c));
            *sum = _mm512_sub_epi64(_mm512_add_epi64(*sum, *a), less);
        }
        folded(&sum)
    }

    /// 1 / self, and 0 for 0, as [`FieldElement::invert`](super::field::FieldElement::invert).
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn invert(&self) -> Self {
        to_the_p_minus_2!(self)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn square_times(&self, count: u32) -> Self {
        let mut power = *self;
        for _ in 0..count {
            power = power.square();
        }
        power
    }

    /// The same elements below 2^256: one that is not has less than 0.1 p above it.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn within_256_bits(&self) -> Self {
        folded(&self.0)
    }

    /// The negative in the lanes of the mask.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn negate_where(&self, mask: __mmask8) -> Self {
        let negative = Lanes([_mm512_setzero_si512(); 5]).sub(self);
        self.replace_where(mask, &negative)
    }

    /// Another in the lanes of the mask.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn replace_where(&self, mask: __mmask8, other: &Self) -> Self {
        let mut chosen = *self;
        for (limb, other) in chosen.0.iter_mut().zip(&other.0) {
            *limb = _mm512_mask_mov_epi64(*limb, mask, *other);
        }
        chosen
    }

    /// Each lane's from the lane beside it.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn swapped_by_one(&self) -> Self {
        Lanes(
            self.0
                .map(|limb| _mm512_permutex_epi64::<0b10_11_00_01>(limb)),
        )
    }

    /// Each lane's from the lane two further on, or two back, in its half.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn swapped_by_two(&self) -> Self {
        Lanes(
            self.0
                .map(|limb| _mm512_permutex_epi64::<0b01_00_11_10>(limb)),
        )
    }
}

/// `(sum + a b + q p) / 2^52`, with the q that leaves no rest. Limbs come and go as they are: signed, up to 2^56.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn step(sum: &[__m512i; 5], a: __m512i, b: &[__m512i; 5]) -> [__m512i; 5] {
    let zero = _mm512_setzero_si512();
    let [s0, s1, s2, s3, s4] = *sum;
    let [b0, b1, b2, b3, b4] = *b;
    let s0 = _mm512_madd52lo_epu64(s0, a, b0);
    let s1 = _mm512_madd52hi_epu64(_mm512_madd52lo_epu64(s1, a, b1), a, b0);
    let s2 = _mm512_madd52hi_epu64(_mm512_madd52lo_epu64(s2, a, b2), a, b1);
    let s3 = _mm512_madd52hi_epu64(_mm512_madd52lo_epu64(s3, a, b3), a, b2);
    let s4 = _mm512_madd52hi_epu64(_mm512_madd52lo_epu64(s4, a, b4), a, b3);
    reduced([s0, s1, s2, s3, s4], _mm512_madd52hi_epu64(zero, a, b4))
}

/// `(sum + s5 2^260 + q p) / 2^52`, with the q that leaves no rest.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn reduced([s0, s1, s2, s3, s4]: [__m512i; 5], s5: __m512i) -> [__m512i; 5] {
    let zero = _mm512_setzero_si512();
    // A product takes the low 52 bits of its factors: those of s0 are q.
    let low = _mm512_set1_epi64((1 << 44) - (1 << 12));
    let high = _mm512_set1_epi64((1 << 48) - (1 << 16));
    let s1 = _mm512_add_epi64(s1, _mm512_srai_epi64::<BITS>(s0));
    [
        _mm512_sub_epi64(s1, _mm512_madd52lo_epu64(zero, s0, low)),
        _mm512_sub_epi64(s2, _mm512_madd52hi_epu64(zero, s0, low)),
        s3,
        _mm512_madd52lo_epu64(s4, s0, high),
        _mm512_madd52hi_epu64(s5, s0, high),
    ]
}

/// So many times p, limb by limb.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn times_p<const TIMES: i64>() -> [__m512i; 5] {
    P.map(|limb| _mm512_set1_epi64(TIMES * limb))
}

/// What lies above bit 256 comes back below; then the carries.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn folded(sum: &[__m512i; 5]) -> Lanes {
    let [s0, s1, s2, s3, s4] = *sum;
    let above = _mm512_srai_epi64::<48>(s4);
    let s4 = _mm512_and_si512(s4, _mm512_set1_epi64((1 << 48) - 1));
    let middle = _mm512_sub_epi64(
        _mm512_slli_epi64::<44>(above),
        _mm512_slli_epi64::<12>(above),
    );
    carried(&[
        _mm512_add_epi64(s0, above),
        _mm512_add_epi64(s1, middle),
        s2,
        s3,
        _mm512_add_epi64(s4, _mm512_slli_epi64::<16>(above)),
    ])
}

/// All limbs but the highest below 2^52. The number is not negative.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn carried(sum: &[__m512i; 5]) -> Lanes {
    let mask = _mm512_set1_epi64(MASK);
    let [s0, s1, s2, s3, s4] = *sum;
    let s1 = _mm512_add_epi64(s1, _mm512_srai_epi64::<BITS>(s0));
    let s2 = _mm512_add_epi64(s2, _mm512_srai_epi64::<BITS>(s1));
    let s3 = _mm512_add_epi64(s3, _mm512_srai_epi64::<BITS>(s2));
    let s4 = _mm512_add_epi64(s4, _mm512_srai_epi64::<BITS>(s3));
    let [s0, s1, s2, s3] = [s0, s1, s2, s3].map(|limb| _mm512_and_si512(limb, mask));
    Lanes([s0, s1, s2, s3, s4])
}

#[cfg(test)]
mod tests;
