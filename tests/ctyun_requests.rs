//! What Ctyun's client makes, and what it makes of replies, without a network: requests at a fixed time, checked by the
//! gateway's own code; the hook for the interface encryption; bad input; and refusals that were really given.

mod common;
#[path = "common/recorded.rs"]
mod recorded;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::ctyun::{
    Capability, Ctyun, EncryptedBody, InterfaceEncryption, OpenAnswer, RawCall, VARIABLES,
};
use cardseal::{
    Credentials, CredentialsProvider, Endpoint, ErrorKind, Image, RetryPolicy, Settled,
};
use cardseal_gateway::SignedRequest;
use common::driving::sends;
use common::variables::variables;

const AK: &str = "0123456789abcdef0123456789abcdef";
const SK: &str = "fedcba9876543210fedcba9876543210";
const APP_KEY: &str = "562b89493b1a40e1b97ea05e50dd8170";

/// One pixel; its base64 has a `+`, so that the alphabets differ.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn credentials() -> Credentials {
    let pair = Credentials::new(AK, SK.to_owned()).unwrap();
    pair.with_app_key(APP_KEY).unwrap()
}

fn picture() -> Image {
    Image::from_bytes(STANDARD.decode(PNG).unwrap()).unwrap()
}

#[test]
fn the_environment_gives_the_app_key_too() {
    let environment = variables(&[
        ("CTYUN_AK", "AKenv"),
        ("CTYUN_SK", "SKenv"),
        ("CTYUN_APP_KEY", APP_KEY),
    ]);
    let source = CredentialsProvider::variables(VARIABLES, environment);
    let ctyun = Ctyun::new(source);
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_164_645);
    let request = sends(&mut ctyun.id_cards(&[picture()]).unwrap(), now);
    assert_eq!(request.headers()["appkey"], APP_KEY);
    let authorization = request.headers()["eop-authorization"].to_str().unwrap();
    assert!(authorization.starts_with("AKenv "), "{authorization}");
}

/// 2024-01-02T03:04:05Z is 11:04:05 in Beijing. The gateway's own code checks the signature.
#[test]
fn a_request_at_a_fixed_time_is_whole_and_verified() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_164_645);
    let ctyun = Ctyun::new(credentials());
    let request = sends(&mut ctyun.id_cards(&[picture()]).unwrap(), now);
    assert_eq!(
        request.uri(),
        "https://ai-global.ctapi.ctyun.cn/v1/aiop/api/2f3os7qq79xc/IdentityCard/ocr/v1/idcard.json"
    );
    let headers = request.headers();
    assert_eq!(headers["eop-date"], "20240102T110405Z");
    assert_eq!(headers["host"], "ai-global.ctapi.ctyun.cn");
    assert_eq!(headers["content-type"], "application/json;charset=UTF-8");
    assert_eq!(headers["appkey"], APP_KEY);
    assert!(headers["appkey"].is_sensitive() && headers["eop-authorization"].is_sensitive());
    assert_eq!(
        request.body(),
        format!(r#"{{"data":["{PNG}"]}}"#).as_bytes()
    );

    let signed = SignedRequest {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: "",
        headers,
        body: request.body(),
    };
    let verified = cardseal_gateway::ctyun::verify(&signed, AK, &SK.into(), now).unwrap();
    assert_eq!(
        verified.signed_headers,
        ["appkey", "ctyun-eop-request-id", "eop-date"]
    );
}

#[test]
fn every_attempt_has_a_new_id() {
    let ctyun = Ctyun::new(credentials());
    let mut call = ctyun.id_cards(&[picture()]).unwrap();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let request = sends(&mut call, SystemTime::now());
        let id = request.headers()["ctyun-eop-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            id.len() == 36 && &id[14..15] == "4",
            "{id} is no UUID of version 4"
        );
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn a_clock_that_is_off_is_set_once() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_164_645 - 20 * 60);
    let mut call = Ctyun::new(credentials()).id_cards(&[picture()]).unwrap();
    let refused = || {
        http::Response::builder()
            .header("date", "Tue, 02 Jan 2024 03:04:05 GMT")
            .body(r#"{"statusCode":"CTAPI_10009","message":"x"}"#.into())
            .unwrap()
    };
    let first = sends(&mut call, now);
    assert_eq!(first.headers()["eop-date"], "20240102T104405Z");
    assert!(matches!(call.settle(Ok(refused())), Settled::Retry { after } if after.is_zero()));
    let second = sends(&mut call, now);
    assert_eq!(second.headers()["eop-date"], "20240102T110405Z");
    assert!(matches!(call.settle(Ok(refused())), Settled::Fail(_)));
}

