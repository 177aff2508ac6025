//! SM4-GCM and AES-256-CBC of every backend beside RustCrypto's, in one run.
//!
//! `cargo bench --locked -p cardseal-kernels --bench backends`; pin it to one core (`taskset -c 1`). Figures
//! are medians over rounds in which all contestants take turns, so that a busy machine slows all of
//! them alike. Each sample starts warm: a CPU takes some 20 µs to power up its 512-bit units, in
//! which the AVX-512 backend runs at about half its speed.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use aes_gcm::{
    AesGcm,
    aead::{AeadInOut, KeyInit, consts::U12, consts::U16},
};
use cardseal_kernels::{Backend, Sm4Gcm, aes256_cbc, sha256::Sha256};
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use sha2::Digest;

const ROUNDS: usize = 51;
/// Shorter than a scheduler's time slice, so that most samples are undisturbed.
const SECONDS_A_SAMPLE: f64 = 0.001;
const WARM_UP: Duration = Duration::from_micros(200);
const KEY: [u8; 16] = [0x42; 16];
const NONCE: [u8; 12] = [0x17; 12];

/// A name and a routine that works on the buffer once.
type Contestant<'a> = (String, Box<dyn FnMut(&mut [u8]) + 'a>);

/// What is timed, on how many bytes, and by whom.
type Task = (&'static str, usize, fn() -> Vec<Contestant<'static>>);

fn main() {
    let tasks: [Task; 11] = [
        ("key schedule", 0, new_key),
        ("seal, new key", 156, seal_with_new_key),
        ("seal", 156, seal),
        ("seal", 64 << 10, seal),
        ("seal", 2 << 20, seal),
        ("seal", 8 << 20, seal),
        ("open", 64 << 10, open),
        ("CBC, new key", 160, cbc_with_new_key),
        ("CBC", 64 << 10, cbc_alone),
        (
            "CBC beside SHA-256 of 4/3 as much text",
            48 << 10,
            cbc_beside_hash,
        ),
        ("SHA-256", 64 << 10, hash_alone),
    ];
    for (task, bytes, contestants) in tasks {
        println!("\n{task}, {bytes} bytes");
        report(bytes, &mut contestants());
    }
}

fn report(bytes: usize, contestants: &mut [Contestant<'_>]) {
    let mut buffer = vec![0x5a; bytes];
    let repeats: Vec<usize> = contestants
        .iter_mut()
        .map(|(_, run)| {
            run(&mut buffer);
            let started = Instant::now();
            run(&mut buffer);
            (SECONDS_A_SAMPLE / started.elapsed().as_secs_f64()).clamp(1.0, 1e5) as usize
        })
        .collect();
    let mut samples = vec![Vec::new(); contestants.len()];
    for _ in 0..ROUNDS {
        for (((_, run), repeats), samples) in contestants.iter_mut().zip(&repeats).zip(&mut samples)
        {
            let warming_up = Instant::now();
            while warming_up.elapsed() < WARM_UP {
                run(&mut buffer);
            }
            let started = Instant::now();
            for _ in 0..*repeats {
                run(&mut buffer);
            }
            samples.push(started.elapsed().as_secs_f64() / *repeats as f64);
        }
    }
    samples
        .iter_mut()
        .for_each(|samples| samples.sort_by(f64::total_cmp));
    let baseline = samples[0][ROUNDS / 2];
    for ((name, _), samples) in contestants.iter().zip(&samples) {
        let (best, median) = (samples[0], samples[ROUNDS / 2]);
        let speed = |seconds: f64| bytes as f64 / seconds / 1e6;
        println!(
            "  {name:<12} {:>12.1} ns {:>7.0} MB/s {:>6.2} x RustCrypto   (best {:.1} ns, {:.0} MB/s)",
            median * 1e9,
            speed(median),
            baseline / median,
            best * 1e9,
            speed(best)
        );
    }
}

fn with_backends(
    rust_crypto: impl FnMut(&mut [u8]) + 'static,
    ours: impl Fn(Backend) -> Box<dyn FnMut(&mut [u8])>,
) -> Vec<Contestant<'static>> {
    let mut contestants: Vec<Contestant<'static>> =
        vec![("RustCrypto".to_owned(), Box::new(rust_crypto))];
    contestants.extend(Backend::available().map(|backend| (backend.to_string(), ours(backend))));
    contestants
}

type RustCrypto = AesGcm<sm4::Sm4, U12, U16>;

fn new_key() -> Vec<Contestant<'static>> {
    with_backends(
        |_| {
            black_box(<sm4::Sm4 as KeyInit>::new(black_box(&KEY.into())));
        },
        |backend| {
            Box::new(move |_| {
                black_box(Sm4Gcm::with_backend(black_box(&KEY), backend));
            })
        },
    )
}

fn seal_with_new_key() -> Vec<Contestant<'static>> {
    with_backends(
        |buffer| {
            let cipher = RustCrypto::new(black_box(&KEY.into()));
            black_box(
                cipher
                    .encrypt_inout_detached(&NONCE.into(), b"", buffer.into())
                    .unwrap(),
            );
        },
        |backend| {
            Box::new(move |buffer| {
                let cipher = Sm4Gcm::with_backend(black_box(&KEY), backend).unwrap();
                black_box(cipher.seal_in_place(&NONCE, b"", buffer).unwrap());
            })
        },
    )
}

