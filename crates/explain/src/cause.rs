//! The usual reasons why two programs sign the same request differently, recognised by the shape of the difference.

use core::fmt;

use crate::stage::Stage;

/// A usual reason for a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Their text has an additional line feed at its end.
    FinalLineFeed,
    /// Their lines end in CRLF.
    CarriageReturns,
    /// The blank line between the headers and the list of their names is missing.
    NoBlankLine,
    /// Only upper and lower case differ.
    Case,
    /// The times differ.
    Time,
    /// The days differ, but the times do not.
    Day,
    /// The hashes of the bodies differ, but nothing before them.
    Body,
    /// The hashes of the canonical requests differ, but nothing before them.
    CanonicalRequest,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FinalLineFeed => {
                "theirs has one more line feed at its end and is otherwise the same: do not hash it; if only `echo` \
                 or an editor added it to the file, the two agree"
            }
            Self::CarriageReturns => {
                "their lines end in a carriage return and a line feed; end them in a line feed alone"
            }
            Self::NoBlankLine => {
                "a line feed is missing in theirs: each header ends in one, and one more follows the last, so that \
                 there is a blank line before the names of the signed headers"
            }
            Self::Case => "only upper and lower case differ; sign each value as the scheme requires it and as it is \
                sent",
            Self::Time => "the times differ; sign both for the same second",
            Self::Day => "the days differ and the times do not; the day is that of the time in UTC",
            Self::Body => "the bodies differ; hash exactly the bytes that are sent, a line end at their end included",
            Self::CanonicalRequest => {
                "their canonical request differs; compare that to see where"
            }
        })
    }
}

/// Headers that hold the time of the signature.
const TIMES: &[&str] = &["x-tc-timestamp:", "x-sdk-date:", "eop-date:"];

impl Cause {
    /// The usual reason why `theirs` differs from `ours`, first at byte `offset`, which is in line `line` (from 1).
    pub(crate) fn of(
        stage: &Stage,
        ours: &str,
        theirs: &str,
        offset: usize,
        line: usize,
    ) -> Option<Self> {
        if theirs.strip_suffix('\n') == Some(ours) {
            return Some(Self::FinalLineFeed);
        }
        if theirs.contains('\r') && theirs.replace("\r\n", "\n").trim_end() == ours {
            return Some(Self::CarriageReturns);
        }
        if ours.eq_ignore_ascii_case(theirs) {
            return Some(Self::Case);
        }
        let last = ours.lines().count();
        let in_line = nth(ours, line) != nth(theirs, line);
        match stage {
            Stage::CanonicalRequest if lacks_one_line_feed(ours, theirs, offset) => {
                Some(Self::NoBlankLine)
            }
            _ if !in_line => None,
            Stage::CanonicalRequest | Stage::StringToSign if is_time(stage, ours, line) => {
                Some(Self::Time)
            }
            Stage::StringToSign if line == 3 && is_day(ours, line) => Some(Self::Day),
            _ if line != last || !both_hashes(ours, theirs, line) => None,
            Stage::CanonicalRequest => Some(Self::Body),
            Stage::StringToSign if names_algorithm(ours) => Some(Self::CanonicalRequest),
            Stage::StringToSign => Some(Self::Body),
            _ => None,
        }
    }
}

/// True if their text is ours without the line feed at this position.
fn lacks_one_line_feed(ours: &str, theirs: &str, offset: usize) -> bool {
    let (Some(before), Some(after)) = (ours.get(..offset), ours.get(offset..)) else {
        return false;
    };
    after
        .strip_prefix('\n')
        .is_some_and(|after| theirs.strip_prefix(before) == Some(after))
}

/// A string to sign that contains the hash of a canonical request begins with its algorithm. Otherwise, as in EOP, its
/// last line is the hash of the body.
fn names_algorithm(ours: &str) -> bool {
    nth(ours, 1).ends_with("-SHA256") || nth(ours, 1).ends_with("-SM3")
}

fn nth(text: &str, line: usize) -> &str {
    text.lines().nth(line.saturating_sub(1)).unwrap_or_default()
}

/// The time is in a header, or alone in the second line of a string to sign.
fn is_time(stage: &Stage, ours: &str, line: usize) -> bool {
    let text = nth(ours, line);
    let alone = *stage == Stage::StringToSign
        && line == 2
        && text.starts_with(|c: char| c.is_ascii_digit());
    alone || TIMES.iter().any(|name| text.starts_with(name))
}

/// A scope, which starts with the day.
fn is_day(ours: &str, line: usize) -> bool {
    let (day, rest) = nth(ours, line).split_once('/').unwrap_or_default();
    !rest.is_empty()
        && !day.is_empty()
        && day
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
}

fn both_hashes(ours: &str, theirs: &str, line: usize) -> bool {
    [ours, theirs].iter().all(|text| {
        let last = nth(text, line);
        last.len() == 64 && last.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}
