//! No branch and no address depends on k or the message.
//!
//! Only meaningful under valgrind's memcheck, on optimised code: build the unit
//! tests with `cargo test --locked --release --no-run` and run the binary as
//! `valgrind <binary> taint_tests`. Elsewhere these tests pass without having
//! looked.

use super::*;
use crate::taint::{is_watched, mark_public, mark_secret, reports};
use core::convert::Infallible;

fn key() -> WrapKey {
    let generator = AffinePoint::generator().unwrap();
    WrapKey::from_affine(&generator.x.to_be_bytes(), &generator.y.to_be_bytes()).unwrap()
}

fn wrap_secretly(key: &WrapKey, scalar: [u8; 32], message: &[u8]) -> Vec<u8> {
    let secret_message = message.to_vec();
    mark_secret(secret_message.as_slice());
    let ciphertext = key
        .wrap::<Infallible>(&secret_message, &mut |bytes| {
            bytes.copy_from_slice(&scalar);
            mark_secret(bytes);
            Ok(())
        })
        .unwrap();
    mark_public(ciphertext.as_slice());
    ciphertext
}

#[test]
fn a23_sm2_wrapping_does_not_depend_on_secrets() {
    let key = key();
    let before = reports();
    for (byte, length) in [(0x5a, 16), (0x11, 1), (0x80, 32), (0xe7, 33), (0x01, 200)] {
        let ciphertext = wrap_secretly(&key, [byte; 32], &vec![byte; length]);
        assert_eq!(ciphertext.len(), 97 + length);
    }
    assert_eq!(reports(), before, "a branch or an address uses a secret");
}

#[test]
fn a23_a_planted_leak_is_caught() {
    let scalar = [0x5au8; 32];
    mark_secret(&scalar);
    let before = reports();
    // A table look-up that goes straight to the digit's entry.
    let table: Vec<u8> = (0..=255).collect();
    let position = core::hint::black_box(usize::from(scalar[31]));
    let entry = core::hint::black_box(table[position]);
    // A branch on the scalar's lowest bit.
    if core::hint::black_box(entry) & 1 == 1 {
        core::hint::black_box(&table);
    }
    mark_public(&scalar);
    if is_watched() {
        assert!(reports() > before, "the check does not see leaks");
    }
}