fn seal() -> Vec<Contestant<'static>> {
    let cipher = RustCrypto::new(&KEY.into());
    with_backends(
        move |buffer| {
            black_box(
                cipher
                    .encrypt_inout_detached(&NONCE.into(), b"", buffer.into())
                    .unwrap(),
            );
        },
        |backend| {
            let cipher = Sm4Gcm::with_backend(&KEY, backend).unwrap();
            Box::new(move |buffer| {
                black_box(cipher.seal_in_place(&NONCE, b"", buffer).unwrap());
            })
        },
    )
}

/// Opens one sealed message again and again, from a fresh copy: the copy is part of the time.
fn open() -> Vec<Contestant<'static>> {
    let cipher = RustCrypto::new(&KEY.into());
    let mut sealed: Option<(Vec<u8>, _)> = None;
    with_backends(
        move |buffer| {
            let (text, tag) = sealed.get_or_insert_with(|| {
                let mut text = buffer.to_vec();
                let tag =
                    cipher.encrypt_inout_detached(&NONCE.into(), b"", text.as_mut_slice().into());
                (text, tag.unwrap())
            });
            buffer.copy_from_slice(text);
            cipher
                .decrypt_inout_detached(&NONCE.into(), b"", buffer.into(), tag)
                .unwrap();
        },
        |backend| {
            let cipher = Sm4Gcm::with_backend(&KEY, backend).unwrap();
            let mut sealed: Option<(Vec<u8>, _)> = None;
            Box::new(move |buffer| {
                let (text, tag) = sealed.get_or_insert_with(|| {
                    let mut text = buffer.to_vec();
                    let tag = cipher.seal_in_place(&NONCE, b"", &mut text).unwrap();
                    (text, tag)
                });
                buffer.copy_from_slice(text);
                cipher.open_in_place(&NONCE, b"", buffer, tag).unwrap();
            })
        },
    )
}

const KEY_256: [u8; 32] = [0x42; 32];
const IV: [u8; 16] = [0x17; 16];

type RustCryptoCbc = cbc::Encryptor<aes::Aes256>;

fn with_cbc_backends(
    rust_crypto: impl FnMut(&mut [u8]) + 'static,
    ours: impl Fn(aes256_cbc::Backend) -> Box<dyn FnMut(&mut [u8])>,
) -> Vec<Contestant<'static>> {
    let mut contestants: Vec<Contestant<'static>> =
        vec![("RustCrypto".to_owned(), Box::new(rust_crypto))];
    let backends = aes256_cbc::Backend::available();
    contestants.extend(backends.map(|backend| (backend.to_string(), ours(backend))));
    contestants
}

fn rust_crypto_cbc(cipher: &mut RustCryptoCbc, buffer: &mut [u8]) {
    let (blocks, _) = buffer.as_chunks_mut();
    cipher.encrypt_blocks(cbc::cipher::Array::cast_slice_from_core_mut(blocks));
}

fn cbc_with_new_key() -> Vec<Contestant<'static>> {
    with_cbc_backends(
        |buffer| {
            let mut cipher = RustCryptoCbc::new(black_box(&KEY_256.into()), &IV.into());
            rust_crypto_cbc(&mut cipher, buffer);
        },
        |backend| {
            Box::new(move |buffer| {
                let key = black_box(&KEY_256);
                let mut cipher = aes256_cbc::Encryptor::with_backend(key, &IV, backend).unwrap();
                cipher.encrypt(buffer.as_chunks_mut().0);
            })
        },
    )
}

fn cbc_alone() -> Vec<Contestant<'static>> {
    let mut cipher = RustCryptoCbc::new(&KEY_256.into(), &IV.into());
    with_cbc_backends(
        move |buffer| rust_crypto_cbc(&mut cipher, buffer),
        |backend| {
            let mut cipher = aes256_cbc::Encryptor::with_backend(&KEY_256, &IV, backend).unwrap();
            Box::new(move |buffer| cipher.encrypt(buffer.as_chunks_mut().0))
        },
    )
}

/// Text is 64 bytes for every 48 of the buffer, as base64 makes it.
fn text_for(bytes: usize) -> Vec<[u8; 64]> {
    vec![[0x41; 64]; bytes / 48]
}

fn cbc_beside_hash() -> Vec<Contestant<'static>> {
    let mut cipher = RustCryptoCbc::new(&KEY_256.into(), &IV.into());
    let text = text_for(48 << 10);
    with_cbc_backends(
        move |buffer| {
            rust_crypto_cbc(&mut cipher, buffer);
            black_box(sha2::Sha256::digest(text.as_flattened()));
        },
        |backend| {
            let mut cipher = aes256_cbc::Encryptor::with_backend(&KEY_256, &IV, backend).unwrap();
            let text = text_for(48 << 10);
            Box::new(move |buffer| {
                let mut hash = Sha256::new();
                cipher.encrypt_and_hash(buffer.as_chunks_mut().0, &mut hash, &text);
                black_box(hash.finish(b""));
            })
        },
    )
}

fn hash_alone() -> Vec<Contestant<'static>> {
    let ours = |buffer: &mut [u8]| {
        black_box(Sha256::new().finish(buffer));
    };
    vec![
        (
            "RustCrypto".to_owned(),
            Box::new(|buffer: &mut [u8]| {
                black_box(sha2::Sha256::digest(buffer));
            }),
        ),
        ("best".to_owned(), Box::new(ours)),
    ]
}
