//! Against the independent `sm4` and `aes-gcm` crates, around every block, group and chunk edge.
//!
//! `CARDSEAL_CASES` sets the number of random cases a backend. The long run:
//!
//! ```sh
//! CARDSEAL_CASES=1000000 cargo test --locked --release -p cardseal-kernels --test differential random_cases -- --nocapture
//! ```

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use aes_gcm::{
    AesGcm,
    aead::{AeadInOut, KeyInit},
};
use cardseal_kernels::{Sm4, Sm4Gcm, hazmat};
use cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, consts::U12, consts::U16};
use common::{Random, on_every_backend, random_case_count, thinned};

type OracleGcm = AesGcm<sm4::Sm4, U12, U16>;

fn oracle(key: &[u8; 16], nonce: &[u8; 12], aad: &[u8], buffer: &mut [u8]) -> [u8; 16] {
    OracleGcm::new(key.into())
        .encrypt_inout_detached(nonce.into(), aad, buffer.into())
        .expect("short")
        .into()
}

/// Where long texts are worked on in another way: chunks that are encrypted and hashed in turn, before and behind the
/// key stream of the first group.
const EDGES: &[usize] = &[1024, 4096, 8192, 8192 + 224, 16384 + 224, 65536];

/// Seals, compares with the oracle, opens again; the same in random chunks.
fn agree(cipher: &Sm4Gcm, key: &[u8; 16], random: &mut Random, length: usize, aad_length: usize) {
    let label = format!(
        "{}, {length} bytes, {aad_length} bytes of aad",
        cipher.backend()
    );
    let (nonce, aad, plaintext) = (random.bytes(), random.vec(aad_length), random.vec(length));
    let mut expected = plaintext.clone();
    let expected_tag = oracle(key, &nonce, &aad, &mut expected);

    let mut buffer = plaintext.clone();
    let tag = cipher
        .seal_in_place(&nonce, &aad, &mut buffer)
        .expect("short");
    assert!(buffer == expected, "{label}: ciphertext");
    assert_eq!(tag, expected_tag, "{label}: tag");

    let mut elsewhere = vec![0xee; length];
    cipher
        .open_into(&nonce, &aad, &buffer, &tag, &mut elsewhere)
        .expect("genuine");
    assert!(elsewhere == plaintext, "{label}: opened elsewhere");
    assert!(buffer == expected, "{label}: the ciphertext is unchanged");

    cipher
        .open_in_place(&nonce, &aad, &mut buffer, &tag)
        .expect("genuine");
    assert!(buffer == plaintext, "{label}: opened");

    let mut sealer = cipher.sealer(&nonce, &aad);
    let (mut blocks, tail) = buffer.as_chunks_mut();
    while blocks.len() > 1 {
        let (chunk, rest) = blocks.split_at_mut(1 + random.below(blocks.len() - 1));
        sealer.update(chunk).expect("short");
        blocks = rest;
        if random.below(4) == 0 {
            break;
        }
    }
    sealer.update(blocks).expect("short");
    assert_eq!(
        sealer.finish(tail).expect("short"),
        expected_tag,
        "{label}: chunked tag"
    );
    assert!(buffer == expected, "{label}: chunked ciphertext");
}

#[test]
fn every_length_around_the_edges() {
    let edges = if cfg!(miri) { &[] } else { EDGES };
    let around = edges.iter().flat_map(|edge| edge - 18..=edge + 18);
    let lengths: Vec<usize> = thinned(290, 0..=600).chain(around).collect();
    on_every_backend("every length", |backend| {
        let mut random = Random(1);
        let key = random.bytes();
        let cipher = Sm4Gcm::with_backend(&key, backend).expect("available");
        for &length in &lengths {
            let aad_length = random.below(40);
            agree(&cipher, &key, &mut random, length, aad_length);
        }
        for aad_length in thinned(300, 0..=300) {
            agree(&cipher, &key, &mut random, 33, aad_length);
        }
    });
}

#[test]
fn random_cases() {
    let cases = random_case_count();
    let mut everywhere = 0;
    on_every_backend(&format!("{cases} random cases"), |backend| {
        let mut random = Random(2);
        let mut differences = 0;
        for case in 0..cases {
            let key = random.bytes();
            let cipher = Sm4Gcm::with_backend(&key, backend).expect("available");
            // Mostly short; one in 64 is long enough for several fused chunks, and every other of these ends near an
            // edge of one.
            let length = match case % 128 {
                0 => random.below(20_000),
                64 => EDGES[random.below(EDGES.len())] - 18 + random.below(37),
                _ => random.below(700),
            };
            let aad_length = random.below(70);
            let agreed = catch_unwind(AssertUnwindSafe(|| {
                agree(&cipher, &key, &mut random, length, aad_length);
            }));
            differences += usize::from(agreed.is_err());
        }
        println!("REACHED {cases} random cases of SM4-GCM on {backend}, {differences} differences");
        everywhere += differences;
    });
    assert_eq!(everywhere, 0, "differences");
}

