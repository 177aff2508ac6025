//! Any bytes as a reply: never a panic, and nothing opens that was not sealed under the opener's key.
#![no_main]

use cardseal::{EncryptedReply, Expected, IvPolicy, Opener};
use libfuzzer_sys::fuzz_target;

const OPENER: &[u8] =
    br#"{"Algorithm":"SM4-GCM","Key":"AAECAwQFBgcICQoLDA0ODw==","Iv":"AAECAwQFBgcICQoL"}"#;

fuzz_target!(|body: &[u8]| {
    if let Ok(reply) = EncryptedReply::parse(body) {
        let _ = format!("{reply:?}");
        let _ = (reply.request_id(), reply.refusal(), reply.names_fields());
        let opener = || Opener::restore(OPENER).expect("a good opener");
        // A tag of 128 bits cannot be guessed by a fuzzer.
        assert!(opener().open(&reply, IvPolicy::Any).is_err());
        assert!(opener().open_fields(&reply, Expected::AsNamed, IvPolicy::Any).is_err());
    }
});
