//! The two samples of the service's guide: opened, and sealed again byte for byte.

mod common;

use cardseal::{EncryptedReply, IvPolicy, Opener};
use common::{Injected, b64, text, unb64, unhex};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn sample(name: &str) -> Value {
    common::vector(&format!("envelope/{name}.json"))
}

fn opener(sample: &Value) -> Opener {
    let stored = json!({
        "Algorithm": sample["algorithm"],
        "Key": b64(&unhex(text(sample, "key_hex"))),
        "Iv": sample["iv"],
    });
    Opener::restore(stored.to_string().as_bytes()).unwrap()
}

fn reply(sample: &Value) -> EncryptedReply {
    let tags: Vec<&Value> = [&sample["tag"]]
        .into_iter()
        .filter(|tag| !tag.is_null())
        .collect();
    let reply = json!({"Response": {
        "EncryptedBody": sample["ciphertext"],
        "Encryption": {
            "Algorithm": sample["algorithm"],
            "CiphertextBlob": sample["ciphertext_blob"],
            "EncryptList": ["EncryptedBody"],
            "Iv": sample["iv"],
            "TagList": tags,
        },
        "RequestId": "sample",
    }});
    EncryptedReply::parse(reply.to_string().as_bytes()).unwrap()
}

#[test]
fn both_samples_open_to_the_same_156_bytes() {
    for name in ["guide-aes-256-cbc", "guide-sm4-gcm"] {
        let sample = sample(name);
        let opened = opener(&sample)
            .open(&reply(&sample), IvPolicy::Same)
            .expect(name);
        assert_eq!(opened.expose_plaintext().len(), 156, "{name}");
        assert_eq!(
            opened.expose_plaintext(),
            text(&sample, "plaintext").as_bytes(),
            "{name}"
        );
        let hash: String = Sha256::digest(opened.expose_plaintext())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hash, text(&sample, "plaintext_sha256"), "{name}");
        assert!(opened.iv_reused());
        // The tag is good, and what it proves is a request: no answer, says an opener that knows no more.
        assert!(!opened.authenticated());
        assert_eq!(opened.sealed(), ["EncryptedBody"]);
    }
}

#[test]
fn sealing_with_the_samples_keys_gives_their_ciphertexts() {
    for (name, recipient, blob_len) in [
        ("guide-aes-256-cbc", common::RSA_KEY, 128),
        ("guide-sm4-gcm", common::SM2_KEY, 113),
    ] {
        let sample = sample(name);
        let key = unhex(text(&sample, "key_hex"));
        let iv = unb64(text(&sample, "iv"));
        let recipient = common::recipient_over(recipient, Injected::new(&[&iv, &key]));
        let (sealed, _) = recipient
            .seal(text(&sample, "plaintext").as_bytes())
            .unwrap();
        assert_eq!(
            sealed.encrypted_body(),
            text(&sample, "ciphertext"),
            "{name}: ciphertext"
        );
        assert_eq!(sealed.encryption().iv, text(&sample, "iv"), "{name}: IV");
        assert_eq!(
            sealed.encryption().algorithm,
            text(&sample, "algorithm"),
            "{name}: algorithm"
        );
        assert_eq!(
            sealed.encryption().encrypt_list,
            ["EncryptedBody"],
            "{name}"
        );
        let tags: Vec<&str> = sample["tag"].as_str().into_iter().collect();
        assert_eq!(sealed.encryption().tag_list, tags, "{name}: tag");
        assert_eq!(
            unb64(&sealed.encryption().ciphertext_blob).len(),
            blob_len,
            "{name}: blob"
        );
    }
}

/// What the wire sees: the members, their order, and nothing else.
#[test]
fn the_shape_of_a_sealed_request() {
    for recipient in [common::rsa(), common::sm2()] {
        let (sealed, _) = recipient.seal(b"{}").unwrap();
        let json = String::from_utf8(sealed.as_json().to_vec()).unwrap();
        let mut at = 0;
        for member in [
            "{\"EncryptedBody\":\"",
            "\"Encryption\":{",
            "\"CiphertextBlob\":\"",
            "\"Iv\":\"",
            "\"Algorithm\":\"",
            "\"TagList\":[",
            "\"EncryptList\":[\"EncryptedBody\"]}}",
        ] {
            at = json[at..]
                .find(member)
                .unwrap_or_else(|| panic!("no {member} in order"))
                + at;
        }
        let value: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value.as_object().unwrap().len(), 2);
        assert_eq!(value["Encryption"].as_object().unwrap().len(), 5);
    }
}

#[test]
fn sm2_blobs_are_uncompressed_points_and_never_asn1() {
    for _ in 0..50 {
        let (sealed, _) = common::sm2().seal(b"{}").unwrap();
        let blob = unb64(&sealed.encryption().ciphertext_blob);
        assert_eq!((blob.len(), blob[0]), (113, 4));
    }
}
