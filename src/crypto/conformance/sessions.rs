//! Checks sessions: sealed text opens, changed text does not, and sealing a body in one pass gives the same as sealing
//! it step by step.

use std::collections::BTreeSet;

use cardseal_crypto::{OpenFailed, Plaintext, Provider, Session, Suite, base64};
use sha2::{Digest, Sha256};

use super::Report;
use super::unwrap::{RSA_KEY, SM2_KEY};
use super::{failures, interleaved, keys};
use crate::recipient::Recipient;

/// How many sessions are compared with each other.
const SESSIONS: usize = 64;

pub(super) fn check(provider: &Provider, report: &mut Report) {
    report.expect(!provider.suites().is_empty(), || {
        "it has no suite".to_owned()
    });
    for suite in provider.suites() {
        let algorithm = suite.facts().algorithm;
        let recipients =
            [RSA_KEY, SM2_KEY].map(|key| Recipient::parse_as(key.as_bytes(), algorithm, provider));
        let Some(recipient) = recipients.into_iter().flatten().next() else {
            report.expect(false, || {
                format!("{algorithm} loads neither an RSA key nor an SM2 key")
            });
            continue;
        };
        if let Err(what) = suite_holds(&**suite, &recipient, report) {
            report.expect(false, || format!("{algorithm}: {what}"));
        }
    }
}

fn suite_holds(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    let facts = recipient.facts();
    let told = |error: &dyn core::fmt::Display| error.to_string();
    let (blob, session) = recipient
        .wrap()
        .start(recipient.random())
        .map_err(|error| told(&error))?;
    report.expect(blob.len() == recipient.wrap().wrapped_len(), || {
        format!("{suite:?}: the wrapped key has another length than foreseen")
    });
    let iv: Vec<u8> = (1..).take(facts.iv_len).collect();
    let lens = (0..40).chain([255, 1024, 6143, 6144, 6145, 12_288, 100_000]);
    for len in lens.map(|len| facts.sealed_len(len)) {
        let plain: Vec<u8> = (0..=250).cycle().take(len).collect();
        let label = || format!("{suite:?}, {len} bytes");
        let mut sealed = plain.clone();
        let tag = session
            .seal(&iv, &mut sealed)
            .map_err(|error| told(&error))?;
        report.expect(tag.is_some() == facts.authenticates(), || {
            format!("{}: tag or none", label())
        });
        report.expect(len < 16 || sealed != plain, || {
            format!("{}: nothing is encrypted", label())
        });

        let mut json = b"{\"".to_vec();
        let mut told_tag = None;
        let hash = session
            .seal_body(
                &iv,
                &plain.as_slice() as &dyn Plaintext,
                &mut json,
                &mut |tag, json| {
                    told_tag = tag.copied();
                    json.extend_from_slice(b"\"}");
                    Ok(())
                },
            )
            .map_err(|error| told(&error))?;
        let expected = format!("{{\"{}\"}}", base64::encode(&sealed));
        let same =
            json == expected.as_bytes() && told_tag == tag && hash[..] == Sha256::digest(&json)[..];
        report.expect(same, || {
            format!("{}: a body is sealed otherwise than step by step", label())
        });

        let mut opened = sealed.clone();
        let outcome = session.open(&iv, &mut opened, tag.as_ref());
        report.expect(outcome.is_ok() && opened == plain, || {
            format!("{}: what it sealed does not open", label())
        });
    }
    if facts.authenticates() {
        tags_are_verified(suite, &*session, &iv, report)?;
    }
    keys::check(suite, recipient, report)?;
    failures::check(suite, recipient, report)?;
    interleaved::check(suite, recipient, report)?;
    sessions_differ(suite, recipient, report)
}

/// Every bit of a tag, a ciphertext and an IV is verified, and no plaintext is left after a rejection.
fn tags_are_verified(
    suite: &dyn Suite,
    session: &dyn Session,
    iv: &[u8],
    report: &mut Report,
) -> Result<(), String> {
    let plain = *b"{\"IdNum\":\"99010119900307123X\"}";
    let mut sealed = plain;
    let tag = session
        .seal(iv, &mut sealed)
        .map_err(|error| error.to_string())?;
    let tag = tag.ok_or("no tag")?;
    let mut refused = |what: &str, sealed: &[u8], iv: &[u8], tag: Option<&[u8; 16]>| {
        let mut place = sealed.to_vec();
        let outcome = session.open(iv, &mut place, tag);
        report.expect(outcome == Err(OpenFailed::Refused), || {
            format!("{suite:?}: {what} is taken")
        });
        // No eight bytes of it, at any position.
        let mut pieces = place.windows(8).zip(plain.windows(8));
        report.expect(!pieces.any(|(left, plain)| left == plain), || {
            format!("{suite:?}: {what} is refused, and decrypted all the same")
        });
    };
    refused("an answer without its tag", &sealed, iv, None);
    for bit in 0..128_usize {
        let mut other = tag;
        flip(&mut other, bit);
        refused("a changed tag", &sealed, iv, Some(&other));
    }
    for bit in 0..sealed.len().saturating_mul(8) {
        let mut other = sealed;
        flip(&mut other, bit);
        refused("a changed ciphertext", &other, iv, Some(&tag));
    }
    for bit in 0..iv.len().saturating_mul(8) {
        let mut other = iv.to_vec();
        flip(&mut other, bit);
        refused("a changed IV", &sealed, &other, Some(&tag));
    }
    Ok(())
}

fn flip(bytes: &mut [u8], bit: usize) {
    if let Some(byte) = bytes.get_mut(bit / 8) {
        *byte ^= 1 << (bit % 8);
    }
}

/// All sessions have different wrapped keys, different ciphertexts and different exported keys.
fn sessions_differ(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    let (mut blobs, mut texts, mut keys) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut kept = 0_usize;
    for _ in 0..SESSIONS {
        let started = recipient.wrap().start(recipient.random());
        let (blob, session) = started.map_err(|error| error.to_string())?;
        let mut text = vec![0; suite.facts().sealed_len(31)];
        session
            .seal(&vec![7; suite.facts().iv_len], &mut text)
            .map_err(|error| error.to_string())?;
        blobs.insert(blob);
        texts.insert(text);
        match session.export() {
            Some(key) => drop(keys.insert(Sha256::digest(key.expose_key_bytes()).to_vec())),
            None => kept = kept.saturating_add(1),
        }
    }
    report.expect(blobs.len() == SESSIONS, || {
        format!("{suite:?}: two wrapped keys are alike")
    });
    report.expect(texts.len() == SESSIONS, || {
        format!("{suite:?}: two sessions seal alike")
    });
    report.expect(keys.len().saturating_add(kept) == SESSIONS, || {
        format!("{suite:?}: two session keys are alike")
    });
    if kept > 0 {
        report.not_checked.push(format!(
            "{suite:?}: whether stored keys are taken back, since none leaves the module"
        ));
    }
    Ok(())
}
