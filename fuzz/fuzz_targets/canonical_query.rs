//! Any text as a query: never a panic; the canonical form of a canonical form is itself; and where a scheme sorts pairs
//! by name and value, their order in the text means nothing.
#![no_main]

use std::time::{Duration, UNIX_EPOCH};

use cardseal::signing::by_scheme;
use cardseal::{Credentials};
use cardseal_explain::RequestText;
use libfuzzer_sys::fuzz_target;

/// The third line of the canonical request, where the query is one that can be signed.
fn canonical(scheme: &str, query: &str) -> Option<String> {
    let text = format!("GET /?{query} HTTP/1.1\nHost: example.com\n\n");
    let request = RequestText::parse(text.as_bytes()).ok()?;
    assert_eq!(request.query, query);
    let credentials = Credentials::new("AKIDfuzz", "secret").expect("good credentials");
    let input = request.signing_input("ocr", "cn-north-4", None);
    let now = UNIX_EPOCH + Duration::from_secs(1_551_113_065);
    let signed = by_scheme(scheme)?.sign(&input, &credentials, now).ok()?;
    signed.canonical_request.lines().nth(2).map(str::to_owned)
}

fuzz_target!(|query: &str| {
    // A line end would end the query and begin a header.
    if query.contains(['\n', '\r', ' ', '#']) {
        return;
    }
    let scheme = "sdk-hmac-sha256";
    let Some(once) = canonical(scheme, query) else {
        return;
    };
    assert_eq!(canonical(scheme, &once).as_ref(), Some(&once));
    let turned: Vec<&str> = query.split('&').rev().collect();
    assert_eq!(canonical(scheme, &turned.join("&")).as_ref(), Some(&once));
    assert!(
        once.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%=&".contains(&byte)),
        "{once}"
    );
});
