//! Any bytes as a reply: never a panic, and nothing opens that was not sealed under the opener's key. Of the scenarios
//! exactly those open that are to.
#![no_main]

use cardseal::{EncryptedReply, Expected, IvPolicy, Opener};
use cardseal_fuzz::{Scenario, accept_set};
use libfuzzer_sys::fuzz_target;

/// The key is nobody's: no scenario is sealed under it.
const OPENER: &[u8] =
    br#"{"Algorithm":"SM4-GCM","Key":"AAECAwQFBgcICQoLDA0ODw==","Iv":"AAECAwQFBgcICQoL"}"#;

fn opens(scenario: &Scenario) -> bool {
    let Ok(reply) = EncryptedReply::parse(scenario.payload.as_slice()) else {
        return false;
    };
    let opener = Opener::restore(scenario.opener_text().as_bytes()).expect("a good opener");
    let policy = match scenario.header("iv-policy") {
        "same" => IvPolicy::Same,
        "fresh" => IvPolicy::Fresh,
        "by-suite" => IvPolicy::BySuite,
        _ => IvPolicy::AcceptForgeableFirstBlock,
    };
    reply.refusal().is_none() && opener.open(&reply, policy).is_ok()
}

fuzz_target!(init: accept_set("open", "opens", opens), |body: &[u8]| {
    if let Ok(reply) = EncryptedReply::parse(body) {
        let _ = format!("{reply:?}");
        let _ = (reply.request_id(), reply.refusal(), reply.names_fields());
        let opener = || Opener::restore(OPENER).expect("a good opener");
        // A tag of 128 bits cannot be guessed by a fuzzer.
        assert!(opener().open(&reply, IvPolicy::BySuite).is_err());
        assert!(opener().open_fields(&reply, Expected::NamedByReply, IvPolicy::BySuite).is_err());
    }
});
