//! Checks that a file is a picture that the services accept: a complete PNG, JPEG or BMP.

use core::error::Error;
use core::fmt;

use crate::kind::{Kind, sniff};
use crate::whole;

/// Why the services do not accept a file as a picture. The text is one line that says what the file is and what to do;
/// it quotes nothing of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotTaken {
    /// It is something else.
    Other(Kind),
    /// It is a PNG, JPEG or BMP that ends too early.
    Truncated(Kind),
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
            Self::Truncated(kind) => write!(
                f,
                "the {} picture is cut short: its end is missing; copy or download it again",
                kind.name()
            ),
        }
    }
}

impl Error for NotTaken {}

/// Checks the first bytes and the structure to the end.
///
/// # Errors
/// [`NotTaken`] if it is not a PNG, JPEG or BMP, or is truncated.
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
        None => Err(NotTaken::Truncated(kind)),
    }
}
