//! Any bytes as an opened body: sealed rightly and sent back, they open exactly when they are one JSON object in UTF-8
//! without duplicate members.
#![no_main]

use std::sync::LazyLock;

use cardseal::{EncryptedReply, IvPolicy, Recipient};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

static RECIPIENT: LazyLock<Recipient> = LazyLock::new(|| {
    Recipient::parse(include_bytes!("../../vectors/keys/tencent-demo-rsa.b64")).expect("a good key")
});

/// By another way than the library's: where a member is duplicated, the text has more colons than the object members.
fn is_one_object(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    match serde_json::from_str(text) {
        Ok(object @ Value::Object(_)) => members(&object) == colons(text),
        _ => false,
    }
}

fn members(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        Value::Array(array) => array.iter().map(members).sum(),
        _ => 0,
    }
}

/// Those that are not in a string of good JSON.
fn colons(text: &str) -> usize {
    let (mut count, mut in_string) = (0, false);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' => drop(bytes.next()),
            b':' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

fuzz_target!(|plaintext: &[u8]| {
    let (sealed, opener) = RECIPIENT.seal(plaintext).expect("a short body");
    let reply = EncryptedReply::parse(sealed.as_json()).expect("our own JSON");
    let opened = cardseal_fuzz::forgetful(opener).open(&reply, IvPolicy::Same);
    assert_eq!(opened.is_ok(), is_one_object(plaintext));
    match opened {
        Ok(opened) => assert_eq!(opened.expose_plaintext(), plaintext),
        Err(error) => assert_eq!(error.kind(), cardseal::ErrorKind::Open),
    }
});
