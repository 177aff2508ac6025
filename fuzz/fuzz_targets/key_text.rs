//! Any text as a key: never a panic, and what is taken can seal. Taken are exactly the scenarios that are to be.
#![no_main]

use cardseal::{EncryptedReply, IvPolicy, Recipient};
use cardseal_fuzz::accept_set;
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: accept_set("key", "key-accepted", |scenario| Recipient::parse(&scenario.payload).is_ok()),
    |key: &[u8]| {
        if let Ok(recipient) = Recipient::parse(key) {
            assert_eq!(recipient.fingerprint().len(), 64);
            let (sealed, opener) = recipient.seal(b"{}").expect("a key that was taken can seal");
            let reply = EncryptedReply::parse(sealed.as_json()).expect("our own JSON");
            let error = opener.open(&reply, IvPolicy::Same).expect_err("the request, sent back");
            assert_eq!(error.kind(), cardseal::ErrorKind::Open);
        }
    }
);
