//! Any text as a key: never a panic, and what is taken can seal.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|key: &[u8]| {
    if let Ok(recipient) = cardseal::Recipient::parse(key) {
        assert_eq!(recipient.fingerprint().len(), 64);
        let (sealed, opener) = recipient.seal(b"{}").expect("a key that was taken can seal");
        let reply = cardseal::EncryptedReply::parse(sealed.as_json()).expect("our own JSON");
        opener.open(&reply, cardseal::IvPolicy::Same).expect("our own seal");
    }
});
