//! Why a text is not a request, with the line.

use crate::visible::visible;

/// Why a text is not a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestTextError {
    /// The head is too long.
    #[error("the head is longer than 256 KiB; put a blank line between headers and body")]
    HeadTooLong,
    /// A line of the head is not UTF-8.
    #[error("line {line} is not UTF-8; save the file as UTF-8")]
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
    /// `Host` is absent or duplicated.
    #[error("the request must have exactly one `Host` header; write it once")]
    NotOneHost,
    /// `Content-Length` is not the length of the body.
    #[error(
        "the body has {actual} bytes and `Content-Length` says `{}`; \
         an editor may have added a line end to the body; correct either",
        visible(stated)
    )]
    WrongLength {
        /// Bytes after the blank line.
        actual: usize,
        /// What the header says.
        stated: String,
    },
    /// The body is chunked or otherwise encoded, so it is not the body that is signed.
    #[error("`Transfer-Encoding` cannot be signed; write the body as it is")]
    TransferEncoding,
}
