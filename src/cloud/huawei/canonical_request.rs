//! The canonical request of every AK/SK signature of this cloud.
//!
//! ```text
//! METHOD LF path/ LF query LF headers LF signed-headers LF hex(hash(body))
//! ```
//!
//! Source: the page "AK/SK signing: algorithm" for the form; the official Python SDK, `huaweicloudsdkcore` 3.1.219, for
//! details that the page does not specify: the path is percent-decoded as a whole and encoded again by segments; names
//! and values of the query are sorted after decoding; every header without `_` in its name is signed.

use std::time::SystemTime;

use http::header::AUTHORIZATION;
use jiff::tz::TimeZone;
use secrecy::ExposeSecret;

use crate::credential::Credentials;
use crate::sign::outgoing::{self, Outgoing};
use crate::sign::query::{self, Plus};
use crate::sign::{Payload, SignError, SigningInput, canon};

/// The longest body a signature may cover, in bytes: 12 MB.
const MOST_BODY: usize = 12 << 20;

const DATE: &str = "x-sdk-date";
const TOKEN: &str = "x-security-token";
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Headers that say for whom a request acts; they are signed if they are sent.
const IDENTITY: &[&str] = &["x-project-id", "x-domain-id", TOKEN];

/// The hash of a scheme.
pub(super) struct Hash {
    /// The header with the body's hash.
    pub(super) content_header: &'static str,
    pub(super) hex: fn(&[u8]) -> String,
    /// The hash of a body for which only the SHA-256 is known.
    pub(super) hex_of_sha256: fn(&[u8; 32]) -> Result<String, SignError>,
}

/// A request ready to be signed.
pub(super) struct Prepared<'a> {
    /// The headers to send, without the signature.
    pub(super) outgoing: Outgoing<'a>,
    /// `YYYYMMDDTHHMMSSZ`, in UTC.
    pub(super) date: String,
    /// The query to sign and send.
    pub(super) query: String,
    pub(super) canonical_request: String,
    pub(super) signed_headers: String,
}

/// Checks a request, adds the required headers, and writes its canonical form.
pub(super) fn prepare<'a>(
    input: &SigningInput<'a>,
    credentials: &Credentials,
    now: SystemTime,
    hash: &Hash,
) -> Result<Prepared<'a>, SignError> {
    if let Some(bytes) = input.payload.known_len()
        && bytes > MOST_BODY
    {
        return Err(SignError::TooLong {
            bytes,
            most: MOST_BODY,
            instead: "; use a token in place of a signature",
        });
    }
    let mut outgoing = Outgoing::of(input, &AUTHORIZATION)?;
    outgoing.single("host")?;
    let date = utc_time(canon::unix_seconds(now)?)?;
    outgoing.set(DATE, &date)?;
    if let Some(token) = credentials.token() {
        outgoing.set_sensitive(TOKEN, token.expose_secret())?;
    }
    leave_body_out_where_the_sdk_does(input, &mut outgoing, hash)?;

    let (headers, signed_headers) = headers_to_sign(input, &outgoing, hash)?;
    let path = canonical_path(input.path)?;
    let query = canonical_query(input.query)?;
    let body = body_line(input, &outgoing, hash)?;
    let canonical_request = format!(
        "{}\n{path}\n{query}\n{headers}\n{signed_headers}\n{body}",
        input.method
    );
    Ok(Prepared {
        outgoing,
        date,
        query,
        canonical_request,
        signed_headers,
    })
}

fn utc_time(seconds: i64) -> Result<String, SignError> {
    canon::time_text(seconds, TimeZone::UTC, "%Y%m%dT%H%M%SZ")
}

