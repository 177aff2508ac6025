//! Bad input is refused before anything is signed or sent, with the reason.

use cardseal::tencent::{Parameters, RawCall, Tencent, V1, endpoint};
use cardseal::{Credentials, Endpoint, Error, ErrorKind};

use crate::{ID, SECRET, run, service};

/// Line breaks and control characters of every kind, and what is not ASCII.
const CONTROLS: [&str; 8] = [
    "a\nb",
    "a\r\nX-Evil: 1",
    "a\0",
    "a\tb",
    "a\x7f",
    "a\u{85}b",
    "",
    "区",
];

fn action() -> RawCall {
    RawCall::new("ocr", "GeneralBasicOCR", "2018-11-19").unwrap()
}

#[track_caller]
fn refused<T>(result: Result<T, Error>, kind: ErrorKind, what: &str) -> String {
    match result {
        Ok(_) => panic!("{what:?} was taken"),
        Err(error) => {
            assert_eq!(error.kind(), kind, "{what:?}: {error}");
            let text = error.to_string();
            assert!(!text.contains(char::is_control), "{what:?}: {text:?}");
            text
        }
    }
}

#[test]
fn names_regions_and_credentials() {
    for bad in CONTROLS {
        let parts = [(bad, "A", "1"), ("ocr", bad, "1"), ("ocr", "A", bad)];
        for (service, action, version) in parts {
            let result = RawCall::new(service, action, version);
            refused(result, ErrorKind::Input, bad);
        }
        let account = || Tencent::new(Credentials::new(ID, SECRET.to_owned()).unwrap());
        refused(account().region(bad), ErrorKind::Input, bad);
        refused(endpoint::in_region(bad), ErrorKind::Input, bad);
        refused(
            Credentials::new(bad, SECRET.to_owned()),
            ErrorKind::Credential,
            bad,
        );
        refused(
            Credentials::new(ID, bad.to_owned()),
            ErrorKind::Credential,
            bad,
        );
        let pair = Credentials::new(ID, SECRET.to_owned()).unwrap();
        refused(pair.with_token(bad.to_owned()), ErrorKind::Credential, bad);
    }
    for bad in ["../ocr", "ocr/evil.example", "ocr@evil.example", "ocr:1"] {
        refused(RawCall::new(bad, "A", "1"), ErrorKind::Input, bad);
    }
}

#[test]
fn endpoints() {
    for (bad, why) in [
        ("https://user:hunter2@ocr.tencentcloudapi.com", "user info"),
        ("https://ocr.tencentcloudapi.com/v3", "path"),
        ("https://ocr.tencentcloudapi.com?a=b", "query"),
        ("https://10.0.0.1", "IP address"),
        ("https://[2001:db8::1]", "IP address"),
        ("http://ocr.tencentcloudapi.com", "loopback"),
        ("https://ocr.tencentcloudapi.com\r\nX: 1", "not a URL"),
    ] {
        let text = refused(Endpoint::custom(bad), ErrorKind::Input, bad);
        assert!(text.contains(why) && !text.contains("hunter2"), "{text}");
    }
}

#[test]
fn content_types_and_parameters() {
    for bad in CONTROLS {
        refused(action().raw(bad, "x"), ErrorKind::Input, bad);
        refused(Parameters::of([(bad, "x")]), ErrorKind::Input, bad);
    }
    for bad in ["", "[]", "{", "{} {}", r#"{"A":1,"A":2}"#, "\u{feff}{}"] {
        refused(action().json(bad), ErrorKind::Input, bad);
    }
    let account = Tencent::new(Credentials::new(ID, SECRET.to_owned()).unwrap());
    for name in [
        "Action",
        "Nonce",
        "Region",
        "SecretId",
        "Signature",
        "Token",
    ] {
        let request = |form: fn(RawCall, V1, Parameters) -> RawCall| {
            let parameters = Parameters::of([(name, "x")]).unwrap();
            account.call(form(action(), V1::HmacSha1, parameters))
        };
        for form in [RawCall::v1_query, RawCall::v1_form] {
            let text = refused(request(form), ErrorKind::Input, name);
            assert!(text.contains(name), "{text}");
        }
    }
    for request in [
        action().query(Parameters::default()),
        action().v1_form(V1::HmacSha1, Parameters::default()),
    ] {
        let request = request.unsigned_body();
        refused(account.call(request), ErrorKind::Input, "unsigned");
    }
}

#[test]
fn what_is_over_a_limit_names_the_way_out() {
    let service = service(|_| {});
    let of = |bytes| Parameters::of([("Scene", "a".repeat(bytes))]).unwrap();
    for (form, request, way_out) in [
        ("query", action().query(of(33 << 10)), "POST"),
        (
            "v1 query",
            action().v1_query(V1::HmacSha1, of(33 << 10)),
            "TC3",
        ),
        (
            "v1 form",
            action().v1_form(V1::HmacSha256, of(1 << 20)),
            "TC3",
        ),
        (
            "raw",
            action()
                .raw("application/octet-stream", vec![0; (10 << 20) + 1])
                .unwrap(),
            "URL",
        ),
        (
            "JSON",
            action()
                .json(format!("{{\"Scene\":\"{}\"}}", "a".repeat(10 << 20)))
                .unwrap(),
            "URL",
        ),
        (
            "no boundary",
            action().raw("multipart/form-data", "x").unwrap(),
            "boundary",
        ),
        (
            "a form under TC3",
            action()
                .raw("application/x-www-form-urlencoded", "a=b")
                .unwrap(),
            "v1",
        ),
    ] {
        let result = run(service.tencent().call(request).unwrap());
        let text = refused(result, ErrorKind::Signing, form);
        assert!(text.contains(way_out), "{form}: {text}");
    }
    assert!(
        service.requests.lock().unwrap().is_empty(),
        "something was sent"
    );
}
