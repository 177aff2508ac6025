//! Envelopes: which are opened, and that everything wrong with one gets one answer.
#![cfg(feature = "server")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::Suite;
use common::{Envelope, Request, good_inner, start, wrap};
use serde_json::{Value, json};

const ENCRYPTED: &str = "RecognizeEncryptedIDCardOCR";

#[test]
fn what_sdks_send_for_unset_members_counts_as_absent() {
    let gateway = start(|_| ());
    let mut envelope = Envelope::seal(
        Suite::Aes256CbcRsa,
        &json!({
            "ImageUrl": "https://example.com/a.png", "ImageBase64": null, "CardSide": "", "Config": "",
            "CardWarnType": null, "EnableReflectDetail": null,
        }),
    );
    for (member, value) in [
        ("ImageBase64", json!("")),
        ("ImageUrl", json!("")),
        ("CardSide", json!("")),
        ("Config", json!("")),
        ("EnableRecognitionRectify", Value::Null),
        ("CardWarnType", Value::Null),
    ] {
        envelope.body[member] = value;
    }
    assert_eq!(envelope.request().code(&gateway), "ok");
    for (member, value) in [
        ("TagList", Value::Null),
        ("EncryptList", Value::Null),
        ("Algorithm", Value::Null),
        ("Algorithm", json!("")),
    ] {
        let mut envelope = envelope.body.clone();
        envelope["Encryption"][member] = value;
        assert_eq!(
            Request::signed(ENCRYPTED, envelope.to_string()).code(&gateway),
            "ok",
            "{member}"
        );
    }
    envelope.body["Encryption"]
        .as_object_mut()
        .unwrap()
        .remove("Algorithm");
    assert_eq!(
        envelope.request().code(&gateway),
        "ok",
        "AES-256-CBC is the default"
    );
}

#[test]
fn members_that_are_unknown_missing_or_of_another_type() {
    let gateway = start(|_| ());
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut body = Envelope::seal(Suite::Sm4GcmSm2, &good_inner()).body;
        change(&mut body);
        Request::signed(ENCRYPTED, body.to_string()).code(&gateway)
    };
    assert_eq!(changed(&|_| ()), "ok");
    for name in [
        "Action",
        "Version",
        "encryptedBody",
        "EncryptionBody",
        "EnableDateVerify",
    ] {
        assert_eq!(
            changed(&|body| body[name] = json!("x")),
            "UnknownParameter",
            "{name}"
        );
    }
    assert_eq!(
        changed(&|body| body["Encryption"]["Tag"] = json!("x")),
        "UnknownParameter"
    );
    for name in ["EncryptedBody", "Encryption"] {
        assert_eq!(
            changed(&|body| body[name] = Value::Null),
            "MissingParameter",
            "{name}"
        );
        assert_eq!(
            changed(&|body| body[name] = json!(1)),
            "InvalidParameter",
            "{name}"
        );
    }
    for name in ["CiphertextBlob", "Iv"] {
        assert_eq!(
            changed(&|body| body["Encryption"][name] = json!("")),
            "MissingParameter",
            "{name}"
        );
        assert_eq!(
            changed(&|body| body["Encryption"][name] = json!(["x"])),
            "InvalidParameter",
            "{name}"
        );
    }
    for name in ["TagList", "EncryptList"] {
        assert_eq!(
            changed(&|body| body["Encryption"][name] = json!("x")),
            "InvalidParameter",
            "{name}"
        );
        assert_eq!(
            changed(&|body| body["Encryption"][name] = json!([1])),
            "InvalidParameter",
            "{name}"
        );
    }
    for name in ["ImageBase64", "ImageUrl"] {
        assert_eq!(
            changed(&|body| body[name] = json!("https://in.clear/")),
            "InvalidParameter",
            "{name}"
        );
    }
}

