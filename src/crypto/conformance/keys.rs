//! Checks keys, IVs and tags: session keys are complete, fresh and of the right length, and are restored unchanged;
//! only IVs and tags of the right length are accepted; ciphertext never repeats itself.

use std::collections::BTreeSet;

use cardseal_crypto::{OpenFailed, SessionKey, Suite};

use super::Report;
use crate::recipient::Recipient;

/// How many keys are compared.
const KEYS: usize = 32;

/// A length within which no block of ciphertext may repeat, which reveals a counter or a table that wraps early.
const LONG: usize = 256 * 1024;

pub(super) fn check(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    lengths_are_kept(suite, recipient, report)?;
    nothing_repeats(suite, recipient, report)?;
    stored_keys_open(suite, recipient, report)
}

/// Whether some byte is the same in all texts, for example because only a part of the key is drawn.
pub(super) fn has_a_constant_byte(texts: &[Vec<u8>]) -> bool {
    let Some((first, others)) = texts.split_first() else {
        return false;
    };
    let is_constant = |(place, byte): (usize, &u8)| {
        let same = |text: &Vec<u8>| text.get(place) == Some(byte);
        others.iter().all(same)
    };
    !others.is_empty() && first.iter().enumerate().any(is_constant)
}

fn lengths_are_kept(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    let facts = recipient.facts();
    let started = recipient.wrap().start(recipient.random());
    let (_, session) = started.map_err(|error| error.to_string())?;
    let plain = vec![1; facts.sealed_len(40)];
    let iv = vec![3; facts.iv_len];
    let mut sealed = plain.clone();
    let tag = session.seal(&iv, &mut sealed);
    let tag = tag.map_err(|error| error.to_string())?;
    for len in [
        0,
        facts.iv_len.saturating_sub(1),
        facts.iv_len.saturating_add(1),
    ] {
        let wrong = vec![3; len];
        let taken = session.seal(&wrong, &mut plain.clone()).is_ok()
            || session
                .open(&wrong, &mut sealed.clone(), tag.as_ref())
                .is_ok();
        report.expect_at(!taken, || {
            (
                format!("{suite:?}: an IV of another length is taken"),
                format!("{len} bytes"),
            )
        });
    }
    for len in [
        facts.key_len.saturating_sub(1),
        facts.key_len.saturating_add(1),
    ] {
        let key = SessionKey::restore(&vec![5; len]);
        let taken = key.and_then(|key| suite.restore(key)).is_some();
        report.expect_at(!taken, || {
            (
                format!("{suite:?}: a key of another length is taken back"),
                format!("{len} bytes"),
            )
        });
    }
    if !facts.authenticates() {
        let with_tag = session.open(&iv, &mut sealed.clone(), Some(&[9; 16]));
        report.expect(with_tag == Err(OpenFailed::Refused), || {
            format!("{suite:?}: a tag is taken where there is none")
        });
        // The provider must not check the padding: its running time would reveal the result.
        let opens = |byte: u8| {
            session
                .open(&iv, &mut vec![byte; sealed.len()], None)
                .is_ok()
        };
        report.expect((0..=255).all(opens), || {
            format!("{suite:?}: padding is judged: leave it in `place`, cardseal checks it")
        });
    }
    Ok(())
}

fn nothing_repeats(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    let facts = recipient.facts();
    let started = recipient.wrap().start(recipient.random());
    let (_, session) = started.map_err(|error| error.to_string())?;
    let mut text = vec![0; facts.sealed_len(LONG)];
    let sealed = session.seal(&vec![3; facts.iv_len], &mut text);
    sealed.map_err(|error| error.to_string())?;
    let (blocks, _) = text.as_chunks::<16>();
    let different: BTreeSet<_> = blocks.iter().collect();
    report.expect(different.len() == blocks.len(), || {
        format!("{suite:?}: ciphertext repeats itself within {LONG} bytes of zeros")
    });
    Ok(())
}

/// An exported key has its suite's length, shares no constant byte with the others, and opens what its session sealed.
fn stored_keys_open(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    let facts = recipient.facts();
    let iv = vec![3; facts.iv_len];
    let plain = vec![1; facts.sealed_len(40)];
    let mut keys = Vec::new();
    for _ in 0..KEYS {
        let started = recipient.wrap().start(recipient.random());
        let (_, session) = started.map_err(|error| error.to_string())?;
        let mut place = plain.clone();
        let tag = session.seal(&iv, &mut place);
        let tag = tag.map_err(|error| error.to_string())?;
        let Some(key) = session.export() else {
            return Ok(());
        };
        keys.push(key.expose_key_bytes().to_vec());
        let opened = suite.restore(key).is_some_and(|session| {
            session.open(&iv, &mut place, tag.as_ref()).is_ok() && place == plain
        });
        report.expect(opened, || {
            format!("{suite:?}: a body does not open under the key that was stored")
        });
    }
    report.expect(keys.iter().all(|key| key.len() == facts.key_len), || {
        format!("{suite:?}: a stored key has another length than foreseen")
    });
    report.expect(!has_a_constant_byte(&keys), || {
        format!("{suite:?}: bytes of its session keys are constant")
    });
    Ok(())
}
