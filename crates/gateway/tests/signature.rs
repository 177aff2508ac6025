//! TC3 signatures: the documented vectors are accepted, and nothing that differs from them in one byte is.
#![cfg(feature = "server")]

mod common;

use std::time::{Duration, SystemTime};

use cardseal_gateway::SignedRequest;
use cardseal_gateway::tencent::{ServiceError, Verified, verify};
use common::{NOW, SECRET_ID, SECRET_KEY, Signer};
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use serde_json::Value;

const VECTORS: &str = include_str!("data/tc3_documented.json");

/// SHA-256 of the text that stands in the body's place when the body is not signed.
const UNSIGNED: &str = "438d4109ef0d676b8c2c7ed13cdfcb418e494d53b843d4634ce3b1085f07bb96";

struct Case {
    name: String,
    secret_id: String,
    secret_key: SecretString,
    at: u64,
    service: String,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Case {
    fn read(vector: &Value) -> Self {
        let text = |name: &str| vector[name].as_str().unwrap().to_owned();
        let at = vector["timestamp"].as_u64().unwrap();
        let (secret_id, service) = (text("secret_id"), text("service"));
        let mut headers = HeaderMap::new();
        let mut names = Vec::new();
        for pair in vector["signed_headers"].as_array().unwrap() {
            let (name, value) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
            // Sent in the original case, signed in lower case.
            let value = match value {
                "describeinstances" => "DescribeInstances",
                "recognizeencryptedidcardocr" => "RecognizeEncryptedIDCardOCR",
                other => other,
            };
            headers.insert(
                HeaderName::try_from(name).unwrap(),
                HeaderValue::try_from(value).unwrap(),
            );
            names.push(name);
        }
        // All six are signed on this day, C5 in its last second.
        let date = "2019-02-25";
        let authorization = format!(
            "TC3-HMAC-SHA256 Credential={secret_id}/{date}/{service}/tc3_request, SignedHeaders={}, Signature={}",
            names.join(";"),
            text("signature"),
        );
        headers.insert(
            "authorization",
            HeaderValue::try_from(authorization).unwrap(),
        );
        headers.insert("x-tc-timestamp", HeaderValue::from(at));
        if text("payload_sha256") == UNSIGNED {
            headers.insert(
                "x-tc-content-sha256",
                HeaderValue::from_static("UNSIGNED-PAYLOAD"),
            );
        }
        Case {
            name: text("name"),
            secret_id,
            secret_key: text("secret_key").into(),
            at,
            service,
            query: text("query"),
            headers,
            body: text("payload_utf8").into_bytes(),
        }
    }

    fn verify_at(&self, now: u64) -> Result<Verified, ServiceError> {
        let request = SignedRequest {
            path: "/",
            method: "POST",
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
        verify(&request, &self.secret_id, &self.secret_key, now)
    }

    fn code(&self) -> String {
        self.verify_at(self.at)
            .map_or_else(|error| error.code().to_owned(), |_| "ok".into())
    }
}

fn cases() -> Vec<Case> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let cases: Vec<_> = vectors["tc3"]
        .as_array()
        .unwrap()
        .iter()
        .map(Case::read)
        .collect();
    let names: Vec<_> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["T1", "T4", "C1", "C2", "C3", "C5"]);
    cases
}

#[test]
fn documented_signatures_are_accepted() {
    for case in cases() {
        let verified = case
            .verify_at(case.at)
            .unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert_eq!(verified.service, case.service, "{}", case.name);
    }
}

#[test]
fn every_flipped_byte_is_refused() {
    for mut case in cases() {
        let unsigned = case.headers.contains_key("x-tc-content-sha256");
        for at in 0..case.body.len() {
            case.body[at] ^= 1;
            let wanted = if unsigned {
                "ok"
            } else {
                "AuthFailure.SignatureFailure"
            };
            assert_eq!(case.code(), wanted, "{} body byte {at}", case.name);
            case.body[at] ^= 1;
        }
        for name in [
            "authorization",
            "content-type",
            "host",
            "x-tc-action",
            "x-tc-timestamp",
            "x-tc-content-sha256",
        ] {
            if name == "x-tc-action" && case.name != "T4" && case.name != "C2" {
                continue;
            }
            let Some(good) = case.headers.get(name).cloned() else {
                continue;
            };
            for at in 0..good.len() {
                let mut bad = good.as_bytes().to_vec();
                bad[at] ^= 1;
                // The case of an action is not signed, by design; bit 0 never changes only the case.
                case.headers.insert(
                    HeaderName::from_static(name),
                    HeaderValue::from_bytes(&bad).unwrap(),
                );
                assert!(
                    case.code().starts_with("AuthFailure.") || case.code() == "InvalidParameter",
                    "{} {name} byte {at}: {}",
                    case.name,
                    case.code()
                );
            }
            case.headers.insert(HeaderName::from_static(name), good);
        }
        assert_eq!(case.code(), "ok", "the case is as it was");
        case.query.push_str("a=b");
        assert_eq!(case.code(), "AuthFailure.SignatureFailure");
    }
}

#[test]
fn another_secret_key_is_refused() {
    for mut case in cases() {
        case.secret_key = "another".into();
        assert_eq!(case.code(), "AuthFailure.SignatureFailure");
    }
}

#[test]
fn the_window_is_five_minutes_both_ways() {
    for case in cases() {
        for (now, wanted) in [
            (case.at + 300, true),
            (case.at - 300, true),
            (case.at + 301, false),
            (case.at - 301, false),
            (0, false),
        ] {
            match case.verify_at(now) {
                Ok(_) => assert!(wanted, "{} at {now}", case.name),
                Err(error) => {
                    assert!(!wanted, "{} at {now}", case.name);
                    assert_eq!(error.code(), "AuthFailure.SignatureExpire");
                }
            }
        }
    }
}

