//! Whether two numbers can be an RSA public key: size, exponent, and the partial public-key validation of NIST SP
//! 800-56B rev. 2, 6.4.2 (which takes its tests of the modulus from SP 800-89, 5.3.3). A modulus that fails was damaged
//! in transit, or was made by an attacker who wants to recover the session key.
//!
//! Every test is exact in the direction that matters. Miller–Rabin to base 2 or Lucas shows that a modulus is
//! composite; that result is a proof even for an attacker's number, so no prime is accepted. The random bases of FIPS
//! 186-5 limit the opposite error, a composite taken for a prime; here that would only reject a good key, and no
//! composite is known that passes both tests. Therefore no randomness is drawn, and the result for a key is always the
//! same.

mod powers;
mod roca;

use crypto_bigint::{BoxedUint, Limb, NonZero};
use crypto_primes::{Flavor, is_prime};

use crate::error::KeyRejected;

/// The accepted sizes in bits; the service uses 1024.
const SHORTEST: usize = 1024;
const LONGEST: usize = 4096;

/// The only accepted public exponent, 2^16 + 1, big-endian.
pub(super) const EXPONENT: [u8; 3] = [1, 0, 1];

/// The odd primes below 752. By SP 800-89, none of them may divide a modulus.
const SMALL_PRIMES: [u32; 132] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193,
    197, 199, 211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293, 307,
    311, 313, 317, 331, 337, 347, 349, 353, 359, 367, 373, 379, 383, 389, 397, 401, 409, 419, 421,
    431, 433, 439, 443, 449, 457, 461, 463, 467, 479, 487, 491, 499, 503, 509, 521, 523, 541, 547,
    557, 563, 569, 571, 577, 587, 593, 599, 601, 607, 613, 617, 619, 631, 641, 643, 647, 653, 659,
    661, 673, 677, 683, 691, 701, 709, 719, 727, 733, 739, 743, 751,
];

/// The numbers of an RSA public key that passed every check. Its exponent is 65537.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CheckedRsa<'a> {
    modulus: &'a [u8],
    bits: usize,
}

impl<'a> CheckedRsa<'a> {
    /// The modulus, big-endian, without zero bytes in front: 128 to 512 bytes.
    pub(crate) fn modulus(&self) -> &'a [u8] {
        self.modulus
    }

    /// Bits of the modulus, 1024 to 4096.
    pub(crate) fn bits(&self) -> usize {
        self.bits
    }
}

/// Checks a modulus and an exponent, both big-endian; zero bytes in front do not count.
///
/// # Errors
/// The first check that fails, in this order: size, odd, exponent, small factors, power, prime, ROCA.
pub(crate) fn check<'a>(modulus: &'a [u8], exponent: &[u8]) -> Result<CheckedRsa<'a>, KeyRejected> {
    let modulus = without_zeros(modulus);
    let bits = bits(modulus);
    if !(SHORTEST..=LONGEST).contains(&bits) {
        return Err(KeyRejected::ModulusSize { bits });
    }
    if modulus.last().is_none_or(|last| last & 1 == 0) {
        return Err(KeyRejected::EvenModulus);
    }
    if without_zeros(exponent) != EXPONENT {
        return Err(KeyRejected::Exponent);
    }
    let number = BoxedUint::from_be_slice_vartime(modulus);
    if let Some(factor) = SMALL_PRIMES
        .into_iter()
        .find(|prime| residue(&number, *prime) == 0)
    {
        return Err(KeyRejected::SmallFactor { factor });
    }
    if powers::is_power(&number, modulus, bits) {
        return Err(KeyRejected::PowerModulus);
    }
    if is_prime(Flavor::Any, &number) {
        return Err(KeyRejected::PrimeModulus);
    }
    if roca::is_marked(&number) {
        return Err(KeyRejected::RocaModulus);
    }
    Ok(CheckedRsa { modulus, bits })
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// Significant bits of a number without zero bytes in front.
fn bits(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |first| first.leading_zeros());
    (number.len().saturating_mul(8)).saturating_sub(unused as usize)
}

/// The number modulo a small one.
fn residue(number: &BoxedUint, small: u32) -> u32 {
    let small = NonZero::new(Limb::from_u32(small)).into_option();
    // Below `small`, so it fits.
    small.map_or(0, |small| number.rem_limb(small).0 as u32)
}

#[cfg(test)]
mod tests;
