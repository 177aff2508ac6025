//! A third suite, of no file in the library: AES-256-GCM under RSA-OAEP, by the public interface alone.
//!
//! The service has no such suite. It stands for the one that comes next: nothing but this file knows of it, and a provider
//! that has it beside AES-256-CBC takes RSA keys in two ways.

#![cfg(any(feature = "kernels", feature = "rust-crypto"))]

#[path = "third_suite/gcm_under_oaep.rs"]
mod gcm_under_oaep;
#[path = "third_suite/service.rs"]
mod service;

use std::sync::Arc;

use cardseal::crypto::{OsRandom, Provider, built_in};
use cardseal::{EncryptedReply, ErrorKind, IvPolicy, KeyRejected, Opener, Recipient, SharedNonce};

use gcm_under_oaep::GcmUnderOaep;
use service::Service;

const THIRD: &str = "AES-256-GCM";
const REQUEST: &[u8] = br#"{"ImageUrl":"https://example.com/card.jpg"}"#;
const ANSWER: &[u8] = r#"{"Name":"李明","IdNum":"99010119900307123X"}"#.as_bytes();

/// The built-in suites and the third, in this order or with the third in front.
fn provider(third_first: bool) -> Provider {
    let mut suites = built_in().suites().to_vec();
    let place = if third_first { 0 } else { suites.len() };
    suites.insert(place, Arc::new(GcmUnderOaep));
    Provider::new("three-suites", "1", suites, Arc::new(OsRandom))
}

fn third(service: &Service) -> Recipient {
    Recipient::parse_as(service.public_key(), THIRD, &provider(false)).unwrap()
}

fn reply(text: &str) -> EncryptedReply {
    EncryptedReply::parse(text.as_bytes()).unwrap()
}

#[test]
fn a_key_that_two_suites_take_goes_to_the_first_unless_one_is_named() {
    let service = Service::new();
    let key = service.public_key();
    let usual = built_in().suites()[0].facts().algorithm;
    for (third_first, expected) in [(false, usual), (true, THIRD)] {
        let provider = provider(third_first);
        let parsed = Recipient::parse_with(key, &provider).unwrap();
        assert_eq!(parsed.algorithm(), expected);
        for named in [usual, THIRD] {
            let chosen = Recipient::parse_as(key, named, &provider).unwrap();
            assert_eq!(chosen.algorithm(), named);
            assert_eq!(chosen.fingerprint(), parsed.fingerprint());
        }
        for wrong in ["aes-256-gcm", "AES-256-GCM ", "", "SM4-GCM"] {
            let refused = Recipient::parse_as(key, wrong, &provider).unwrap_err();
            assert!(
                matches!(refused, KeyRejected::Unsupported { .. }),
                "{wrong:?}: {refused}"
            );
        }
    }
    assert!(Recipient::parse_as(key, THIRD, built_in()).is_err());
}

#[test]
fn a_request_goes_to_the_service_and_its_answer_comes_back() {
    let service = Service::new();
    let recipient = third(service);
    assert!(recipient.facts().authenticates());
    let (sealed, opener) = recipient.seal(REQUEST).unwrap();
    assert_eq!(sealed.encryption().algorithm, THIRD);
    assert_eq!(sealed.encryption().tag_list.len(), 1);
    assert_eq!(sealed.sha256(), &service::sha256(sealed.as_json()));

    let session = service.unwrap(sealed.as_json());
    assert_eq!(session.open_request(), REQUEST);
    let opened = opener
        .open(&reply(&session.answer(ANSWER)), IvPolicy::Fresh)
        .unwrap();
    assert_eq!(opened.expose_plaintext(), ANSWER);
    assert!(opened.authenticated() && !opened.iv_reused());
}

#[test]
fn no_two_requests_have_one_session_key_or_iv() {
    let service = Service::new();
    let recipient = third(service);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..32 {
        let (sealed, _) = recipient.seal(REQUEST).unwrap();
        let session = service.unwrap(sealed.as_json());
        assert!(seen.insert(session.key.clone()));
        assert!(seen.insert(session.iv.clone()));
    }
}

