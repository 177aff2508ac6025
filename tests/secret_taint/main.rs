//! No branch and no address of the library depends on what it seals, nor on what it opened before that is read as JSON:
//! checked by valgrind's memcheck, under both suites, from the request to the opened answer.
//!
//! The card's picture and the bodies are secret until they are ciphertext; what is opened is secret again. The padding's
//! verdict is one branch: whether an answer opens is told. After it the text is read as JSON, whose reader cannot but
//! look at it. Each complaint has to come from a place that is named here, and one from anywhere else fails.

#[path = "../../crates/kernels/tests/common/memcheck.rs"]
mod memcheck;
#[path = "../common/skip.rs"]
mod skip;
mod watched;

use std::process::{Command, ExitCode};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::crypto::Session;
use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{Credentials, EncryptedReply, Image, IvPolicy, Opener, Recipient, Sealed};
use serde_json::json;
use watched::Pass;

const KEYS: [(&str, &str); 2] = [
    (
        "AES-256-CBC",
        include_str!("../../vectors/keys/tencent-demo-rsa.b64"),
    ),
    (
        "SM4-GCM",
        include_str!("../../vectors/keys/tencent-demo-sm2.b64"),
    ),
];

/// What takes the padding off.
const UNPADDED: &str = "cardseal::envelope::padding::unpadded_len";

/// Where it is allowed to look at what a step handles: each complaint has to name all functions of one of its places. What
/// is not named may not be looked at anywhere.
const PLACES: [(&str, &[&[&str]]); 5] = [
    ("bodies", &[]),
    // The coder of base64 that has SIMD looks the last bytes of a piece up in a table.
    ("pictures", &[&["cardseal::cloud::image::write_base64"]]),
    (
        "one pass",
        &[
            &["cardseal::cloud::image::write_base64"],
            // Ciphertext, which is public.
            &["cardseal_crypto::base64::append", "::provider::one_pass::"],
        ],
    ),
    // The readers of an opened text; of its padding the verdict, for which `subtle` asserts in debug builds that it is 0 or
    // 1, and the length that is told with it.
    (
        "answers",
        &[
            &["serde_json::"],
            &["cardseal::envelope::shape::"],
            &["at subtle::", UNPADDED],
            &["at <subtle::", UNPADDED],
            &["at <u8 as subtle::", UNPADDED],
            &["core::bool::<impl bool>::then_some", UNPADDED],
            &["core::num::<impl usize>::checked_sub", UNPADDED],
            &["alloc::vec::Vec<T,A>::truncate", "Opener::decrypt"],
            &["core::ptr::drop_in_place<cardseal::envelope::opened::Opened>"],
        ],
    ),
    ("planted", &[&["secret_taint::first_seven"]]),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, step, algorithm] = arguments.as_slice()
        && flag == "--under-valgrind"
    {
        assert!(memcheck::is_watching(), "not under valgrind");
        let (_, key) = KEYS
            .iter()
            .find(|(name, _)| name == algorithm)
            .expect("a suite");
        run(step, key);
        return ExitCode::SUCCESS;
    }
    let is_there = Command::new("valgrind").arg("--version").output().is_ok();
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) || !is_there {
        skip::skip(
            "secret taint of the library",
            "it needs valgrind on x86-64 Linux",
        );
        return ExitCode::SUCCESS;
    }
    for (algorithm, _) in KEYS {
        for (step, places) in PLACES {
            let complaints = complaints(step, algorithm);
            // Where nothing is seen that must be, the secret was not watched.
            assert_eq!(
                complaints.is_empty(),
                places.is_empty(),
                "{algorithm}, {step}: {complaints:?}"
            );
            for complaint in &complaints {
                let is_allowed = places
                    .iter()
                    .any(|names| names.iter().all(|name| complaint.contains(name)));
                assert!(is_allowed, "{algorithm}, {step}:\n{complaint}");
            }
            println!(
                "REACHED {algorithm}, {step}: {} complaints, none from where none may be",
                complaints.len()
            );
        }
    }
    ExitCode::SUCCESS
}

