//! Any bytes as the text of an HTTP request: never a panic; what is read, printed and read again is the same; and every
//! scheme that signs it signs it alike twice.
#![no_main]

use std::time::{Duration, UNIX_EPOCH};

use cardseal::signing::REGISTRY;
use cardseal::{Credentials};
use cardseal_explain::RequestText;
use libfuzzer_sys::fuzz_target;

fn print(request: &RequestText) -> Vec<u8> {
    let query = if request.query.is_empty() {
        String::new()
    } else {
        format!("?{}", request.query)
    };
    let mut text = format!("{} {}{query} HTTP/1.1\n", request.method, request.path).into_bytes();
    for (name, value) in &request.headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend_from_slice(&request.body);
    text
}

fuzz_target!(|text: &[u8]| {
    let Ok(request) = RequestText::parse(text) else {
        return;
    };
    let _ = format!("{request:?}");
    let again =
        RequestText::parse(&print(&request)).expect("what was read can be printed and read");
    assert_eq!(
        (
            &again.method,
            &again.path,
            &again.query,
            &again.headers,
            &again.body
        ),
        (
            &request.method,
            &request.path,
            &request.query,
            &request.headers,
            &request.body
        )
    );
    let credentials = Credentials::new("AKIDfuzz", "secret").expect("good credentials");
    let now = UNIX_EPOCH + Duration::from_secs(1_551_113_065);
    for signer in REGISTRY {
        let sign = |request: &RequestText| {
            let input = request.signing_input("ocr", "ap-guangzhou", None);
            signer
                .sign(&input, &credentials, now)
                .map(|signed| signed.signature)
        };
        assert_eq!(sign(&request), sign(&again));
    }
});
