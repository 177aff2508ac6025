//! SM4-GCM sealing that hashes another text meanwhile, on every backend: against the `sm4`, `aes-gcm` and `sha2` crates,
//! and against sealing alone, around every edge of a group, of three groups, and of sixteen blocks of text.
//!
//! `CARDSEAL_CASES` sets the number of random cases a backend.

mod common;

use aes_gcm::{
    AesGcm,
    aead::{AeadInOut, KeyInit},
};
use cardseal_kernels::{Backend, Sm4Gcm, hazmat, sha256::Sha256};
use cipher::consts::{U12, U16};
use common::{Random, on_every_backend, random_case_count};
use sha2::Digest;

type OracleGcm = AesGcm<sm4::Sm4, U12, U16>;

/// Blocks of key stream that a message has before its first whole group.
const HEAD: usize = 14;

/// Blocks of ciphertext and blocks of text that go together.
const TRIO: usize = 48;
const TEXTS: usize = 16;

/// Seals and hashes in calls of the given numbers of cipher blocks and blocks of text, then `tail` bytes, fewer than a
/// block; compares with the libraries.
fn agree(backend: Backend, random: &mut Random, calls: &[(usize, usize)], tail: usize) {
    let label = format!("{backend}, blocks and text {calls:?}, {tail} bytes at the end");
    let (key, nonce): ([u8; 16], [u8; 12]) = (random.bytes(), random.bytes());
    let blocks: usize = calls.iter().map(|(blocks, _)| blocks).sum();
    let texts: usize = calls.iter().map(|(_, texts)| texts).sum();
    let aad_length = random.below(40);
    let (aad, plaintext) = (random.vec(aad_length), random.vec(16 * blocks + tail));
    let rest = random.below(130);
    let text = random.vec(64 * texts + rest);

    let cipher = Sm4Gcm::with_backend(&key, backend).expect("available");
    let mut found = plaintext.clone();
    let (tag, hash) = seal_and_hash(cipher.sealer(&nonce, &aad), &mut found, &text, calls);

    let mut expected = plaintext.clone();
    let expected_tag = OracleGcm::new(&key.into())
        .encrypt_inout_detached(&nonce.into(), &aad, expected.as_mut_slice().into())
        .expect("short");
    assert!(found == expected, "{label}: ciphertext");
    assert_eq!(tag[..], expected_tag[..], "{label}: tag");
    assert_eq!(hash[..], sha2::Sha256::digest(&text)[..], "{label}: hash");

    let mut alone = plaintext;
    let tag_alone = cipher.seal_in_place(&nonce, &aad, &mut alone);
    assert_eq!(tag_alone, Ok(tag), "{label}: tag of sealing alone");
    assert!(alone == found, "{label}: ciphertext of sealing alone");
}

fn seal_and_hash(
    mut sealer: cardseal_kernels::Sealer<'_>,
    message: &mut [u8],
    text: &[u8],
    calls: &[(usize, usize)],
) -> ([u8; 16], [u8; 32]) {
    let mut hash = Sha256::new();
    let (mut to_encrypt, tail) = message.as_chunks_mut();
    let mut to_hash = text;
    for (blocks, texts) in calls {
        let (now, later) = to_encrypt.split_at_mut(*blocks);
        let (text, rest) = to_hash.split_at(64 * texts);
        sealer
            .update_hashing(now, &mut hash, text.as_chunks().0)
            .expect("short");
        (to_encrypt, to_hash) = (later, rest);
    }
    let tag = sealer.finish(tail).expect("short");
    (tag, hash.finish(to_hash))
}

#[test]
fn around_every_edge() {
    on_every_backend("every edge", |backend| {
        let mut random = Random(1);
        let around = |edge: usize| edge.saturating_sub(2)..=edge + 2;
        let trios = (0..=4).map(|trios| trios * TRIO);
        let blocks: Vec<usize> = trios
            .flat_map(|n| around(n).chain(around(HEAD + n)))
            .collect();
        for texts in (0..=4).flat_map(|sixteens| around(sixteens * TEXTS)) {
            for &blocks in &blocks {
                let tail = random.below(16);
                agree(backend, &mut random, &[(blocks, texts)], tail);
            }
        }
    });
}

/// As a body comes: a piece without text, then pieces with the text of the one before, and a last piece.
#[test]
fn piece_after_piece() {
    on_every_backend("pieces", |backend| {
        let mut random = Random(2);
        for piece in [48, 96, 99, 144, 384, 768] {
            for last in [0, 1, 13, piece - 1] {
                let whole = (piece, piece / 3);
                let calls = [(piece, 0), whole, whole, (last, piece / 3 + 1)];
                agree(backend, &mut random, &calls, last % 16);
            }
        }
    });
}

#[test]
fn random_cases() {
    let cases = random_case_count();
    on_every_backend(&format!("{cases} random cases"), |backend| {
        let mut random = Random(3);
        for _ in 0..cases {
            let calls: Vec<(usize, usize)> = (0..1 + random.below(3))
                .map(|_| (random.below(HEAD + 2 * TRIO), random.below(3 * TEXTS)))
                .collect();
            let tail = random.below(16);
            agree(backend, &mut random, &calls, tail);
        }
    });
}

/// The counter wraps at 32 bits, wherever in a group and in a trio that is.
#[test]
fn counter_wraps_at_32_bits() {
    on_every_backend("counter wrap beside a hash", |backend| {
        let mut random = Random(4);
        let key = random.bytes();
        let cipher = Sm4Gcm::with_backend(&key, backend).expect("available");
        for before_wrap in (0..=80u32).chain([127, 200]) {
            let mut j0: [u8; 16] = random.bytes();
            j0[12..].copy_from_slice(&0u32.wrapping_sub(before_wrap).to_be_bytes());
            let blocks = HEAD + 3 * TRIO;
            let (plaintext, text) = (random.vec(16 * blocks), random.vec(64 * 3 * TEXTS));
            let mut found = plaintext.clone();
            let calls = [(blocks, 3 * TEXTS)];
            let sealer = hazmat::sealer_at(&cipher, &j0, b"aad");
            let (tag, hash) = seal_and_hash(sealer, &mut found, &text, &calls);

            let mut alone = plaintext;
            let tag_alone = hazmat::sealer_at(&cipher, &j0, b"aad").finish(&mut alone);
            assert!(found == alone, "{backend}, {before_wrap}: ciphertext");
            assert_eq!(tag_alone, Ok(tag), "{backend}, {before_wrap}: tag");
            let expected = sha2::Sha256::digest(&text);
            assert_eq!(hash[..], expected[..], "{backend}, {before_wrap}: hash");
        }
    });
}
