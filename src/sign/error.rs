//! Why a request cannot be signed: found out before anything is signed, each with what to do about it.

use crate::error::{Error, ErrorKind, printable};

/// Why a request cannot be signed.
///
/// Names of headers and parameters are told, values never.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// A header the scheme must sign is absent.
    #[error("the header `{name}` must be signed and is absent")]
    MissingHeader {
        /// The header, lower case.
        name: String,
    },
    /// A header that must be signed was left out of the list of signed headers.
    #[error("the header `{name}` must be among the signed headers")]
    UnsignedHeader {
        /// The header, lower case.
        name: String,
    },
    /// A header stands twice, or its value is not printable ASCII.
    #[error("the header `{name}` stands twice or holds bytes that cannot be signed")]
    BadHeader {
        /// The header, lower case.
        name: String,
    },
    /// The request has a header or a parameter that the signature sets, with another value.
    #[error(
        "`{name}` stands in the request with another value than the signature gives it; leave it out"
    )]
    Conflict {
        /// The header or the parameter.
        name: String,
    },
    /// A header with the body's hash that is not the body's hash.
    #[error("the header `{name}` is neither `UNSIGNED-PAYLOAD` nor the hash of this body")]
    BadContentHash {
        /// The header, lower case.
        name: String,
    },
    /// The content type is not one that the scheme signs for this method.
    #[error("the content type must be {wanted}")]
    BadContentType {
        /// What it must be.
        wanted: &'static str,
    },
    /// A part of the scope is empty or holds a character it cannot hold.
    #[error("the {part} may hold only letters, digits, `.`, `_` and `-`, and not be empty")]
    BadScope {
        /// `service`, `region`, `action`, `version`.
        part: &'static str,
    },
    /// The method is not one that the scheme signs.
    #[error("the method must be {wanted}")]
    BadMethod {
        /// What it must be.
        wanted: &'static str,
    },
    /// The path is not `/…` in visible ASCII, or not one that the scheme signs.
    #[error("the path must {wanted}")]
    BadPath {
        /// What it must do.
        wanted: &'static str,
    },
    /// The query or the form holds bytes that must be percent-encoded, a `%` that encodes nothing, or bytes that
    /// are not UTF-8.
    #[error("the query or form is not UTF-8 in percent-encoded, visible ASCII")]
    BadQuery,
    /// A query where the scheme signs none.
    #[error("the query must be empty: the parameters of this request stand in its body")]
    UnexpectedQuery,
    /// A body where the scheme signs none.
    #[error("the body must be empty: the parameters of this request stand in its query")]
    UnexpectedBody,
    /// The body's SHA-256 was given to a scheme that must read the body itself.
    #[error("this scheme reads the body, so its SHA-256 alone is not enough")]
    BodyNeeded,
    /// A parameter the request must have is absent.
    #[error("the parameter `{name}` is absent; {advice}")]
    MissingParameter {
        /// The parameter.
        name: &'static str,
        /// What it must be.
        advice: &'static str,
    },
    /// A parameter stands twice, has no name, or has a value it cannot have.
    #[error(
        "the parameter `{}` stands twice or has a value it cannot have",
        printable(name)
    )]
    BadParameter {
        /// The parameter.
        name: String,
    },
    /// The secret id is empty or holds a character that would end it early in the `Authorization` header.
    #[error("the secret id is empty or holds a character that no secret id holds")]
    BadSecretId,
    /// The secret key is empty.
    #[error("the secret key is empty")]
    EmptySecret,
    /// A time before 1970 or after 9999.
    #[error("the time is out of range; set the host's clock")]
    BadTime,
    /// The request is over the scheme's limit.
    #[error("the request has {bytes} bytes and this scheme allows {most}{instead}")]
    TooLong {
        /// Bytes of the request.
        bytes: usize,
        /// Bytes allowed.
        most: usize,
        /// What to use instead, as `; use …`, or nothing.
        instead: &'static str,
    },
}

impl From<SignError> for Error {
    fn from(error: SignError) -> Self {
        Self::new(
            ErrorKind::Signing,
            format!("the request cannot be signed: {error}"),
        )
        .caused_by(error)
    }
}
