//! The prime field of sm2p256v1 (GB/T 32918.5), in Montgomery form.
//!
//! p = 2^256 - 2^224 - 2^96 + 2^64 - 1. An element `a` is kept as `a R mod p`
//! with R = 2^256, always fully reduced below p, so equal elements have equal
//! limbs. Because p = -1 mod 2^64, the Montgomery factor -1/p mod 2^64 is 1:
//! the quotient digit of a reduction step is the lowest limb itself, and the
//! multiple of p to add is made of shifts, so a reduction costs no
//! multiplication at all.
//!
//! No operation branches on a value or uses one as an address; the final
//! subtraction of p is always computed and kept or dropped by mask.

use super::limbs::{
    Limbs, add_carry, add_wide, from_be_bytes, mask_from_bit, mask_if_zero, multiply_add, select,
    sub_borrow, sub_wide, to_be_bytes,
};
use zeroize::Zeroize;

/// The field prime.
const P: Limbs = [
    0xffff_ffff_ffff_ffff,
    0xffff_ffff_0000_0000,
    0xffff_ffff_ffff_ffff,
    0xffff_fffe_ffff_ffff,
];

/// 2^256 - p. Subtracting p is adding this, modulo 2^256.
const TWO_256_MINUS_P: Limbs = [1, 0xffff_ffff, 0, 0x1_0000_0000];

/// R^2 mod p, the factor that carries a number into Montgomery form.
const R_SQUARED: FieldElement = FieldElement([
    0x0000_0002_0000_0003,
    0x0000_0002_ffff_ffff,
    0x0000_0001_0000_0001,
    0x0000_0004_0000_0002,
]);

/// An element to the power p - 2, whatever holds it: one, or eight of them.
///
/// In binary p - 2 is 31 ones, a zero, 128 ones, 32 zeros, 62 ones, 01.
/// `ones_n` below is the element to the power 2^n - 1, a run of n ones; the
/// chain depends on p alone.
macro_rules! to_the_p_minus_2 {
    ($element:expr) => {{
        let element = $element;
        let ones_2 = element.square().mul(element);
        let ones_4 = ones_2.square_times(2).mul(&ones_2);
        let ones_6 = ones_4.square_times(2).mul(&ones_2);
        let ones_8 = ones_4.square_times(4).mul(&ones_4);
        let ones_14 = ones_8.square_times(6).mul(&ones_6);
        let ones_16 = ones_8.square_times(8).mul(&ones_8);
        let ones_30 = ones_16.square_times(14).mul(&ones_14);
        let ones_31 = ones_30.square().mul(element);
        let ones_32 = ones_31.square().mul(element);

        let mut power = ones_31.square();
        for _ in 0..4 {
            power = power.square_times(32).mul(&ones_32);
        }
        power = power.square_times(32 + 32).mul(&ones_32);
        power = power.square_times(30).mul(&ones_30);
        power.square_times(2).mul(element)
    }};
}
#[cfg(target_arch = "x86_64")]
pub(super) use to_the_p_minus_2;

/// A number below p, in Montgomery form.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct FieldElement(Limbs);

impl FieldElement {
    /// The neutral element of addition.
    pub(crate) const ZERO: Self = Self([0; 4]);

    /// The neutral element of multiplication: R mod p = 2^224 + 2^96 - 2^64 + 1.
    pub(crate) const ONE: Self = Self([1, 0xffff_ffff, 0, 0x1_0000_0000]);

    /// 16, the factor from R to R = 2^260.
    #[cfg(all(test, target_arch = "x86_64"))]
    pub(crate) const SIXTEEN: Self = Self([0x10, 0xf_ffff_fff0, 0, 0x10_0000_0000]);

    /// 1/16, the factor back: 2^256 / 16 in Montgomery form.
    #[cfg(target_arch = "x86_64")]
    const SIXTEENTH: Self = Self([0, 0, 0, 1 << 60]);

