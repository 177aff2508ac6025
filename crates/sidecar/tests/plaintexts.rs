//! What `/v1/seal` says of a plaintext that no service reads: as the command line says it, and it seals it all the same.

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{config, post, start};
use serde_json::{Value, json};

fn warnings(sealed: &Value) -> Vec<&str> {
    let warnings = sealed["warnings"].as_array();
    let texts = warnings
        .into_iter()
        .flatten()
        .map(|text| text.as_str().unwrap());
    texts.collect()
}

#[test]
fn a7_what_no_service_can_read_is_sealed_with_a_warning() {
    let (_running, address) = start(config());
    let utf16: Vec<u8> = "{\"a\":1}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let cases: [(&[u8], &str); 8] = [
        ("\u{feff}{\"a\":1}".as_bytes(), "byte order mark"),
        (&utf16, "UTF-16"),
        (b"{\"a\":1,}", "a comma stands before the closing bracket"),
        (b"{\"a\":1,\"a\":2}", "a member is duplicated"),
        (b"hello", "does not begin with `{`"),
        (b"", "it is empty"),
        (
            br#"{"ImageUrl":"file:///card.png"}"#,
            "not an absolute http or https URL",
        ),
        (br#"{"ImageBase64":"aGVsbG8gd29ybGQ="}"#, "this is text"),
    ];
    for (plaintext, words) in cases {
        let asked = json!({"plaintext": STANDARD.encode(plaintext)});
        let sealed = post(address, "/v1/seal", &asked).expect(200).json();
        let told = warnings(&sealed);
        assert!(
            told.len() == 1 && told[0].contains(words),
            "{words}: {told:?}"
        );
        assert!(sealed["sealed"]["EncryptedBody"].is_string(), "{sealed}");
    }
    // `json` is one object as the reader finds it, and may have a member twice all the same.
    let card = json!({"json": {"ImageUrl": "https://h.example/card.jpg"}});
    let sealed = post(address, "/v1/seal", &card).expect(200).json();
    assert!(sealed.get("warnings").is_none(), "{sealed}");
}

#[test]
fn s12_a_private_key_in_a_pictures_place_is_not_sealed() {
    let (_running, address) = start(config());
    let pem = "-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----\n";
    for value in [
        STANDARD.encode(pem),
        format!("data:image/png;base64,{}", STANDARD.encode(pem)),
        pem.to_owned(),
    ] {
        let body = json!({"ImageBase64": value});
        let text = STANDARD.encode(body.to_string());
        for asked in [
            json!({"json": body}),
            json!({"json": body, "fields": ["ImageBase64"]}),
            json!({"plaintext": text}),
        ] {
            let refused = post(address, "/v1/seal", &asked)
                .expect_error(422, "input")
                .json();
            let message = refused["error"]["message"].as_str().unwrap();
            assert!(message.contains("holds a private key"), "{message}");
        }
    }
}
