//! Keys in the formats of other programs, made by those programs; and the commands that this library names, run.

mod common;

use std::path::Path;

use cardseal::{KeyFormat, KeyRejected, Recipient};
use common::shell::{made, shell};
use common::skip;

fn has(program: &str) -> bool {
    shell(Path::new("."), &format!("command -v {program}"))
        .status
        .success()
}

/// The public key as OpenSSL writes it.
const PLAIN: &str = "openssl pkey -in KEY -pubout";

/// What is made, by which programs, from a private key `KEY` and its public half `PUBLIC`; and which reason it is refused
/// for: a format, or one of the others that name a command.
const MADE: &[(&str, &[&str], Option<KeyFormat>)] = &[
    ("cat CERTIFICATE", &[], Some(KeyFormat::Certificate)),
    (
        "openssl x509 -in CERTIFICATE -outform DER",
        &[],
        Some(KeyFormat::Certificate),
    ),
    ("base64 CERTIFICATE", &[], Some(KeyFormat::Certificate)),
    (
        "openssl x509 -in CERTIFICATE -outform DER | base64",
        &[],
        Some(KeyFormat::Certificate),
    ),
    (
        "openssl x509 -in CERTIFICATE -outform DER | xxd -p",
        &["xxd"],
        Some(KeyFormat::Certificate),
    ),
    (
        "openssl req -new -key KEY -subj /CN=x",
        &[],
        Some(KeyFormat::CertificateRequest),
    ),
    (
        "openssl req -new -key KEY -subj /CN=x -outform DER",
        &[],
        Some(KeyFormat::CertificateRequest),
    ),
    (
        "openssl crl2pkcs7 -nocrl -certfile CERTIFICATE",
        &[],
        Some(KeyFormat::Pkcs7),
    ),
    (
        "openssl crl2pkcs7 -nocrl -certfile CERTIFICATE -outform DER",
        &[],
        Some(KeyFormat::Pkcs7),
    ),
    (
        "cat CERTIFICATE CERTIFICATE",
        &[],
        Some(KeyFormat::Certificate),
    ),
    (
        "iconv -f UTF-8 -t UTF-16 PUBLIC",
        &["iconv"],
        Some(KeyFormat::Utf16),
    ),
    ("base64 PUBLIC | base64", &[], Some(KeyFormat::TwiceBase64)),
];

/// The same of RSA keys only.
const MADE_OF_RSA: &[(&str, &[&str], Option<KeyFormat>)] = &[
    (
        "ssh-keygen -i -m PKCS8 -f PUBLIC",
        &["ssh-keygen"],
        Some(KeyFormat::OpenSsh),
    ),
    (
        "ssh-keygen -i -m PKCS8 -f PUBLIC >ssh && ssh-keygen -e -f ssh",
        &["ssh-keygen"],
        Some(KeyFormat::Ssh2),
    ),
    (
        "echo \"<RSAKeyValue><Modulus>$(openssl rsa -in KEY -noout -modulus | sed s/Modulus=// | xxd -r -p | base64 -w 0)\
         </Modulus><Exponent>AQAB</Exponent></RSAKeyValue>\"",
        &["xxd"],
        Some(KeyFormat::DotNetXml),
    ),
    ("sed 's/ PUBLIC/ RSA PUBLIC/' PUBLIC", &[], None),
    (
        "openssl rsa -in KEY -RSAPublicKey_out | sed 's/ RSA PUBLIC/ PUBLIC/'",
        &[],
        None,
    ),
];

/// And of SM2 keys only.
const MADE_OF_SM2: &[(&str, &[&str], Option<KeyFormat>)] = &[
    (
        "openssl ec -in KEY -pubout -conv_form compressed",
        &[],
        None,
    ),
    ("openssl ec -in KEY -pubout -param_enc explicit", &[], None),
    (
        "openssl ec -in KEY -pubout -param_enc explicit -outform DER",
        &[],
        None,
    ),
    (
        "openssl ec -in KEY -pubout -conv_form compressed -outform DER | tail -c 33 | xxd -p -c 33",
        &["xxd"],
        Some(KeyFormat::CompressedPoint),
    ),
    (
        "openssl ec -in KEY -pubout -conv_form compressed -outform DER | tail -c 33 | base64",
        &["xxd"],
        Some(KeyFormat::CompressedPoint),
    ),
];

