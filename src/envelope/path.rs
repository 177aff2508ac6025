//! Paths that name a sealed member: `IdCard`, `Response.Text.IdCard`, `Response.Text.LivenessDetail[0].Idcard`.
//!
//! Source: the service's faceid actions. A request names members of its own object; an answer names paths from
//! `Response` down.

use crate::error::OpenError;
use cardseal_crypto::Wiped;

/// One step down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'p> {
    Member(&'p str),
    Element(usize),
}

/// No answer nests this deep; a path that does is an attack on the stack.
const MOST_STEPS: usize = 32;

/// Splits a path into steps below the inner object.
pub(super) fn parse(path: &str) -> Result<Vec<Step<'_>>, OpenError> {
    let path = below_response(path);
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (name, indices) = match part.split_once('[') {
            None => (part, None),
            Some((name, indices)) => (name, Some(indices)),
        };
        if name.is_empty() || name.contains(']') {
            return Err(OpenError);
        }
        steps.push(Step::Member(name));
        if let Some(indices) = indices {
            for index in indices.strip_suffix(']').ok_or(OpenError)?.split("][") {
                steps.push(Step::Element(parse_index(index)?));
            }
        }
        if steps.len() > MOST_STEPS {
            return Err(OpenError);
        }
    }
    Ok(steps)
}

/// Digits only, without sign or leading zero, so that each index has one spelling.
fn parse_index(index: &str) -> Result<usize, OpenError> {
    let canonical =
        index == "0" || (!index.starts_with('0') && index.bytes().all(|b| b.is_ascii_digit()));
    if index.is_empty() || !canonical {
        return Err(OpenError);
    }
    index.parse().map_err(|_| OpenError)
}

/// A path without the prefix `Response.` that a reply may use.
pub(super) fn below_response(path: &str) -> &str {
    path.strip_prefix("Response.").unwrap_or(path)
}

pub(super) fn separate(place: usize, out: &mut Wiped) {
    if place > 0 {
        out.push(b',');
    }
}

pub(super) fn write_name(name: &str, out: &mut Wiped) -> Result<(), OpenError> {
    write_string(name, out)?;
    out.push(b':');
    Ok(())
}

/// Writes a JSON string straight into the wiped buffer.
pub(super) fn write_string(text: &str, out: &mut Wiped) -> Result<(), OpenError> {
    serde_json::to_writer(&mut **out, text).map_err(|_| OpenError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_in_one_way_only() {
        use Step::{Element, Member};
        assert_eq!(parse("IdCard"), Ok(vec![Member("IdCard")]));
        assert_eq!(
            parse("Response.Text.LivenessDetail[0].Idcard"),
            Ok(vec![
                Member("Text"),
                Member("LivenessDetail"),
                Element(0),
                Member("Idcard")
            ])
        );
        assert_eq!(
            parse("A[1][20]"),
            Ok(vec![Member("A"), Element(1), Element(20)])
        );
        for bad in [
            "",
            ".",
            "A.",
            ".A",
            "A..B",
            "[0]",
            "A[]",
            "A[0",
            "A]0[",
            "A[-1]",
            "A[+1]",
            "A[01]",
            "A[0]x",
            "A[0][",
            "A[0]]",
            "A[99999999999999999999999]",
            "Response.",
        ] {
            assert!(parse(bad).is_err(), "{bad:?} was taken");
        }
        assert!(parse(&"a.".repeat(10_000)).is_err());
    }
}