/// Reverses, for want of the vendor's page.
struct Reversing;

impl InterfaceEncryption for Reversing {
    fn encrypt(
        &self,
        body: &[u8],
    ) -> Result<EncryptedBody, Box<dyn std::error::Error + Send + Sync>> {
        if body.is_empty() {
            return Err("there is no body".into());
        }
        Ok(EncryptedBody::new(
            body.iter().rev().copied().collect(),
            Reversing,
        ))
    }
}

impl OpenAnswer for Reversing {
    fn open(
        self: Box<Self>,
        answer: &[u8],
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        if answer.is_empty() {
            return Err("there is no answer".into());
        }
        Ok(answer.iter().rev().copied().collect())
    }
}

#[test]
fn an_interface_encryption_stands_between_the_body_and_its_signature() {
    let ctyun = Ctyun::new(credentials()).interface_encryption(Arc::new(Reversing));
    let reply = |text: &str, reversed: bool| {
        let mut bytes = text.as_bytes().to_vec();
        if reversed {
            bytes.reverse();
        }
        Ok(http::Response::new(bytes.into()))
    };
    let now = SystemTime::now();
    let mut call = ctyun.id_cards(&[picture()]).unwrap();
    let request = sends(&mut call, now);
    assert!(request.body().starts_with(b"}]\"") && request.body().ends_with(b"\"atad\"{"));
    let signed = SignedRequest {
        method: "POST",
        path: request.uri().path(),
        query: "",
        headers: request.headers(),
        body: request.body(),
    };
    cardseal_gateway::ctyun::verify(&signed, AK, &SK.into(), now).unwrap();

    let answer = r#"{"statusCode":800,"returnObj":[{"name":"a","number":"1"}]}"#;
    match call.settle(reply(answer, true)) {
        Settled::Done(cards) => assert_eq!(cards.found[0].name.expose(), "a"),
        _ => panic!("the answer was not opened"),
    }
    // A refusal in clear, a refusal inside, and nothing to open.
    for (text, reversed, kind) in [
        (
            r#"{"statusCode":"CTAPI_10002"}"#,
            false,
            ErrorKind::Credential,
        ),
        (
            r#"{"statusCode":"CTAPI_10002"}"#,
            true,
            ErrorKind::Credential,
        ),
        ("", true, ErrorKind::Open),
        ("{}", false, ErrorKind::Protocol),
    ] {
        let mut call = ctyun.id_cards(&[picture()]).unwrap();
        sends(&mut call, now);
        match call.settle(reply(text, reversed)) {
            Settled::Fail(error) => assert_eq!(error.kind(), kind, "{text}: {error}"),
            _ => panic!("{text} was taken"),
        }
    }
    let error = ctyun.call(RawCall::get("/v1/x").unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
}

#[test]
fn bad_input_is_refused_before_anything_is_signed() {
    let ctyun = || Ctyun::new(credentials());
    for path in ["", "v1/x", "/v1/x\r\nhost: evil", "/v1/x?a=b", "/v1/身"] {
        assert!(
            ctyun().capability_path(Capability::IdCard, path).is_err(),
            "{path:?}"
        );
    }
    for url in [
        "http://ai-global.ctapi.ctyun.cn",
        "https://user:hunter2@ai-global.ctapi.ctyun.cn",
        "https://10.0.0.1",
        "https://ai-global.ctapi.ctyun.cn/v1",
        "https://ai-global.ctapi.ctyun.cn?x",
    ] {
        let error = Endpoint::custom(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{url}");
        assert!(!error.to_string().contains("hunter2"));
    }
    let url = Image::from_url("https://example.com/a.jpg").unwrap();
    for refused in [
        ctyun().id_cards(&[]).err(),
        ctyun().id_cards(std::slice::from_ref(&url)).err(),
        ctyun().driver_license(&url).err(),
        ctyun().vehicle_license(&picture(), "").err(),
    ] {
        assert_eq!(refused.unwrap().kind(), ErrorKind::Input);
    }
    assert!(Credentials::new(AK, "").is_err());
    assert!(credentials().with_app_key("a\nb").is_err());
}

#[test]
fn recorded_refusals() {
    let ctyun = Ctyun::new(credentials()).retry(RetryPolicy::never());
    recorded::check("ctyun", 4, || ctyun.id_cards(&[picture()]).unwrap());
}
