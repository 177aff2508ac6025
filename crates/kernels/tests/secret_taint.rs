//! No branch and no address depends on a key or a plaintext: checked by valgrind's memcheck.
//!
//! Keys and plaintexts are declared undefined, as if never initialised. Memcheck follows them through
//! every instruction and reports each branch and each address computed from them. Two planted leaks
//! must be caught, or the check would count for nothing.
//!
//! Of AES-256-CBC, the backend that stands on the `aes` crate is watched as the CPU that valgrind emulates runs it.
//!
//! Valgrind emulates the CPU and hides the instructions it does not know, so backends built on
//! those are skipped here; `examples/timing.rs` covers them.

#[path = "common/memcheck.rs"]
mod memcheck;
#[path = "../../../tests/common/skip.rs"]
mod skip;

use std::process::{Command, ExitCode};

use cardseal_kernels::aes256_cbc::{self, decrypt};
use cardseal_kernels::{Backend, Sm4, Sm4Gcm, hazmat, sha256::Sha256};
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt};

/// A use of a secret that memcheck must complain about.
type Leak = fn(&[u8; 16]) -> u8;

const PLANTED: [(&str, Leak); 2] = [
    ("planted table look-up", look_up),
    ("planted branch", branch),
];

/// What stands before the name of a backend of AES-256-CBC, and of one of its decryption.
const CBC: &str = "aes-256-cbc ";
const DECRYPTION: &str = "aes-256-cbc-decryption ";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, what] = arguments.as_slice()
        && flag == "--under-valgrind"
    {
        under_valgrind(what);
        return ExitCode::SUCCESS;
    }
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        skip::skip("secret taint", "it is written for x86-64 Linux");
        return ExitCode::SUCCESS;
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        skip::skip("secret taint", "valgrind is not installed");
        return ExitCode::SUCCESS;
    }
    for (name, _) in PLANTED {
        let report = run(name);
        assert!(
            count(&report, "leaks") > 0,
            "{name} was not caught:\n{report}"
        );
        println!("REACHED planted {name}: caught");
    }
    for backend in Backend::ALL {
        let report = run(backend.name());
        if report.contains("unavailable") {
            println!("N/A secret taint on {backend}: valgrind does not emulate its instructions");
            assert_ne!(backend, Backend::Portable, "runs everywhere");
            continue;
        }
        assert_eq!(count(&report, "leaks"), 0, "{backend}:\n{report}");
        // Whether a message is genuine is no secret: that one branch is the answer. Debug builds
        // have a second one, where `subtle` asserts that the answer is 0 or 1. Two messages are opened.
        let verdicts = 2 * if cfg!(debug_assertions) { 2 } else { 1 };
        assert_eq!(count(&report, "verdicts"), verdicts, "{backend}:\n{report}");
        println!("REACHED {backend}: no branch and no address depends on a secret");
    }
    let encryption = aes256_cbc::Backend::ALL.map(|backend| format!("{CBC}{backend}"));
    let decryption = decrypt::Backend::ALL.map(|backend| format!("{DECRYPTION}{backend}"));
    for backend in encryption.iter().chain(&decryption) {
        let report = run(backend);
        if report.contains("unavailable") {
            println!("N/A secret taint on {backend}: valgrind does not emulate its instructions");
            assert!(!backend.ends_with("library"), "runs everywhere");
            continue;
        }
        assert_eq!(count(&report, "leaks"), 0, "{backend}:\n{report}");
        println!("REACHED {backend}: no branch and no address depends on a secret");
    }
    ExitCode::SUCCESS
}

/// Starts this program again under valgrind; everything it and memcheck say.
fn run(what: &str) -> String {
    let this = std::env::current_exe().expect("the path of this test");
    let output = Command::new("valgrind")
        .args(["-q", "--track-origins=no", "--num-callers=8"])
        .arg(this)
        .args(["--under-valgrind", what])
        .output()
        .expect("valgrind starts");
    let text = [
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    ]
    .concat();
    assert!(output.status.success(), "{what}:\n{text}");
    text
}

/// The number behind `name=` in a report.
fn count(report: &str, name: &str) -> u64 {
    let value = report
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    value
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_else(|| panic!("no {name} in:\n{report}"))
}

fn under_valgrind(what: &str) {
    assert!(memcheck::is_watching(), "not under valgrind");
    if let Some((_, leak)) = PLANTED.iter().find(|(name, _)| *name == what) {
        let mut key = [7; 16];
        memcheck::make_secret(&mut key);
        let before = memcheck::complaints();
        std::hint::black_box(leak(std::hint::black_box(&key)));
        println!("leaks={}", memcheck::complaints() - before);
        return;
    }
    if let Some(name) = what.strip_prefix(CBC) {
        return encrypt_everything(name);
    }
    if let Some(name) = what.strip_prefix(DECRYPTION) {
        return decrypt_everything(name);
    }
    let backend = Backend::ALL
        .into_iter()
        .find(|backend| backend.name() == what);
    let backend = backend.expect("the name of a backend");
    if !Backend::available().any(|available| available == backend) {
        println!("unavailable");
        return;
    }
    let before = memcheck::complaints();
    seal_everything(backend);
    let between = memcheck::complaints();
    open_one(backend);
    println!("leaks={}", between - before);
    println!("verdicts={}", memcheck::complaints() - between);
}

