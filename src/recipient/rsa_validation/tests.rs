use core::num::NonZeroU32;

use crypto_bigint::{U64, U8192};

use super::*;

/// RSA-1024 of the RSA Factoring Challenge (RSA Laboratories, 1991 to 2007): nobody is known to have factored it.
const CHALLENGE: &str = "c05748bbfb5acd7e5a77dc03d9ec7d8bb957c1b95d9b206090d83fd1b67433ce83ead7376ccfd612c72901f4ce0a2e\
                         07e322d438ea4f34647555d62d04140e1084e999bb4cd5f947a76674009e2318549fd102c5f7596edc332a0ddee3a3\
                         55186b9a046f0f96a279c1448a9151549dc663da8a6e89cf8f511baed6450da2c1cb";

/// The prime of the Second Oakley Group, RFC 2409, 6.2: 1024 bits.
const OAKLEY: &str = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd\
                      ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed\
                      ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff";

fn unhex(text: &str) -> Vec<u8> {
    base16ct::lower::decode_vec(text).unwrap()
}

/// 2^exponent - 1.
fn mersenne(exponent: usize) -> Vec<u8> {
    let mut bytes = vec![0xff; exponent.div_ceil(8)];
    bytes[0] >>= (8 - exponent % 8) % 8;
    bytes
}

fn number(bytes: &[u8]) -> U8192 {
    U8192::from_be_slice_truncated(bytes, U8192::BITS)
}

fn bytes(number: U8192) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    without_zeros(bytes.as_ref()).to_vec()
}

fn verdict(modulus: &[u8]) -> Result<usize, KeyRejected> {
    check(modulus, &EXPONENT).map(|checked| {
        assert_eq!(checked.modulus(), modulus);
        checked.bits()
    })
}

#[test]
fn s13_published_moduli_are_taken() {
    assert_eq!(verdict(&unhex(CHALLENGE)), Ok(1024));
    let file = include_str!("../../../vectors/wrap/rsa_pkcs1v15_encrypt.txt");
    let moduli: Vec<_> = file
        .lines()
        .filter_map(|line| line.strip_prefix("key "))
        .collect();
    assert_eq!(moduli.len(), 15);
    for modulus in moduli {
        assert!(verdict(&unhex(modulus)).is_ok(), "{modulus}");
    }
}

/// Both Mersenne numbers pass Miller–Rabin to base 2 and are composite: 2^1061 - 1 (factored in 2012) and
/// 2^1277 - 1 (of which no factor is known).
#[test]
fn a_composite_is_not_taken_for_a_prime() {
    for exponent in [1061, 1277] {
        assert_eq!(verdict(&mersenne(exponent)), Ok(exponent));
    }
}

#[test]
fn s13_a_prime_modulus_is_refused() {
    assert_eq!(verdict(&unhex(OAKLEY)), Err(KeyRejected::PrimeModulus));
    // Mersenne's primes.
    for exponent in [1279, 2203, 2281, 3217] {
        assert_eq!(verdict(&mersenne(exponent)), Err(KeyRejected::PrimeModulus));
    }
}

#[test]
fn s13_a_power_is_refused() {
    // Squares of Mersenne's primes, and the square of a number that is none.
    for exponent in [521, 607, 1279, 523] {
        let root = number(&mersenne(exponent));
        let square = bytes(root.wrapping_mul(&root));
        assert_eq!(
            verdict(&square),
            Err(KeyRejected::PowerModulus),
            "{exponent}"
        );
    }
    // Every prime exponent that leaves room for a base above 752; and of the longest moduli some.
    let short = SMALL_PRIMES.into_iter().filter(|exponent| *exponent <= 107);
    let long = [3, 7, 101, 421];
    for (bits, exponents) in [(1025, short.collect()), (4095, long.to_vec())] {
        for exponent in exponents {
            let nearly = number(&mersenne(bits));
            let mut base = nearly.floor_root_vartime(NonZeroU32::new(exponent).unwrap());
            let power = loop {
                if has_no_small_factor(base) {
                    break bytes(base.wrapping_pow(&U64::from_u32(exponent)));
                }
                base = base.wrapping_sub(&U8192::ONE);
            };
            assert_eq!(
                verdict(&power),
                Err(KeyRejected::PowerModulus),
                "{exponent}"
            );
        }
    }
}

#[test]
fn s13_every_small_factor_is_found() {
    let large = number(&mersenne(1279));
    for factor in SMALL_PRIMES {
        let product = bytes(large.wrapping_mul(&U8192::from_u32(factor)));
        assert_eq!(verdict(&product), Err(KeyRejected::SmallFactor { factor }));
    }
    // 753 is 3 · 251, and the next prime is none of SP 800-89's.
    let next = bytes(large.wrapping_mul(&U8192::from_u32(757)));
    assert!(verdict(&next).is_ok());
    let all_ones = mersenne(1024);
    assert_eq!(
        verdict(&all_ones),
        Err(KeyRejected::SmallFactor { factor: 3 })
    );
}

#[test]
fn s13_the_small_primes_are_those_below_752() {
    let primes: Vec<u32> = (3..752)
        .filter(|number| (2..*number).all(|divisor| number % divisor != 0))
        .collect();
    assert_eq!(primes, SMALL_PRIMES);
}

/// The broken generator's primes are k·M + (65537^a mod M), with M the product of the first 39 primes or more: 71 where
/// the modulus has 1024 bits.
#[test]
fn s13_the_mark_of_roca_is_seen() {
    for last in [167, 353] {
        let m = SMALL_PRIMES
            .into_iter()
            .take_while(|prime| *prime <= last)
            .fold(U8192::from_u8(2), |product, prime| {
                product.wrapping_mul(&U8192::from_u32(prime))
            });
        // As large as half a modulus of 1024 bits, and free of small factors, for those are looked for first.
        let factor = |power: u64, offset: u32| {
            let residue = (0..power).fold(U8192::ONE, |residue, _| {
                let next = residue.wrapping_mul(&U8192::from_u32(65_537));
                next.rem_vartime(&m.to_nz().unwrap())
            });
            let half = U8192::ONE.shl(512).wrapping_sub(&U8192::ONE);
            let mut times = half.div_rem_vartime(&m.to_nz().unwrap()).0;
            times = times.wrapping_sub(&U8192::from_u32(offset));
            loop {
                times = times.wrapping_sub(&U8192::ONE);
                let factor = times.wrapping_mul(&m).wrapping_add(&residue);
                if has_no_small_factor(factor) {
                    return factor;
                }
            }
        };
        for (a, b) in [(1, 2), (65_536, 3), (1_000, 999)] {
            let modulus = bytes(factor(a, 1).wrapping_mul(&factor(b, 5_000)));
            assert_eq!(verdict(&modulus), Err(KeyRejected::RocaModulus), "{a}, {b}");
        }
    }
}

fn has_no_small_factor(number: U8192) -> bool {
    let odd = number.as_words()[0] & 1 == 1;
    let number = BoxedUint::from(number);
    odd && SMALL_PRIMES
        .iter()
        .all(|prime| residue(&number, *prime) != 0)
}

/// Zero bytes in front are the encoding's, of either number.
#[test]
fn zeros_in_front_do_not_count() {
    let padded = [&[0; 9], unhex(CHALLENGE).as_slice()].concat();
    let checked = check(&padded, &[0, 0, 1, 0, 1]).unwrap();
    assert_eq!((checked.modulus(), checked.bits()), (&padded[9..], 1024));
    for nothing in [&[][..], &[0], &[0; 128]] {
        assert_eq!(verdict(nothing), Err(KeyRejected::ModulusSize { bits: 0 }));
    }
}
