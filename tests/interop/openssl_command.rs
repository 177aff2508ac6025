//! The `openssl` command: RSA and AES-256-CBC in both directions, and SM2 through its ASN.1 form.

use std::io::Write;
use std::process::{Command, Stdio};

use cardseal::{EncryptedReply, IvPolicy, Recipient};

use crate::common::{b64, cases, der, der_integer, der_sequence, skip, unb64};
use crate::exchange::{length, object};

#[test]
fn openssl_command() {
    let version = Command::new("openssl").arg("version").output();
    if !version.is_ok_and(|out| out.status.success()) {
        return skip("openssl_command", "no `openssl` command");
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
            crate::common::forgetful(opener)
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
        let asn1 = der_sequence(&[
            der_integer(strip(&blob[1..33])),
            der_integer(strip(&blob[33..65])),
            der(4, &blob[65..97]),
            der(4, &blob[97..]),
        ]);
        let key = run(&["pkeyutl", "-decrypt", "-inkey", &private], &asn1);
        let stored = opener.expose_for_storage().unwrap();
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
