//! Detects keys of a generator that is known to be broken: ROCA, CVE-2017-15361.
//!
//! Its primes are k·M + (65537^a mod M), with M the product of the first primes, so its moduli are powers of 65537
//! modulo each of those primes, and their factors can be computed (Nemec, Sys, Svenda, Klinec, Matyas: "The Return of
//! Coppersmith's Attack", CCS 2017). The test is the one that its authors published. It uses the 38 odd primes up to
//! 167, which divide M for every key size. One in 2^27 other moduli matches by chance.

use crypto_bigint::BoxedUint;

use super::{SMALL_PRIMES, residue};

/// 3 to 167.
const PRIMES: usize = 38;

const GENERATOR: u32 = 65_537;

pub(super) fn is_marked(number: &BoxedUint) -> bool {
    // Most moduli fail at 11, modulo which 65537 has two powers.
    SMALL_PRIMES
        .into_iter()
        .take(PRIMES)
        .all(|prime| is_power_of_generator(residue(number, prime), prime))
}

fn is_power_of_generator(residue: u32, prime: u32) -> bool {
    let next = |power: &u32| {
        power
            .wrapping_mul(GENERATOR)
            .checked_rem(prime)
            .filter(|power| *power != 1)
    };
    core::iter::successors(Some(1), next).any(|power| power == residue)
}
