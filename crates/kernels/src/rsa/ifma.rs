//! The public operation with AVX-512 IFMA: 52-bit limbs, eight products an instruction.
//!
//! A Montgomery product works through one factor two limbs at a time. Copies of the other factor and of the modulus,
//! one and two limbs up, put every half of a product into its own lane, so that the sum moves down once for two limbs.
//! With R above four times the modulus, factors below twice the modulus give a product below twice the modulus, and
//! nothing is compared or subtracted until the end.
//!
//! Sources: Gueron and Krasnov, "Software implementation of modular exponentiation, using advanced vector instructions
//! architectures" (WAIFI 2012); Drucker and Gueron, "Fast modular squaring with AVX512IFMA" (2018).

use core::arch::x86_64::*;

use super::radix52::{BITS, MASK, Number};

/// The limbs of one number in registers.
type Vectors<const V: usize> = [__m512i; V];

/// The constants of one modulus below 2^(104 PAIRS - 2): R is 2^(104 PAIRS). Two limbs more than 2 PAIRS must have room
/// in the vectors.
pub(super) struct Power<const PAIRS: usize, const V: usize> {
    /// As it is, one limb up and two limbs up.
    modulus: [Number<V>; 3],
    /// -1/n mod 2^104, its low and its high limb.
    negative_inverse: [u64; 2],
    r_squared: Number<V>,
}

impl<const PAIRS: usize, const V: usize> Power<PAIRS, V> {
    /// Bits of R.
    pub(super) const R_BITS: u32 = 2 * BITS * PAIRS as u32;

    /// The modulus, which is odd and public, and R^2 below it; both big-endian.
    ///
    /// # Safety
    ///
    /// The CPU must have AVX-512 F and IFMA.
    pub(super) unsafe fn new(modulus: &[u8], r_squared: &[u8]) -> Self {
        const { assert!(2 * PAIRS + 2 <= 8 * V) }
        let modulus = Number::<V>::read(modulus);
        let [low, high] = modulus.pairs().first().copied().unwrap_or_default();
        let odd = u128::from(high) << BITS | u128::from(low);
        // Each step doubles the number of right bits; an odd number is its own inverse mod 8.
        let inverse = (0..6).fold(odd, |inverse, _| {
            inverse.wrapping_mul(2u128.wrapping_sub(odd.wrapping_mul(inverse)))
        });
        let negative = inverse.wrapping_neg();
        Self {
            negative_inverse: [negative as u64 & MASK, (negative >> BITS) as u64 & MASK],
            modulus: [modulus.up(0), modulus.up(1), modulus.up(2)],
            r_squared: Number::read(r_squared),
        }
    }

    /// Replaces `block`, a big-endian number below the modulus, by its power 65537.
    pub(super) fn raise(&self, block: &mut [u8]) {
        let number = Number::read(block);
        // SAFETY: `self` exists, and whoever made it knew that the CPU has AVX-512 F and IFMA.
        let mut power = unsafe { self.power(&number) };
        let [modulus, ..] = &self.modulus;
        power.subtract_once(modulus);
        power.write(block);
    }

    /// 65537 = 2^16 + 1: a conversion, sixteen squarings and a product with the number itself, not its Montgomery form,
    /// which converts back. It is below twice the modulus.
    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn power(&self, number: &Number<V>) -> Number<V> {
        let mut raised = Number::zero();
        self.product(number, &self.r_squared, &mut raised);
        let mut square = Number::zero();
        for _ in 0..8 {
            self.product(&raised, &raised, &mut square);
            self.product(&square, &square, &mut raised);
        }
        self.product(&raised, number, &mut square);
        square
    }

    /// `a b / R`, below twice the modulus if both are.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn product(&self, a: &Number<V>, b: &Number<V>, to: &mut Number<V>) {
        let a = load(a);
        let a_1 = up(&a);
        let a_2 = up(&a_1);
        let [n, n_1, n_2] = &self.modulus;
        let (n, n_1, n_2) = (load(n), load(n_1), load(n_2));
        let [low, high] = self
            .negative_inverse
            .map(|limb| _mm512_set1_epi64(limb as i64));
        let zero = _mm512_setzero_si512();
        let mut sum = [zero; V];
        for [b_0, b_1] in b.pairs().iter().take(PAIRS) {
            let (b_0, b_1) = (
                _mm512_set1_epi64(*b_0 as i64),
                _mm512_set1_epi64(*b_1 as i64),
            );
            sum = plus(&sum, &two_digits(&[zero; V], [b_0, b_1], &a, &a_1, &a_2));

            // The two lowest limbs, times -1/n, say how often the modulus is to be added for them to become zero.
            let [first, second] = lowest(&sum);
            let second = _mm512_add_epi64(second, _mm512_srli_epi64::<BITS>(first));
            let q_0 = _mm512_madd52lo_epu64(zero, first, low);
            let carried = _mm512_madd52hi_epu64(zero, first, low);
            let q_1 = _mm512_add_epi64(
                _mm512_madd52lo_epu64(carried, first, high),
                _mm512_madd52lo_epu64(zero, second, low),
            );
            sum = two_digits(&sum, [q_0, q_1], &n, &n_1, &n_2);

            let [first, second] = lowest(&sum);
            let carry = _mm512_srli_epi64::<BITS>(first);
            let carry = _mm512_srli_epi64::<BITS>(_mm512_add_epi64(second, carry));
            sum = two_down(&sum);
            if let Some(lowest) = sum.first_mut() {
                *lowest = _mm512_mask_add_epi64(*lowest, 1, *lowest, carry);
            }
        }
        normalized(&sum, to);
    }
}

