//! The faceid actions whose request takes the envelope: for single fields, or as a whole.
#![cfg(feature = "server")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::Suite;
use common::{Envelope, encrypt, faceid, start, wrap};
use serde_json::{Value, json};

const NAME: &str = "证件样本";
const NUMBER: &str = "11010119900307002X";
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// Every action that takes fields, with those that may be encrypted.
const ACTIONS: [(&str, &[&str]); 20] = [
    ("BankCard2EVerification", &["Name", "BankCard"]),
    (
        "BankCard4EVerification",
        &["Name", "BankCard", "Phone", "IdCard"],
    ),
    ("BankCardVerification", &["IdCard", "Name", "BankCard"]),
    ("CheckBankCardInformation", &["BankCard"]),
    ("CheckIdNameDate", &["IdCard", "Name"]),
    ("CheckPhoneAndName", &["Mobile", "Name"]),
    ("DetectAuth", &["IdCard", "Name"]),
    ("GetEidToken", &["IdCard", "Name"]),
    ("GetFaceIdToken", &["IdCard", "Name"]),
    ("IdCardOCRVerification", &["IdCard", "Name"]),
    ("IdCardVerification", &["IdCard", "Name"]),
    ("ImageRecognition", &["IdCard", "Name"]),
    ("ImageRecognitionV2", &["IdCard", "Name"]),
    ("LivenessRecognition", &["IdCard", "Name"]),
    ("MinorsVerification", &["IdCard", "Name", "Mobile"]),
    ("MobileNetworkTimeVerification", &["Mobile"]),
    ("MobileStatus", &["Mobile"]),
    ("PhoneVerificationCMCC", &["IdCard", "Name", "Phone"]),
    ("PhoneVerificationCTCC", &["IdCard", "Name", "Phone"]),
    ("PhoneVerificationCUCC", &["IdCard", "Name", "Phone"]),
];

fn right(field: &str) -> &'static str {
    match field {
        "Name" => NAME,
        "IdCard" => NUMBER,
        _ => "13800000000",
    }
}

/// A request whose `fields` are encrypted under one key and one IV; an envelope that opens the answer.
fn sealed(suite: Suite, fields: &[(&str, &str)]) -> Envelope {
    let mut envelope = Envelope::seal(suite, &json!({}));
    let encryption = envelope.body["Encryption"].clone();
    let mut body = json!({ "Encryption": encryption });
    let mut tags = Vec::new();
    for (name, value) in fields {
        let (text, tag) = encrypt(suite, &envelope.key, &envelope.iv, value.as_bytes());
        body[*name] = json!(STANDARD.encode(text));
        tags.extend(tag.iter().map(|tag| STANDARD.encode(tag)));
    }
    let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    body["Encryption"]["EncryptList"] = json!(names);
    body["Encryption"]["TagList"] = json!(tags);
    envelope.body = body;
    envelope
}

#[test]
fn every_action_opens_its_fields() {
    let gateway = start(|_| ());
    for (action, names) in ACTIONS {
        let fields: Vec<_> = names.iter().map(|name| (*name, right(name))).collect();
        for suite in Suite::ALL {
            let answer = faceid(action, &sealed(suite, &fields).body).ask(&gateway);
            assert!(answer.get("Error").is_none(), "{action} {suite}: {answer}");
            if let Some(result) = answer.get("Result") {
                assert!(result == "0" || result == "Success", "{action}: {answer}");
            } else {
                assert!(answer.to_string().contains("Token"), "{action}: {answer}");
            }
            // The other field's value in the place of the first: opened, and not right.
            let mut wrong = fields.clone();
            wrong[0].1 = "nobody";
            let answer = faceid(action, &sealed(suite, &wrong).body).ask(&gateway);
            let result = answer.get("Result");
            assert!(
                result.is_none_or(|result| result != "0" && result != "Success"),
                "{action}"
            );
        }
        let mut clear = json!({});
        for (name, value) in &fields {
            clear[*name] = json!(value);
        }
        assert_eq!(faceid(action, &clear).code(&gateway), "ok", "{action}");
    }
}

#[test]
fn some_fields_may_stay_in_clear() {
    let gateway = start(|_| ());
    for suite in Suite::ALL {
        let mut body = sealed(suite, &[("IdCard", NUMBER)]).body;
        body["Name"] = json!(NAME);
        assert_eq!(
            faceid("IdCardVerification", &body).ask(&gateway)["Result"],
            "0"
        );
    }
    // What the SDKs send for an Encryption that was not set.
    for encryption in [
        Value::Null,
        json!({}),
        json!({"EncryptList": [], "Iv": "", "TagList": null}),
    ] {
        let body = json!({"IdCard": NUMBER, "Name": NAME, "Encryption": encryption});
        assert_eq!(
            faceid("IdCardVerification", &body).ask(&gateway)["Result"],
            "0"
        );
    }
}

