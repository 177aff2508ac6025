//! The line of a result, as it is collected.

use async_nats::jetstream::Message;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::identity::Identity;
use crate::job::{Job, Keys};
use crate::outcome::Stored;

/// What stands in the line of a result that cannot be opened.
const UNOPENED: &str = "this result was damaged on the server, or written by somebody else; submit its card again under another id";

/// What stands in the line of a result that is not there.
const GONE: &str = "this result was removed from the server by somebody; submit its card again";

/// The kind of both.
const KIND: &str = "answer";

/// A result as it comes from the server.
pub(crate) struct Sealed {
    pub(crate) message: Message,
    /// The line, sealed; `None` where it is too large for a message and not in the object store either.
    pub(crate) payload: Option<Vec<u8>>,
}

/// Who opens results.
pub(crate) struct Reader<'a> {
    pub(crate) job: &'a Job,
    /// Opens the results; without it each line is the Base64 of an age file that holds the line.
    pub(crate) identity: Option<&'a Identity>,
    /// The keys of the job, if they can be opened.
    pub(crate) keys: Option<Keys>,
}

/// The line of a result.
pub(crate) struct Line {
    pub(crate) text: Zeroizing<Vec<u8>>,
    /// What it counts under, if the card failed.
    pub(crate) code: Option<String>,
}

impl Reader<'_> {
    /// The line of the result of this number; without the result, the line that says so.
    pub(crate) fn line(&self, number: u64, sealed: Option<&Sealed>) -> Line {
        let Some(sealed) = sealed else {
            return Line::failed(&format!("result {number}"), GONE);
        };
        let hash = sealed
            .message
            .subject
            .rsplit('.')
            .next()
            .unwrap_or_default();
        let text = sealed
            .payload
            .as_ref()
            .and_then(|payload| self.open(hash, payload));
        match text {
            Some(text) => Line {
                text,
                code: Stored::of_map(sealed.message.headers.as_ref()).code,
            },
            None => Line::failed(hash, UNOPENED),
        }
    }

    fn open(&self, hash: &str, payload: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let Some(identity) = self.identity else {
            let mut line = STANDARD.encode(payload).into_bytes();
            line.push(b'\n');
            return Some(Zeroizing::new(line));
        };
        let line = identity.open(payload)?;
        let is_its_own = is_one_line(&line) && self.is_of(hash, &line)?;
        is_its_own.then_some(line)
    }

    /// Whether a line is that of the card of this hash, as far as this can be known; `None` if it is no card's.
    fn is_of(&self, hash: &str, line: &[u8]) -> Option<bool> {
        #[derive(serde::Deserialize)]
        struct Known<'a> {
            #[serde(borrow)]
            id: std::borrow::Cow<'a, str>,
        }
        let id = serde_json::from_slice::<Known<'_>>(line).ok()?.id;
        // A card that could not be opened is known by its hash.
        let is_of = |keys: &Keys| id == hash || self.job.hash(keys, &id) == hash;
        Some(self.keys.as_ref().is_none_or(is_of))
    }
}

/// Whether this is a line, and no more: the results are gone on with by counting theirs.
fn is_one_line(text: &[u8]) -> bool {
    let end = text.split_last();
    end.is_some_and(|(end, line)| *end == b'\n' && !line.contains(&b'\n'))
}

impl Line {
    /// The others do not wait for it.
    fn failed(id: &str, why: &str) -> Self {
        let line = serde_json::json!({
            "id": id, "input": "", "outcome": "failed", "request_id": null, "attempts": 0, "elapsed_ms": 0,
            "error": {"kind": KIND, "code": null, "message": why},
        });
        Self {
            text: Zeroizing::new(format!("{line}\n").into_bytes()),
            code: Some(KIND.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_one_line;

    #[test]
    fn a_line_is_one() {
        assert!(is_one_line(b"{}\n"));
        for other in [&b"{}"[..], b"", b"{}\n{}\n", b"{}\n{}"] {
            assert!(!is_one_line(other), "{other:?}");
        }
    }
}
