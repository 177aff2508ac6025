//! What signing leaves in memory: no key that was derived from the secret key, even while the credentials live, and no
//! copy of the secret key once they are gone. Each scheme by itself, so that none wipes what another left.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cardseal::Credentials;
use cardseal::signing::REGISTRY;
use cardseal::signing::{Payload, Signer, SigningInput};
use http::{HeaderMap, HeaderValue, Method};

use super::making::{self, Case, MASK};
use super::scanner::Scanner;
use super::{alone, counted};

#[test]
fn no_scheme_leaves_a_key() {
    let _alone = alone();
    assert_eq!(REGISTRY.len(), 7);
    for (signer, case) in REGISTRY.iter().zip(making::in_a_child(REGISTRY.len())) {
        let scheme = signer.scheme();
        let credentials = credentials(&case);
        sign(*signer, &credentials);
        let mut scanner = Scanner::default();
        for derived in &case.derived {
            scanner.look_for("a derived signing key", derived);
        }
        assert_eq!(counted(scanner.scan()), BTreeMap::new(), "{scheme}");
        drop(credentials);
        scanner.look_for("a secret key", &case.secret);
        assert_eq!(counted(scanner.scan()), BTreeMap::new(), "{scheme}");
    }
}

/// Signs with the case's secret key, by every scheme.
#[inline(never)]
pub(crate) fn by_every_scheme(case: &Case) {
    let credentials = credentials(case);
    for signer in REGISTRY {
        sign(*signer, &credentials);
    }
}

#[inline(never)]
fn credentials(case: &Case) -> Credentials {
    let mut secret = String::with_capacity(case.secret.len());
    secret.extend(case.secret.iter().map(|byte| char::from(byte ^ MASK)));
    Credentials::new(making::ID, secret).unwrap()
}

#[inline(never)]
fn sign(signer: &dyn Signer, credentials: &Credentials) {
    let is_v1 = signer.scheme().starts_with("tencent-v1");
    let (content_type, body): (_, &[u8]) = match is_v1 {
        true => ("application/x-www-form-urlencoded", b"Action=A&Nonce=1"),
        false => ("application/json", b"{}"),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "ocr.tencentcloudapi.com"),
        ("content-type", content_type),
        (
            "ctyun-eop-request-id",
            "33dfa732-b27b-464f-b15a-21ed6845afd5",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let input = SigningInput {
        method: &Method::POST,
        path: "/",
        query: "",
        headers: &headers,
        payload: Payload::Bytes(body),
        service: "ocr",
        region: "cn-north-4",
        signed_headers: None,
    };
    signer.sign(&input, credentials, making::time()).unwrap();
}

/// No scheme becomes a `Signer` by an `impl` of its own, which would pass by the function that wipes the stack.
#[test]
fn every_scheme_passes_the_one_function_that_wipes() {
    let mut places = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            if let Some(at) = text.find(" Signer for ") {
                let body = &text[at..text[at..].find("\n}\n").unwrap() + at];
                places.push((path, body.matches("stack::leaving_no_stack(").count()));
                assert_eq!(text.matches(" Signer for ").count(), 1);
            }
        }
    }
    assert!(
        matches!(places.as_slice(), [(path, 1)] if path.ends_with("src/sign.rs")),
        "{places:?}"
    );
}