#[test]
fn fields_that_cannot_be_opened() {
    let gateway = start(|_| ());
    let garbled = "FailedOperation.DecryptSystemError";
    let change = |suite, pointer: &str, value: Value| {
        let mut body = sealed(suite, &[("IdCard", NUMBER), ("Name", NAME)]).body;
        match body.pointer_mut(pointer) {
            Some(member) => *member = value,
            None => body[&pointer[1..]] = value,
        }
        faceid("IdCardVerification", &body).code(&gateway)
    };
    let (aes, sm4) = (Suite::Aes256CbcRsa, Suite::Sm4GcmSm2);
    let other_blob = |suite: Suite| {
        let length = if suite == aes { 32 } else { 16 };
        json!(STANDARD.encode(wrap(suite, &vec![9; length])))
    };
    for (suite, pointer, value) in [
        (sm4, "/Encryption/TagList", json!([])),
        (
            sm4,
            "/Encryption/TagList/1",
            json!(STANDARD.encode([0; 16])),
        ),
        (sm4, "/Encryption/CiphertextBlob", other_blob(sm4)),
        (
            aes,
            "/Encryption/TagList",
            json!([STANDARD.encode([0; 16])]),
        ),
        (aes, "/Encryption/CiphertextBlob", json!("AAAA")),
        (aes, "/Encryption/Algorithm", json!("SM4-GCM")),
        (aes, "/Encryption/Iv", json!("AAAA")),
        (aes, "/IdCard", json!("*")),
        (aes, "/Name", json!("")),
    ] {
        assert_eq!(
            change(suite, pointer, value.clone()),
            garbled,
            "{suite} {pointer} {value}"
        );
    }
    // The tags of two fields, changed for each other.
    let mut swapped = sealed(sm4, &[("IdCard", NUMBER), ("Name", NAME)]).body;
    swapped["Encryption"]["TagList"]
        .as_array_mut()
        .unwrap()
        .reverse();
    assert_eq!(
        faceid("IdCardVerification", &swapped).code(&gateway),
        garbled
    );

    let list = "/Encryption/EncryptList";
    let unsupported = "InvalidParameter.UnsupportEncryptField";
    for names in [
        json!(["IdCard", "Sex"]),
        json!(["Response.Name"]),
        json!(["Name", "Name"]),
    ] {
        assert_eq!(change(aes, list, names), unsupported);
    }
    assert_eq!(change(aes, list, json!([])), "MissingParameter");
    assert_eq!(change(aes, "/Encryption", json!("x")), "InvalidParameter");
    assert_eq!(change(aes, "/Unknown", json!("x")), "UnknownParameter");
    assert_eq!(
        faceid("IdCardVerification", &json!({})).code(&gateway),
        "MissingParameter"
    );
    let mut ocr = faceid("IdCardVerification", &json!({}));
    ocr.set("X-TC-Version", "2018-11-19");
    assert_eq!(ocr.code(&gateway), "NoSuchVersion");
}

#[test]
fn the_flat_form_is_aes_only() {
    let gateway = start(|_| ());
    let fields = [("IdCard", NUMBER), ("Name", NAME), ("Phone", "13800000000")];
    let flat = |suite| {
        let mut body = sealed(suite, &fields).body;
        let encryption = body["Encryption"].take();
        body.as_object_mut().unwrap().remove("Encryption");
        for name in ["CiphertextBlob", "Iv", "EncryptList"] {
            body[name] = encryption[name].clone();
        }
        body
    };
    let good = flat(Suite::Aes256CbcRsa);
    assert_eq!(
        faceid("PhoneVerification", &good).ask(&gateway)["Result"],
        "0"
    );
    let sm4 = faceid("PhoneVerification", &flat(Suite::Sm4GcmSm2)).code(&gateway);
    assert_eq!(sm4, "FailedOperation.DecryptSystemError");
    let nested = sealed(Suite::Aes256CbcRsa, &fields).body;
    assert_eq!(
        faceid("PhoneVerification", &nested).code(&gateway),
        "UnknownParameter"
    );
    let clear = json!({"IdCard": NUMBER, "Name": "nobody", "Phone": "1"});
    assert_eq!(
        faceid("PhoneVerification", &clear).ask(&gateway)["Result"],
        "-1"
    );
}

#[test]
fn a_whole_request_in_an_envelope() {
    let gateway = start(|_| ());
    let inner = json!({"FaceInput": PNG, "FaceInputType": 1});
    let code = |body: &Value| faceid("DetectAIFakeFaces", body).code(&gateway);
    assert_eq!(code(&inner), "ok");
    assert_eq!(code(&json!({"FaceInput": PNG})), "MissingParameter");
    for suite in Suite::ALL {
        let mut body = Envelope::seal(suite, &inner).body;
        body["Encryption"]["EncryptList"] = json!(["EncryptionBody"]);
        let answer = faceid("DetectAIFakeFaces", &body).ask(&gateway);
        assert_eq!(answer["AttackRiskLevel"], "Low");
        let garbled = "FailedOperation.DecryptSystemError";
        for list in [json!(["EncryptedBody"]), json!([]), Value::Null] {
            body["Encryption"]["EncryptList"] = list;
            assert_eq!(code(&body), garbled);
        }
        let mut unknown = Envelope::seal(suite, &json!({"Face": PNG})).body;
        unknown["Encryption"]["EncryptList"] = json!(["EncryptionBody"]);
        assert_eq!(code(&unknown), "UnknownParameter");
        unknown.as_object_mut().unwrap().remove("EncryptedBody");
        assert_eq!(code(&unknown), "MissingParameter");
    }
}
