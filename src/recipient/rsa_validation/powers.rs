//! Whether a modulus is a power of a smaller number: a square, a cube, and so on. SP 800-89 forbids powers of a prime;
//! a power of another number is not a product of two primes either.

use core::num::NonZeroU32;

use crypto_bigint::{BoxedUint, U8192};

use super::{SMALL_PRIMES, residue};

/// The number of moduli that sieve a candidate before its root is computed. A number that is not a k-th power passes
/// with probability 1/k^3.
const SIEVES: usize = 3;

/// `number` is `bytes`, of `bits` bits, and has no factor below 752.
pub(super) fn is_power(number: &BoxedUint, bytes: &[u8], bits: usize) -> bool {
    if number.checked_sqrt_vartime().is_some() {
        return true;
    }
    // The largest possible exponent: a base above 752 has more than 9 bits.
    let most = bits / 9;
    SMALL_PRIMES
        .into_iter()
        .take_while(|exponent| (*exponent as usize) <= most)
        .filter(|exponent| may_be_power(number, *exponent))
        .any(|exponent| has_root(bytes, exponent))
}

/// Whether the number is a k-th power, or zero, modulo each of some primes r with r = 1 (mod k). A k-th power is.
/// (Fermat: a^(r-1) = 1, so for n = a^k also n^((r-1)/k) = 1.)
fn may_be_power(number: &BoxedUint, exponent: u32) -> bool {
    (1_u32..)
        .filter_map(|times| {
            let cofactor = times.checked_mul(2)?;
            let sieve = cofactor.checked_mul(exponent)?.checked_add(1)?;
            is_small_prime(sieve).then_some((sieve, cofactor))
        })
        .take(SIEVES)
        .all(|(sieve, cofactor)| {
            let power = power_modulo(residue(number, sieve), cofactor, sieve);
            power <= 1
        })
}

/// Whether the root is a whole number. The library's root needs room for a little more than the number itself.
fn has_root(bytes: &[u8], exponent: u32) -> bool {
    let wide = U8192::from_be_slice_truncated(bytes, U8192::BITS);
    NonZeroU32::new(exponent).is_some_and(|exponent| wide.checked_root_vartime(exponent).is_some())
}

fn is_small_prime(number: u32) -> bool {
    (2_u32..)
        .take_while(|divisor| {
            divisor
                .checked_mul(*divisor)
                .is_some_and(|square| square <= number)
        })
        .all(|divisor| number.checked_rem(divisor) != Some(0))
}

/// Of numbers below 2^32, so that no product overflows 64 bits.
fn power_modulo(base: u32, mut exponent: u32, modulus: u32) -> u32 {
    let times = |a: u32, b: u32| {
        let product = u64::from(a).wrapping_mul(u64::from(b));
        product.checked_rem(u64::from(modulus)).unwrap_or_default() as u32
    };
    let (mut power, mut square) = (1, base);
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = times(power, square);
        }
        square = times(square, square);
        exponent >>= 1;
    }
    power
}
