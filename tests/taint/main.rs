//! No branch and no address of the whole library's sealing, storing and opening depends on a session key: checked by
//! valgrind's memcheck, RSA keys of 1024 to 4096 bits and SM2.
//!
//! The key that is drawn is declared undefined, as if never initialised, and memcheck reports each branch and each address
//! that is computed from it. What a session gives back is public: ciphertext and tag go over the network, and what was
//! opened is read as JSON. The padding of an opened answer is watched by itself. Valgrind emulates no AVX-512, GFNI and SHA;
//! `crates/kernels/tests/disassembly` reads those.

#[path = "../common/mod.rs"]
mod common;
mod memcheck;
mod watched;

use std::process::{Command, ExitCode};

use cardseal::{EncryptedReply, IvPolicy, Opener, Recipient};
use common::keys::{E, modulus, pkcs1, rsa_spki};

/// What is known of a key that was drawn, and no more: that it is not the IV again, that it has no run of equal bytes.
const VERDICTS_OF_A_DRAW: usize = 3;

/// Whether a tag is right, or a padding.
const VERDICTS_OF_OPENING: usize = 2;

fn keys() -> Vec<(String, Recipient)> {
    let provider = watched::provider;
    let mut keys = vec![(
        "SM2".to_owned(),
        Recipient::parse_with(common::SM2_KEY.as_bytes(), &provider()).unwrap(),
    )];
    for bits in [1024, 2048, 3072, 4096] {
        let key = rsa_spki(&pkcs1(&modulus(bits), E));
        let recipient = Recipient::parse_with(&key, &provider()).unwrap();
        keys.push((format!("RSA-{bits}"), recipient));
    }
    keys
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, what] = arguments.as_slice()
        && flag == "--under-valgrind"
    {
        under_valgrind(what);
        return ExitCode::SUCCESS;
    }
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        println!("N/A taint: the requests to valgrind are written for x86-64 Linux");
        return ExitCode::SUCCESS;
    }
    if cfg!(debug_assertions) {
        println!(
            "N/A taint: a debug build asks each of `subtle`'s answers whether it is 0 or 1; run it with --release"
        );
        return ExitCode::SUCCESS;
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        common::skip("taint of the library", "no valgrind here");
        return ExitCode::SUCCESS;
    }
    let planted = run("planted");
    assert!(
        count(&planted, "leaks") > 0,
        "the planted leak was not caught:\n{planted}"
    );
    println!("REACHED planted leak: caught");
    let padding = run("padding");
    assert!(
        count(&padding, "padding") <= VERDICTS_OF_OPENING,
        "{padding}"
    );
    println!("REACHED the padding of an answer: its verdict alone is known, whatever it is");
    for (name, _) in keys() {
        let report = run(&name);
        let (short, long) = (
            count(&report, "sealing_short"),
            count(&report, "sealing_long"),
        );
        assert!(short <= VERDICTS_OF_A_DRAW, "{name}:\n{report}");
        assert_eq!(short, long, "{name}: it depends on the body\n{report}");
        assert_eq!(count(&report, "storing"), 0, "{name}:\n{report}");
        let opening = count(&report, "opening");
        assert!(opening <= VERDICTS_OF_OPENING, "{name}:\n{report}");
        println!(
            "REACHED {name}: sealing, storing and opening branch on nothing of the session key but {short} verdicts of the draw and {opening} of the tag"
        );
    }
    ExitCode::SUCCESS
}

/// Starts this program again under valgrind; everything it and memcheck say.
fn run(what: &str) -> String {
    let output = Command::new("valgrind")
        .args(["-q", "--track-origins=no", "--num-callers=8"])
        .arg(std::env::current_exe().unwrap())
        .args(["--under-valgrind", what])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}:\n{text}");
    text.into_owned()
}

/// The number behind `name=` in a report.
fn count(report: &str, name: &str) -> usize {
    let mut values = report
        .lines()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let value = values.next().and_then(|digits| digits.parse().ok());
    value.unwrap_or_else(|| panic!("no {name} in:\n{report}"))
}

fn under_valgrind(what: &str) {
    assert!(memcheck::is_watching(), "not under valgrind");
    match what {
        "planted" => planted(),
        "padding" => padding(),
        name => {
            let recipient = |name: &str| {
                keys()
                    .into_iter()
                    .find(|(known, _)| known == name)
                    .unwrap()
                    .1
            };
            // A generator draws for one request.
            let long = format!(r#"{{"ImageBase64":"{}"}}"#, "QUJD".repeat(3000));
            for (body, which) in [("{}", "short"), (long.as_str(), "long")] {
                let recipient = recipient(name);
                let before = memcheck::complaints();
                let sealed = recipient.seal(body.as_bytes()).unwrap();
                println!("sealing_{which}={}", memcheck::complaints() - before);
                drop(sealed);
            }
            store_and_open(&recipient(name));
        }
    }
}

/// Stores an opener, takes it back, and opens what it sealed.
fn store_and_open(recipient: &Recipient) {
    let (sealed, opener) = recipient.seal(br#"{"Name":"x"}"#).unwrap();
    let before = memcheck::complaints();
    let text = opener.expose_for_storage().unwrap();
    println!("storing={}", memcheck::complaints() - before);
    memcheck::make_public(text.as_bytes());
    // As another program keeps it: it does not know its request, so that this can stand for the answer.
    let mut kept: serde_json::Value = serde_json::from_str(&text).unwrap();
    kept.as_object_mut()
        .unwrap()
        .retain(|name, _| ["Algorithm", "Key", "Iv"].contains(&name.as_str()));
    let opener = Opener::restore_with(kept.to_string().as_bytes(), &watched::provider()).unwrap();
    let reply = EncryptedReply::parse(sealed.as_json()).unwrap();
    let before = memcheck::complaints();
    let opened = opener.open(&reply, IvPolicy::BySuite).unwrap();
    println!("opening={}", memcheck::complaints() - before);
    assert_eq!(opened.expose_plaintext(), br#"{"Name":"x"}"#);
}

/// Every padding that there is, right and wrong.
fn padding() {
    let mut most = 0;
    for pad in 0..=17_u8 {
        for wrong in [None, Some(0), Some(14)] {
            let mut block = [b'x'; 16];
            let padded = usize::from(pad).min(16);
            block[16 - padded..].fill(pad);
            if let Some(place) = wrong {
                block[place] ^= 0x40;
            }
            memcheck::make_secret(&block);
            let before = memcheck::complaints();
            std::hint::black_box(
                cardseal::testing::unpadded_len(std::hint::black_box(&block)).is_some(),
            );
            most = most.max(memcheck::complaints() - before);
        }
    }
    println!("padding={most}");
}

/// A padding that is judged byte by byte.
fn planted() {
    let block = [16_u8; 16];
    memcheck::make_secret(&block);
    let before = memcheck::complaints();
    let right = block.iter().all(|byte| std::hint::black_box(*byte) == 16);
    std::hint::black_box(right);
    println!("leaks={}", memcheck::complaints() - before);
}