/// Key schedule, GCM over several lengths, and the block cipher, with key and plaintext secret.
fn seal_everything(backend: Backend) {
    let mut key = [0x11; 16];
    memcheck::make_secret(&mut key);
    let cipher = Sm4Gcm::with_backend(&key, backend).expect("available");
    for length in [0, 1, 16, 156, 224, 600, 9000] {
        let mut buffer = vec![0x22; length];
        memcheck::make_secret(&mut buffer);
        std::hint::black_box(
            cipher
                .seal_in_place(&[3; 12], b"aad", &mut buffer)
                .expect("short"),
        );
    }
    let mut sealer = cipher.sealer(&[3; 12], b"aad");
    let mut hash = Sha256::new();
    for (blocks, texts) in [(14, 0), (100, 33), (9, 3)] {
        let mut buffer = vec![[0x22; 16]; blocks];
        memcheck::make_secret(buffer.as_flattened_mut());
        sealer
            .update_hashing(&mut buffer, &mut hash, &vec![[0x33; 64]; texts])
            .expect("short");
        std::hint::black_box(&buffer);
    }
    std::hint::black_box((sealer.finish(&mut []), hash.finish(&[0x44; 20])))
        .0
        .expect("short");

    let mut buffer = vec![0x22; 5000];
    memcheck::make_secret(&mut buffer);
    hazmat::ctr_xor(&cipher, &[0xff; 16], &mut buffer);
    std::hint::black_box(hazmat::ghash(backend, &key, buffer.as_chunks().0));

    let block_cipher = Sm4::with_backend(&key, backend).expect("available");
    let mut blocks = [cipher::Block::<Sm4>::from(key); 21];
    block_cipher.encrypt_blocks(&mut blocks);
    block_cipher.decrypt_blocks(&mut blocks);
    std::hint::black_box(blocks);
}

/// Key schedule, encryption, and encryption beside the hash of a public text, with key and plaintext secret.
fn encrypt_everything(name: &str) {
    let backend = aes256_cbc::Backend::ALL
        .into_iter()
        .find(|backend| backend.name() == name)
        .expect("the name of a backend");
    let before = memcheck::complaints();
    let mut key = [0x11; 32];
    memcheck::make_secret(&mut key);
    let Some(mut encryptor) = aes256_cbc::Encryptor::with_backend(&key, &[3; 16], backend) else {
        println!("unavailable");
        return;
    };
    let mut hash = Sha256::new();
    for (blocks, texts) in [(1, 0), (10, 1), (30, 10), (70, 20), (9, 9)] {
        let mut buffer = vec![[0x22; 16]; blocks];
        memcheck::make_secret(buffer.as_flattened_mut());
        encryptor.encrypt(&mut buffer);
        memcheck::make_secret(buffer.as_flattened_mut());
        encryptor.encrypt_and_hash(&mut buffer, &mut hash, &vec![[0x33; 64]; texts]);
        std::hint::black_box(&buffer);
    }
    std::hint::black_box(hash.finish(&[0x44; 20]));
    // The best backend's, and no other's, under a key that is used once.
    let mut buffer = [[0x22; 16]; 10];
    memcheck::make_secret(buffer.as_flattened_mut());
    aes256_cbc::encrypt(&key, &[3; 16], &mut buffer);
    std::hint::black_box(&buffer);
    println!("leaks={}", memcheck::complaints() - before);
}

/// Key schedule and decryption of several lengths, in place and elsewhere; the plaintext is as secret as the key.
fn decrypt_everything(name: &str) {
    let backend = decrypt::Backend::ALL
        .into_iter()
        .find(|backend| backend.name() == name)
        .expect("the name of a backend");
    let before = memcheck::complaints();
    let mut key = [0x11; 32];
    memcheck::make_secret(&mut key);
    for blocks in [0, 1, 3, 4, 10, 16, 37, 70] {
        let mut buffer = vec![[0x22; 16]; blocks];
        let done = decrypt::in_place_with(backend, &key, &[3; 16], &mut buffer);
        if done.is_none() {
            println!("unavailable");
            return;
        }
        let mut elsewhere = vec![[0; 16]; blocks];
        decrypt::into_with(backend, &key, &[3; 16], &buffer, &mut elsewhere).expect("available");
        std::hint::black_box((&buffer, &elsewhere));
    }
    println!("leaks={}", memcheck::complaints() - before);
}

/// Opens a genuine message under a secret key, into another place and in its own.
fn open_one(backend: Backend) {
    let mut key = [0x11; 16];
    let sealing = Sm4Gcm::with_backend(&key, backend).expect("available");
    let mut buffer = [0x22; 333];
    let tag = sealing
        .seal_in_place(&[3; 12], b"aad", &mut buffer)
        .expect("short");
    memcheck::make_secret(&mut key);
    let cipher = Sm4Gcm::with_backend(&key, backend).expect("available");
    let mut elsewhere = [0; 333];
    let result = cipher.open_into(&[3; 12], b"aad", &buffer, &tag, &mut elsewhere);
    let opened = std::hint::black_box(result.is_ok());
    memcheck::make_public(&mut elsewhere);
    assert!(said_openly(opened) && elsewhere == [0x22; 333]);
    let result = cipher.open_in_place(&[3; 12], b"aad", &mut buffer, &tag);
    let opened = std::hint::black_box(result.is_ok());
    memcheck::make_public(&mut buffer);
    assert!(said_openly(opened) && buffer == [0x22; 333]);
}

/// The verdict, once it is given.
fn said_openly(opened: bool) -> bool {
    let mut byte = [u8::from(opened)];
    memcheck::make_public(&mut byte);
    std::hint::black_box(byte) == [1]
}

/// The leak of every S-box kept in memory.
#[inline(never)]
fn look_up(key: &[u8; 16]) -> u8 {
    static TABLE: [u8; 256] = [0x5a; 256];
    let table = std::hint::black_box(&TABLE);
    table[usize::from(key[3])]
}

/// The leak of every comparison that stops at the first difference.
#[inline(never)]
fn branch(key: &[u8; 16]) -> u8 {
    let mut same = 0;
    while same < 16 && std::hint::black_box(key[same]) == 7 {
        same += 1;
    }
    same as u8
}