#[test]
fn garbled_envelopes_all_get_one_answer() {
    let gateway = start(|_| ());
    let text = |bytes: &[u8]| json!(STANDARD.encode(bytes));
    for suite in Suite::ALL {
        let good = Envelope::seal(suite, &good_inner());
        let refused = |what: &str, change: &dyn Fn(&mut Value)| {
            let mut body = good.body.clone();
            change(&mut body);
            assert_ne!(body, good.body, "{what}");
            let answer = Request::signed(ENCRYPTED, body.to_string()).ask(&gateway);
            assert_eq!(
                answer["Error"],
                json!({"Code": "FailedOperation.UnKnowError", "Message": "Unknown error."}),
                "{suite} {what}"
            );
        };
        let decoded = |value: &Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
        let blob = decoded(&good.body["Encryption"]["CiphertextBlob"]);
        let body = decoded(&good.body["EncryptedBody"]);

        for name in ["aes-256-cbc", "AES-128-CBC", "SM4-CBC", "None"] {
            refused("algorithm", &|body| {
                body["Encryption"]["Algorithm"] = json!(name)
            });
        }
        let other = if suite == Suite::Sm4GcmSm2 {
            "AES-256-CBC"
        } else {
            "SM4-GCM"
        };
        refused("other algorithm", &|body| {
            body["Encryption"]["Algorithm"] = json!(other)
        });
        for list in [
            json!([]),
            json!(["EncryptionBody"]),
            json!(["EncryptedBody", "EncryptedBody"]),
        ] {
            refused("encrypt list", &|body| {
                body["Encryption"]["EncryptList"] = list.clone()
            });
        }
        for length in [0, 1, 8, 11, 13, 15, 17, 32] {
            refused("iv length", &|body| {
                body["Encryption"]["Iv"] = text(&vec![7; length.max(1)])
            });
        }
        refused("iv not base64", &|body| {
            body["Encryption"]["Iv"] = json!("*")
        });
        refused("blob not base64", &|body| {
            body["Encryption"]["CiphertextBlob"] = json!("AB==")
        });
        refused("body not base64", &|body| {
            body["EncryptedBody"] = json!(format!("{}\n", STANDARD.encode([0; 32])))
        });
        refused("body cut", &|json| {
            json["EncryptedBody"] = text(&body[..body.len() - 1])
        });
        refused("body longer", &|json| {
            json["EncryptedBody"] = text(&[&body[..], &[0]].concat())
        });
        refused("one byte of a body", &|body| {
            body["EncryptedBody"] = json!("AA==")
        });
        for length in [1, blob.len() - 1, blob.len() + 1] {
            let mut blob = blob.clone();
            blob.resize(length, 0);
            refused("blob length", &|json| {
                json["Encryption"]["CiphertextBlob"] = text(&blob)
            });
        }
        for at in [0, 1, 40, 64, 65, 96, 97, blob.len() - 1] {
            let mut blob = blob.clone();
            blob[at] ^= 1;
            refused("blob bit", &|json| {
                json["Encryption"]["CiphertextBlob"] = text(&blob)
            });
        }
        for key_length in [1, 15, 17, 24, 31, 33] {
            let blob = wrap(suite, &vec![1; key_length]);
            refused("key length", &|json| {
                json["Encryption"]["CiphertextBlob"] = text(&blob)
            });
        }
        let zeros = vec![0; blob.len()];
        let ones = vec![0xff; blob.len()];
        refused("blob of zeros", &|json| {
            json["Encryption"]["CiphertextBlob"] = text(&zeros)
        });
        refused("blob over the modulus", &|json| {
            json["Encryption"]["CiphertextBlob"] = text(&ones)
        });

        let tags: &[Value] = match suite {
            Suite::Aes256CbcRsa => &[json!([""]), json!([STANDARD.encode([0; 16])])],
            _ => {
                let tag = decoded(&good.body["Encryption"]["TagList"][0]);
                let mut flipped = tag.clone();
                flipped[15] ^= 0x80;
                &[
                    Value::Null,
                    json!([]),
                    json!([""]),
                    json!(["*"]),
                    json!([STANDARD.encode(&tag[..15])]),
                    json!([STANDARD.encode(&tag[..12])]),
                    json!([STANDARD.encode([&tag[..], &[0]].concat())]),
                    json!([STANDARD.encode(flipped)]),
                    json!([STANDARD.encode(&tag), STANDARD.encode(&tag)]),
                ]
            }
        };
        for tags in tags {
            refused("tags", &|body| body["Encryption"]["TagList"] = tags.clone());
        }
        for plaintext in [
            &b"[]"[..],
            b"{",
            b"text",
            b"{\"ImageUrl\":\"\xff\"}",
            b"{\"CardSide\":\"FRONT\",\"CardSide\":\"BACK\"}",
            b"\xef\xbb\xbf{}",
            b"{}x",
        ] {
            let sealed = Envelope::seal_bytes(suite, plaintext).body;
            refused("plaintext", &|body| *body = sealed.clone());
        }
    }
}

#[test]
fn sm2_keys_must_be_uncompressed_c1_c3_c2() {
    let gateway = start(|_| ());
    let good = Envelope::seal(Suite::Sm4GcmSm2, &good_inner());
    let blob = STANDARD
        .decode(good.body["Encryption"]["CiphertextBlob"].as_str().unwrap())
        .unwrap();
    assert_eq!((blob.len(), blob[0]), (113, 4));
    let compressed = [&[2 + (blob[64] & 1)], &blob[1..33], &blob[65..]].concat();
    let c1c2c3 = [&blob[..65], &blob[97..], &blob[65..97]].concat();
    let hybrid = [&[6 + (blob[64] & 1)], &blob[1..]].concat();
    let bare = blob[1..].to_vec();
    for blob in [compressed, c1c2c3, hybrid, bare] {
        let mut body = good.body.clone();
        body["Encryption"]["CiphertextBlob"] = json!(STANDARD.encode(blob));
        assert_eq!(
            Request::signed(ENCRYPTED, body.to_string()).code(&gateway),
            "FailedOperation.UnKnowError"
        );
    }
}

#[test]
fn an_envelope_for_a_suite_without_a_key() {
    let gateway = start(|config| config.keys.retain(|key| key.suite() == Suite::Sm4GcmSm2));
    let code = |suite| {
        Envelope::seal(suite, &good_inner())
            .request()
            .code(&gateway)
    };
    assert_eq!(code(Suite::Sm4GcmSm2), "ok");
    assert_eq!(code(Suite::Aes256CbcRsa), "FailedOperation.UnKnowError");
}

#[test]
fn bodies_of_every_length() {
    // Every remainder by the block length, in both suites.
    let gateway = start(|_| ());
    for suite in Suite::ALL {
        for extra in 0..40 {
            let inner = json!({"ImageUrl": format!("https://example.com/{}", "x".repeat(extra))});
            let envelope = Envelope::seal(suite, &inner);
            assert_eq!(envelope.request().code(&gateway), "ok", "{suite} {extra}");
        }
    }
}
