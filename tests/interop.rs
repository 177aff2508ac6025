//! Both directions against programs nobody here wrote: what this library seals they open, and what they seal it opens.
//!
//! Bouncy Castle through Java, as the service's Java demo uses it; Python's `cryptography` and `gmssl`; the `openssl`
//! command. Random keys, lengths from 0 to 1 MiB. `CARDSEAL_CASES` sets the number of cases a suite.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use cardseal::entropy_for_tests::{Entropy, OsEntropy};
use cardseal::{EncryptedReply, IvPolicy, Recipient};
use common::{b64, cases, skip, unb64};
use serde_json::json;

const SUITES: [&str; 2] = ["AES-256-CBC", "SM4-GCM"];

/// A peer process: a line in, a line out.
struct Peer {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Peer {
    fn start(command: &mut Command) -> std::io::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        Ok(Self {
            child,
            stdin,
            stdout,
        })
    }

    /// `None` where the peer has gone.
    fn ask(&mut self, line: &str) -> Option<String> {
        let stdin = self.stdin.as_mut()?;
        writeln!(stdin, "{line}").ok()?;
        stdin.flush().ok()?;
        let mut reply = String::new();
        match self.stdout.read_line(&mut reply) {
            Ok(len) if len > 0 => Some(reply.trim_end().to_owned()),
            _ => None,
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stdin = None;
        let _ = self.child.wait();
    }
}

fn random(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    OsEntropy.fill(&mut bytes).unwrap();
    bytes
}

fn below(bound: usize) -> usize {
    u64::from_le_bytes(random(8).try_into().unwrap()) as usize % bound
}

/// Every length from 0 to 300 in turn, then random ones, mostly short, some up to 1 MiB.
fn length(case: usize) -> usize {
    match case {
        0..=300 => case,
        _ if case.is_multiple_of(50) => below(1 << 20),
        _ => below(4096),
    }
}

/// A JSON object of exactly `len` bytes where that is possible, since only objects are opened.
fn object(len: usize) -> Vec<u8> {
    match len {
        0..=6 => b"{}".to_vec(),
        _ => {
            let letters: String = random(len - 7)
                .iter()
                .map(|byte| char::from(b'a' + byte % 26))
                .collect();
            format!("{{\"a\":\"{letters}\"}}").into_bytes()
        }
    }
}

fn word(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        "-".into()
    } else {
        b64(bytes)
    }
}

fn bytes(word: &str) -> Vec<u8> {
    if word == "-" { Vec::new() } else { unb64(word) }
}

/// Runs the cases of one suite; `false` where the peer cannot run at all.
fn exchange(peer: &mut Peer, suite: &str, count: usize) -> bool {
    let Some(public) = peer.ask(&format!("keygen {suite}")) else {
        return false;
    };
    let recipient = Recipient::parse(public.as_bytes()).expect("the peer's public key");
    assert_eq!(recipient.algorithm(), suite);
    let iv_len = if suite == "SM4-GCM" { 12 } else { 16 };
    for case in 0..count {
        let plaintext = random(length(case));
        let answer = object(length(case));
        let (sealed, opener) = recipient.seal(&plaintext).unwrap();
        let encryption = sealed.encryption();
        let fresh = case % 2 == 1;
        let iv2 = if fresh {
            random(iv_len)
        } else {
            unb64(&encryption.iv)
        };
        let tag = encryption.tag_list.first().map_or("-", String::as_str);
        let line = format!(
            "exchange {suite} {} {} {tag} {} {} {}",
            encryption.ciphertext_blob,
            encryption.iv,
            word(&unb64(sealed.encrypted_body())),
            word(&answer),
            word(&iv2)
        );
        let reply = peer
            .ask(&line)
            .unwrap_or_else(|| panic!("the peer gave up on {suite}, case {case}"));
        let mut words = reply.split(' ');
        let mut next = || words.next().expect("three words");
        assert_eq!(
            bytes(next()),
            plaintext,
            "{suite}, case {case}: they opened something else"
        );
        let (ciphertext, tag) = (bytes(next()), bytes(next()));
        let tags = if tag.is_empty() {
            json!(null)
        } else {
            json!([b64(&tag)])
        };
        let body = json!({"Response": {
            "EncryptedBody": b64(&ciphertext),
            "Encryption": {
                "Algorithm": suite, "Iv": b64(&iv2), "TagList": tags, "EncryptList": ["EncryptedBody"],
            },
        }});
        let parsed = EncryptedReply::parse(body.to_string().as_bytes()).unwrap();
        let policy = if fresh {
            IvPolicy::Fresh
        } else {
            IvPolicy::Same
        };
        let opened = opener
            .open(&parsed, policy)
            .unwrap_or_else(|_| panic!("{suite}, case {case}: their answer does not open"));
        assert_eq!(opened.expose_plaintext(), answer, "{suite}, case {case}");
    }
    true
}

