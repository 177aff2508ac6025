//! Every faceid action that takes the envelope, with both suites.

use std::time::SystemTime;

use cardseal::RawAnswer;
use cardseal::tencent::{FaceidAction, FaceidRequest, SealedAnswer, Tencent};
use cardseal::{Error, ErrorKind, Recipient, SharedNonce};
use serde_json::{Value, json};

use crate::common::driving::sends;
use crate::{NAME, NUMBER, PNG, Service, common, credentials, run, run_async, service};

/// What the gateway's card says, and what else an action cannot do without.
fn right(member: &str) -> &'static str {
    match member {
        "Name" => NAME,
        "IdCard" => NUMBER,
        "ImageBase64" => PNG,
        _ => "13800000000",
    }
}

pub(crate) fn object(action: &FaceidAction) -> Value {
    match action.name() {
        "DetectAIFakeFaces" => json!({"FaceInput": PNG, "FaceInputType": 1}),
        "CheckIdCardInformation" => json!({"ImageBase64": PNG}),
        "GetDetectInfoEnhanced" => json!({"BizToken": "t", "RuleId": "1"}),
        "GetFaceIdResult" => json!({"FaceIdToken": "t"}),
        _ => action
            .sealable()
            .iter()
            .map(|member| ((*member).to_owned(), json!(right(member))))
            .collect(),
    }
}

pub(crate) fn request(action: &FaceidAction, object: &Value) -> FaceidRequest {
    FaceidRequest::new(action.name(), object.to_string())
        .unwrap()
        .shared_nonce(SharedNonce::AcceptRepeatedGcmNonce)
}

pub(crate) fn ask(
    service: &Service,
    key: &Recipient,
    request: &FaceidRequest,
) -> Result<RawAnswer, Error> {
    run(service.tencent().call_faceid(key, request)?)
}

pub(crate) fn value(answer: &RawAnswer) -> Value {
    answer.json.parse().unwrap()
}

/// True for whatever the action says when all it was sent is right.
fn agrees(answer: &Value) -> bool {
    let said = answer.get("Result").or(answer.get("AttackRiskLevel"));
    match said.and_then(Value::as_str) {
        Some(said) => matches!(said, "0" | "Success" | "Low"),
        None => answer.to_string().contains("Token") || answer["Text"]["ErrCode"] == 0,
    }
}

fn is_flat(action: &FaceidAction) -> bool {
    action.name() == "PhoneVerification"
}

#[test]
fn every_action_of_the_table_with_both_suites() {
    assert_eq!(FaceidAction::ALL.len(), 25);
    let service = service(|_| {});
    for action in FaceidAction::ALL {
        for key in &service.recipients {
            let request = request(action, &object(action));
            let name = action.name();
            if is_flat(action) && key.algorithm() == "SM4-GCM" {
                let error = ask(&service, key, &request).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Input);
                assert!(error.to_string().contains("no place for a tag"), "{error}");
                continue;
            }
            let answer = ask(&service, key, &request).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(agrees(&value(&answer)), "{name} {key:?}");
            assert!(!answer.request_id.is_empty());
            assert_eq!(answer.seal.is_some(), action.seals_its_answer(), "{name}");
        }
    }
}

/// Nothing that may be sealed leaves in clear, and the request says so as its action wants it said.
#[test]
fn what_is_sent_is_sealed() {
    let account = Tencent::new(credentials());
    for action in FaceidAction::ALL {
        for key in [common::rsa(), common::sm2()] {
            let Ok(mut call) = account.call_faceid(&key, &request(action, &object(action))) else {
                assert!(is_flat(action) && key.algorithm() == "SM4-GCM");
                continue;
            };
            let sent = sends(&mut call, SystemTime::now());
            assert_eq!(sent.headers()["x-tc-action"], action.name());
            assert_eq!(sent.headers()["x-tc-version"], "2018-03-01");
            assert_eq!(sent.uri().host(), Some("faceid.tencentcloudapi.com"));
            let body: Value = serde_json::from_slice(sent.body()).unwrap();
            let says = if is_flat(action) {
                &body
            } else {
                &body["Encryption"]
            };
            for member in ["CiphertextBlob", "Iv"] {
                assert!(
                    !says[member].as_str().unwrap().is_empty(),
                    "{}",
                    action.name()
                );
            }
            let list = match action.name() {
                "DetectAIFakeFaces" => json!(["EncryptionBody"]),
                _ => json!(action.sealable()),
            };
            assert_eq!(says["EncryptList"], list, "{}", action.name());
            assert_eq!(body["IsEncryptResponse"] == true, action.seals_its_answer());
            if is_flat(action) {
                assert!(body.get("Encryption").is_none() && body.get("TagList").is_none());
                continue;
            }
            assert_eq!(says["Algorithm"], key.algorithm());
            let tags = match key.algorithm() {
                "SM4-GCM" => list.as_array().unwrap().len(),
                _ => 0,
            };
            assert_eq!(says["TagList"].as_array().unwrap().len(), tags);
            if action.seals_its_answer() {
                continue;
            }
            for (name, value) in object(action).as_object().unwrap() {
                assert_ne!(body.get(name), Some(value), "{} {name}", action.name());
            }
        }
    }
}