/// Memcheck's complaints about one step, each with the functions it came from.
fn complaints(step: &str, algorithm: &str) -> Vec<String> {
    let output = Command::new("valgrind")
        .args(["--num-callers=40", "--error-limit=no", "--log-fd=1"])
        .arg(std::env::current_exe().expect("the path of this test"))
        .args(["--under-valgrind", step, algorithm])
        .output()
        .expect("valgrind starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{algorithm}, {step}:\n{text}{said}"
    );
    assert!(text.contains("done=1"), "{algorithm}, {step}:\n{text}");
    // A complaint ends with a line that is empty but for the process's number.
    let lines = text.lines().filter_map(|line| line.strip_prefix("=="));
    let lines = lines.filter_map(|line| Some(line.split_once("==")?.1.trim()));
    let mut all = vec![String::new()];
    for line in lines {
        match (line, all.last_mut()) {
            ("", _) => all.push(String::new()),
            (line, Some(last)) => {
                // `at 0x1234: function (file)`, without the address.
                match line
                    .split_once(" 0x")
                    .and_then(|(word, rest)| Some((word, rest.split_once(": ")?.1)))
                {
                    Some((word, function)) => last.push_str(&format!("{word} {function}")),
                    None => last.push_str(line),
                }
                last.push('\n');
            }
            (_, None) => {}
        }
    }
    all.retain(|one| one.contains("uninitialised") && one.contains("\nby "));
    all
}

fn run(step: &str, key: &str) {
    let pass = match step {
        "one pass" => Pass::One,
        _ => Pass::Two,
    };
    let (provider, latest) = watched::provider(pass);
    let recipient = Recipient::parse_with(key.as_bytes(), &provider).expect("a sound key");
    match step {
        // As the user's own text, of any length.
        "bodies" => {
            for length in [0, 1, 15, 16, 17, 156, 700, 20_000] {
                let mut body = vec![b'7'; length];
                memcheck::make_secret(&mut body);
                std::hint::black_box(recipient.seal(&body).expect("sealed"));
            }
        }
        "pictures" | "one pass" => {
            let mut picture = vec![0x33; 20_000];
            memcheck::make_secret(&mut picture);
            let image = Image::from_bytes_unchecked(picture).expect("not empty");
            let credentials = Credentials::new("an-id", "a-key").expect("credentials");
            let account = Tencent::new(credentials);
            let card = IdCardRequest::new(image);
            let call = account.recognize_encrypted_id_card(&recipient, &card, IvPolicy::default());
            std::hint::black_box(call.expect("sealed"));
        }
        "answers" => {
            let (sealed, opener) = recipient
                .seal(b"{\"ImageUrl\":\"https://example.com\"}")
                .expect("sealed");
            let session = latest.lock().expect("no panic").clone().expect("a session");
            answer(&*session, &sealed, opener);
        }
        "planted" => {
            let mut body = *b"{\"a\":1}";
            memcheck::make_secret(&mut body);
            std::hint::black_box(first_seven(&body));
        }
        other => panic!("no step is called {other}"),
    }
    println!("done=1");
}

/// The service's answer under the request's key, opened.
fn answer(session: &dyn Session, sealed: &Sealed, opener: Opener) {
    let encryption = sealed.encryption();
    let iv = STANDARD.decode(&encryption.iv).expect("base64");
    let facts = opener_facts(&encryption.algorithm);
    let mut text = "{\"Name\":\"李明\",\"IdNum\":\"110101199003071233\"}"
        .as_bytes()
        .to_vec();
    if facts.block_len > 1 {
        let pad = facts.block_len - text.len() % facts.block_len;
        text.resize(text.len() + pad, u8::try_from(pad).expect("a block"));
    }
    let tag = session.seal(&iv, &mut text).expect("sealed");
    let tags: Vec<String> = tag.iter().map(|tag| STANDARD.encode(tag)).collect();
    let reply = json!({"Response": {
        "EncryptedBody": STANDARD.encode(&text),
        "Encryption": {"Algorithm": encryption.algorithm, "EncryptList": ["EncryptedBody"],
            "Iv": encryption.iv, "TagList": tags},
        "RequestId": "r",
    }});
    let reply = EncryptedReply::parse(reply.to_string()).expect("an answer");
    let opened = opener.open(&reply, IvPolicy::default()).expect("opened");
    std::hint::black_box(opened);
}

fn opener_facts(algorithm: &str) -> &'static cardseal::crypto::Facts {
    cardseal::crypto::built_in()
        .suite(algorithm)
        .expect("a suite")
        .facts()
}

/// The leak of every search that stops at what it finds.
#[inline(never)]
fn first_seven(body: &[u8]) -> Option<usize> {
    std::hint::black_box(body)
        .iter()
        .position(|byte| *byte == b'7')
}
