//! The first byte in which two computations of a signature differ.

use core::fmt;

use cardseal::signing::Signed;

use crate::cause::Cause;
use crate::stage::{Stage, rows};
use crate::stage_file::StageFile;

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
    /// Its position in the line in bytes, from 1.
    pub column: usize,
    /// Our byte; `None` at the end of our text.
    pub ours: Option<u8>,
    /// Their byte; `None` at the end of their text.
    pub theirs: Option<u8>,
    /// The usual reason for such a difference, if there is one.
    pub cause: Option<Cause>,
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
        )?;
        match self.cause {
            Some(cause) => write!(f, "; {cause}"),
            None => Ok(()),
        }
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

/// Finds the first byte that differs, stage by stage; `None` if all of their stages equal ours.
pub fn first_difference(ours: &Signed, theirs: &StageFile) -> Option<Difference> {
    rows(ours, theirs.stages()).into_iter().find_map(|row| {
        let theirs = row.theirs?;
        difference(row.stage, row.ours, theirs)
    })
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
    let line = line_feeds.saturating_add(1);
    Some(Difference {
        cause: Cause::of(&stage, ours, theirs, offset, line),
        stage,
        offset,
        line,
        column: in_line.map_or(0, <[u8]>::len).saturating_add(1),
        ours: ours.as_bytes().get(offset).copied(),
        theirs: theirs.as_bytes().get(offset).copied(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(stage: Stage, ours: &str, theirs: &str) -> Difference {
        difference(stage, ours, theirs).unwrap()
    }

    #[test]
    fn points_at_the_first_byte_that_differs() {
        let found = found(
            Stage::CanonicalRequest,
            "POST\n/\n\nhost:a b",
            "POST\n/\n\nhost:a\tb",
        );
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
        let found = found(Stage::StringToSign, "TC3\n1", "TC3\n1\n2");
        assert_eq!((found.offset, found.line, found.column), (5, 2, 2));
        assert_eq!((found.ours, found.theirs), (None, Some(b'\n')));
        assert_eq!(found.cause, None);
    }

    const HASH: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    const OTHER: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_usual_cause_is_named() {
        let canonical = format!("POST\n/\n\nhost:a\nx-sdk-date:1\n\nhost;x-sdk-date\n{HASH}");
        let canonical = canonical.as_str();
        for (theirs, cause) in [
            (format!("{canonical}\n"), Cause::FinalLineFeed),
            (canonical.replace('\n', "\r\n"), Cause::CarriageReturns),
            (
                format!("{}\r\n", canonical.replace('\n', "\r\n")),
                Cause::CarriageReturns,
            ),
            (canonical.replace("1\n\n", "1\n"), Cause::NoBlankLine),
            (canonical.replace("host:a", "Host:A"), Cause::Case),
            (canonical.replace("date:1", "date:2"), Cause::Time),
            (canonical.replace(HASH, OTHER), Cause::Body),
        ] {
            let found = found(Stage::CanonicalRequest, canonical, &theirs);
            assert_eq!(found.cause, Some(cause), "{theirs:?}");
            assert!(found.to_string().ends_with(&cause.to_string()));
        }
        let two_more = found(
            Stage::CanonicalRequest,
            canonical,
            &format!("{canonical}\n\n"),
        );
        assert_eq!(two_more.cause, None);

        let to_sign = format!("TC3-HMAC-SHA256\n1551113065\n2019-02-25/ocr/tc3_request\n{HASH}");
        let to_sign = to_sign.as_str();
        for (theirs, cause) in [
            (to_sign.replace("3065", "3066"), Some(Cause::Time)),
            (to_sign.replace("02-25", "02-26"), Some(Cause::Day)),
            (to_sign.replace(HASH, OTHER), Some(Cause::CanonicalRequest)),
            (to_sign.replace("TC3", "TC4"), None),
            (to_sign.replace(HASH, "ab"), None),
        ] {
            let found = found(Stage::StringToSign, to_sign, &theirs);
            assert_eq!(found.cause, cause, "{theirs:?}");
        }
        let signature = found(Stage::Signature, HASH, OTHER);
        assert_eq!(signature.cause, None);
    }
}
