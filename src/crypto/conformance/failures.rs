//! What is left where sealing fails halfway: an error, and nothing of the body in clear.

use cardseal_crypto::{Plaintext, ProviderError, Suite};

use super::Report;
use crate::recipient::Recipient;

/// Bytes of the body before padding: several pieces of whatever size a provider seals in.
const LEN: usize = 100_000;

/// What every eight bytes of the body are.
const MARK: &[u8; 8] = b"99010119";

/// A body that cannot be written from a certain byte on.
struct Breaks {
    len: usize,
    at: usize,
}

impl Plaintext for Breaks {
    fn len(&self) -> usize {
        self.len
    }

    fn write(&self, at: usize, piece: &mut [u8]) -> Result<(), ProviderError> {
        let marks = MARK.iter().cycle().skip(at & 7);
        piece
            .iter_mut()
            .zip(marks)
            .for_each(|(to, mark)| *to = *mark);
        match at.saturating_add(piece.len()) > self.at {
            true => Err(ProviderError::defect("the body breaks off here")),
            false => Ok(()),
        }
    }
}

pub(super) fn check(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    let facts = recipient.facts();
    let len = facts.sealed_len(LEN);
    let whole = Breaks { len, at: len };
    let breaking = [0, 1, len / 2, len.saturating_sub(1)].map(|at| Breaks { len, at });
    let bodies = breaking
        .iter()
        .map(|body| (body, true))
        .chain([(&whole, false)]);
    for (body, rest_works) in bodies {
        let started = recipient.wrap().start(recipient.random());
        let (_, session) = started.map_err(|error| error.to_string())?;
        let mut json = Vec::with_capacity(len.saturating_mul(2));
        let iv = vec![3; facts.iv_len];
        let outcome = session.seal_body(&iv, body, &mut json, &mut |_, _| match rest_works {
            true => Ok(()),
            false => Err(ProviderError::defect("what follows cannot be written")),
        });
        let what = match rest_works {
            true => "a body that breaks off",
            false => "a body whose end cannot be written",
        };
        report.expect(outcome.is_err(), || {
            format!("{suite:?}: {what} counts as sealed")
        });
        report.expect(!json.windows(MARK.len()).any(|text| text == MARK), || {
            format!("{suite:?}: {what} is left in clear")
        });
    }
    Ok(())
}
