//! Whether a file is a picture that the services take: a PNG, JPEG or BMP, whole to its end.

use core::error::Error;
use core::fmt;

use crate::kind::{Kind, sniff};
use crate::whole;

/// Why a file is no picture that the services take. The text is one line, names what the file is, says what to do, and
/// holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotTaken {
    /// It is something else.
    Other(Kind),
    /// It is a PNG, JPEG or BMP that ends too early.
    Cut(Kind),
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(kind) => write!(
                f,
                "a PNG, JPEG or BMP picture is needed, and this is {}; {}",
                kind.name(),
                kind.advice()
            ),
            Self::Cut(kind) => write!(
                f,
                "the {} picture is cut short: its end is missing; copy or download it again",
                kind.name()
            ),
        }
    }
}

impl Error for NotTaken {}

/// Looks at the first bytes and walks to the end.
///
/// # Errors
/// [`NotTaken`] where it is no PNG, JPEG or BMP, or one that is cut short.
pub fn check(bytes: &[u8]) -> Result<Kind, NotTaken> {
    let kind = sniff(bytes);
    let is_whole = match kind {
        Kind::Png => whole::png(bytes),
        Kind::Jpeg => whole::jpeg(bytes),
        Kind::Bmp => whole::bmp(bytes),
        other => return Err(NotTaken::Other(other)),
    };
    match is_whole {
        Some(()) => Ok(kind),
        None => Err(NotTaken::Cut(kind)),
    }
}
