//! Errors as the service really answered them, taken from public reports: see `tests/recorded_errors/README.md`.

use std::path::Path;
use std::time::SystemTime;

use bytes::Bytes;
use cardseal::tencent::{IdCardRequest, RawCall, Tencent};
use cardseal::{Call, Error, ErrorKind, Image, IvPolicy, RetryPolicy, Settled};
use http::Response;
use serde_json::Value;

use crate::{common, credentials};

fn tencent() -> Tencent {
    Tencent::new(credentials()).retry(RetryPolicy::never())
}

/// What a call makes of a reply, without a network.
fn settle<T>(mut call: Call<T>, body: &[u8]) -> Error {
    call.next(SystemTime::now()).unwrap();
    let reply = Response::new(Bytes::copy_from_slice(body));
    match call.settle(Ok(reply)) {
        Settled::Fail(error) => error,
        Settled::Done(_) => panic!("taken for an answer"),
        _ => panic!("tried again"),
    }
}

fn every_way(body: &[u8]) -> [Error; 3] {
    let card = IdCardRequest::new(Image::from_url("https://h/a.png").unwrap());
    let any = RawCall::new("ocr", "PassportOCR", "2018-11-19").unwrap();
    [
        settle(
            tencent()
                .recognize_encrypted_id_card(&common::sm2(), &card, IvPolicy::BySuite)
                .unwrap(),
            body,
        ),
        settle(tencent().recognize_id_card(&card).unwrap(), body),
        settle(tencent().call(any).unwrap(), body),
    ]
}

#[test]
fn each_says_whose_fault_it_is_and_what_to_do() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded_errors");
    for (file, kind, advice) in [
        (
            "tencent-signature-failure.json",
            ErrorKind::Signing,
            "check the secret key",
        ),
        (
            "tencent-signature-failure-v1-size.json",
            ErrorKind::Signing,
            "TC3-HMAC-SHA256",
        ),
        (
            "tencent-invalid-parameter-input-error.json",
            ErrorKind::Service,
            "correct the parameter that the message names",
        ),
    ] {
        let body = std::fs::read(folder.join(file)).unwrap();
        let recorded: Value = serde_json::from_slice(&body).unwrap();
        let said = &recorded["Response"];
        for error in every_way(&body) {
            assert_eq!(error.kind(), kind, "{file}");
            assert_eq!(error.service_code(), said["Error"]["Code"].as_str());
            assert_eq!(error.request_id(), said["RequestId"].as_str(), "{file}");
            let text = error.to_string();
            assert!(text.contains(advice), "{file}: {text}");
            // The advice follows in the same sentence.
            let message = said["Error"]["Message"].as_str().unwrap();
            assert!(
                text.contains(message.trim_end_matches(['.', '。'])),
                "{file}: {text}"
            );
        }
    }
}

/// The shape that the official Go SDK still reads beside the present one.
#[test]
fn an_error_of_the_shape_before_api_3() {
    let body = br#"{"code":4100,"message":"words","codeDesc":"AuthFailure"}"#;
    for error in every_way(body) {
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert_eq!(error.service_code(), Some("AuthFailure"));
    }
    let [_, clear, any] = every_way(br#"{"code":4000,"message":""}"#);
    for error in [clear, any] {
        assert_eq!(error.service_code(), Some("4000"));
    }
}

#[test]
fn what_is_no_reply_of_the_service_is_no_answer() {
    for body in [
        &b""[..],
        b"{}",
        b"[]",
        b"<html>",
        br#"{"Response":[]}"#,
        br#"{"Response":null}"#,
        br#"{"Response":{},"Response":{}}"#,
        br#"{"Response":{"A":1,"A":2,"RequestId":"r"}}"#,
        br#"{"RequestId":"r"}"#,
        b"{\"Response\":{\"A\":\"\xff\"}}",
    ] {
        let [_, clear, any] = every_way(body);
        for error in [clear, any] {
            assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
        }
    }
}