    /// From the form of R = 2^260, of which what is above bit 256 comes last, 0 or 1.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn from_wide_form([w0, w1, w2, w3, above]: &[u64; 5]) -> Self {
        let mask = mask_from_bit(*above);
        // 2^256 is R, and so ONE.
        let rest = Self::select(mask, &Self::ONE, &Self::ZERO);
        Self([*w0, *w1, *w2, *w3]).add(&rest).mul(&Self::SIXTEENTH)
    }

    /// Reads a big-endian number; `None` if it is not below p.
    ///
    /// Whether the number is in range may show in timing, so this is for
    /// public coordinates only.
    pub(crate) fn from_be_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let limbs = from_be_bytes(bytes);
        let (_, below) = sub_wide(&limbs, &P);
        (below == 1).then(|| Self(limbs).mul(&R_SQUARED))
    }

    /// The number itself, out of Montgomery form, big-endian.
    pub(crate) fn to_be_bytes(self) -> [u8; 32] {
        let mut limbs = montgomery_reduce(&self.0, &[0; 4]);
        let bytes = to_be_bytes(&limbs);
        limbs.zeroize();
        bytes
    }

    /// The limbs in Montgomery form, for a table to store.
    pub(crate) const fn into_limbs(self) -> Limbs {
        self.0
    }

    /// Takes back what [`into_limbs`](Self::into_limbs) gave.
    pub(crate) const fn from_limbs(limbs: Limbs) -> Self {
        Self(limbs)
    }

    #[inline(always)]
    pub(crate) fn add(&self, other: &Self) -> Self {
        let (sum, carry) = add_wide(&self.0, &other.0);
        Self(subtract_p_once(&sum, carry))
    }

    #[inline(always)]
    pub(crate) fn double(&self) -> Self {
        self.add(self)
    }

    /// `self / 2`: of an odd number, with p added.
    #[inline(always)]
    pub(crate) fn halve(&self) -> Self {
        let mask = mask_from_bit(self.0[0] & 1);
        let ([s0, s1, s2, s3], carry) = add_wide(
            &self.0,
            &[P[0] & mask, P[1] & mask, P[2] & mask, P[3] & mask],
        );
        Self([
            s0 >> 1 | s1 << 63,
            s1 >> 1 | s2 << 63,
            s2 >> 1 | s3 << 63,
            s3 >> 1 | carry << 63,
        ])
    }

    #[inline(always)]
    pub(crate) fn sub(&self, other: &Self) -> Self {
        let (difference, borrow) = sub_wide(&self.0, &other.0);
        // Adding p back is adding p & mask: one pass, nothing to select.
        let mask = mask_from_bit(borrow);
        let (wrapped, _) = add_wide(
            &difference,
            &[P[0] & mask, P[1] & mask, P[2] & mask, P[3] & mask],
        );
        Self(wrapped)
    }

    #[inline(always)]
    pub(crate) fn negate(&self) -> Self {
        Self::ZERO.sub(self)
    }

    #[inline]
    pub(crate) fn mul(&self, other: &Self) -> Self {
        let (low, high) = multiply_wide(&self.0, &other.0);
        Self(montgomery_reduce(&low, &high))
    }

    #[inline]
    pub(crate) fn square(&self) -> Self {
        let (low, high) = square_wide(&self.0);
        Self(montgomery_reduce(&low, &high))
    }

    /// `self` squared `count` times over. The count is public.
    fn square_times(&self, count: u32) -> Self {
        (0..count).fold(*self, |power, _| power.square())
    }

    /// 1 / self, and 0 for 0: `self` to the power p - 2.
    pub(crate) fn invert(&self) -> Self {
        to_the_p_minus_2!(self)
    }

    /// All ones if the element is zero.
    #[inline(always)]
    pub(crate) fn is_zero_mask(&self) -> u64 {
        mask_if_zero(&self.0)
    }

    /// `yes` if the mask is ones, `no` if it is zero.
    #[inline(always)]
    pub(crate) fn select(mask: u64, yes: &Self, no: &Self) -> Self {
        Self(select(mask, &yes.0, &no.0))
    }
}

