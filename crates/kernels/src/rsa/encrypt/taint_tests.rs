//! No branch and no address depends on the message or the padding.
//!
//! Only meaningful under valgrind; elsewhere this passes without having looked.

use super::*;
use crate::taint::{mark_public, mark_secret, reports};
use core::convert::Infallible;

#[test]
fn wrapping_does_not_depend_on_secrets() {
    let mut modulus = [0xc4u8; 128];
    modulus[127] |= 1;
    let key = WrapKey::new(&modulus).unwrap();
    let before = reports();
    for length in [0usize, 1, 16, 32, 117] {
        let message = vec![0x5au8; length];
        mark_secret(message.as_slice());
        let mut draws = 0u8;
        let ciphertext = key
            .wrap::<Infallible>(&message, &mut |bytes| {
                // The first draw has zeros in it, so that some are drawn again.
                for (byte, value) in bytes.iter_mut().zip(draws..) {
                    *byte = value & 7;
                }
                draws += 1;
                mark_secret(bytes);
                Ok(())
            })
            .unwrap();
        mark_public(ciphertext.as_slice());
        assert_eq!(ciphertext.len(), 128);
    }
    assert_eq!(reports(), before, "a branch or an address uses a secret");
}
