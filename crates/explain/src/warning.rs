//! Warnings about requests that are signed correctly but will be refused, or that protect less than the sender expects.

use core::fmt;

use cardseal::signing::Signed;
use http::header::{CONTENT_TYPE, HOST};

use crate::request_text::RequestText;

/// A warning about a signed request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A common parameter is in a header without `X-TC-`, which the service does not read.
    NotPrefixed {
        /// The header that the request has, lower case.
        name: String,
        /// The header that the service reads.
        wanted: &'static str,
    },
    /// A required header is absent.
    Absent {
        /// The header.
        name: &'static str,
    },
    /// A signed value has capitals; the service's pages lower-case them, its SDKs do not.
    Capitals {
        /// The header, lower case.
        name: &'static str,
    },
    /// The signature does not cover the body.
    BodyNotSigned {
        /// The header that says so, lower case.
        name: String,
    },
    /// The body begins with a byte-order mark.
    ByteOrderMark,
    /// The body ends in a line end.
    FinalLineEnd,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPrefixed { name, wanted } => write!(
                f,
                "the service does not read the header `{name}`; write `{wanted}`"
            ),
            Self::Absent { name } => write!(
                f,
                "the header `{name}` is absent, and the service refuses a request without it; add it"
            ),
            Self::Capitals { name } => write!(
                f,
                "the value of `{name}` has capitals: the service's pages sign it in lower case and its SDKs as it is \
                 sent; write and send it in lower case (`charset=utf-8`), where both agree"
            ),
            Self::BodyNotSigned { name } => write!(
                f,
                "the body is not signed (`{name}: UNSIGNED-PAYLOAD`), so anyone who forwards the request can change \
                 it; to sign it, send JSON or name the headers to sign, without this one"
            ),
            Self::ByteOrderMark => f.write_str(
                "the body begins with a byte-order mark, which JSON does not allow; save it without",
            ),
            Self::FinalLineEnd => f.write_str(
                "the body ends in a line end, which is signed: send it too, or leave it out of both",
            ),
        }
    }
}

/// The headers that hold the common parameters of a TC3 request.
const COMMON: &[(&str, &str)] = &[
    ("action", "X-TC-Action"),
    ("version", "X-TC-Version"),
    ("region", "X-TC-Region"),
    ("timestamp", "X-TC-Timestamp"),
    ("token", "X-TC-Token"),
    ("language", "X-TC-Language"),
];

/// The header that only a TC3 signature adds.
const OF_TC3: &str = "x-tc-timestamp";

const CONTENT_HASHES: &[&str] = &[
    "x-tc-content-sha256",
    "x-sdk-content-sha256",
    "x-sdk-content-sm3",
];

/// The warnings for a request before it is sent.
pub fn warnings(request: &RequestText, signed: &Signed) -> Vec<Warning> {
    let mut headers = request.headers.clone();
    signed.set_headers(&mut headers);

    let mut warnings = Vec::new();
    if signed.headers.iter().any(|(name, _)| *name == OF_TC3) {
        warnings.extend(of_tc3(request));
    }
    let unsigned = CONTENT_HASHES.iter().find(|name| {
        headers
            .get(**name)
            .is_some_and(|value| value == "UNSIGNED-PAYLOAD")
    });
    if let Some(name) = unsigned
        && !request.body.is_empty()
    {
        warnings.push(Warning::BodyNotSigned {
            name: (*name).to_owned(),
        });
    }
    if request.body.starts_with(b"\xef\xbb\xbf") {
        warnings.push(Warning::ByteOrderMark);
    }
    let content_type = request.headers.get(CONTENT_TYPE);
    let is_json = content_type.is_some_and(|value| {
        let essence = value.as_bytes().split(|byte| *byte == b';').next();
        essence.is_some_and(|essence| {
            essence
                .trim_ascii()
                .eq_ignore_ascii_case(b"application/json")
        })
    });
    if is_json && request.body.ends_with(b"\n") {
        warnings.push(Warning::FinalLineEnd);
    }
    warnings
}

fn of_tc3(request: &RequestText) -> Vec<Warning> {
    let headers = &request.headers;
    let mut warnings = Vec::new();
    for (name, wanted) in COMMON {
        let is_demanded = matches!(*wanted, "X-TC-Action" | "X-TC-Version");
        if headers.contains_key(*wanted) {
            continue;
        }
        if headers.contains_key(*name) {
            warnings.push(Warning::NotPrefixed {
                name: (*name).to_owned(),
                wanted,
            });
        } else if is_demanded {
            warnings.push(Warning::Absent { name: wanted });
        }
    }
    for (name, key) in [("content-type", CONTENT_TYPE), ("host", HOST)] {
        let has_capitals = headers
            .get(key)
            .is_some_and(|value| value.as_bytes().iter().any(u8::is_ascii_uppercase));
        if has_capitals {
            warnings.push(Warning::Capitals { name });
        }
    }
    warnings
}
