//! The lines of a request's head.

use super::RequestTextError;

/// The longest head, in bytes.
pub(super) const MOST_HEAD: usize = 256 << 10;

/// The lines of a head, and what follows the blank line after it.
pub(super) struct Lines<'a> {
    pub(super) rest: &'a [u8],
    /// The number of the last line read, counted from 1.
    pub(super) number: usize,
    left: usize,
    end: Option<LineEnd>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    Lf,
    CrLf,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a [u8]) -> Self {
        Self {
            // Some editors write a byte-order mark.
            rest: text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text),
            number: 0,
            left: MOST_HEAD,
            end: None,
        }
    }

    /// The next line of the head; `None` at the blank line, or at the end of the text.
    pub(super) fn next(&mut self) -> Result<Option<&'a str>, RequestTextError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        self.number = self.number.saturating_add(1);
        let line = match self.rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                let (line, rest) = self.rest.split_at(end);
                self.rest = rest.get(1..).unwrap_or_default();
                match line.strip_suffix(b"\r") {
                    Some(line) => self.ended(line, LineEnd::CrLf)?,
                    None => self.ended(line, LineEnd::Lf)?,
                }
            }
            None => core::mem::take(&mut self.rest),
        };
        self.left = self
            .left
            .checked_sub(line.len())
            .ok_or(RequestTextError::HeadTooLong)?;
        let line = core::str::from_utf8(line)
            .map_err(|_| RequestTextError::NotText { line: self.number })?;
        Ok(Some(line).filter(|line| !line.is_empty()))
    }

    fn ended(&mut self, line: &'a [u8], end: LineEnd) -> Result<&'a [u8], RequestTextError> {
        if *self.end.get_or_insert(end) != end {
            return Err(RequestTextError::MixedLineEnds { line: self.number });
        }
        Ok(line)
    }
}
