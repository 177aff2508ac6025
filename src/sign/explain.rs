//! Explaining a signature: its stages as text, beside those that another program computed, and the first byte in
//! which they differ.

use core::fmt;
use core::fmt::Write as _;

use crate::error::printable;
use crate::sign::Signed;
use crate::sign::stage_file::{Stage, StageFile};

/// The first byte in which two computations of a signature differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The first stage that differs.
    pub stage: Stage,
    /// Bytes before the first that differs.
    pub offset: usize,
    /// The line it is in, from 1.
    pub line: usize,
    /// Its place in the line in bytes, from 1.
    pub column: usize,
    /// Our byte; `None` where our text ends.
    pub ours: Option<u8>,
    /// Their byte; `None` where their text ends.
    pub theirs: Option<u8>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the first difference is in the {}, at byte {} (line {}, column {}): here {}, there {}",
            self.stage,
            self.offset,
            self.line,
            self.column,
            Shown(self.ours),
            Shown(self.theirs)
        )
    }
}

struct Shown(Option<u8>);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("the end"),
            Some(b'\n') => f.write_str("a line feed"),
            Some(b'\r') => f.write_str("a carriage return"),
            Some(b' ') => f.write_str("a blank"),
            Some(byte) if byte.is_ascii_graphic() => write!(f, "`{}`", char::from(byte)),
            Some(byte) => write!(f, "byte 0x{byte:02x}"),
        }
    }
}

/// Points at the first byte that differs, stage by stage; `None` where every stage that they have is ours.
pub fn first_difference(ours: &Signed, theirs: &StageFile) -> Option<Difference> {
    rows(ours, Some(theirs)).into_iter().find_map(|row| {
        let theirs = row.theirs?;
        difference(row.stage, row.ours, theirs)
    })
}

/// One stage in both computations. A derived key we do not have is the empty text.
struct Row<'a> {
    stage: Stage,
    ours: &'a str,
    theirs: Option<&'a str>,
}

/// The stages in the order in which they come about.
fn rows<'a>(ours: &'a Signed, theirs: Option<&'a StageFile>) -> Vec<Row<'a>> {
    let mut rows = vec![
        Row {
            stage: Stage::CanonicalRequest,
            ours: &ours.canonical_request,
            theirs: theirs.and_then(|theirs| theirs.canonical_request.as_deref()),
        },
        Row {
            stage: Stage::StringToSign,
            ours: &ours.string_to_sign,
            theirs: theirs.and_then(|theirs| theirs.string_to_sign.as_deref()),
        },
    ];
    let their_keys = theirs.map(|theirs| theirs.derived_keys.as_slice());
    let their_keys = their_keys.unwrap_or_default();
    for (name, fingerprint) in ours.derived_keys.iter() {
        rows.push(Row {
            stage: Stage::DerivedKey((*name).to_owned()),
            ours: fingerprint,
            theirs: their_keys
                .iter()
                .find(|(theirs, _)| theirs == name)
                .map(|(_, fingerprint)| fingerprint.as_str()),
        });
    }
    for (name, fingerprint) in their_keys {
        if !ours.derived_keys.iter().any(|(ours, _)| ours == name) {
            rows.push(Row {
                stage: Stage::DerivedKey(name.clone()),
                ours: "",
                theirs: Some(fingerprint),
            });
        }
    }
    rows.push(Row {
        stage: Stage::Signature,
        ours: &ours.signature,
        theirs: theirs.and_then(|theirs| theirs.signature.as_deref()),
    });
    rows
}

fn difference(stage: Stage, ours: &str, theirs: &str) -> Option<Difference> {
    if ours == theirs {
        return None;
    }
    let same = ours.bytes().zip(theirs.bytes()).take_while(|(a, b)| a == b);
    let offset = same.count();
    let before = ours.as_bytes().get(..offset).unwrap_or_default();
    let in_line = before.rsplit(|byte| *byte == b'\n').next();
    let line_feeds = before.iter().filter(|byte| **byte == b'\n').count();
    Some(Difference {
        stage,
        offset,
        line: line_feeds.saturating_add(1),
        column: in_line.map_or(0, <[u8]>::len).saturating_add(1),
        ours: ours.as_bytes().get(offset).copied(),
        theirs: theirs.as_bytes().get(offset).copied(),
    })
}

/// Cells are this wide: a SHA-256 in hex fits on one line.
const WIDTH: usize = 64;

/// Every stage as text for people: ours, and beside it theirs where given, with `≠` at each line that differs.
///
/// Derived keys are shown by their SHA-256. The canonical request is shown whole, and with it whatever the query
/// and the signed headers hold.
pub fn explain(ours: &Signed, theirs: Option<&StageFile>) -> String {
    let mut text = String::new();
    for row in rows(ours, theirs) {
        let note = match row.stage {
            Stage::DerivedKey(_) => " (its SHA-256)",
            _ => "",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}{note}", row.stage);
        match row.theirs {
            None => one_column(&mut text, row.ours),
            Some(theirs) => two_columns(&mut text, row.ours, theirs),
        }
        text.push('\n');
    }
    text
}