/// `sum` and the product of two limbs with a number, which comes as it is, one limb up and two limbs up.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn two_digits<const V: usize>(
    sum: &Vectors<V>,
    [low, high]: [__m512i; 2],
    number: &Vectors<V>,
    up_1: &Vectors<V>,
    up_2: &Vectors<V>,
) -> Vectors<V> {
    let mut sum = *sum;
    for (((sum, by_0), by_1), by_2) in sum.iter_mut().zip(number).zip(up_1).zip(up_2) {
        let of_low = _mm512_madd52hi_epu64(_mm512_madd52lo_epu64(*sum, *by_0, low), *by_1, low);
        let zero = _mm512_setzero_si512();
        let of_high = _mm512_madd52hi_epu64(_mm512_madd52lo_epu64(zero, *by_1, high), *by_2, high);
        *sum = _mm512_add_epi64(of_low, of_high);
    }
    sum
}

/// Brings every limb below 2^52 and stores the number.
///
/// After one round of carries a limb is below 2^53. What then remains is a carry of one, which may run on through limbs
/// that are all ones: as one addition of the limbs that carry to those that would pass a carry on, a bit for each limb.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn normalized<const V: usize>(sum: &Vectors<V>, to: &mut Number<V>) {
    let mask = _mm512_set1_epi64(MASK as i64);
    let carries = up(&sum.map(|limbs| _mm512_srli_epi64::<BITS>(limbs)));
    let limbs = plus(&sum.map(|limbs| _mm512_and_si512(limbs, mask)), &carries);
    let (mut carrying, mut passing) = (0u128, 0u128);
    for limbs in limbs.iter().rev() {
        carrying = carrying << 8 | u128::from(_mm512_cmpgt_epu64_mask(*limbs, mask));
        passing = passing << 8 | u128::from(_mm512_cmpeq_epu64_mask(*limbs, mask));
    }
    let mut carried = ((carrying << 1) + passing) ^ passing;
    for (limbs, place) in limbs.iter().zip(&mut to.0) {
        let one = _mm512_set1_epi64(1);
        let limbs = _mm512_mask_add_epi64(*limbs, carried as u8, *limbs, one);
        carried >>= 8;
        // SAFETY: eight limbs are 64 writable bytes; the store needs no alignment.
        unsafe { _mm512_storeu_epi64(place.as_mut_ptr().cast(), _mm512_and_si512(limbs, mask)) }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn load<const V: usize>(number: &Number<V>) -> Vectors<V> {
    let mut vectors = [_mm512_setzero_si512(); V];
    for (vector, limbs) in vectors.iter_mut().zip(&number.0) {
        // SAFETY: eight limbs are 64 readable bytes; the load needs no alignment.
        *vector = unsafe { _mm512_loadu_epi64(limbs.as_ptr().cast()) };
    }
    vectors
}

/// The two lowest limbs, each in all lanes.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn lowest<const V: usize>(number: &Vectors<V>) -> [__m512i; 2] {
    let vector = number.first().copied().unwrap_or(_mm512_setzero_si512());
    [0, 1].map(|lane| _mm512_permutexvar_epi64(_mm512_set1_epi64(lane), vector))
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn plus<const V: usize>(a: &Vectors<V>, b: &Vectors<V>) -> Vectors<V> {
    let mut sum = *a;
    for (a, b) in sum.iter_mut().zip(b) {
        *a = _mm512_add_epi64(*a, *b);
    }
    sum
}

/// A limb up: zero comes in at the bottom.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn up<const V: usize>(number: &Vectors<V>) -> Vectors<V> {
    let mut moved = *number;
    let mut below = _mm512_setzero_si512();
    for (to, from) in moved.iter_mut().zip(number) {
        *to = _mm512_alignr_epi64::<7>(*from, below);
        below = *from;
    }
    moved
}

/// Two limbs down: zeros come in at the top.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn two_down<const V: usize>(number: &Vectors<V>) -> Vectors<V> {
    let mut moved = *number;
    let mut above = _mm512_setzero_si512();
    for (to, from) in moved.iter_mut().zip(number).rev() {
        *to = _mm512_alignr_epi64::<2>(above, *from);
        above = *from;
    }
    moved
}
