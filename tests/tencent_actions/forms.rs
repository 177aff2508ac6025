//! One action in every form a request may take.

use std::time::Duration;

use cardseal::RawAnswer;
use cardseal::tencent::{HeaderSet, Language, Parameters, RawCall, Tencent, V1, endpoint};
use cardseal::{Credentials, Endpoint, ErrorKind, RetryPolicy};
use http::{HeaderMap, Uri};
use serde_json::Value;

use crate::common::driving::{at, sends};
use crate::{ID, SECRET, credentials, run, run_async, service};

/// Every character that some encoder treats in its own way.
const AWKWARD: &str = "a b+c*~%/=&?#;'\"\\身份证";

fn text_action() -> RawCall {
    RawCall::new("ocr", "GeneralBasicOCR", "2018-11-19").unwrap()
}

fn parameters() -> Parameters {
    Parameters::of([
        ("ImageUrl", "https://example.com/a.png?b=c&d=%20"),
        ("Scene", AWKWARD),
        ("IsWords", "true"),
        ("LanguageType", "auto"),
    ])
    .unwrap()
}

fn json() -> String {
    serde_json::json!({
        "ImageUrl": "https://example.com/a.png", "Scene": AWKWARD, "IsWords": true, "LanguageType": "auto",
    })
    .to_string()
}

/// A multipart body by hand, its boundary not all lower case.
const BOUNDARY: &str = "aB1-Xy";
fn parts() -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"ImageUrl\"\r\n\r\nhttps://h/a.png\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"LanguageType\"\r\n\r\nauto\r\n--{BOUNDARY}--\r\n"
    )
}

type Make = fn() -> RawCall;

const FORMS: [(&str, Make); 9] = [
    ("JSON", || text_action().json(json()).unwrap()),
    ("JSON, body unsigned", || {
        text_action().json(json()).unwrap().unsigned_body()
    }),
    ("query", || text_action().query(parameters())),
    ("multipart", || {
        text_action().multipart(&parameters()).unwrap()
    }),
    ("multipart by hand", || {
        let content_type = format!("multipart/form-data; charset=utf-8; boundary={BOUNDARY}");
        text_action().raw(&content_type, parts()).unwrap()
    }),
    ("v1 query, SHA-1", || {
        text_action().v1_query(V1::HmacSha1, parameters())
    }),
    ("v1 query, SHA-256", || {
        text_action().v1_query(V1::HmacSha256, parameters())
    }),
    ("v1 form, SHA-1", || {
        text_action().v1_form(V1::HmacSha1, parameters())
    }),
    ("v1 form, SHA-256", || {
        text_action().v1_form(V1::HmacSha256, parameters())
    }),
];

fn check(form: &str, answer: &RawAnswer) {
    let value: Value = answer.json.parse().unwrap();
    assert_eq!(value["Language"], "auto", "{form}");
    assert!(
        !value["TextDetections"].as_array().unwrap().is_empty(),
        "{form}"
    );
    assert_eq!(value["RequestId"], answer.request_id, "{form}");
    assert!(answer.seal.is_none());
    let line = value["TextDetections"][0]["DetectedText"].as_str().unwrap();
    assert!(!format!("{answer:?}").contains(line));
    assert_eq!(
        answer.json.parse::<serde_json::Value>().unwrap(),
        value,
        "{form}"
    );
}

#[test]
fn every_form_with_both_drivers_and_everything_an_account_adds() {
    let token = "token-of-the-session";
    let service = service(|config| config.session_token = Some(token.into()));
    let temporary = || credentials().with_token(token.to_owned()).unwrap();
    let plain = service.signing_as(temporary());
    let full = service
        .signing_as(temporary())
        .region("ap-guangzhou")
        .unwrap()
        .language(Language::English)
        .signed_headers(HeaderSet::WithAction);
    for (form, make) in FORMS {
        for tencent in [&plain, &full] {
            let answer = run(tencent.call(make()).unwrap());
            check(form, &answer.unwrap_or_else(|e| panic!("{form}: {e}")));
        }
        let answer = run_async(full.call(make()).unwrap());
        check(
            form,
            &answer.unwrap_or_else(|e| panic!("{form}, async: {e}")),
        );

        // Without the token the same request is refused: it was sent, and in the right place.
        let error = run(service.tencent().call(make()).unwrap()).unwrap_err();
        assert_eq!(
            error.service_code(),
            Some("AuthFailure.TokenFailure"),
            "{form}"
        );
        assert_eq!(error.kind(), ErrorKind::Credential);
    }
}

/// The request as it would be sent.
fn sent(tencent: &Tencent, request: RawCall) -> (Uri, HeaderMap, Vec<u8>) {
    sent_at(tencent, request, 1_700_000_000)
}

fn sent_at(tencent: &Tencent, request: RawCall, seconds: u64) -> (Uri, HeaderMap, Vec<u8>) {
    let mut call = tencent.call(request).unwrap();
    let (head, body) = sends(&mut call, at(seconds)).into_parts();
    (head.uri, head.headers, body.to_vec())
}