fn one_column(text: &mut String, ours: &str) {
    for (number, line) in ours.split('\n').enumerate() {
        let number = number.saturating_add(1);
        let _ = writeln!(text, "{number:>4} │ {}", visible(line));
    }
}

fn two_columns(text: &mut String, ours: &str, theirs: &str) {
    let (mut ours, mut theirs) = (ours.split('\n'), theirs.split('\n'));
    for number in 1_usize.. {
        let (our_line, their_line) = (ours.next(), theirs.next());
        if our_line.is_none() && their_line.is_none() {
            break;
        }
        let mark = if our_line == their_line { ' ' } else { '≠' };
        let (our_cells, their_cells) = (cells(our_line), cells(their_line));
        for cell in 0..our_cells.len().max(their_cells.len()) {
            let at = |cells: &[String]| cells.get(cell).cloned().unwrap_or_default();
            let number = if cell == 0 {
                number.to_string()
            } else {
                String::new()
            };
            let (left, right) = (at(&our_cells), at(&their_cells));
            let pad = " ".repeat(WIDTH.saturating_sub(left.chars().count()));
            let _ = writeln!(text, "{number:>4} {mark} {left}{pad} │ {right}");
        }
    }
}

/// A line in pieces of at most [`WIDTH`] characters. An absent line is told from an empty one.
fn cells(line: Option<&str>) -> Vec<String> {
    let Some(line) = line else {
        return vec!["(no such line)".to_owned()];
    };
    let visible: Vec<char> = visible(line).chars().collect();
    if visible.is_empty() {
        return vec![String::new()];
    }
    visible.chunks(WIDTH).map(|c| c.iter().collect()).collect()
}

/// A line with its control characters escaped, so that a terminal shows them and does not obey.
fn visible(line: &str) -> String {
    let pieces: Vec<String> = line
        .chars()
        .map(|c| printable(c.encode_utf8(&mut [0; 4])))
        .collect();
    pieces.concat()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn signed() -> Signed {
        Signed {
            headers: Vec::new(),
            query: None,
            body: None,
            canonical_request: "POST\n/\n\nhost:a b".to_owned(),
            string_to_sign: "TC3\n1".to_owned(),
            signature: "ab".to_owned(),
            derived_keys: Arc::new([("secret-date", "00".to_owned())]),
        }
    }

    fn stages(json: &str) -> StageFile {
        StageFile::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn points_at_the_first_byte_that_differs() {
        let theirs = stages(r#"{"canonical_request":"POST\n/\n\nhost:a\tb","signature":"cd"}"#);
        let found = first_difference(&signed(), &theirs).unwrap();
        assert_eq!(found.stage, Stage::CanonicalRequest);
        assert_eq!((found.offset, found.line, found.column), (14, 4, 7));
        assert_eq!((found.ours, found.theirs), (Some(b' '), Some(b'\t')));
        assert_eq!(
            found.to_string(),
            "the first difference is in the canonical request, at byte 14 (line 4, column 7): \
             here a blank, there byte 0x09"
        );
    }

    #[test]
    fn a_text_that_goes_on_differs_where_the_other_ends() {
        let theirs = stages(r#"{"string_to_sign":"TC3\n1\n"}"#);
        let found = first_difference(&signed(), &theirs).unwrap();
        assert_eq!((found.offset, found.line, found.column), (5, 2, 2));
        assert_eq!((found.ours, found.theirs), (None, Some(b'\n')));
    }

    #[test]
    fn compares_every_stage_they_have_and_no_other() {
        assert_eq!(
            first_difference(&signed(), &stages(r#"{"signature":"ab"}"#)),
            None
        );
        let key = stages(r#"{"derived_keys":{"secret-date":"01"},"signature":"ab"}"#);
        let found = first_difference(&signed(), &key).unwrap();
        assert_eq!(found.stage, Stage::DerivedKey("secret-date".to_owned()));
        let unknown = stages(r#"{"derived_keys":{"other":"01"}}"#);
        let found = first_difference(&signed(), &unknown).unwrap();
        assert_eq!(found.stage, Stage::DerivedKey("other".to_owned()));
    }

    #[test]
    fn the_text_marks_lines_that_differ_and_shows_what_a_terminal_would_obey() {
        let theirs = stages(r#"{"canonical_request":"POST\n/\n\nhost:a\u001b[31m"}"#);
        let text = explain(&signed(), Some(&theirs));
        assert_eq!(text.matches('≠').count(), 1, "{text}");
        assert!(text.contains("≠ host:a b"), "{text}");
        assert!(text.contains("host:a\\u{1b}[31m"), "{text}");
        assert!(!text.contains('\x1b'));
        let alone = explain(&signed(), None);
        assert!(
            alone.contains("derived key `secret-date` (its SHA-256)\n   1 │ 00\n"),
            "{alone}"
        );
    }
}
