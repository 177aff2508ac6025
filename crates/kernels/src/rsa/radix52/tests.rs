//! Limbs against bytes, and the one subtraction against `crypto-bigint`.

use super::*;
use crate::taint::{mark_public, mark_secret, reports};
use crypto_bigint::U1024;

/// Bytes that look random: no two calls give the same.
fn bytes(seed: u64) -> [u8; 128] {
    let mut state = seed;
    core::array::from_fn(|_| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        (state >> 56) as u8
    })
}

#[test]
fn what_is_read_is_written() {
    for (seed, length) in [1, 12, 13, 14, 26, 127, 128]
        .into_iter()
        .zip([0usize, 1, 12, 13, 14, 127, 128])
    {
        let bytes = &bytes(seed)[..length];
        let number = Number::<3>::read(bytes);
        assert!(number.0.as_flattened().iter().all(|limb| *limb <= MASK));
        let mut written = vec![0xee; length];
        number.write(&mut written);
        assert_eq!(written, bytes);
    }
    let number = Number::<3>::read(&[1; 13]);
    assert_eq!(
        number.pairs()[0],
        [0x1_0101_0101_0101, 0x0101_0101_0101 << 4]
    );
    assert_eq!(number.up(2).pairs()[1], number.pairs()[0]);
    assert_eq!(number.up(2).pairs()[0], [0, 0]);
}

#[test]
fn one_subtraction_as_crypto_bigint_does_it() {
    for seed in 0..500 {
        let (mut number, mut modulus) = (bytes(2 * seed), bytes(2 * seed + 1));
        match seed % 4 {
            0 => number = modulus,
            1 => number[..100].copy_from_slice(&modulus[..100]),
            _ => {}
        }
        modulus[0] |= 0x80;
        let [a, n] = [number, modulus].map(|bytes| U1024::from_be_slice(&bytes));
        let expected = if a < n { a } else { a.wrapping_sub(&n) };
        let mut limbs = Number::<3>::read(&number);
        limbs.subtract_once(&Number::read(&modulus));
        limbs.write(&mut number);
        assert_eq!(U1024::from_be_slice(&number), expected, "{seed}");
    }
}

/// Only meaningful under valgrind, on optimised code; elsewhere this passes without having looked. The products between
/// are vector instructions that valgrind does not know: tests/disassembly reads those.
#[test]
fn a23_taint_of_limbs() {
    let before = reports();
    let mut block = bytes(7);
    mark_secret(&block);
    let mut number = Number::<3>::read(&block);
    number.subtract_once(&Number::read(&bytes(9)));
    number.write(&mut block);
    assert_eq!(reports(), before, "a branch or an address uses a secret");
    mark_public(&block);
    assert_ne!(block, [0; 128]);
}
