//! The forms a request to Tencent may have: GET, multipart and signature v1, their limits and what is refused.
#![cfg(feature = "server")]

mod common;

use cardseal_gateway::{Fixture, Running, Suite};
use common::{Envelope, Request, SECRET_ID, Signer, good_inner, sign_v1, start};
use serde_json::Value;

const FORM: &str = "application/x-www-form-urlencoded";
const HOST: &str = "ocr.tencentcloudapi.com";
const URL: &str = "https://example.com/card.jpg";
const CODED_URL: &str = "https%3A%2F%2Fexample.com%2Fcard.jpg";

const FAILURE: &str = "AuthFailure.SignatureFailure";

fn get(action: &str, query: &str) -> Request {
    let signer = Signer {
        method: "GET".into(),
        query: query.into(),
        content_type: FORM.into(),
        ..Signer::default()
    };
    signer.sign(action, "")
}

#[test]
fn a_get_by_tc3() {
    let gateway = start(|_| ());
    let back = get("IDCardOCR", &format!("ImageUrl={CODED_URL}&CardSide=BACK")).ask(&gateway);
    assert_eq!(back["ValidDate"], "2020.01.01-2040.01.01");
    for (query, wanted) in [
        (
            format!("ImageUrl={CODED_URL}&EnableReflectDetail=false"),
            "ok",
        ),
        (format!("EnableReflectDetail=false&ImageUrl={URL}"), "ok"),
        (
            format!("ImageUrl={CODED_URL}&Config=%7B%22CopyWarn%22%3A+true%7D"),
            "ok",
        ),
        (
            format!("ImageUrl={CODED_URL}&Config=%7B%22CopyWarn%22%3A%20true%7D"),
            "ok",
        ),
        (
            format!("ImageUrl={CODED_URL}&Config=CopyWarn"),
            "InvalidParameter.ConfigFormatError",
        ),
        (
            format!("ImageUrl={CODED_URL}&EnableReflectDetail=1"),
            "InvalidParameter",
        ),
        (
            format!("ImageUrl={CODED_URL}&ImageUrl={CODED_URL}"),
            "InvalidParameter",
        ),
        (
            format!("ImageUrl={CODED_URL}&Unknown=1"),
            "UnknownParameter",
        ),
        ("ImageUrl=%ff".into(), "InvalidParameter"),
        (String::new(), "FailedOperation.EmptyImageError"),
    ] {
        assert_eq!(get("IDCardOCR", &query).code(&gateway), wanted, "{query}");
    }
    let mut changed = get("IDCardOCR", &format!("ImageUrl={CODED_URL}"));
    changed.target.push_str("&CardSide=BACK");
    assert_eq!(changed.code(&gateway), FAILURE);
    // The query is signed as it is sent, so the same in another order is another request.
    let mut reordered = get("IDCardOCR", "CardSide=BACK&ImageUrl=x");
    reordered.target = "/?ImageUrl=x&CardSide=BACK".into();
    assert_eq!(reordered.code(&gateway), FAILURE);
}

#[test]
fn an_envelope_in_a_get() {
    let gateway = start(|_| ());
    for suite in Suite::ALL {
        let envelope = Envelope::seal(suite, &good_inner());
        let mut pairs = vec![format!(
            "EncryptedBody={}",
            coded(&envelope.body["EncryptedBody"])
        )];
        for (name, value) in envelope.body["Encryption"].as_object().unwrap() {
            match value {
                Value::Array(items) => pairs.extend(
                    items
                        .iter()
                        .enumerate()
                        .map(|(at, item)| format!("Encryption.{name}.{at}={}", coded(item))),
                ),
                value => pairs.push(format!("Encryption.{name}={}", coded(value))),
            }
        }
        let answer = get("RecognizeEncryptedIDCardOCR", &pairs.join("&")).ask(&gateway);
        assert_eq!(envelope.open_json(&answer)["IdNum"], "11010119900307002X");
    }
}

fn coded(value: &Value) -> String {
    let text = value.as_str().unwrap();
    text.replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D")
}

#[test]
fn gets_that_are_none() {
    let gateway = start(|_| ());
    let query = format!("ImageUrl={CODED_URL}");
    let mut json = Signer {
        method: "GET".into(),
        query: query.clone(),
        ..Signer::default()
    }
    .sign("IDCardOCR", "");
    assert_eq!(json.code(&gateway), "UnsupportedProtocol");
    json.method = "PUT".into();
    assert_eq!(json.code(&gateway), "UnsupportedProtocol");
    let mut with_body = get("IDCardOCR", &query);
    with_body.body = b"{}".to_vec();
    assert_eq!(with_body.code(&gateway), "UnsupportedProtocol");
    let limit = 32 * 1024;
    let padded = |length: usize| format!("{query}&Config={}", "x".repeat(length - query.len() - 8));
    let just = get("IDCardOCR", &padded(limit)).code(&gateway);
    assert_eq!(just, "InvalidParameter.ConfigFormatError");
    let over = get("IDCardOCR", &padded(limit + 1)).code(&gateway);
    assert_eq!(over, "RequestSizeLimitExceeded");
}