/// The counter is 32 bits wide: it must wrap without touching the nonce, wherever in a group,
/// and in a run of groups, the wrap happens.
#[test]
fn counter_wraps_at_32_bits() {
    on_every_backend("counter wrap", |backend| {
        let mut random = Random(3);
        let key: [u8; 16] = random.bytes();
        let cipher = Sm4Gcm::with_backend(&key, backend).expect("available");
        let single = sm4::Sm4::new(&key.into());
        for before_wrap in thinned(27, (0..=80).chain([127, 128, 200])) {
            let mut counter: [u8; 16] = random.bytes();
            let start = 0u32.wrapping_sub(before_wrap);
            counter[12..].copy_from_slice(&start.to_be_bytes());

            let blocks = if cfg!(miri) { 24 } else { 208 };
            let mut stream = vec![0; 16 * blocks + 7];
            hazmat::ctr_xor(&cipher, &counter, &mut stream);
            for (i, found) in (0u32..).zip(stream.chunks(16)) {
                let mut block = counter;
                block[12..].copy_from_slice(&start.wrapping_add(i).to_be_bytes());
                let mut block = Block::<sm4::Sm4>::from(block);
                single.encrypt_block(&mut block);
                assert_eq!(
                    found,
                    &block[..found.len()],
                    "{backend}, {before_wrap}, block {i}"
                );
            }
        }
    });
}

/// A whole message whose counter wraps: sealed from J₀, its text and hash checked separately.
#[test]
fn sealing_wraps_too() {
    on_every_backend("sealing across the wrap", |backend| {
        let mut random = Random(4);
        let key = random.bytes();
        let cipher = Sm4Gcm::with_backend(&key, backend).expect("available");
        for before_wrap in thinned(4, [0u32, 1, 2, 13, 14, 15, 16, 100, 600]) {
            let mut j0: [u8; 16] = random.bytes();
            j0[12..].copy_from_slice(&0u32.wrapping_sub(before_wrap).to_be_bytes());
            let mut first = j0;
            first[12..].copy_from_slice(&1u32.wrapping_sub(before_wrap).to_be_bytes());

            let plaintext = random.vec(if cfg!(miri) { 345 } else { 12_345 });
            let (mut sealed, mut expected) = (plaintext.clone(), plaintext);
            let tag = hazmat::sealer_at(&cipher, &j0, b"aad")
                .finish(&mut sealed)
                .expect("short");
            hazmat::ctr_xor(&cipher, &first, &mut expected);
            assert!(sealed == expected, "{backend}, {before_wrap}");

            let (mut h, mut mask) = ([0; 16], [0; 16]);
            hazmat::ctr_xor(&cipher, &[0; 16], &mut h);
            hazmat::ctr_xor(&cipher, &j0, &mut mask);
            assert_eq!(
                tag,
                reference_tag(&h, &mask, b"aad", &sealed),
                "{backend}, {before_wrap}"
            );
        }
    });
}

/// The tag by the definition: GHASH with bit-by-bit multiplication (SP 800-38D, 6.3 and 6.4).
fn reference_tag(h: &[u8; 16], mask: &[u8; 16], aad: &[u8], text: &[u8]) -> [u8; 16] {
    let lengths = ((8 * aad.len() as u128) << 64) | (8 * text.len() as u128);
    let mut state = 0;
    for part in [aad, text, &lengths.to_be_bytes()] {
        for chunk in part.chunks(16) {
            let block = core::array::from_fn(|i| chunk.get(i).copied().unwrap_or(0));
            state = multiply(state ^ u128::from_be_bytes(block), u128::from_be_bytes(*h));
        }
    }
    (state ^ u128::from_be_bytes(*mask)).to_be_bytes()
}

fn multiply(x: u128, y: u128) -> u128 {
    let (mut z, mut v) = (0, y);
    for bit in (0..128).rev() {
        if (x >> bit) & 1 == 1 {
            z ^= v;
        }
        let carry = v & 1;
        v = (v >> 1) ^ ((carry * 0xe1) << 120);
    }
    z
}

/// The block cipher, one to forty blocks at a time, in both directions.
#[test]
fn block_cipher() {
    on_every_backend("block cipher", |backend| {
        let mut random = Random(5);
        for count in thinned(39, 1..=40) {
            let key: [u8; 16] = random.bytes();
            let ours = Sm4::with_backend(&key, backend).expect("available");
            let theirs = sm4::Sm4::new(&key.into());
            let plain: Vec<Block<Sm4>> = (0..count).map(|_| random.bytes().into()).collect();
            let (mut found, mut expected) = (plain.clone(), plain.clone());
            ours.encrypt_blocks(&mut found);
            theirs.encrypt_blocks(&mut expected);
            assert_eq!(found, expected, "{backend}, {count} blocks");
            ours.decrypt_blocks(&mut found);
            assert_eq!(found, plain, "{backend}, {count} blocks");
        }
    });
}