#[test]
fn a9_the_command_named_converts_the_key() {
    if !has("openssl") {
        return skip("a9_the_command_named_converts_the_key", "openssl is needed");
    }
    for (algorithm, more) in [
        ("RSA -pkeyopt rsa_keygen_bits:2048", MADE_OF_RSA),
        ("SM2", MADE_OF_SM2),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        made(
            folder,
            &format!("openssl genpkey -algorithm {algorithm} -out KEY"),
        );
        made(folder, &format!("{PLAIN} -out PUBLIC"));
        made(
            folder,
            "openssl req -new -x509 -key KEY -subj /CN=x -out CERTIFICATE",
        );
        let plain = Recipient::parse(&std::fs::read(folder.join("PUBLIC")).unwrap()).unwrap();
        for (made_by, programs, format) in MADE.iter().chain(more) {
            if let Some(missing) = programs.iter().find(|program| !has(program)) {
                skip(
                    "a9_the_command_named_converts_the_key",
                    &format!("{missing} is needed"),
                );
                continue;
            }
            let bytes = made(folder, made_by);
            std::fs::write(folder.join("FILE"), &bytes).unwrap();
            let reason = Recipient::parse(&bytes)
                .err()
                .unwrap_or_else(|| panic!("{made_by} is taken"));
            match &reason {
                KeyRejected::OtherFormat { format: told, .. } => {
                    assert_eq!(Some(*told), *format, "{made_by}");
                }
                other => assert_eq!(*format, None, "{made_by}: {other}"),
            }
            let command = reason
                .command()
                .unwrap_or_else(|| panic!("{made_by}: {reason}"));
            assert!(reason.to_string().contains(&command), "{reason}");
            let converted = made(folder, &command);
            let key = Recipient::parse(&converted)
                .unwrap_or_else(|why| panic!("{made_by}, {command}: {why}"));
            // PKCS#1 and SPKI of one key have two fingerprints.
            if converted.starts_with(b"-----BEGIN PUBLIC") {
                assert_eq!(key.fingerprint(), plain.fingerprint(), "{command}");
            }
            assert_eq!(key.key_name(), plain.key_name(), "{command}");
        }
    }
}

/// Private keys as real programs write them, their labels and armour taken off.
#[test]
fn a10_private_keys_of_real_programs_are_named() {
    if !has("openssl") {
        return skip(
            "a10_private_keys_of_real_programs_are_named",
            "openssl is needed",
        );
    }
    for (algorithm, traditional) in [
        (
            "RSA -pkeyopt rsa_keygen_bits:1024",
            "openssl rsa -in KEY -traditional -outform DER",
        ),
        ("SM2", "openssl ec -in KEY -outform DER"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        made(
            folder,
            &format!("openssl genpkey -algorithm {algorithm} -out KEY"),
        );
        made(
            folder,
            "openssl req -new -x509 -key KEY -subj /CN=x -out CERTIFICATE",
        );
        for made_by in [
            "cat KEY",
            "base64 KEY",
            "grep -v -- ----- KEY",
            "openssl pkcs8 -topk8 -nocrypt -in KEY -outform DER",
            traditional,
            &format!("{traditional} | base64"),
            "openssl pkcs8 -topk8 -passout pass:x -in KEY -outform DER",
            "openssl pkcs8 -topk8 -passout pass:x -in KEY -outform DER | base64",
            "openssl pkcs12 -export -inkey KEY -in CERTIFICATE -passout pass:x",
            "openssl pkcs12 -export -inkey KEY -in CERTIFICATE -passout pass:x | base64",
            "cat CERTIFICATE KEY",
        ] {
            let bytes = made(folder, made_by);
            let reason = Recipient::parse(&bytes).err();
            assert_eq!(reason, Some(KeyRejected::PrivateKey), "{made_by}");
        }
    }
}
