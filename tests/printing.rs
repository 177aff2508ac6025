//! What `{:?}` shows of a value: enough to tell in a log what it was, and nothing of what it holds.

mod common;

use std::time::SystemTime;

use cardseal::signing::by_scheme;
use cardseal::tencent::{CvmRole, FaceidRequest, Parameters, RawCall, Tencent};
use cardseal::{
    Credentials, EncryptedReply, Endpoint, Image, IvPolicy, Personal, RateLimits, Recipient,
    SharedNonce, huawei,
};
use cardseal_explain::RequestText;
use common::driving::{NOON, at, call};

/// Stands wherever a value may hold something secret or personal.
const MARK: &str = "11010119900307002X";

#[track_caller]
fn shows(value: &dyn std::fmt::Debug, what: &[&str]) {
    let text = format!("{value:?}");
    for part in what {
        assert!(text.contains(part), "no `{part}` in: {text}");
    }
    assert!(!text.contains(MARK), "{text}");
}

fn recipients() -> [(Recipient, &'static str, &'static str); 2] {
    [
        (common::rsa(), "RSA-1024", "AES-256-CBC"),
        (common::sm2(), "SM2", "SM4-GCM"),
    ]
}

#[test]
fn sealing_and_opening_show_suites_and_lengths() {
    let object = format!(r#"{{"IdCard":"{MARK}"}}"#);
    for (recipient, key, suite) in recipients() {
        shows(
            &recipient,
            &["Recipient", key, suite, recipient.fingerprint()],
        );
        let (sealed, opener) = recipient.seal(object.as_bytes()).unwrap();
        let bytes = sealed.as_json().len().to_string();
        shows(&sealed, &["Sealed", suite, &bytes]);
        shows(&opener, &["Opener", suite]);
        let reply = EncryptedReply::parse(sealed.as_json()).unwrap();
        shows(&reply, &["EncryptedReply", "None", &bytes]);
        let opened = common::forgetful(opener)
            .open(&reply, IvPolicy::BySuite)
            .unwrap();
        let authenticated = format!("authenticated: {}", suite == "SM4-GCM");
        shows(
            &opened,
            &["Opened", "31", "iv_reused: true", &authenticated],
        );

        let (fields, _) = recipient
            .seal_fields(object.as_bytes(), &["IdCard"], SharedNonce::Refuse)
            .unwrap();
        let bytes = fields.as_json().len().to_string();
        shows(&fields, &["SealedFields", &bytes]);
    }
}

#[test]
fn what_a_card_says_is_not_shown() {
    shows(&Personal::from(MARK), &["[redacted]"]);
    shows(&Personal::from(""), &["[empty]"]);
    shows(
        &Image::from_bytes_unchecked(MARK).unwrap(),
        &["Image(18 bytes)"],
    );
    let url = format!("https://example.com/{MARK}.jpg");
    shows(&Image::from_url(&url).unwrap(), &["Image(a URL)"]);
}

#[test]
fn credentials_show_what_sort_they_are() {
    let credentials = Credentials::new(MARK, MARK).unwrap();
    shows(
        &credentials,
        &["Credentials", "temporary: false", "expires_at: None"],
    );
    let temporary = credentials
        .with_token(MARK)
        .unwrap()
        .expiring_at(SystemTime::UNIX_EPOCH);
    shows(&temporary, &["temporary: true", "expires_at: Some"]);

    let iam = huawei::endpoint::iam_in_region("cn-north-4").unwrap();
    let login = huawei::IamLogin::new(iam, MARK, MARK, MARK, "cn-north-4").unwrap();
    shows(&login, &["IamLogin", "cn-north-4", "expires_at: None"]);
    let tokens = cardseal::CredentialsProvider::from(CvmRole::named("role").unwrap());
    shows(&tokens, &["CredentialsProvider", "expires_at: None"]);
}

#[test]
fn requests_show_what_they_ask_for() {
    let object = format!(r#"{{"IdCard":"{MARK}","Name":"x"}}"#);
    let action = RawCall::new("ocr", "IDCardOCR", "2018-11-19").unwrap();
    let action = action.json(object.clone()).unwrap();
    shows(&action, &["RawCall", "IDCardOCR", "JSON"]);
    let faceid = FaceidRequest::new("IdCardVerification", object.clone()).unwrap();
    let bytes = object.len().to_string();
    shows(&faceid, &["FaceidRequest", "IdCardVerification", &bytes]);
    let parameters = Parameters::of([("IdCard", MARK), ("Name", "x")]).unwrap();
    shows(&parameters, &["Parameters(2 of them)"]);
    let api = huawei::RawCall::post("/v1/cards", object.clone()).unwrap();
    shows(&api, &["RawCall", "POST", "/v1/cards", &bytes]);
    let text = format!("POST /{MARK} HTTP/1.1\nHost: example.com\n\n{object}");
    let text = RequestText::parse(text.as_bytes()).unwrap();
    shows(&text, &["RequestText", "POST", &bytes]);

    let origin = Endpoint::custom("https://example.com:8443").unwrap();
    shows(&origin, &["https://example.com:8443"]);
    let mut call = call(&Tencent::new(Credentials::new("id", MARK).unwrap()));
    shows(
        &call,
        &[
            "Call",
            "RecognizeEncryptedIDCardOCR",
            "ocr.tencentcloudapi.com",
            "settled: false",
        ],
    );
    common::driving::sends(&mut call, at(NOON));
    call.settle(Ok(common::driving::reply(200, "{}")));
    shows(&call, &["settled: true"]);
    shows(
        &RateLimits::none().limit("Action", 20.0),
        &["RateLimits", "Action", "50ms"],
    );
}

/// A signature lets its request be sent again by whoever reads it.
#[test]
fn a_signature_is_not_shown() {
    let text = format!(
        "POST / HTTP/1.1\nHost: ocr.tencentcloudapi.com\n\
         Content-Type: application/json\n\n{{\"IdCard\":\"{MARK}\"}}"
    );
    let text = RequestText::parse(text.as_bytes()).unwrap();
    let input = text.signing_input("ocr", "", None);
    let credentials = Credentials::new("id", MARK).unwrap();
    let signed = by_scheme("tc3-hmac-sha256")
        .unwrap()
        .sign(&input, &credentials, at(NOON))
        .unwrap();
    let bytes = signed.canonical_request.len().to_string();
    shows(&signed, &["Signed", &bytes]);
    assert!(!format!("{signed:?}").contains(&signed.signature));
}
