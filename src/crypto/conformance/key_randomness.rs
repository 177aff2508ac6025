//! Checks that every byte of a session key depends on the generator, or says that the key does not come from there.
//!
//! The generator is a recording. The same recording twice must give the same key; with one byte changed it must give
//! another key, for as many bytes as a key has. A key shows itself only in what it seals, since it need not leave.

use std::sync::atomic::{AtomicUsize, Ordering};

use cardseal_crypto::{ProviderError, SecureRandom, Suite};
use sha2::{Digest, Sha256};

use super::Report;
use crate::recipient::Recipient;

/// Bytes of the recording: more than a start may draw.
const RECORDED: usize = 8192;

/// How many of the bytes that are drawn are changed, at most.
const CHANGED: usize = 1024;

/// Returns recorded bytes in order, one of them changed.
struct Recording<'a> {
    bytes: &'a [u8],
    changed: Option<usize>,
    drawn: AtomicUsize,
}

impl SecureRandom for Recording<'_> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        let start = self.drawn.fetch_add(buffer.len(), Ordering::Relaxed);
        let rest = self.bytes.get(start..).unwrap_or_default();
        let part = rest.get(..buffer.len()).ok_or_else(ProviderError::random)?;
        buffer.copy_from_slice(part);
        let inside = self.changed.and_then(|at| at.checked_sub(start));
        if let Some(at) = inside
            && let Some(byte) = buffer.get_mut(at)
        {
            *byte ^= 1;
        }
        Ok(())
    }
}

pub(super) fn check(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    let bytes: Vec<u8> = (0..RECORDED / 32)
        .flat_map(|number| Sha256::digest(number.to_be_bytes()))
        .collect();
    let (first, drawn) = sealed_under(&bytes, None, recipient)?;
    let (again, _) = sealed_under(&bytes, None, recipient)?;
    if first != again {
        report.not_checked.push(format!(
            "{suite:?}: the quality of its session keys, since they do not come from the generator"
        ));
        return Ok(());
    }
    let mut matter = 0_usize;
    for at in 0..drawn.min(CHANGED) {
        let (other, _) = sealed_under(&bytes, Some(at), recipient)?;
        matter = matter.saturating_add(usize::from(other != first));
    }
    let key_len = recipient.facts().key_len;
    report.expect_at(matter >= key_len, || {
        (
            format!("{suite:?}: a session key depends on fewer random bytes than it has"),
            format!("{matter} bytes of the generator change a key of {key_len} bytes"),
        )
    });
    Ok(())
}

/// What a session that starts from the recording makes of zeros, and how many bytes it drew.
fn sealed_under(
    bytes: &[u8],
    changed: Option<usize>,
    recipient: &Recipient,
) -> Result<(Vec<u8>, usize), String> {
    let recording = Recording {
        bytes,
        changed,
        drawn: AtomicUsize::new(0),
    };
    let started = recipient.wrap().start(&recording);
    let (_, session) = started.map_err(|error| format!("starting a session: {error}"))?;
    let facts = recipient.facts();
    let mut place = vec![0; facts.sealed_len(31)];
    let sealed = session.seal(&vec![7; facts.iv_len], &mut place);
    sealed.map_err(|error| format!("sealing: {error}"))?;
    Ok((place, recording.drawn.load(Ordering::Relaxed)))
}