/// The SDK does not sign a body that is not JSON. This function does the same if asked to, with [`None`] or by naming
/// the header; otherwise the body is signed.
fn leave_body_out_where_the_sdk_does(
    input: &SigningInput<'_>,
    outgoing: &mut Outgoing<'_>,
    hash: &Hash,
) -> Result<(), SignError> {
    let asked_for = match input.signed_headers {
        None => true,
        Some(names) => outgoing::check_named(names, &[hash.content_header]).is_ok(),
    };
    if !asked_for || outgoing.has(hash.content_header) || !outgoing.has("content-type") {
        return Ok(());
    }
    let content_type = outgoing.single("content-type")?;
    let json = ["application/json", "application/bson"];
    if content_type.is_empty() || json.iter().any(|known| content_type.starts_with(known)) {
        return Ok(());
    }
    outgoing.set(hash.content_header, UNSIGNED_PAYLOAD)
}

fn headers_to_sign(
    input: &SigningInput<'_>,
    outgoing: &Outgoing<'_>,
    hash: &Hash,
) -> Result<(String, String), SignError> {
    let names: Vec<&str> = match input.signed_headers {
        None => outgoing
            .names()
            .filter(|name| !name.contains('_'))
            .collect(),
        Some(names) => names.to_vec(),
    };
    let must = IDENTITY
        .iter()
        .copied()
        .chain([hash.content_header])
        .filter(|name| outgoing.has(name));
    let must: Vec<&str> = [DATE].into_iter().chain(must).collect();
    outgoing::check_named(&names, &must)?;
    outgoing.canonical(&names, |_| false)
}

/// Decoded and encoded again by segments. It ends in `/`; the sent path need not.
fn canonical_path(path: &str) -> Result<String, SignError> {
    let decoded = query::decode(path, Plus::Itself).map_err(|_| SignError::BadPath {
        wanted: "be UTF-8 in percent-encoding",
    })?;
    let segments: Vec<String> = decoded.split('/').map(query::encode).collect();
    let mut canonical = segments.join("/");
    if !canonical.ends_with('/') {
        canonical.push('/');
    }
    Ok(canonical)
}

/// By name, then by value, in the order of the decoded bytes.
fn canonical_query(text: &str) -> Result<String, SignError> {
    let mut pairs = query::parse(text, Plus::Itself)?;
    pairs.sort_unstable();
    Ok(query::write(
        pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())),
    ))
}

fn body_line(
    input: &SigningInput<'_>,
    outgoing: &Outgoing<'_>,
    hash: &Hash,
) -> Result<String, SignError> {
    let of_body = match input.payload {
        Payload::Bytes(bytes) => (hash.hex)(bytes),
        Payload::Sha256(sha256) => (hash.hex_of_sha256)(sha256)?,
    };
    if !outgoing.has(hash.content_header) {
        return Ok(of_body);
    }
    match outgoing.single(hash.content_header)? {
        // The Python SDK always hashes an empty body, whatever the header; the Go SDK does not.
        UNSIGNED_PAYLOAD if input.payload.is_empty() => Ok(of_body),
        UNSIGNED_PAYLOAD => Ok(UNSIGNED_PAYLOAD.to_owned()),
        sent if sent == of_body => Ok(of_body),
        _ => Err(SignError::BadContentHash {
            name: hash.content_header.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_and_encoded_and_ends_in_a_slash() {
        for (path, canonical) in [
            ("/", "/"),
            ("/v1/a", "/v1/a/"),
            ("/v1/a/", "/v1/a/"),
            ("/a%20b/%e8%ba%ab", "/a%20b/%E8%BA%AB/"),
            ("/a+b*~", "/a%2Bb%2A~/"),
        ] {
            assert_eq!(canonical_path(path).unwrap(), canonical);
        }
        assert!(canonical_path("/%ff").is_err());
        assert!(canonical_path("/%2").is_err());
    }

    // The Go SDK's own unit test of its canonical query.
    #[test]
    fn a_query_is_the_published_one() {
        let sent = "limit=1&test=%E4%B8%80%20(%26%3d%3f!%23%25.*)&multi=3&multi=1&path=/tmp/123\
                    &enable=true&multi=2";
        assert_eq!(
            canonical_query(sent).unwrap(),
            "enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123\
             &test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29"
        );
    }
}
