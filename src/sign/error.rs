//! Why a request cannot be signed. In all these cases nothing is signed.

use crate::error::{Error, ErrorKind, printable_name};

/// Why a request cannot be signed. Each text says what is wrong with the request and how to correct it.
///
/// The text contains names of headers and parameters, but never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// A header the scheme must sign is absent.
    #[error("the header `{name}` is absent and must be signed; add it to the request")]
    MissingHeader {
        /// The header, lower case.
        name: String,
    },
    /// A header that must be signed was left out of the list of signed headers.
    #[error("the header `{name}` must be signed; add it to the list of signed headers")]
    UnsignedHeader {
        /// The header, lower case.
        name: String,
    },
    /// A header is duplicated, or its value is not printable ASCII.
    #[error(
        "the header `{name}` is duplicated, or its value is not printable ASCII; send it once, in printable ASCII"
    )]
    BadHeader {
        /// The header, lower case.
        name: String,
    },
    /// The request has a header or a parameter that the signature sets, with another value.
    #[error(
        "the request already has `{name}`, with another value than the signature gives it; leave it out, or sign as \
         of its time with its credentials"
    )]
    Conflict {
        /// The header or the parameter.
        name: String,
    },
    /// A header for the body's hash has another value.
    #[error(
        "the header `{name}` is neither `UNSIGNED-PAYLOAD` nor the hash of this body; leave it out, or hash the body \
         that is sent"
    )]
    BadContentHash {
        /// The header, lower case.
        name: String,
    },
    /// The content type is not one that the scheme signs for this method.
    #[error("the header `content-type` must be {wanted}")]
    BadContentType {
        /// What it must be.
        wanted: &'static str,
    },
    /// A part of the scope that the scheme signs is not given.
    #[error("this scheme signs the {part}, and none is given; name it")]
    MissingScope {
        /// `service`, `region`.
        part: &'static str,
    },
    /// A part of the scope, or a common parameter, contains an invalid character or is empty.
    #[error("the {part} is empty or holds more than letters, digits, `.`, `_` and `-`; correct it")]
    BadScope {
        /// `service`, `region`, `action`, `version`.
        part: &'static str,
    },
    /// The method is not one that the scheme signs.
    #[error("the method must be {wanted} for this scheme")]
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
    /// The query or the form has bytes that must be percent-encoded, a `%` that encodes nothing, or bytes that are not
    /// UTF-8.
    #[error(
        "the query or the form is not percent-encoded UTF-8; encode each name and value, with no blank and no line end \
         between or after them"
    )]
    BadQuery,
    /// A query, although the scheme signs none.
    #[error(
        "the request has a query, and this scheme signs a POST with an empty one; move the parameters into the body, \
         or send a GET"
    )]
    UnexpectedQuery,
    /// A body, although the scheme signs none.
    #[error(
        "the request has a body, and this scheme signs a GET with an empty one; move the parameters into the query, or \
         send a POST"
    )]
    UnexpectedBody,
    /// The body's SHA-256 was given to a scheme that must read the body itself.
    #[error(
        "only the body's SHA-256 is given, and this scheme reads the body; give the body's bytes"
    )]
    BodyNeeded,
    /// A parameter the request must have is absent.
    #[error("the parameter `{name}` is absent; {advice}")]
    MissingParameter {
        /// The parameter.
        name: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A parameter is duplicated, has no name, or has an invalid value.
    #[error(
        "the parameter `{}` is duplicated, has no name, or has a value it cannot have; correct it",
        printable_name(name)
    )]
    BadParameter {
        /// The parameter.
        name: String,
    },
    /// The secret id is empty, or contains a character that would end it early in the `Authorization` header.
    #[error("the secret id is empty or holds a character that no secret id holds; copy it again")]
    BadSecretId,
    /// The secret key is empty.
    #[error("the secret key is empty; set it in the environment or a file")]
    EmptySecret,
    /// A time before 1970 or after 9999.
    #[error("the time is before 1970 or after 9999; set the host's clock")]
    BadTime,
    /// The request exceeds the scheme's limit.
    #[error("the request has {bytes} bytes and this scheme allows {most}{instead}")]
    TooLong {
        /// The request's length in bytes.
        bytes: usize,
        /// The limit in bytes.
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
        .made_of(error)
    }
}