#[test]
fn multipart_where_it_is_taken() {
    let gateway = start(|_| ());
    let body = format!(
        "--b1\r\nContent-Disposition: form-data; name=\"ImageUrl\"\r\n\r\n{URL}\r\n\
         --b1\r\nContent-Disposition: form-data; name=\"IsWords\"\r\n\r\ntrue\r\n--b1--\r\n"
    );
    let signer = Signer {
        content_type: "multipart/form-data; boundary=b1".into(),
        ..Signer::default()
    };
    let answer = signer.sign("GeneralBasicOCR", body.clone()).ask(&gateway);
    assert_eq!(answer["TextDetections"][0]["DetectedText"], "样本第一行");
    let refused = signer.sign("IDCardOCR", body.clone()).code(&gateway);
    assert_eq!(refused, "UnsupportedProtocol");
    let broken = signer.sign("GeneralBasicOCR", body.replace("--b1--", "--b1"));
    assert_eq!(broken.code(&gateway), "InvalidRequest");
    let mut changed = signer.sign("GeneralBasicOCR", body);
    changed.body[60] ^= 1;
    assert_eq!(changed.code(&gateway), FAILURE);
}

#[test]
fn general_text_of_the_fixture() {
    let fixture = Fixture::from_json(r#"{"FRONT":{},"TEXT":["one","two"]}"#).unwrap();
    let gateway = start(|config| config.fixture = Some(fixture));
    let ask = |body: &str| Request::signed("GeneralBasicOCR", body);
    let answer = ask(&format!(r#"{{"ImageUrl":"{URL}","LanguageType":"auto"}}"#)).ask(&gateway);
    let found = answer["TextDetections"].as_array().unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[1]["DetectedText"], "two");
    assert_eq!(found[1]["Polygon"].as_array().unwrap().len(), 4);
    assert_eq!(answer["Language"], "auto");
    assert!(answer["Angel"].is_number() && answer["Angle"].is_number());
    assert_eq!(ask("{}").code(&gateway), "FailedOperation.EmptyImageError");
    let page = format!(r#"{{"ImageUrl":"{URL}","PdfPageNumber":"1"}}"#);
    assert_eq!(ask(&page).code(&gateway), "InvalidParameter");
}

/// A card by signature v1, with these parameters beside the usual ones.
fn v1(method: &str, more: &[(&str, &str)]) -> Request {
    let mut parameters = vec![
        ("Action", "IDCardOCR"),
        ("Version", "2018-11-19"),
        ("ImageUrl", URL),
        ("EnableReflectDetail", "true"),
        ("Region", "ap-guangzhou"),
    ];
    parameters.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    parameters.extend(more);
    sign_v1(method, HOST, &parameters)
}

fn v1_code(gateway: &Running, method: &str, more: &[(&str, &str)]) -> String {
    v1(method, more).code(gateway)
}

#[test]
fn signature_v1_in_both_hashes_and_both_methods() {
    let gateway = start(|_| ());
    for method in ["GET", "POST"] {
        for hash in ["HmacSHA1", "HmacSHA256", "HmacMD5"] {
            let request = v1(method, &[("SignatureMethod", hash), ("CardSide", "BACK")]);
            let back = request.ask(&gateway);
            assert_eq!(
                back["ValidDate"], "2020.01.01-2040.01.01",
                "{method} {hash}"
            );
        }
        assert_eq!(v1_code(&gateway, method, &[]), "ok");
        assert_eq!(
            v1_code(
                &gateway,
                method,
                &[("Language", "en-US"), ("RequestClient", "x y")]
            ),
            "ok"
        );
        assert_eq!(
            v1_code(&gateway, method, &[("Unknown", "1")]),
            "UnknownParameter"
        );
        assert_eq!(
            v1_code(&gateway, method, &[("Version", "2018-11-20")]),
            "NoSuchVersion"
        );
        assert_eq!(
            v1_code(&gateway, method, &[("Action", "PassportOCR")]),
            "InvalidAction"
        );
        assert_eq!(
            v1_code(&gateway, method, &[("SecretId", "x")]),
            "AuthFailure.SecretIdNotFound"
        );
        for nonce in ["0", "-1", "x", "+1", "1.0"] {
            assert_eq!(
                v1_code(&gateway, method, &[("Nonce", nonce)]),
                "InvalidParameter"
            );
        }
        for (moved, wanted) in [
            (-301_i64, "AuthFailure.SignatureExpire"),
            (-300, "ok"),
            (300, "ok"),
            (301, "AuthFailure.SignatureExpire"),
        ] {
            let stamp = (common::NOW as i64 + moved).to_string();
            assert_eq!(v1_code(&gateway, method, &[("Timestamp", &stamp)]), wanted);
        }
    }
    for (host, wanted) in [
        ("127.0.0.1:80", "ok"),
        ("cvm.tencentcloudapi.com", "NoSuchProduct"),
    ] {
        let parameters = [
            ("Action", "IDCardOCR"),
            ("Version", "2018-11-19"),
            ("ImageUrl", URL),
        ];
        assert_eq!(sign_v1("GET", host, &parameters).code(&gateway), wanted);
    }
}

#[test]
fn v1_requests_that_are_not_authentic_or_not_whole() {
    let gateway = start(|_| ());
    for name in [
        "Signature",
        "Nonce",
        "Timestamp",
        "SecretId",
        "Version",
        "Action",
    ] {
        let mut request = v1("POST", &[]);
        let text = String::from_utf8(request.body).unwrap();
        let pairs = text.split('&');
        let left: Vec<_> = pairs
            .filter(|pair| !pair.starts_with(&format!("{name}=")))
            .collect();
        request.body = left.join("&").into_bytes();
        assert_eq!(request.code(&gateway), "MissingParameter", "{name}");
    }
    let mut changed = v1("GET", &[]);
    changed.target = changed.target.replace("ap-guangzhou", "ap-shanghai");
    assert_eq!(changed.code(&gateway), FAILURE);
    let mut moved = v1("POST", &[]);
    moved.set("Host", "ocr.ap-guangzhou.tencentcloudapi.com");
    assert_eq!(moved.code(&gateway), FAILURE);
    // A GET's parameters are no POST's.
    let mut posted = v1("GET", &[]);
    posted.method = "POST".into();
    posted.set("Content-Type", FORM);
    assert_eq!(posted.code(&gateway), "MissingParameter");
    // JSON is signed by TC3 only, whose headers are not there.
    let mut json = v1("POST", &[]);
    json.set("Content-Type", "application/json");
    assert_eq!(json.code(&gateway), "MissingParameter");
}

#[test]
fn the_limits_of_v1_name_the_way_out() {
    let gateway = start(|_| ());
    let message = |request: Request| {
        let error = request.ask(&gateway)["Error"].clone();
        (
            error["Code"].as_str().unwrap().to_owned(),
            error["Message"].as_str().unwrap().contains("TC3"),
        )
    };
    for (method, limit) in [("GET", 32 * 1024), ("POST", 1024 * 1024)] {
        let length = |padding: usize| {
            let request = v1(method, &[("Config", &"x".repeat(padding))]);
            let length = match method {
                "GET" => request.target.len() - "/?".len(),
                _ => request.body.len(),
            };
            (request, length)
        };
        let (_, without) = length(1);
        // The last characters of a signature are coded in three each, so the length is found by trying.
        let (mut padding, mut fits) = (limit - without - 8, None);
        while let (request, true) = (length(padding).0, length(padding).1 <= limit) {
            fits = Some(request);
            padding += 1;
        }
        let config = "InvalidParameter.ConfigFormatError";
        assert_eq!(message(fits.unwrap()), (config.into(), false), "{method}");
        assert_eq!(
            message(length(padding + 8).0),
            (FAILURE.into(), true),
            "{method}"
        );
    }
}

#[test]
fn the_token_of_temporary_credentials() {
    let gateway = start(|config| config.session_token = Some("TOKEN".into()));
    let failure = "AuthFailure.TokenFailure";
    for (token, wanted) in [("TOKEN", "ok"), ("token", failure), ("", failure)] {
        let mut tc3 = Request::signed("IDCardOCR", good_inner().to_string());
        if !token.is_empty() {
            tc3.set("X-TC-Token", token);
        }
        assert_eq!(tc3.code(&gateway), wanted, "{token}");
        assert_eq!(
            v1_code(&gateway, "GET", &[("Token", token)]),
            wanted,
            "{token}"
        );
    }
    // Whoever is told of no token does not look at any.
    let mut any = Request::signed("IDCardOCR", good_inner().to_string());
    assert_eq!(any.set("X-TC-Token", "any").code(&start(|_| ())), "ok");
    assert!(any.header("Authorization").contains(SECRET_ID));
}

/// The pages fix the canonical query of a POST to the empty text.
#[test]
fn a_tc3_post_with_a_query_is_refused_however_it_is_signed() {
    let gateway = start(|_| ());
    let body = serde_json::json!({ "ImageUrl": URL }).to_string();
    let with_query = Signer {
        query: "Offset=0".into(),
        ..Signer::default()
    };
    assert_eq!(
        with_query.sign("IDCardOCR", body.clone()).code(&gateway),
        FAILURE
    );
    let mut unsigned = Request::signed("IDCardOCR", body.clone());
    assert_eq!(unsigned.code(&gateway), "ok");
    unsigned.target = "/?Offset=0".into();
    let reply = unsigned.ask(&gateway);
    assert_eq!(reply["Error"]["Code"], FAILURE);
    let said = reply["Error"]["Message"].as_str().unwrap();
    assert!(said.contains("query of a POST"), "{said}");
}
