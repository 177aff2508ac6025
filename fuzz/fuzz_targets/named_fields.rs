//! Any object and names to be sealed in place: never a panic, and what was sealed opens to what it was.
#![no_main]

use std::sync::LazyLock;

use cardseal::{EncryptedReply, Expected, IvPolicy, Recipient, SharedNonce};
use libfuzzer_sys::fuzz_target;

static RECIPIENT: LazyLock<Recipient> = LazyLock::new(|| {
    Recipient::parse(include_bytes!("../../vectors/keys/tencent-demo-rsa.b64")).expect("a good key")
});

fuzz_target!(|input: (&str, Vec<&str>)| {
    let (object, names) = input;
    let Ok((sealed, opener)) =
        RECIPIENT.seal_fields(object.as_bytes(), &names, SharedNonce::Refuse)
    else {
        return;
    };
    let Ok(reply) = EncryptedReply::parse(sealed.as_json()) else {
        return;
    };
    // Names with dots or brackets are members here and paths there; those may be refused.
    if let Ok(opened) = opener.open_fields(&reply, Expected::Exactly(&names), IvPolicy::Same) {
        assert!(std::str::from_utf8(opened.expose_plaintext()).is_ok());
    }
});
