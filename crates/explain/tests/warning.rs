//! What is signed and would be refused, or does not protect what its sender believes: told before it is sent.

use std::time::{Duration, UNIX_EPOCH};

use cardseal::Credentials;
use cardseal::signing::by_scheme;
use cardseal_explain::{RequestText, Warning, warnings};

const TC3: &str = "tc3-hmac-sha256";
const SDK: &str = "sdk-hmac-sha256";

fn of(scheme: &str, headers: &str, body: &str) -> Vec<Warning> {
    let text = format!("POST / HTTP/1.1\nHost: ocr.example.com\n{headers}\n\n{body}");
    let request = RequestText::parse(text.as_bytes()).unwrap();
    let input = request.signing_input("ocr", "cn-north-4", None);
    let credentials = Credentials::new("AK", "SK").unwrap();
    let now = UNIX_EPOCH + Duration::from_secs(1_551_113_065);
    let signer = by_scheme(scheme).unwrap();
    let signed = signer.sign(&input, &credentials, now).unwrap();
    warnings(&request, &signed)
}

const GOOD: &str = "X-TC-Action: GeneralBasicOCR\nX-TC-Version: 2018-11-19\nContent-Type: application/json; charset=utf-8";

#[test]
fn a_sound_request_gives_no_warning() {
    assert_eq!(of(TC3, GOOD, "{}"), []);
    let json = "Content-Type: application/json; charset=UTF-8";
    // No other scheme reads the headers of TC3, nor lower-cases a value.
    assert_eq!(of(SDK, json, "{}"), []);
    assert_eq!(
        of("v11-hmac-sha256", &format!("Action: a\n{json}"), "{}"),
        []
    );
}

#[test]
fn a14_a_common_parameter_without_its_prefix_is_named() {
    let headers = "Action: GeneralBasicOCR\nVersion: 2018-11-19\nRegion: ap-guangzhou\nContent-Type: application/json";
    let found = of(TC3, headers, "{}");
    let not_prefixed = |name: &str, wanted| Warning::NotPrefixed {
        name: name.to_owned(),
        wanted,
    };
    assert_eq!(
        found,
        [
            not_prefixed("action", "X-TC-Action"),
            not_prefixed("version", "X-TC-Version"),
            not_prefixed("region", "X-TC-Region")
        ]
    );
    let said = found[0].to_string();
    assert!(
        said.contains("`action`") && said.contains("`X-TC-Action`"),
        "{said}"
    );
    // Beside the right one it does no harm.
    assert_eq!(of(TC3, &format!("Action: x\n{GOOD}"), "{}"), []);
    assert_eq!(
        of(TC3, "Content-Type: application/json", "{}"),
        [
            Warning::Absent {
                name: "X-TC-Action"
            },
            Warning::Absent {
                name: "X-TC-Version"
            }
        ]
    );
}

#[test]
fn a14_capitals_in_a_charset_are_named() {
    let name = "content-type";
    for content_type in ["application/json; charset=UTF-8", "Application/JSON"] {
        let headers = GOOD.replace("application/json; charset=utf-8", content_type);
        assert_eq!(of(TC3, &headers, "{}"), [Warning::Capitals { name }]);
    }
    let said = Warning::Capitals { name }.to_string();
    assert!(said.contains("charset=utf-8"), "{said}");
}

#[test]
fn a_body_that_is_not_signed_is_named() {
    let name = "x-tc-content-sha256".to_owned();
    let headers = format!("X-TC-Content-SHA256: UNSIGNED-PAYLOAD\n{GOOD}");
    assert_eq!(of(TC3, &headers, "{}"), [Warning::BodyNotSigned { name }]);
    let name = "x-sdk-content-sha256".to_owned();
    let octets = "Content-Type: application/octet-stream";
    assert_eq!(of(SDK, octets, "abc"), [Warning::BodyNotSigned { name }]);
    assert_eq!(of(SDK, octets, ""), [], "nothing is left out");
}

#[test]
fn what_an_editor_adds_to_a_body_is_named() {
    assert_eq!(of(TC3, GOOD, "\u{feff}{}"), [Warning::ByteOrderMark]);
    assert_eq!(of(TC3, GOOD, "{}\n"), [Warning::FinalLineEnd]);
    let form = "Content-Type: multipart/form-data; boundary=a";
    let multipart = GOOD.replace("Content-Type: application/json; charset=utf-8", form);
    assert_eq!(of(TC3, &multipart, "--a--\r\n"), []);
}
