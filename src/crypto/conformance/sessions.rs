//! Checks sessions: sealed text opens, changed text does not, and sealing a body in one pass gives the same as sealing
//! it step by step.

use std::collections::BTreeSet;

use cardseal_crypto::{OpenFailed, Plaintext, Provider, Suite, Tag, base64};
use sha2::{Digest, Sha256};

use super::Report;
use super::unwrap::{RSA_KEY, SM2_KEY};
use super::{failures, interleaved, key_randomness, keys, large};
use crate::recipient::Recipient;

/// How many sessions are compared with each other.
const SESSIONS: usize = 64;

pub(super) fn check(provider: &Provider, report: &mut Report) {
    report.expect(!provider.suites().is_empty(), || {
        "it has no suite".to_owned()
    });
    for suite in provider.suites() {
        let algorithm = suite.facts().algorithm;
        let mut loaded = None;
        report.run(algorithm, "loading a key", |_| {
            let keys = [RSA_KEY, SM2_KEY];
            let recipients =
                keys.map(|key| Recipient::parse_as(key.as_bytes(), algorithm, provider));
            let said: Vec<String> = recipients
                .iter()
                .filter_map(|recipient| Some(recipient.as_ref().err()?.to_string()))
                .collect();
            loaded = recipients.into_iter().flatten().next();
            match loaded {
                Some(_) => Ok(()),
                None => Err(format!(
                    "neither an RSA key nor an SM2 key: {}",
                    said.join("; ")
                )),
            }
        });
        let Some(recipient) = loaded else { continue };
        for (part, check) in PARTS {
            report.run(algorithm, part, |report| {
                check(&**suite, &recipient, report)
            });
        }
    }
}

type Check = fn(&dyn Suite, &Recipient, &mut Report) -> Result<(), String>;

/// The parts, each with sessions of its own, so that one that stops leaves the others.
const PARTS: [(&str, Check); 8] = [
    ("round trips", round_trips),
    ("changed tags, IVs and ciphertexts", tags_are_verified),
    ("lengths and stored keys", keys::check),
    ("large bodies", large::check),
    ("the randomness of session keys", key_randomness::check),
    ("sealing that fails halfway", failures::check),
    ("several sessions at once", interleaved::check),
    ("64 sessions that differ", sessions_differ),
];

fn round_trips(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    let facts = recipient.facts();
    let (blob, session) = recipient
        .wrap()
        .start(recipient.random())
        .map_err(|error| format!("starting a session: {error}"))?;
    report.expect_at(blob.len() == recipient.wrap().wrapped_len(), || {
        (
            format!("{suite:?}: the wrapped key has another length than foreseen"),
            format!(
                "{} bytes; `wrapped_len` says {}",
                blob.len(),
                recipient.wrap().wrapped_len()
            ),
        )
    });
    let iv: Vec<u8> = (1..).take(facts.iv_len).collect();
    let lens = (0..40).chain([255, 1024, 6143, 6144, 6145, 12_288, 100_000]);
    for len in lens.map(|len| facts.sealed_len(len)) {
        let plain: Vec<u8> = (0..=250).cycle().take(len).collect();
        let label = || format!("{len} bytes");
        let mut sealed = plain.clone();
        // The session seals many times: the members of one request are sealed so.
        let tag = session.seal(&iv, &mut sealed).map_err(|error| {
            format!("sealing {len} bytes, perhaps not for the first time: {error}")
        })?;
        report.expect_at(tag.is_some() == facts.authenticates(), || {
            let what = match tag {
                Some(_) => "a tag is returned, and the facts name none",
                None => "no tag is returned, and the facts name one",
            };
            (format!("{suite:?}: {what}"), label())
        });
        report.expect_at(len < 16 || sealed != plain, || {
            (format!("{suite:?}: nothing is encrypted"), label())
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
            .map_err(|error| {
                format!("sealing a body of {len} bytes in a session that sealed before: {error}")
            })?;
        let expected = format!("{{\"{}\"}}", base64::encode(&sealed));
        let same =
            json == expected.as_bytes() && told_tag == tag && hash[..] == Sha256::digest(&json)[..];
        report.expect_at(same, || {
            (
                format!("{suite:?}: a body is sealed otherwise than step by step"),
                label(),
            )
        });

        let mut opened = sealed.clone();
        let outcome = session.open(&iv, &mut opened, tag.as_ref());
        report.expect_at(outcome.is_ok() && opened == plain, || {
            let said = match outcome {
                Ok(()) => "it gives other bytes".to_owned(),
                Err(error) => format!("the provider says \"{error}\""),
            };
            let padding = match facts.block_len {
                0 | 1 => "",
                _ => "; padding stays in `place`, and cardseal checks it",
            };
            (
                format!("{suite:?}: what it sealed does not open"),
                format!("{}: {said}{padding}", label()),
            )
        });
    }
    Ok(())
}

/// Every bit of a tag, a ciphertext and an IV is verified, and no plaintext is left after a rejection.
fn tags_are_verified(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    if !recipient.facts().authenticates() {
        return Ok(());
    }
    let started = recipient.wrap().start(recipient.random());
    let (_, session) = started.map_err(|error| format!("starting a session: {error}"))?;
    let iv: Vec<u8> = (1..).take(recipient.facts().iv_len).collect();
    let iv = iv.as_slice();
    let plain = *b"{\"IdNum\":\"99010119900307123X\"}";
    let mut sealed = plain;
    let tag = session
        .seal(iv, &mut sealed)
        .map_err(|error| error.to_string())?;
    let tag = tag.ok_or("no tag")?;
    let mut refused = |(what, mend, bit): (&str, &str, usize),
                       sealed: &[u8],
                       iv: &[u8],
                       tag: Option<&Tag>| {
        let mut place = sealed.to_vec();
        let outcome = session.open(iv, &mut place, tag);
        let at = || format!("bit {bit}");
        report.expect_at(outcome != Ok(()), || {
            (format!("{suite:?}: {what} is taken{mend}"), at())
        });
        // What was taken is decrypted, of course.
        let Err(failed) = outcome else { return };
        report.expect_at(failed == OpenFailed::Refused, || {
            (
                format!("{suite:?}: a wrong tag gives another error than `OpenFailed::Refused`"),
                format!("{}: {failed}", at()),
            )
        });
        // No eight bytes of it, at any position.
        let mut pieces = place.windows(8).zip(plain.windows(8));
        report.expect_at(!pieces.any(|(left, plain)| left == plain), || {
            (
                format!(
                    "{suite:?}: what is refused is decrypted all the same: verify the tag first"
                ),
                format!("{what}, {}", at()),
            )
        });
    };
    refused(("an answer without its tag", "", 0), &sealed, iv, None);
    for bit in 0..128_usize {
        let mut other = tag;
        flip(&mut other, bit);
        refused(
            ("a changed tag", ": compare all 16 bytes", bit),
            &sealed,
            iv,
            Some(&other),
        );
    }
    for bit in 0..sealed.len().saturating_mul(8) {
        let mut other = sealed;
        flip(&mut other, bit);
        refused(("a changed ciphertext", "", bit), &other, iv, Some(&tag));
    }
    for bit in 0..iv.len().saturating_mul(8) {
        let mut other = iv.to_vec();
        flip(&mut other, bit);
        refused(
            ("a changed IV", ": use the IV that each call gives", bit),
            &sealed,
            &other,
            Some(&tag),
        );
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
