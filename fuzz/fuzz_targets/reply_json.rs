//! Any bytes as a reply: never a panic, and nothing opens that was not sealed under the opener's key. Of the scenarios
//! exactly those open that are to. What the fast path reads of a reply, the slow one reads as well.
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

/// The same reply for the slow path only: with one member more, whose name has an escape.
fn for_the_slow_path(body: &[u8]) -> Option<Vec<u8>> {
    let start = body.iter().position(|byte| *byte == b'{')? + 1;
    let is_empty = body[start..].trim_ascii_start().first() == Some(&b'}');
    let member: &[u8] = if is_empty {
        b"\"\\u0073low-path-5f1c\":0"
    } else {
        b"\"\\u0073low-path-5f1c\":0,"
    };
    Some([&body[..start], member, &body[start..]].concat())
}

fn told(reply: &EncryptedReply) -> impl PartialEq + std::fmt::Debug {
    let refusal = reply
        .refusal()
        .map(|refusal| (refusal.code.clone(), refusal.message.clone()));
    let id = reply.request_id().map(str::to_owned);
    let (clear, sealed) = (
        reply.clear_text_fields().to_vec(),
        reply.sealed_parts().to_vec(),
    );
    (refusal, id, clear, sealed, reply.names_fields())
}

fuzz_target!(init: accept_set("open", "opens", opens), |body: &[u8]| {
    let parsed = EncryptedReply::parse(body);
    if let Some(slow) = for_the_slow_path(body) {
        let slow = EncryptedReply::parse(slow);
        assert_eq!(parsed.as_ref().ok().map(told), slow.as_ref().ok().map(told));
    }
    if let Ok(reply) = parsed {
        let _ = format!("{reply:?}");
        let _ = (reply.request_id(), reply.refusal(), reply.names_fields());
        let opener = || Opener::restore(OPENER).expect("a good opener");
        // A tag of 128 bits cannot be guessed by a fuzzer.
        assert!(opener().open(&reply, IvPolicy::BySuite).is_err());
        assert!(opener().open_fields(&reply, Expected::NamedByReply, IvPolicy::BySuite).is_err());
    }
});