impl Zeroize for FieldElement {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// Brings `carry * 2^256 + value`, which must be below 2 p, below p.
#[inline(always)]
fn subtract_p_once(value: &Limbs, carry: u64) -> Limbs {
    // Adding 2^256 - p subtracts p, and carries out exactly if p was reached.
    let (reduced, reached) = add_wide(value, &TWO_256_MINUS_P);
    select(mask_from_bit(carry | reached), &reduced, value)
}

/// `(high * 2^256 + low) / R mod p`, for an input below p * 2^256.
///
/// Each step takes the lowest limb q of the running low half and adds q p,
/// which clears that limb, and shifts it out. In the four limbs that remain,
/// q p / 2^64 comes to q + q 2^192 - (q 2^32 + q 2^160), so two shifted copies
/// of q are subtracted from two plain ones. The running value stays below
/// 2^192 + p < 2^256 and ends at p at most; with the high half, which is below
/// p, the sum is at most 2 p - 1, so one subtraction of p finishes.
#[inline(always)]
fn montgomery_reduce(low: &Limbs, high: &Limbs) -> Limbs {
    let low = montgomery_step(low);
    let low = montgomery_step(&low);
    let low = montgomery_step(&low);
    let low = montgomery_step(&low);
    let (sum, carry) = add_wide(&low, high);
    subtract_p_once(&sum, carry)
}

/// `(value + q p) / 2^64`, where q is the lowest limb of `value`.
#[inline(always)]
fn montgomery_step(value: &Limbs) -> Limbs {
    let [q, v1, v2, v3] = *value;
    let (shifted_low, shifted_high) = (q << 32, q >> 32);
    let (m0, borrow) = sub_borrow(q, shifted_low, false);
    let (m1, borrow) = sub_borrow(0, shifted_high, borrow);
    let (m2, borrow) = sub_borrow(0, shifted_low, borrow);
    let (m3, _) = sub_borrow(q, shifted_high, borrow);
    add_wide(&[v1, v2, v3, 0], &[m0, m1, m2, m3]).0
}

/// The 512-bit product, as (low half, high half).
#[inline(always)]
fn multiply_wide(a: &Limbs, b: &Limbs) -> (Limbs, Limbs) {
    let (t0, [t1, t2, t3, t4]) = multiply_row(a[0], b, [0; 4]);
    let (t1, [t2, t3, t4, t5]) = multiply_row(a[1], b, [t1, t2, t3, t4]);
    let (t2, [t3, t4, t5, t6]) = multiply_row(a[2], b, [t2, t3, t4, t5]);
    let (t3, [t4, t5, t6, t7]) = multiply_row(a[3], b, [t3, t4, t5, t6]);
    ([t0, t1, t2, t3], [t4, t5, t6, t7])
}

/// `acc + a * b`, as (lowest limb, the four above it).
#[inline(always)]
fn multiply_row(a: u64, b: &Limbs, acc: Limbs) -> (u64, Limbs) {
    let (r0, c) = multiply_add(a, b[0], acc[0], 0);
    let (r1, c) = multiply_add(a, b[1], acc[1], c);
    let (r2, c) = multiply_add(a, b[2], acc[2], c);
    let (r3, r4) = multiply_add(a, b[3], acc[3], c);
    (r0, [r1, r2, r3, r4])
}

/// The 512-bit square: the six cross products once, doubled, then the squares.
#[inline(always)]
fn square_wide(a: &Limbs) -> (Limbs, Limbs) {
    let (t1, c) = multiply_add(a[0], a[1], 0, 0);
    let (t2, c) = multiply_add(a[0], a[2], 0, c);
    let (t3, t4) = multiply_add(a[0], a[3], 0, c);
    let (t3, c) = multiply_add(a[1], a[2], t3, 0);
    let (t4, t5) = multiply_add(a[1], a[3], t4, c);
    let (t5, t6) = multiply_add(a[2], a[3], t5, 0);

    let t7 = t6 >> 63;
    let t6 = t6 << 1 | t5 >> 63;
    let t5 = t5 << 1 | t4 >> 63;
    let t4 = t4 << 1 | t3 >> 63;
    let t3 = t3 << 1 | t2 >> 63;
    let t2 = t2 << 1 | t1 >> 63;
    let t1 = t1 << 1;

    let (t0, s1) = multiply_add(a[0], a[0], 0, 0);
    let (s2, s3) = multiply_add(a[1], a[1], 0, 0);
    let (s4, s5) = multiply_add(a[2], a[2], 0, 0);
    let (s6, s7) = multiply_add(a[3], a[3], 0, 0);
    let (t1, c) = add_carry(t1, s1, false);
    let (t2, c) = add_carry(t2, s2, c);
    let (t3, c) = add_carry(t3, s3, c);
    let (t4, c) = add_carry(t4, s4, c);
    let (t5, c) = add_carry(t5, s5, c);
    let (t6, c) = add_carry(t6, s6, c);
    let (t7, _) = add_carry(t7, s7, c);

    ([t0, t1, t2, t3], [t4, t5, t6, t7])
}

#[cfg(test)]
mod tests;
