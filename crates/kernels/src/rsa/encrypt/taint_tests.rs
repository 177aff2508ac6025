//! No branch and no address depends on the message or the padding.
//!
//! Only meaningful under valgrind, on optimised code without overflow checks; elsewhere this passes without having looked.
//! With them `crypto-bigint` asks after each of its additions, none of which can overflow, whether it has: a jump by a
//! secret that is never taken.

use super::*;
use crate::taint::{mark_public, mark_secret, reports};
use core::convert::Infallible;

/// A modulus at each of the widths that the arithmetic is made for, and one between two of them.
#[test]
fn a23_rsa_wrapping_does_not_depend_on_secrets_at_any_size() {
    if cfg!(debug_assertions) {
        return;
    }
    for bits in [1024usize, 1032, 1536, 2048, 3072, 4096] {
        let mut modulus = vec![0xc4u8; bits / 8];
        modulus[bits / 8 - 1] |= 1;
        let key = WrapKey::new(&modulus).unwrap();
        let before = reports();
        for length in [0usize, 1, 16, 32, 117] {
            let message = vec![0x5au8; length];
            mark_secret(message.as_slice());
            let mut draws = 0u8;
            let ciphertext = key
                .wrap::<Infallible>(&message, &mut |bytes| {
                    // The first draw has zeros in it, so that some are drawn again.
                    for (byte, value) in
                        bytes.iter_mut().zip((0..=255u8).cycle().skip(draws.into()))
                    {
                        *byte = value & 7;
                    }
                    draws += 1;
                    mark_secret(bytes);
                    Ok(())
                })
                .unwrap();
            mark_public(ciphertext.as_slice());
            assert_eq!(ciphertext.len(), bits / 8);
        }
        assert_eq!(
            reports(),
            before,
            "{bits} bits: a branch or an address uses a secret"
        );
    }
}