#[test]
fn an_opener_that_was_stored_opens_in_a_later_process() {
    let service = Service::new();
    let (sealed, opener) = third(service).seal(REQUEST).unwrap();
    let session = service.unwrap(sealed.as_json());
    let stored = opener.expose_for_storage().unwrap();
    assert!(stored.contains(THIRD), "the stored opener names its suite");

    // The built-in provider has no such suite.
    let refused = Opener::restore_with(stored.as_bytes(), built_in()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Input);
    let restored = Opener::restore_with(stored.as_bytes(), &provider(true)).unwrap();
    let opened = restored.open(&reply(&session.answer(ANSWER)), IvPolicy::BySuite);
    assert_eq!(opened.unwrap().expose_plaintext(), ANSWER);
}

/// Everything the core checks of an answer, it checks of this suite too.
#[test]
fn what_is_not_exactly_the_answer_is_refused() {
    let service = Service::new();
    let recipient = third(service);
    let (sealed, opener) = recipient.seal(REQUEST).unwrap();
    let session = service.unwrap(sealed.as_json());
    let stored = opener.expose_for_storage().unwrap();
    let provider = provider(false);
    let open = |answer: &str| {
        Opener::restore_with(stored.as_bytes(), &provider)
            .unwrap()
            .open(&reply(answer), IvPolicy::BySuite)
            .map(|opened| opened.expose_plaintext().to_vec())
            .map_err(|error| error.kind())
    };
    let right = session.answer(ANSWER);
    assert_eq!(open(&right), Ok(ANSWER.to_vec()));

    let refused = Err(ErrorKind::Open);
    let with = |change: &dyn Fn(&mut service::Answer)| {
        let mut answer = session.seal_answer(ANSWER);
        change(&mut answer);
        open(&answer.to_text())
    };
    for bit in [0, 7, 64, 127] {
        let flip = |answer: &mut service::Answer| answer.tags[0][bit / 8] ^= 1 << (bit % 8);
        assert_eq!(with(&flip), refused, "bit {bit} of the tag");
    }
    assert_eq!(with(&|answer| answer.tags[0].truncate(12)), refused);
    assert_eq!(with(&|answer| answer.tags.clear()), refused);
    assert_eq!(with(&|answer| answer.tags.push([0; 16].to_vec())), refused);
    assert_eq!(with(&|answer| answer.body[0] ^= 1), refused);
    assert_eq!(with(&|answer| answer.iv[0] ^= 1), refused);
    assert_eq!(with(&|answer| answer.iv.push(0)), refused);
    let other_name = |answer: &mut service::Answer| answer.algorithm = "AES-256-CBC";
    assert_eq!(with(&other_name), refused);

    // Another request's answer; and what is not JSON though its tag is right, which is not called forged.
    let (another, _) = recipient.seal(REQUEST).unwrap();
    let another = service.unwrap(another.as_json());
    assert_eq!(open(&another.answer(ANSWER)), refused);
    assert_eq!(open(&session.answer(b"not JSON")), Err(ErrorKind::Protocol));
}

/// Whether members may share a nonce is asked of the suite's facts.
#[test]
fn several_members_under_one_nonce_take_an_opt_in() {
    let service = Service::new();
    let recipient = third(service);
    let object = br#"{"IdCard":"99010119900307123X","Name":"x","Kept":1}"#;
    let refused = recipient.seal_fields(object, &["IdCard", "Name"], SharedNonce::Refuse);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Input);
    let accepted = SharedNonce::AcceptRepeatedGcmNonce;
    let (sealed, _) = recipient
        .seal_fields(object, &["IdCard", "Name"], accepted)
        .unwrap();
    let sealed: serde_json::Value = serde_json::from_slice(sealed.as_json()).unwrap();
    assert_eq!(
        sealed["Encryption"]["TagList"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(sealed["Encryption"]["Algorithm"], THIRD);
    assert_eq!(sealed["Kept"], 1);
}

#[cfg(feature = "conformance")]
#[test]
fn it_conforms() {
    let provider = provider(false);
    let report = cardseal::crypto::conformance::check(&provider);
    assert!(report.passed(), "{report}");
    // All that a foreign unwrapping cannot say of it.
    assert_eq!(report.not_checked.len(), 1, "{report}");
    println!("REACHED {report}");
}
