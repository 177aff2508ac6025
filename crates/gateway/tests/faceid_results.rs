//! The faceid actions whose answer comes encrypted when it is asked for: as a whole, or the personal fields of it.
#![cfg(feature = "server")]

mod common;

use cardseal_gateway::{Fault, IvMode, Running, Suite};
use common::{Envelope, faceid, start};
use serde_json::{Value, json};

const NAME: &str = "证件样本";
const NUMBER: &str = "11010119900307002X";
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// A request that only wants its answer encrypted, and the envelope that opens it.
fn wanting(suite: Suite, body: &Value) -> Envelope {
    let mut envelope = Envelope::seal(suite, &json!({}));
    let mut wanting = body.clone();
    wanting["Encryption"] = envelope.body["Encryption"].clone();
    wanting["Encryption"]["EncryptList"] = json!([]);
    wanting["Encryption"]["TagList"] = json!([]);
    envelope.body = wanting;
    envelope
}

const RESULTS: [(&str, &str); 3] = [
    ("CheckIdCardInformation", "/IdNum"),
    ("GetDetectInfoEnhanced", "/Text/IdCard"),
    ("GetFaceIdResult", "/IdCard"),
];

fn asking(action: &str) -> Value {
    match action {
        "CheckIdCardInformation" => json!({"ImageBase64": PNG}),
        "GetDetectInfoEnhanced" => json!({"BizToken": "t", "RuleId": "1"}),
        _ => json!({"FaceIdToken": "t"}),
    }
}

#[test]
fn answers_in_clear_when_nothing_else_is_asked_for() {
    let gateway = start(|_| ());
    for (action, number) in RESULTS {
        let answer = faceid(action, &asking(action)).ask(&gateway);
        assert_eq!(answer.pointer(number), Some(&json!(NUMBER)), "{action}");
        assert_eq!(
            (&answer["EncryptedBody"], &answer["Encryption"]),
            (&json!(""), &Value::Null)
        );
        let mut without_key = asking(action);
        without_key["IsEncryptResponse"] = json!(true);
        assert_eq!(
            faceid(action, &without_key).code(&gateway),
            "MissingParameter"
        );
        let refused = faceid(action, &json!({})).code(&gateway);
        assert!(
            refused == "MissingParameter" || refused.contains("EmptyImage"),
            "{refused}"
        );
    }
}

#[test]
fn whole_answers_in_an_envelope() {
    for mode in [IvMode::Same, IvMode::Fresh] {
        let gateway = start(|config| config.iv_mode = mode);
        for suite in Suite::ALL {
            for (action, number) in RESULTS {
                let mut body = asking(action);
                body["IsEncryptResponse"] = json!(true);
                let envelope = wanting(suite, &body);
                let answer = faceid(action, &envelope.body).ask(&gateway);
                assert!(!answer.to_string().contains(NUMBER), "{action}");
                assert_eq!(
                    envelope.open_json(&answer).pointer(number),
                    Some(&json!(NUMBER))
                );
                let same = answer["Encryption"]["Iv"] == envelope.body["Encryption"]["Iv"];
                assert_eq!(same, mode == IvMode::Same);
                // Without an IV the service draws one.
                let mut without_iv = envelope.body.clone();
                without_iv["Encryption"]["Iv"] = Value::Null;
                let answer = faceid(action, &without_iv).ask(&gateway);
                assert_eq!(
                    envelope.open_json(&answer).pointer(number),
                    Some(&json!(NUMBER))
                );
            }
        }
    }
}

#[test]
fn single_fields_of_an_answer() {
    let gateway = start(|_| ());
    for suite in Suite::ALL {
        for (action, paths) in [
            (
                "CheckIdCardInformation",
                &["Response.IdNum", "Response.Name"][..],
            ),
            (
                "GetDetectInfoEnhanced",
                &[
                    "Response.Text.IdCard",
                    "Response.Text.Name",
                    "Response.Text.LivenessDetail[0].Idcard",
                    "Response.Text.LivenessDetail[0].Name",
                ],
            ),
        ] {
            let mut body = asking(action);
            body["IsEncrypt"] = json!(true);
            let envelope = wanting(suite, &body);
            let answer = faceid(action, &envelope.body).ask(&gateway);
            assert_eq!(answer["Encryption"]["EncryptList"], json!(paths));
            let text = answer.to_string();
            assert!(!text.contains(NUMBER) && !text.contains(NAME), "{action}");
            for (at, path) in paths.iter().enumerate() {
                let opened = open_field(&envelope, &answer, path, at);
                let wanted = if path.ends_with("Name") { NAME } else { NUMBER };
                assert_eq!(opened, wanted, "{path} {suite}");
            }
        }
    }
}

/// Opens one field as if it were the whole body.
fn open_field(envelope: &Envelope, answer: &Value, path: &str, at: usize) -> String {
    let pointer = path
        .replace("Response", "")
        .replace("[0]", ".0")
        .replace('.', "/");
    let tags = &answer["Encryption"]["TagList"];
    let one = json!({
        "EncryptedBody": answer.pointer(&pointer).unwrap(),
        "Encryption": {"Iv": answer["Encryption"]["Iv"], "TagList": [tags[at]]},
    });
    String::from_utf8(envelope.open(&one).unwrap()).unwrap()
}

#[test]
fn faults_show_in_encrypted_answers() {
    let mut body = asking("GetFaceIdResult");
    body["IsEncryptResponse"] = json!(true);
    let opened = |fault, suite| {
        let gateway: Running = start(move |config| config.fault = Some(fault));
        let envelope = wanting(suite, &body);
        let answer = faceid("GetFaceIdResult", &envelope.body).ask(&gateway);
        envelope.open(&answer).is_ok()
    };
    let (aes, sm4) = (Suite::Aes256CbcRsa, Suite::Sm4GcmSm2);
    for (fault, suite) in [
        (Fault::WrongTag, sm4),
        (Fault::ShortTag, sm4),
        (Fault::OtherKey, sm4),
        (Fault::BadPadding, aes),
        (Fault::WrongIvLength, aes),
    ] {
        assert!(!opened(fault, suite), "{fault}");
    }
    assert!(opened(Fault::TokenExpired, sm4));
}