#[test]
fn malformed_authorizations_are_told_apart_from_wrong_ones() {
    let good = cases().remove(1);
    let authorization = good.headers["authorization"].to_str().unwrap().to_owned();
    let refused = |from: &str, to: &str| {
        let mut case = cases().remove(1);
        let text = authorization.replacen(from, to, 1);
        assert_ne!(text, authorization, "{from} is not there");
        case.headers
            .insert("authorization", HeaderValue::try_from(text).unwrap());
        case.code()
    };
    for (from, to) in [
        ("TC3-HMAC-SHA256", "TC3-HMAC-SM3"),
        ("TC3-HMAC-SHA256 ", "TC3-HMAC-SHA256"),
        ("Credential=", "Credentials="),
        ("tc3_request", "tc4_request"),
        ("/cvm", ""),
        ("/tc3_request", "/tc3_request/"),
        ("content-type;host;x-tc-action", "host;x-tc-action"),
        ("content-type;host;x-tc-action", "content-type;x-tc-action"),
        (
            "content-type;host;x-tc-action",
            "host;content-type;x-tc-action",
        ),
        (
            "content-type;host;x-tc-action",
            "content-type;content-type;host",
        ),
        ("content-type;host;x-tc-action", "Content-Type;host"),
        (
            "content-type;host;x-tc-action",
            "content-type;host;x-tc-absent",
        ),
        ("Signature=1", "Signature="),
        ("Signature=10b1", "Signature=10B1"),
        ("Signature=10", "Signature=1010"),
        ("Signature=10", "Signature="),
        ("Signature=10", "Signature=xx"),
        (", Signature", ", Extra=1, Signature"),
        ("6c4f", "6c4f,"),
    ] {
        assert_eq!(
            refused(from, to),
            "AuthFailure.InvalidAuthorization",
            "{from} -> {to}"
        );
    }
    assert_eq!(refused("AKID", "AKIE"), "AuthFailure.SecretIdNotFound");
    assert_eq!(
        refused("2019-02-25", "2019-02-26"),
        "AuthFailure.SignatureFailure"
    );
    assert_eq!(refused("/cvm/", "/ocr/"), "AuthFailure.SignatureFailure");
    assert_eq!(
        refused("content-type;host;x-tc-action", "content-type;host"),
        "AuthFailure.SignatureFailure"
    );
    // Blanks after the commas are free.
    assert_eq!(refused(", SignedHeaders", ",  SignedHeaders"), "ok");
    assert_eq!(refused(", Signature=", ",Signature="), "ok");
}

#[test]
fn headers_that_are_missing_repeated_or_no_number() {
    let mut case = cases().remove(0);
    case.headers
        .append("host", HeaderValue::from_static("cvm.tencentcloudapi.com"));
    assert_eq!(case.code(), "AuthFailure.InvalidAuthorization");
    let mut case = cases().remove(0);
    case.headers.remove("authorization");
    assert_eq!(case.code(), "AuthFailure.InvalidAuthorization");
    for (stamp, code) in [
        ("", "MissingParameter"),
        ("-5", "InvalidParameter"),
        ("+1551113065", "InvalidParameter"),
        ("1551113065.0", "InvalidParameter"),
        ("99999999999999999999", "InvalidParameter"),
        ("999999999999999", "InvalidParameter"),
    ] {
        let mut case = cases().remove(0);
        case.headers
            .insert("x-tc-timestamp", HeaderValue::from_static(stamp));
        assert_eq!(case.code(), code, "{stamp}");
    }
}

#[test]
fn a_mixed_case_content_type_may_be_signed_as_sent_or_lowered() {
    let signer = Signer {
        content_type: "application/json; charset=UTF-8".into(),
        ..Signer::default()
    };
    let lowered = Signer {
        content_type: "application/json; charset=utf-8".into(),
        ..Signer::default()
    };
    let other = Signer {
        content_type: "application/json; charset=utf-7".into(),
        ..Signer::default()
    };
    for (signer, wanted) in [(signer, true), (lowered, true), (other, false)] {
        let signed = signer.sign("IDCardOCR", "{}");
        let mut headers = HeaderMap::new();
        for (name, value) in &signed.headers {
            headers.insert(
                HeaderName::try_from(name).unwrap(),
                HeaderValue::try_from(value).unwrap(),
            );
        }
        headers.insert(
            "content-type",
            HeaderValue::from_static("application/json; charset=UTF-8"),
        );
        let request = SignedRequest {
            path: "/",
            method: "POST",
            query: "",
            headers: &headers,
            body: b"{}",
        };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        assert_eq!(
            verify(&request, SECRET_ID, &SECRET_KEY.into(), now).is_ok(),
            wanted
        );
    }
}

#[test]
fn a_host_may_be_signed_without_its_port() {
    let mut case = cases().remove(0);
    for (host, wanted) in [
        ("cvm.tencentcloudapi.com:8443", "ok"),
        ("cvm.tencentcloudapi.com:", "ok"),
        ("CVM.tencentcloudapi.com:8443", "ok"),
        (
            "cvm.tencentcloudapi.com:1:2",
            "AuthFailure.SignatureFailure",
        ),
        (
            "cvm2.tencentcloudapi.com:8443",
            "AuthFailure.SignatureFailure",
        ),
    ] {
        case.headers.insert("host", HeaderValue::from_static(host));
        assert_eq!(case.code(), wanted, "{host}");
    }
}
