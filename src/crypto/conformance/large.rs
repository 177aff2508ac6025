//! Checks bodies larger than what a library or a module may take at once: all of the body is encrypted, all of it is
//! opened, and the result is what another implementation computes.

use cardseal_crypto::{Plaintext, Session, SessionKey, Suite, Tag, base64};

use super::Report;
use crate::recipient::Recipient;

/// Lengths just beyond where 16 and 20 bits end, and as much as a whole request may have. 13 bytes more leave a block
/// that is not full.
const LENS: [usize; 3] = [65_536 + 13, 1_048_576 + 13, 10 * 1_048_576 + 13];

/// Bytes of a piece: as many as cardseal opens at once where a session takes pieces.
const PIECE: usize = 12 * 1024;

/// What every block of a body is.
const MARK: &[u8; 16] = b"IdNum=9901011990";

/// A body, and what the provider made of it.
struct Large {
    iv: Vec<u8>,
    plain: Vec<u8>,
    sealed: Vec<u8>,
    tag: Option<Tag>,
}

pub(super) fn check(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    let facts = recipient.facts();
    for len in LENS.map(|len| facts.sealed_len(len)) {
        let started = recipient.wrap().start(recipient.random());
        let (_, session) = started.map_err(|error| format!("starting a session: {error}"))?;
        let iv = vec![3; facts.iv_len];
        let mut plain = MARK.repeat(len.div_ceil(MARK.len()));
        plain.truncate(len);
        let mut sealed = plain.clone();
        let tag = session.seal(&iv, &mut sealed);
        let tag = tag.map_err(|error| format!("sealing {len} bytes: {error}"))?;
        let large = Large {
            iv,
            plain,
            sealed,
            tag,
        };
        let clear = large.first_in_clear();
        report.expect_at(clear.is_none(), || {
            let from = clear.unwrap_or_default();
            (
                format!("{suite:?}: part of a large body is left in clear: encrypt all of `place`"),
                format!("of {len} bytes, block {from} and perhaps others"),
            )
        });
        let passes = large.one_pass(&*session)?;
        report.expect_at(passes, || {
            (
                format!(
                    "{suite:?}: a large body is sealed in one pass otherwise than step by step"
                ),
                format!("{len} bytes"),
            )
        });
        let opened = large
            .opens(&*session)
            .and_then(|()| large.opens_in_pieces(&*session));
        report.expect_at(opened.is_ok(), || {
            (
                format!("{suite:?}: a large body does not open"),
                format!("{len} bytes: {}", opened.err().unwrap_or_default()),
            )
        });
        if let Some(same) = large.seals_as_another(session.export(), suite, report.provider) {
            report.expect_at(same, || {
                (
                    format!("{suite:?}: a large body is sealed otherwise than by another provider"),
                    format!("{len} bytes"),
                )
            });
        }
    }
    Ok(())
}

impl Large {
    /// The number of the first block that was not encrypted. By chance this is one event in 2^64 at most.
    fn first_in_clear(&self) -> Option<usize> {
        let blocks = self.sealed.chunks(MARK.len());
        let mut pairs = blocks.zip(self.plain.chunks(MARK.len()));
        pairs.position(|(sealed, plain)| sealed.len() >= 8 && sealed == plain)
    }

    fn one_pass(&self, session: &dyn Session) -> Result<bool, String> {
        let expected = base64::encode(&self.sealed);
        let mut json = Vec::with_capacity(expected.len());
        let mut seen = None;
        let body = self.plain.as_slice();
        session
            .seal_body(
                &self.iv,
                &body as &dyn Plaintext,
                &mut json,
                &mut |tag, _| {
                    seen = tag.copied();
                    Ok(())
                },
            )
            .map_err(|error| format!("sealing {} bytes in one pass: {error}", self.plain.len()))?;
        Ok(json == expected.as_bytes() && seen == self.tag)
    }

    fn opens(&self, session: &dyn Session) -> Result<(), String> {
        let mut place = self.sealed.clone();
        session
            .open(&self.iv, &mut place, self.tag.as_ref())
            .map_err(|error| error.to_string())?;
        match place == self.plain {
            true => Ok(()),
            false => Err("it gives other bytes".to_owned()),
        }
    }

    /// The same in pieces, where the session takes them.
    fn opens_in_pieces(&self, session: &dyn Session) -> Result<(), String> {
        let (mut place, mut iv) = (self.sealed.clone(), self.iv.clone());
        for (number, piece) in place.chunks_mut(PIECE).enumerate() {
            let next = match session.next_iv(piece) {
                Some(next) => next.to_vec(),
                None if number == 0 => return Ok(()),
                None => return Err("`next_iv` gives an IV for some pieces only".to_owned()),
            };
            session
                .open(&iv, piece, self.tag.as_ref())
                .map_err(|error| format!("in pieces: {error}"))?;
            iv = next;
        }
        match place == self.plain {
            true => Ok(()),
            false => Err("it gives other bytes in pieces: see `next_iv`".to_owned()),
        }
    }

    /// Whether a built-in provider of another name makes the same of it; `None` if the key cannot leave, or there is
    /// no other.
    fn seals_as_another(
        &self,
        key: Option<SessionKey>,
        suite: &dyn Suite,
        name: &str,
    ) -> Option<bool> {
        let key = key?;
        let others = super::super::providers();
        let mut others = others.iter().filter(|other| other.name() != name);
        let other = others.find_map(|other| other.suite(suite.facts().algorithm))?;
        let mut place = self.plain.clone();
        let tag = other.restore(key)?.seal(&self.iv, &mut place);
        Some(tag == Ok(self.tag) && place == self.sealed)
    }
}
