//! The known answers of Tencent's signature v1: each is accepted as it stands, and refused with any one bit of it changed.
//!
//! The signature stands among the parameters, so they are changed after they are decoded: the case of a percent-coded
//! byte's digits says nothing.
#![cfg(feature = "server")]

mod common;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use cardseal_gateway::{SignedRequest, tencent};
use common::vectors::{Files, flipped, pair, set};
use http::HeaderMap;
use secrecy::SecretString;

/// One signed request.
struct V1 {
    name: String,
    method: String,
    host: String,
    id: String,
    key: SecretString,
    at: u64,
    parameters: BTreeMap<String, String>,
}

impl V1 {
    fn all() -> Vec<V1> {
        let schemes = ["tencent-v1-hmac-sha1", "tencent-v1-hmac-sha256"];
        schemes
            .iter()
            .flat_map(|scheme| Files::all(scheme))
            .map(|files| V1::of(&files))
            .collect()
    }

    fn of(files: &Files) -> V1 {
        let (method, _, query) = files.head.clone();
        let text = if method == "GET" {
            query
        } else {
            String::from_utf8(files.body.clone()).unwrap()
        };
        let mut parameters: BTreeMap<_, _> = text.split('&').map(|text| pair(text, "=")).collect();
        let at = files.time();
        parameters.insert("SecretId".into(), files.context("secret_id"));
        parameters.insert("Timestamp".into(), at.to_string());
        if files.scheme.ends_with("sha256") {
            parameters.insert("SignatureMethod".into(), "HmacSHA256".into());
        }
        parameters.insert("Signature".into(), files.signature.clone());
        V1 {
            name: files.name.clone(),
            host: files.headers[0].1.clone(),
            id: files.context("secret_id"),
            key: files.context("secret_key").into(),
            method,
            at,
            parameters,
        }
    }

    fn code(&self, now: u64) -> String {
        let coded: Vec<_> = self
            .parameters
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let text = coded.join("&");
        let mut headers = HeaderMap::new();
        set(&mut headers, "host", self.host.as_bytes());
        let (query, body) = if self.method == "GET" {
            (text.as_str(), b"".as_slice())
        } else {
            ("", text.as_bytes())
        };
        let request = SignedRequest {
            method: &self.method,
            path: "/",
            query,
            headers: &headers,
            body,
        };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
        match tencent::verify_v1(&request, &self.id, &self.key, now) {
            Ok(_) => "ok".into(),
            Err(error) => error.code().into(),
        }
    }
}

fn encode(text: &str) -> String {
    let bytes = text.bytes();
    bytes
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[test]
fn signatures_of_version_1_are_accepted_and_cover_every_bit() {
    let all = V1::all();
    assert!(all.len() >= 5, "cases were lost");
    for mut case in all {
        let at = case.at;
        assert_eq!(case.code(at), "ok", "{}", case.name);
        for (name, good) in case.parameters.clone() {
            for bad in flipped(&good) {
                case.parameters.insert(name.clone(), bad.clone());
                assert_ne!(case.code(at), "ok", "{} {name}={bad}", case.name);
            }
            case.parameters.remove(&name);
            assert_ne!(case.code(at), "ok", "{} without {name}", case.name);
            for bad in flipped(&name) {
                case.parameters.insert(bad.clone(), good.clone());
                // Two SDKs sign an underscore as a dot, which is more than one bit away.
                assert_ne!(case.code(at), "ok", "{} {bad}", case.name);
                case.parameters.remove(&bad);
            }
            case.parameters.insert(name, good);
        }
        case.parameters.insert("More".into(), String::new());
        assert_eq!(
            case.code(at),
            "AuthFailure.SignatureFailure",
            "{}",
            case.name
        );
        case.parameters.remove("More");
        let method = if case.method == "GET" { "POST" } else { "GET" };
        let method = std::mem::replace(&mut case.method, method.into());
        assert_eq!(
            case.code(at),
            "AuthFailure.SignatureFailure",
            "{}",
            case.name
        );
        case.method = method;
        for host in flipped(&case.host.clone()) {
            let good = std::mem::replace(&mut case.host, host);
            assert_ne!(case.code(at), "ok", "{} {}", case.name, case.host);
            case.host = good;
        }
        for (now, wanted) in [
            (at + 300, "ok"),
            (at - 300, "ok"),
            (at + 301, "AuthFailure.SignatureExpire"),
            (at - 301, "AuthFailure.SignatureExpire"),
        ] {
            assert_eq!(case.code(now), wanted, "{} at {now}", case.name);
        }
    }
}