/// What the gateway unseals is what was meant, and not the other member's.
#[test]
fn a_wrong_value_arrives_as_wrong() {
    let service = service(|_| {});
    for name in [
        "IdCardVerification",
        "BankCard4EVerification",
        "PhoneVerification",
    ] {
        let action = FaceidAction::named(name).unwrap();
        for member in action.sealable() {
            let mut object = object(action);
            object[*member] = json!("nobody");
            let request = request(action, &object);
            let answer = ask(&service, &service.recipients[0], &request).unwrap();
            assert!(!agrees(&value(&answer)), "{name} {member}");
        }
    }
}

#[test]
fn only_what_is_named_or_present_is_sealed() {
    let service = service(|_| {});
    let [rsa, sm2] = &service.recipients[..] else {
        panic!("two keys")
    };
    let action = FaceidAction::named("BankCardVerification").unwrap();
    // One member, so there is no nonce to share; the number of the certificate's kind stays what it is.
    let two = json!({"Name": NAME, "BankCard": "6222", "CertType": 0, "IdCard": null});
    let one = FaceidRequest::new(action.name(), two.to_string())
        .unwrap()
        .seal_only(&["Name"])
        .unwrap();
    assert!(agrees(&value(&ask(&service, sm2, &one).unwrap())));
    // All that are present: two, and no `IdCard`.
    let present = FaceidRequest::new(action.name(), two.to_string()).unwrap();
    assert!(agrees(&value(&ask(&service, rsa, &present).unwrap())));
    // Under SM4-GCM they would share a nonce, and nobody said that they may.
    let before = service.requests.lock().unwrap().len();
    let error = ask(&service, sm2, &present).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.to_string().contains("nonce"), "{error}");

    for (members, why) in [
        (&["Sex"][..], "does not take `Sex` sealed"),
        (&["Response.Name"], "does not take"),
        (&["Name", "Name"], "twice"),
        (&["IdCard"], "not a string"),
    ] {
        let refused = FaceidRequest::new(action.name(), two.to_string())
            .unwrap()
            .seal_only(members)
            .and_then(|request| ask(&service, rsa, &request));
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(error.to_string().contains(why), "{error}");
    }
    for (object, why) in [
        (json!({"CertType": 0}), "nothing to seal"),
        (json!({"Name": "", "IdCard": null}), "nothing to seal"),
        (json!({"Name": 7}), "not a string"),
        (json!({"Name": NAME, "Encryption": null}), "`Encryption`"),
    ] {
        let request = request(action, &object);
        let error = ask(&service, rsa, &request).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
    let flat = FaceidAction::named("PhoneVerification").unwrap();
    let taken = request(flat, &json!({"Name": NAME, "Iv": "x"}));
    assert!(ask(&service, rsa, &taken).is_err());
    assert_eq!(
        service.requests.lock().unwrap().len(),
        before,
        "something was sent"
    );
}

#[test]
fn a_refused_member_is_told_which_ones_may_be_sealed() {
    for (action, takes) in [
        (
            "BankCardVerification",
            "takes `IdCard`, `Name` and `BankCard`",
        ),
        ("CheckBankCardInformation", "takes `BankCard`"),
        ("DetectAIFakeFaces", "takes no member"),
    ] {
        let error = FaceidRequest::new(action, "{}")
            .unwrap()
            .seal_only(&["Sex"])
            .unwrap_err()
            .to_string();
        assert!(error.ends_with(takes), "{error}");
    }
}