fn both_suites(name: &str, mut command: Command, usual: [usize; 2]) {
    for (suite, usual) in SUITES.into_iter().zip(usual) {
        let reason = match Peer::start(&mut command) {
            Ok(mut peer) => {
                if exchange(&mut peer, suite, cases(usual)) {
                    continue;
                }
                "the peer does not run; install what it imports".to_owned()
            }
            Err(error) => error.to_string(),
        };
        skip(&format!("{name} {suite}"), &reason);
    }
}

fn interop(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/interop")
        .join(file)
}

#[test]
fn bouncy_castle() {
    let jar = std::env::var("CARDSEAL_BCPROV").unwrap_or("/usr/share/java/bcprov.jar".into());
    if !Path::new(&jar).exists() {
        return skip(
            "bouncy_castle",
            "no bcprov.jar (Debian: libbcprov-java; or set CARDSEAL_BCPROV)",
        );
    }
    let mut command = Command::new("java");
    command
        .arg("-cp")
        .arg(jar)
        .arg(interop("BouncyCastlePeer.java"));
    both_suites("bouncy_castle", command, [1200, 1200]);
}

#[test]
fn python_cryptography_and_gmssl() {
    let python = std::env::var("CARDSEAL_PYTHON").unwrap_or("python3".into());
    let mut command = Command::new(python);
    command.arg(interop("python_peer.py"));
    // gmssl takes some 10 ms for a point multiplication.
    both_suites("python_cryptography_and_gmssl", command, [1200, 400]);
}

/// The `openssl` command: RSA and AES-256-CBC in both directions, and SM2 through its ASN.1 form.
#[test]
fn openssl() {
    let version = Command::new("openssl").arg("version").output();
    if !version.is_ok_and(|out| out.status.success()) {
        return skip("openssl", "no `openssl` command");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let private = file("rsa.pem");
    run(
        &[
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            "rsa_keygen_bits:1024",
            "-out",
            &private,
        ],
        b"",
    );
    let recipient = Recipient::parse(&run(&["pkey", "-in", &private, "-pubout"], b"")).unwrap();
    for case in 0..cases(60).min(300) {
        let plaintext = object(length(case * 5));
        let (sealed, opener) = recipient.seal(&plaintext).unwrap();
        let key = run(
            &["pkeyutl", "-decrypt", "-inkey", &private],
            &unb64(&sealed.encryption().ciphertext_blob),
        );
        let (key, iv) = (hex(&key), hex(&unb64(&sealed.encryption().iv)));
        let cipher = ["enc", "-aes-256-cbc", "-K", &key, "-iv", &iv];
        let opened = run(
            &[&cipher[..], &["-d"]].concat(),
            &unb64(sealed.encrypted_body()),
        );
        assert_eq!(
            opened, plaintext,
            "case {case}: openssl opened something else"
        );
        let resealed = run(&cipher, &plaintext);
        assert_eq!(
            b64(&resealed),
            sealed.encrypted_body(),
            "case {case}: other ciphertext"
        );
        let reply = EncryptedReply::parse(sealed.as_json()).unwrap();
        assert_eq!(
            opener
                .open(&reply, IvPolicy::Same)
                .unwrap()
                .expose_plaintext(),
            plaintext
        );
    }

    let private = file("sm2.pem");
    run(&["genpkey", "-algorithm", "SM2", "-out", &private], b"");
    let public = run(&["pkey", "-in", &private, "-pubout"], b"");
    let recipient = Recipient::parse(&public).expect("the public key openssl made");
    for case in 0..cases(60).min(300) {
        let (sealed, opener) = recipient.seal(b"{}").unwrap();
        let blob = unb64(&sealed.encryption().ciphertext_blob);
        // GM/T 0009: SEQUENCE { x, y, C3, C2 }.
        let asn1 = common::der_sequence(&[
            common::der_integer(strip(&blob[1..33])),
            common::der_integer(strip(&blob[33..65])),
            common::der(4, &blob[65..97]),
            common::der(4, &blob[97..]),
        ]);
        let key = run(&["pkeyutl", "-decrypt", "-inkey", &private], &asn1);
        let stored = opener.expose_for_storage();
        assert!(
            stored.contains(&b64(&key)),
            "case {case}: openssl unwrapped another key"
        );
    }
}

/// DER integers have no leading zeros.
fn strip(bytes: &[u8]) -> &[u8] {
    &bytes[bytes
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(bytes.len() - 1)..]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn run(args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "openssl {} failed", args[0]);
    output.stdout
}
