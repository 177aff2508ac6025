//! Why a text is not a request: each reason with the line it is in.

use crate::error::{Error, ErrorKind, printable};

/// Why a text is not a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestTextError {
    /// The head is too long to be one.
    #[error("the head is longer than 256 KiB; put a blank line between headers and body")]
    HeadTooLong,
    /// A line of the head is not UTF-8.
    #[error("line {line} is not UTF-8")]
    NotText {
        /// Counted from 1.
        line: usize,
    },
    /// Some lines of the head end in LF and some in CRLF.
    #[error("line {line} ends otherwise than the first; let all lines end in LF, or all in CRLF")]
    MixedLineEnds {
        /// Counted from 1.
        line: usize,
    },
    /// The first line is not `METHOD /target HTTP/1.1`.
    #[error("the first line must be `METHOD /path?query HTTP/1.1`: {why}")]
    BadRequestLine {
        /// What is wrong with it.
        why: &'static str,
    },
    /// A header line is not `Name: value`.
    #[error("line {line} must be `Name: value`: {why}")]
    BadHeaderLine {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// `Host` is absent or stands twice.
    #[error("there must be exactly one `Host` header")]
    NotOneHost,
    /// `Content-Length` is not the length of the body.
    #[error(
        "the body has {actual} bytes and `Content-Length` says `{}`; \
         an editor may have added a line end to the body",
        printable(stated)
    )]
    WrongLength {
        /// Bytes after the blank line.
        actual: usize,
        /// What the header says.
        stated: String,
    },
    /// The body is written in chunks or in another coding, so it is not the body that is signed.
    #[error("`Transfer-Encoding` cannot be signed; write the body as it is")]
    TransferEncoding,
}

impl From<RequestTextError> for Error {
    fn from(error: RequestTextError) -> Self {
        Self::new(
            ErrorKind::Input,
            format!("the request's text is malformed: {error}"),
        )
        .caused_by(error)
    }
}
