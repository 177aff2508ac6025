//! One exchange with a peer: what this library seals the peer opens, and what the peer seals it opens.

use cardseal::crypto::{OsRandom, SecureRandom};
use cardseal::{EncryptedReply, IvPolicy, Opener, Recipient, Sealed};
use serde_json::json;

use crate::common::{b64, unb64};
use crate::peer::Peer;

/// Every length from 0 to 300 in turn, then random ones, mostly short, some up to 1 MiB.
pub(crate) fn length(case: usize) -> usize {
    match case {
        0..=300 => case,
        _ if case.is_multiple_of(100) => below(1 << 20),
        _ => below(4096),
    }
}

/// A JSON object of exactly `len` bytes where that is possible, since only objects are opened.
pub(crate) fn object(len: usize) -> Vec<u8> {
    match len {
        0..=6 => b"{}".to_vec(),
        _ => {
            let letters: String = random(len - 7)
                .iter()
                .map(|byte| char::from(b'a' + byte % 26))
                .collect();
            format!("{{\"a\":\"{letters}\"}}").into_bytes()
        }
    }
}

/// Both directions with a request that is sealed already.
pub(crate) fn exchange(
    peer: &mut Peer,
    label: &str,
    plaintext: &[u8],
    (sealed, opener): (Sealed, Opener),
    (answer, fresh): (&[u8], bool),
) {
    let encryption = sealed.encryption();
    let suite = &encryption.algorithm;
    let iv = unb64(&encryption.iv);
    let answer_iv = if fresh { random(iv.len()) } else { iv };
    let tag = encryption.tag_list.first().map_or("-", String::as_str);
    let line = format!(
        "exchange {suite} {} {} {tag} {} {} {}",
        encryption.ciphertext_blob,
        encryption.iv,
        word(&unb64(sealed.encrypted_body())),
        word(answer),
        word(&answer_iv)
    );
    let reply = peer.ask(&line);
    let reply = reply.unwrap_or_else(|| panic!("{label}: the peer gave up"));
    let mut words = reply.split(' ');
    let mut next = || bytes(words.next().expect("three words"));
    assert!(next() == plaintext, "{label}: they opened something else");
    let (ciphertext, tag) = (next(), next());
    let tags = if tag.is_empty() {
        json!(null)
    } else {
        json!([b64(&tag)])
    };
    let body = json!({"Response": {
        "EncryptedBody": b64(&ciphertext),
        "Encryption": {
            "Algorithm": suite, "Iv": b64(&answer_iv), "TagList": tags, "EncryptList": ["EncryptedBody"],
        },
    }});
    let parsed = EncryptedReply::parse(body.to_string().as_bytes()).unwrap();
    let policy = if fresh {
        IvPolicy::Fresh
    } else {
        IvPolicy::Same
    };
    // Two short texts may be the same, and under one IV they are then one ciphertext.
    let opened = crate::common::forgetful(opener).open(&parsed, policy);
    let opened = opened.unwrap_or_else(|_| panic!("{label}: their answer does not open"));
    assert!(
        opened.expose_plaintext() == answer,
        "{label}: another answer"
    );
}

/// As many exchanges as are asked for; `false` where the peer cannot run at all.
pub(crate) fn exchanges(peer: &mut Peer, suite: &str, count: usize) -> bool {
    let Some(recipient) = peer.recipient(suite) else {
        return false;
    };
    for case in 0..count {
        let (plaintext, answer) = (random(length(case)), object(length(case)));
        exchange(
            peer,
            &format!("{suite}, case {case}"),
            &plaintext,
            recipient.seal(&plaintext).unwrap(),
            (&answer, case % 2 == 1),
        );
    }
    true
}

/// A request whose wrapped key is as `wanted`. Kept drawing until one is: one in 256 has a given byte.
pub(crate) fn seal_until(
    recipient: &Recipient,
    plaintext: &[u8],
    mut wanted: impl FnMut(&str) -> bool,
) -> (Sealed, Opener) {
    loop {
        let (sealed, opener) = recipient.seal(plaintext).unwrap();
        if wanted(&sealed.encryption().ciphertext_blob) {
            return (sealed, opener);
        }
    }
}

pub(crate) fn random(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    OsRandom.fill(&mut bytes).unwrap();
    bytes
}

fn below(bound: usize) -> usize {
    u64::from_le_bytes(random(8).try_into().unwrap()) as usize % bound
}
fn word(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        "-".into()
    } else {
        b64(bytes)
    }
}

fn bytes(word: &str) -> Vec<u8> {
    if word == "-" { Vec::new() } else { unb64(word) }
}
