//! A line of names and any object: never a panic; what was sealed in place does not show any more, and opens to the
//! object it was. Taken are exactly the scenarios that are to be.
#![no_main]

use std::sync::LazyLock;

use cardseal::{EncryptedReply, Expected, IvPolicy, Recipient, SharedNonce};
use cardseal_fuzz::{Scenario, accept_set};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

static RECIPIENT: LazyLock<Recipient> = LazyLock::new(|| {
    Recipient::parse(include_bytes!("../../vectors/keys/tencent-demo-rsa.b64")).expect("a good key")
});

fn seals(scenario: &Scenario) -> bool {
    let recipient = Recipient::parse(scenario.header("recipient").as_bytes()).expect("a good key");
    let names: Vec<&str> = scenario.header("members").split_whitespace().collect();
    let nonce = match scenario.header("shared-nonce") {
        "accept" => SharedNonce::AcceptRepeatedGcmNonce,
        _ => SharedNonce::Refuse,
    };
    recipient
        .seal_fields(&scenario.payload, &names, nonce)
        .is_ok()
}

/// Members that say something of a reply: where it is, that it is a refusal, which request it answers.
const OF_A_REPLY: [&str; 3] = ["Response", "Error", "RequestId"];

/// A name with a dot or a bracket is a member when it is sealed and a path when it is opened, and an object with members
/// of a reply's own is read as such a reply; those need not open.
fn must_open(names: &[&str], object: &Value) -> bool {
    let is_plain = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    names.iter().all(is_plain) && OF_A_REPLY.iter().all(|name| object.get(name).is_none())
}

fuzz_target!(init: accept_set("seal-fields", "seals", seals), |text: &str| {
    let Some((names, object)) = text.split_once('\n') else {
        return;
    };
    let names: Vec<&str> = names.split(' ').collect();
    let sealed = RECIPIENT.seal_fields(object.as_bytes(), &names, SharedNonce::Refuse);
    // A number that no 64 bits hold is passed on; it is only this comparison that cannot read it.
    let (Ok((sealed, opener)), Ok(object)) = (sealed, serde_json::from_str::<Value>(object)) else {
        return;
    };
    let shown: Value = serde_json::from_slice(sealed.as_json()).expect("our own JSON");
    for name in &names {
        assert_ne!(shown[name], object[name]);
    }
    let opened = EncryptedReply::parse(sealed.as_json())
        .ok()
        .and_then(|reply| {
            let expected = Expected::Exactly(&names);
            cardseal_fuzz::forgetful(opener).open_fields(&reply, expected, IvPolicy::Same).ok()
        });
    match opened {
        Some(opened) => {
            let opened: Value = serde_json::from_slice(opened.expose_plaintext()).expect("JSON");
            // What is opened of a `Response` is what stands in it.
            assert!(opened == object || !must_open(&names, &object));
        }
        None => assert!(!must_open(&names, &object)),
    }
});
