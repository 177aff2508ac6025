//! What is counted: a piece of work by a contender, done so many times.

use std::hint::black_box;

use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{AesGcm, Tag};
use cardseal::Recipient;
use cardseal::crypto::providers;
use cardseal_kernels::{Backend, Sm4Gcm};

/// The service's keys, as its guide has them.
const SM2: &[u8] = include_bytes!("../../../vectors/keys/tencent-demo-sm2.b64");
const RSA: &[u8] = include_bytes!("../../../vectors/keys/tencent-demo-rsa.b64");

const KEY: [u8; 16] = [0x42; 16];
const NONCE: [u8; 12] = [0x17; 12];

/// Names of the work, and of who does it; the last is the one to compare with.
pub const WORKS: [(&str, &[&str]); 7] = [
    ("SM4-GCM seal", &["neon-aes", "portable", "RustCrypto"]),
    ("SM4-GCM open", &["neon-aes", "portable", "RustCrypto"]),
    ("seal SM2/SM4", &["kernels", "rust-crypto"]),
    ("seal RSA/AES", &["kernels", "rust-crypto"]),
    ("parse SM2", &["kernels", "rust-crypto"]),
    ("parse RSA-1024", &["kernels", "rust-crypto"]),
    ("nothing", &["nobody"]),
];

/// Bytes of each work; a key has one size.
pub fn sizes(work: &str) -> &'static [usize] {
    match work {
        "SM4-GCM seal" | "SM4-GCM open" | "seal SM2/SM4" | "seal RSA/AES" => &[156, 64 << 10],
        _ => &[0],
    }
}

/// Does it.
pub fn run(work: &str, by: &str, bytes: usize, times: usize) {
    let mut again = prepared(work, by, bytes);
    (0..times).for_each(|_| again());
}

fn prepared(work: &str, by: &str, bytes: usize) -> Box<dyn FnMut()> {
    let plain = vec![b'x'; bytes];
    match (work, by) {
        ("SM4-GCM seal", "RustCrypto") => {
            let mut buffer = plain;
            Box::new(move || {
                black_box(theirs(&mut buffer));
            })
        }
        ("SM4-GCM open", "RustCrypto") => {
            let mut sealed = plain;
            let tag = theirs(&mut sealed);
            Box::new(move || {
                let mut buffer = sealed.clone();
                let cipher = cipher();
                let opened = cipher.decrypt_inout_detached(
                    &NONCE.into(),
                    b"",
                    (&mut buffer[..]).into(),
                    &tag,
                );
                opened.expect("genuine");
                black_box(buffer);
            })
        }
        ("SM4-GCM seal", backend) => {
            let (backend, mut buffer) = (of_name(backend), plain);
            Box::new(move || {
                let cipher = Sm4Gcm::with_backend(black_box(&KEY), backend).expect("here");
                black_box(
                    cipher
                        .seal_in_place(&NONCE, b"", &mut buffer)
                        .expect("short"),
                );
            })
        }
        ("SM4-GCM open", backend) => {
            let (backend, mut sealed) = (of_name(backend), plain);
            let cipher = Sm4Gcm::with_backend(&KEY, backend).expect("here");
            let tag = cipher
                .seal_in_place(&NONCE, b"", &mut sealed)
                .expect("short");
            Box::new(move || {
                let mut buffer = sealed.clone();
                let cipher = Sm4Gcm::with_backend(black_box(&KEY), backend).expect("here");
                let opened = cipher.open_in_place(&NONCE, b"", &mut buffer, &tag);
                opened.expect("genuine");
                black_box(buffer);
            })
        }
        ("seal SM2/SM4", provider) => seal(SM2, provider, plain),
        ("seal RSA/AES", provider) => seal(RSA, provider, plain),
        ("parse SM2", provider) => parse(SM2, provider),
        ("parse RSA-1024", provider) => parse(RSA, provider),
        _ => Box::new(|| ()),
    }
}

fn cipher() -> AesGcm<sm4::Sm4, U12, U16> {
    AesGcm::new(black_box(&KEY.into()))
}

fn theirs(buffer: &mut [u8]) -> Tag<U16> {
    let sealed = cipher().encrypt_inout_detached(&NONCE.into(), b"", buffer.into());
    sealed.expect("short")
}

fn of_name(name: &str) -> Backend {
    let mut all = Backend::available();
    all.find(|backend| backend.to_string() == name)
        .expect("a backend")
}

fn recipient(key: &[u8], provider: &str) -> Recipient {
    let name = format!("cardseal-{}", provider.replace('-', ""));
    let mut all = providers().into_iter();
    let provider = all.find(|each| each.name() == name).expect("a provider");
    Recipient::parse_with(key, &provider).expect("a sound key")
}

fn seal(key: &'static [u8], provider: &str, plain: Vec<u8>) -> Box<dyn FnMut()> {
    let recipient = recipient(key, provider);
    Box::new(move || {
        drop(black_box(
            recipient.seal(black_box(&plain)).expect("sealed"),
        ))
    })
}

fn parse(key: &'static [u8], provider: &str) -> Box<dyn FnMut()> {
    let provider = provider.to_owned();
    Box::new(move || drop(black_box(recipient(key, &provider))))
}