#[test]
fn what_is_not_set_is_not_sent() {
    let tencent = Tencent::new(credentials());
    let (uri, headers, body) = sent(&tencent, text_action());
    assert_eq!(uri, "https://ocr.tencentcloudapi.com/");
    assert_eq!(body, b"{}");
    assert_eq!(headers["x-tc-action"], "GeneralBasicOCR");
    assert_eq!(headers["x-tc-version"], "2018-11-19");
    for absent in [
        "x-tc-region",
        "x-tc-language",
        "x-tc-token",
        "x-tc-content-sha256",
    ] {
        assert!(!headers.contains_key(absent), "{absent}");
    }
    let full = tencent
        .region("ap-beijing")
        .unwrap()
        .language(Language::Chinese);
    let (_, headers, _) = sent(&full, text_action());
    assert_eq!(headers["x-tc-region"], "ap-beijing");
    assert_eq!(headers["x-tc-language"], "zh-CN");
    let (uri, headers, _) = sent(&full, text_action().v1_query(V1::HmacSha256, parameters()));
    let query = uri.query().unwrap();
    for pair in [
        "Action=GeneralBasicOCR",
        "Version=2018-11-19",
        "Region=ap-beijing",
        "Language=zh-CN",
        "SignatureMethod=HmacSHA256",
        "Timestamp=1700000000",
        "Nonce=",
        "Signature=",
    ] {
        assert!(query.contains(pair), "{pair}: {query}");
    }
    assert!(headers.keys().all(|name| name == "host"), "{headers:?}");
    // A nonce is new for each request.
    let nonce = |query: &str| {
        let pair = query.split('&').find(|pair| pair.starts_with("Nonce="));
        pair.unwrap().to_owned()
    };
    let (again, ..) = sent(&full, text_action().v1_query(V1::HmacSha256, parameters()));
    assert_ne!(nonce(query), nonce(again.query().unwrap()));
}

/// The example of the service's page "Signature v3": its masked credentials are literally asterisks.
#[test]
fn the_published_request_has_the_published_signature() {
    let masked = "*".repeat(32);
    let credentials = Credentials::new(format!("AKID{masked}"), masked).unwrap();
    let tencent = Tencent::new(credentials).signed_headers(HeaderSet::WithAction);
    let body =
        r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
    let request = RawCall::new("cvm", "DescribeInstances", "2017-03-12")
        .unwrap()
        .raw("application/json; charset=utf-8", body)
        .unwrap();
    let (_, headers, sent_body) = sent_at(&tencent, request, 1_551_113_065);
    assert_eq!(sent_body, body.as_bytes());
    let signed = headers["authorization"].to_str().unwrap();
    let signature = "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f";
    assert!(
        signed.ends_with(&format!("Signature={signature}")),
        "{signed}"
    );
}

#[test]
fn every_endpoint_keeps_the_service_by_name() {
    for (endpoint, host) in [
        (endpoint::nearest(), "cvm.tencentcloudapi.com"),
        (
            endpoint::in_region("ap-shanghai-fsi").unwrap(),
            "cvm.ap-shanghai-fsi.tencentcloudapi.com",
        ),
        (endpoint::international(), "cvm.intl.tencentcloudapi.com"),
        (endpoint::internal(), "cvm.internal.tencentcloudapi.com"),
        (
            Endpoint::custom("https://proxy.bank.example:8443").unwrap(),
            "proxy.bank.example:8443",
        ),
    ] {
        let tencent = Tencent::new(credentials()).endpoint(endpoint);
        let request = RawCall::new("cvm", "DescribeInstances", "2017-03-12").unwrap();
        let (uri, headers, _) = sent(&tencent, request);
        assert_eq!(uri.authority().unwrap().as_str(), host);
        assert_eq!(headers["host"], host);
        let scope = headers["authorization"].to_str().unwrap();
        assert!(scope.contains("/2023-11-14/cvm/tc3_request"), "{scope}");
    }
}

#[test]
fn fail_over_is_opt_in_and_for_what_was_never_sent() {
    let nobody = crate::common::nobody::Nobody::new();
    let nowhere = Endpoint::custom(&format!("http://{}", nobody.address())).unwrap();
    let service = service(|_| {});
    let mut policy = RetryPolicy::default();
    policy.first_delay = Duration::from_millis(1);
    let tencent = Tencent::new(Credentials::new(ID, SECRET.to_owned()).unwrap())
        .endpoint(nowhere)
        .retry(policy);
    let call = |tencent: &Tencent| {
        let request = text_action().json(json()).unwrap();
        run(tencent.call(request).unwrap())
    };
    assert_eq!(call(&tencent).unwrap_err().kind(), ErrorKind::Transport);
    assert!(service.requests.lock().unwrap().is_empty());
    let there = Endpoint::custom(&service.gateway.url()).unwrap();
    check("JSON", &call(&tencent.fallback_endpoint(there)).unwrap());
    assert_eq!(service.requests.lock().unwrap().len(), 1);
}

#[test]
fn what_the_service_does_not_have_says_so() {
    let service = service(|_| {});
    for (product, action, version, code) in [
        ("nosuch", "GeneralBasicOCR", "2018-11-19", "NoSuchProduct"),
        ("ocr", "NoSuchAction", "2018-11-19", "InvalidAction"),
        ("ocr", "GeneralBasicOCR", "2000-01-01", "NoSuchVersion"),
        ("ocr", "IDCardOCR", "2018-11-19", "InvalidRequest"),
    ] {
        let request = RawCall::new(product, action, version).unwrap();
        let request = match code {
            // A form that the action does not take.
            "InvalidRequest" => request.raw("text/plain", "x").unwrap(),
            _ => request,
        };
        let error = run(service.tencent().call(request).unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service, "{code}: {error}");
        if code != "InvalidRequest" {
            assert_eq!(error.service_code(), Some(code));
        }
        assert!(error.request_id().is_some(), "{code}");
    }
}
