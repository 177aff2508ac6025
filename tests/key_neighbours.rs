//! What stands beside a public key and is about a private one, or looks like one, and is none: the public key is taken.

mod common;

use cardseal::{KeyRejected, Recipient};
use common::keys::{E, modulus, pkcs1, sm2_spki};
use common::{b64, b64url, der_sequence, pem, unhex};

/// SHA-256 of nothing.
const DIGEST: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Words around a sound key, in comments and in files of other programs.
#[test]
fn a9_words_about_a_private_key_are_none() {
    let spki = sm2_spki();
    let public = pem("PUBLIC KEY", &spki, "\n");
    let expected = Recipient::from_der(&spki).unwrap();
    let ssh = |kind: &str| {
        let len = u32::try_from(kind.len()).unwrap();
        let blob = [&len.to_be_bytes(), kind.as_bytes(), &[7; 60]].concat();
        format!("{kind} {}", b64(&blob))
    };
    let digest = b64(&unhex(DIGEST));
    for neighbour in [
        "# the PRIVATE KEY-- is kept elsewhere".to_owned(),
        "# no PRIVATE KEY-----\n".to_owned(),
        "# what follows \"-----BEGIN PRIVATE KEY-----\" is kept elsewhere".to_owned(),
        "# a file with `-----BEGIN EC PRIVATE KEY-----` does not belong here".to_owned(),
        "# -----BEGIN PRIVATE KEY-----\n# (removed)\n# -----END PRIVATE KEY-----".to_owned(),
        "# export it from PuTTY: PuTTY-User-Key-File-2 and -3 have another form".to_owned(),
        "# .NET writes <RSAKeyValue> with <D> for the private exponent".to_owned(),
        "# not an RSAKeyValue: <P> and <Q> are private".to_owned(),
        format!("SHA2-256(private.pem)= {DIGEST}"),
        format!("SHA256(/etc/ssl/private/key.pem)= {DIGEST}"),
        format!("SM3(private.key)= {DIGEST}"),
        format!("{DIGEST}  private.pem"),
        format!("private.pem {DIGEST}"),
        format!("private.pem: sha256:{DIGEST}"),
        format!("private.example.com {}", ssh("ssh-rsa")),
        format!("private-host,10.0.0.5 {}", ssh("ssh-ed25519")),
        format!("[sk.example.com]:2222 {}", ssh("ecdsa-sha2-nistp256")),
        format!("github.com/example/private v1.2.3 h1:{digest}"),
        format!("example.com/sk/private v0.1.0/go.mod h1:{digest}"),
        format!("SHA256={DIGEST}"),
        format!("KEY_ID={DIGEST}"),
        format!("KEY_ID={digest}"),
        format!("PUBLIC_KEY_ID={DIGEST}"),
        format!("PUBLIC_KEY_HASH={digest}"),
        format!("private_key_hash: {DIGEST}"),
        format!("private-key-sha256-of-file: {DIGEST}"),
        format!("private_key_id={digest}"),
        format!("private_cloud: {}", b64(public.as_bytes())),
    ] {
        for text in [
            format!("{public}{neighbour}\n"),
            format!("{neighbour}\n{public}"),
            b64(format!("{neighbour}\n{public}").as_bytes()),
        ] {
            let parsed = Recipient::parse(text.as_bytes());
            let parsed = parsed.unwrap_or_else(|why| panic!("{why}: {text}"));
            assert_eq!(parsed.fingerprint(), expected.fingerprint(), "{text}");
        }
        assert!(
            !Recipient::is_private_key(neighbour.as_bytes()),
            "{neighbour}"
        );
    }
}

/// A digest alone is no key, and a key's digest no private one.
#[test]
fn a9_a_digest_under_its_name_is_no_private_key() {
    let digest = b64(&unhex(DIGEST));
    for name in [
        "SHA256",
        "sha-256",
        "KEY_ID",
        "keyId",
        "PUBLIC_KEY",
        "publicKey",
        "pubkey",
        "PUBLIC_KEY_FINGERPRINT",
        "checksum",
        "PRIVATE_KEY_SHA256",
    ] {
        for value in [DIGEST, &digest] {
            for text in [
                format!("{name}={value}"),
                format!("{name}: {value}\n"),
                format!("export {name}=\"{value}\""),
                serde_json::json!({name: value}).to_string(),
            ] {
                let told = Recipient::parse(text.as_bytes()).err();
                assert_eq!(told, Some(KeyRejected::NotAKey), "{text}");
            }
        }
    }
}

/// Members of JSON with a private key's name and none under it.
#[test]
fn a9_facts_under_a_private_keys_name_are_none() {
    let spki = sm2_spki();
    let public = pem("PUBLIC KEY", &spki, "\n");
    let expected = Recipient::from_der(&spki).unwrap();
    let point = &spki[spki.len() - 65..];
    let web_key = serde_json::json!({
        "kty": "EC", "crv": "SM2", "x": b64url(&point[1..33]), "y": b64url(&point[33..]),
        "privateKey": {"algorithm": "SM2", "storage": "hsm"}, "private_key_id": DIGEST,
    });
    for text in [
        serde_json::json!({"publicKey": public, "privateKey": {"algorithm": "1.2.156.10197.1.301"}}).to_string(),
        serde_json::json!({"publicKey": public, "privateKey": {"algorithm": "id-ecPublicKey-with-sm2p256v1-parameters"}})
            .to_string(),
        serde_json::json!({"publicKey": public, "privateKey": {"id": DIGEST, "keyId": DIGEST}}).to_string(),
        serde_json::json!({"publicKey": public, "privateKey": {"fingerprint": b64(&unhex(DIGEST))}}).to_string(),
        web_key.to_string(),
    ] {
        let parsed = Recipient::parse(text.as_bytes()).unwrap_or_else(|why| panic!("{why}: {text}"));
        assert_eq!(parsed.fingerprint(), expected.fingerprint(), "{text}");
    }
}

/// A certificate, or a public key, under a name with "private" in it.
#[test]
fn a9_a_certificate_under_a_private_name_is_none() {
    let certificate = der_sequence(&[
        der_sequence(&[
            common::der(0xa0, &common::der_integer(&[2])),
            common::der_integer(&[7; 16]),
            der_sequence(&[unhex(common::keys::RSA_OID)]),
            pkcs1(&modulus(2048), E),
        ]),
        der_sequence(&[unhex(common::keys::RSA_OID)]),
        common::der(3, &[0; 129]),
    ]);
    let base64 = b64(&certificate);
    let lines: String = base64
        .as_bytes()
        .chunks(64)
        .map(|line| format!("  {}\n", std::str::from_utf8(line).unwrap()))
        .collect();
    let block = pem("CERTIFICATE", &certificate, "\n").replace('\n', "\n  ");
    for name in [
        "private_ca",
        "private-root",
        "sk_chain",
        "PrivateCloudCertificate",
    ] {
        for text in [
            format!("{name}: {base64}\n"),
            format!("{name}: |\n{lines}"),
            format!("{name}:\n{lines}"),
            format!("{name}: |\n  {block}"),
            format!("{name}: \"{}\"\n", block.replace("\n  ", "\\n")),
            format!("{name}={}\n", b64(block.as_bytes())),
            serde_json::json!({name: block}).to_string(),
            serde_json::json!({name: {"pem": base64}}).to_string(),
        ] {
            assert!(!Recipient::is_private_key(text.as_bytes()), "{text}");
        }
    }
}
