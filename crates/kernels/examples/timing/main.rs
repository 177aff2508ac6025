//! Does the running time depend on secrets? Welch's t-test on every backend of this CPU, after
//! Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?" (2017).
//!
//! `cargo run --locked --release -p cardseal-kernels --example timing [samples]`, 1,000,000 by default. Two
//! classes of input are timed in random order; |t| ≥ 4.5 is a leak and fails the run. So does a
//! planted leak that goes unnoticed.

mod welch;
mod wraps;

use std::{hint::black_box, process::ExitCode};

use cardseal_crypto::SessionKey;
use cardseal_kernels::{Backend, Sm4Gcm, aes256_cbc, sha256::Sha256};
use welch::{Class, LIMIT, Random, welch};

const DEFAULT_SAMPLES: usize = 1_000_000;
const NONCE: [u8; 12] = [5; 12];

#[derive(Clone)]
struct Input {
    key: [u8; 16],
    text: [u8; 96],
    tag: [u8; 16],
}

fn main() -> ExitCode {
    let samples = std::env::args().nth(1).map_or(DEFAULT_SAMPLES, |count| {
        count.parse().expect("the number of samples")
    });
    println!("{samples} samples a test, limit |t| < {LIMIT}");
    let (mut leaks, mut tests, mut largest) = (0, 0, 0.0_f64);

    let t = welch(samples, fixed_or_random, |input| {
        black_box(differing_prefix(&black_box(input).key, &[0xa5; 16]));
    });
    let caught = t.abs() >= LIMIT;
    println!(
        "  planted leak           t = {t:>9.2}  {}",
        if caught { "caught" } else { "MISSED" }
    );
    leaks += u32::from(!caught);

    let mut judge = |backend: &str, what: &str, t: f64| {
        let leak = t.abs() >= LIMIT;
        println!(
            "  {:<12} {what:<10} t = {t:>9.2}  {}",
            backend,
            if leak { "LEAK" } else { "ok" }
        );
        leaks += u32::from(leak);
        tests += 1;
        largest = largest.max(t.abs());
    };
    for backend in Backend::available() {
        // Key schedule, encryption, hash: one key and text against random ones.
        let t = welch(samples, fixed_or_random, |input| {
            let cipher = Sm4Gcm::with_backend(&input.key, backend).expect("available");
            black_box(cipher.seal_in_place(&NONCE, b"", &mut input.text)).expect("short");
        });
        judge(backend.name(), "seal", t);

        // The same beside the hash of one and the same text, long enough for the two to go through one loop.
        let t = welch(samples, fixed_or_random, |input| {
            let cipher = Sm4Gcm::with_backend(&input.key, backend).expect("available");
            let mut blocks = [[0; 16]; 62];
            for (block, text) in blocks
                .iter_mut()
                .zip(input.text.as_chunks().0.iter().cycle())
            {
                *block = *text;
            }
            let (mut sealer, mut hash) = (cipher.sealer(&NONCE, b""), Sha256::new());
            let sealed = sealer.update_hashing(&mut blocks, &mut hash, &[[0x33; 64]; 16]);
            sealed.expect("short");
            black_box((blocks, sealer.finish(&mut []), hash.finish(b"")))
                .1
                .expect("short");
        });
        judge(backend.name(), "beside", t);

        // Tag comparison: the first byte wrong against the last byte wrong.
        let cipher = Sm4Gcm::with_backend(&[9; 16], backend).expect("available");
        let mut text = [0; 96];
        let tag = cipher.seal_in_place(&NONCE, b"", &mut text).expect("short");
        let wrong_byte = |class: Class, _: &mut Random| {
            let mut wrong = tag;
            wrong[if class == Class::Fixed { 0 } else { 15 }] ^= 0x40;
            Input {
                key: [9; 16],
                text,
                tag: wrong,
            }
        };
        let t = welch(samples, wrong_byte, |input| {
            let result = cipher.open_in_place(&NONCE, b"", &mut input.text, &input.tag);
            black_box(result).expect_err("a wrong tag");
        });
        judge(backend.name(), "open", t);
    }
    for backend in aes256_cbc::Backend::available() {
        // Key schedule and encryption, beside the hash of one and the same text: one key and text against random ones.
        let t = welch(samples, fixed_or_random, |input| {
            let mut key = [0; 32];
            key[..16].copy_from_slice(&input.key);
            key[16..].copy_from_slice(&input.tag);
            let mut hash = Sha256::new();
            let encryptor = aes256_cbc::Encryptor::with_backend(&key, &[5; 16], backend);
            encryptor.expect("available").encrypt_and_hash(
                input.text.as_chunks_mut().0,
                &mut hash,
                &[[0x33; 64]; 2],
            );
            black_box((&input.text, hash.finish(b"")));
        });
        judge(backend.name(), "cbc", t);
    }
    // Opening an answer: one key and ciphertext against random ones. Its padding is the library's to judge:
    // `examples/unpadding_timing.rs`.
    let provider = cardseal_kernels::provider();
    let suite = provider.suite("AES-256-CBC").expect("there is one");
    let t = welch(samples, fixed_or_random, |input| {
        let mut key = [0; 32];
        key[..16].copy_from_slice(&input.key);
        key[16..].copy_from_slice(&input.tag);
        let key = SessionKey::restore(&key).expect("32 bytes");
        let session = suite.restore(key).expect("keys may enter");
        session
            .open(&[5; 16], &mut input.text, None)
            .expect("whole blocks");
        black_box(&input.text);
    });
    judge("aes-256-cbc", "open", t);
    wraps::judge_all(samples, &mut judge);
    println!(
        "REACHED planted leak caught: {caught}; {tests} tests of {samples} samples, largest |t| {largest:.2}"
    );
    for backend in Backend::ALL {
        if !Backend::available().any(|available| available == backend) {
            println!("N/A {backend}: this CPU, or this compiler, lacks its instructions");
        }
    }
    ExitCode::from(u8::from(leaks > 0))
}

/// The planted leak: a comparison that stops at the first difference.
#[inline(never)]
fn differing_prefix(a: &[u8; 16], b: &[u8; 16]) -> usize {
    a.iter()
        .zip(b)
        .take_while(|(a, b)| black_box(**a) == **b)
        .count()
}

fn fixed_or_random(class: Class, random: &mut Random) -> Input {
    // Both classes draw the same amount, so that both leave the same traces.
    let drawn = Input {
        key: random.bytes(),
        text: random.bytes(),
        tag: random.bytes(),
    };
    match class {
        Class::Fixed => Input {
            key: [0xa5; 16],
            text: [0x3c; 96],
            tag: [0; 16],
        },
        Class::Other => drawn,
    }
}