#[test]
fn what_is_no_request_is_refused() {
    for (action, object) in [
        ("EncryptedPhoneVerification", "{}"),
        ("idcardverification", "{}"),
        ("IdCardVerification\n", "{}"),
        ("IdCardVerification", ""),
        ("IdCardVerification", "[]"),
        ("IdCardVerification", r#"{"Name":"a","Name":"b"}"#),
    ] {
        let error = FaceidRequest::new(action, object).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{action} {object}");
    }
    for (action, answer) in [
        ("GetFaceIdResult", SealedAnswer::MembersNamedByAnswer),
        ("CheckIdCardInformation", SealedAnswer::Members(Vec::new())),
        ("IdCardVerification", SealedAnswer::Whole),
        ("DetectAIFakeFaces", SealedAnswer::Whole),
    ] {
        let refused = FaceidRequest::new(action, "{}")
            .unwrap()
            .sealed_answer(answer);
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Input, "{action}");
    }
    let printed = format!(
        "{:?}",
        FaceidRequest::new("IdCardVerification", r#"{"Name":"张三"}"#)
    );
    assert!(!printed.contains('张'), "{printed}");
}

#[test]
fn the_async_driver_and_a_key_that_is_not_the_services() {
    let service = service(|_| {});
    let action = FaceidAction::named("GetFaceIdResult").unwrap();
    let asked = request(action, &object(action));
    let call = |key| service.tencent().call_faceid(key, &asked).unwrap();
    let answer = run_async(call(&service.recipients[1])).unwrap();
    assert_eq!(value(&answer)["IdCard"], NUMBER);
    assert_eq!(answer.json.parse::<Value>().unwrap()["IdCard"], NUMBER);
    assert!(!format!("{answer:?}").contains(NUMBER));

    let others = common::rsa();
    let sealed = FaceidAction::named("IdCardVerification").unwrap();
    let error = ask(&service, &others, &request(sealed, &object(sealed))).unwrap_err();
    assert_eq!(
        error.service_code(),
        Some("FailedOperation.DecryptSystemError")
    );
    assert!(error.to_string().contains("current one"), "{error}");
}

/// Said in the words of an action that takes members only.
#[test]
fn a21_two_members_under_an_sm2_key_are_told_what_their_action_takes() {
    let both = json!({"Name": NAME, "IdCard": NUMBER}).to_string();
    let tencent = Tencent::new(credentials());
    let of = |action| FaceidRequest::new(action, both.clone()).unwrap();
    let request = of("IdCardVerification");
    let said = tencent.call_faceid(&common::sm2(), &request);
    let said = said.unwrap_err().to_string();
    assert!(
        said.contains("IdCardVerification takes single members"),
        "{said}"
    );
    assert!(
        said.contains("use the RSA key") && !said.contains("whole body"),
        "{said}"
    );
    // What it says helps.
    let accepted = of("IdCardVerification").shared_nonce(SharedNonce::AcceptRepeatedGcmNonce);
    let one = of("IdCardVerification").seal_only(&["IdCard"]).unwrap();
    for request in [accepted, one] {
        assert!(tencent.call_faceid(&common::sm2(), &request).is_ok());
    }
    assert!(tencent.call_faceid(&common::rsa(), &request).is_ok());
}

/// A member whose name is misspelt would go out in clear: it is refused, and what should have been sealed is named.
#[test]
fn s19_a_member_that_the_action_does_not_know_is_refused_unless_asked_for() {
    let misspelt = json!({"Name": NAME, "Idcard": NUMBER});
    let of = || FaceidRequest::new("IdCardVerification", misspelt.to_string()).unwrap();
    assert_eq!(of().missing_members().unwrap(), ["IdCard"]);
    let tencent = Tencent::new(credentials());
    let error = tencent.call_faceid(&common::rsa(), &of()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    let said = error.to_string();
    for words in ["no member `Idcard`", "`IdCard` is meant", "lacks `IdCard`"] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!said.contains(NUMBER));
    let asked_for = of().with_unknown_members_in_clear();
    assert!(tencent.call_faceid(&common::rsa(), &asked_for).is_ok());
    // Whatever the action has is known: every row of the table takes its own object.
    for action in FaceidAction::ALL {
        let request = request(action, &object(action));
        assert!(
            tencent.call_faceid(&common::rsa(), &request).is_ok(),
            "{action:?}"
        );
    }
}
