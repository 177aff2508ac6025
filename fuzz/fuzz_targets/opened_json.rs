//! Any bytes as an opened body: sealed rightly and sent back, they open exactly when they are one JSON object in UTF-8
//! without duplicate members.
#![no_main]

use std::sync::LazyLock;

use cardseal::{EncryptedReply, IvPolicy, Recipient};
use libfuzzer_sys::fuzz_target;

static RECIPIENT: LazyLock<Recipient> = LazyLock::new(|| {
    Recipient::parse(include_bytes!("../../vectors/keys/tencent-demo-rsa.b64")).expect("a good key")
});

fuzz_target!(|plaintext: &[u8]| {
    let (sealed, opener) = RECIPIENT.seal(plaintext).expect("a short body");
    let reply = EncryptedReply::parse(sealed.as_json()).expect("our own JSON");
    match opener.open(&reply, IvPolicy::Same) {
        Ok(opened) => {
            assert_eq!(opened.expose_plaintext(), plaintext);
            let text = std::str::from_utf8(plaintext).expect("UTF-8");
            assert!(text.trim_start().starts_with('{') && text.trim_end().ends_with('}'));
        }
        Err(error) => assert_eq!(error, cardseal::OpenError),
    }
});
