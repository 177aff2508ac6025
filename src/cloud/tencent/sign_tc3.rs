//! TC3-HMAC-SHA256, the service's signature v3.
//!
//! ```text
//! canonical request = METHOD LF / LF query LF headers LF signed-headers LF hex(SHA256(payload))
//! string to sign    = TC3-HMAC-SHA256 LF timestamp LF day/service/tc3_request LF hex(SHA256(canonical request))
//! signing key       = HMAC(HMAC(HMAC("TC3" + secret key, day), service), "tc3_request")
//! ```
//!
//! Source: the service's pages "Signature v3" and "Request structure"; the official SDKs for details that the pages do
//! not specify. The day is the UTC day of the sent timestamp.

use std::time::SystemTime;

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::cloud::tencent::request_form::{self, Form};
use crate::credential::Credentials;
use crate::sign::canon::{self, DerivedKey};
use crate::sign::outgoing::{self, Outgoing};
use crate::sign::{Scheme, SignError, Signed, SigningInput};

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const TERMINATOR: &str = "tc3_request";

/// The header that excludes the body from the signature, and its only value.
const CONTENT_SHA256: &str = "x-tc-content-sha256";
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The longest body, in bytes: 10 MB.
const MOST_POST: usize = 10 << 20;

/// The headers that every official SDK signs.
pub(crate) const USUAL: &[&str] = &["content-type", "host"];

/// The headers that the service's current pages sign: they bind the action to the signature.
pub(crate) const WITH_ACTION: &[&str] = &["content-type", "host", "x-tc-action"];

/// `tc3-hmac-sha256`. Needs the service.
///
/// A GET has the content type `application/x-www-form-urlencoded` and its parameters in the query, which is signed as
/// sent. A POST has any other content type, and no query: its parameters are in the body. The content type
/// `multipart/form-data` is signed with its boundary, as sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tc3;

impl Scheme for Tc3 {
    fn name(&self) -> &'static str {
        "tc3-hmac-sha256"
    }

    fn stages(
        &self,
        input: &SigningInput<'_>,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<Signed, SignError> {
        canon::check_scope("service", input.service)?;
        let seconds = canon::unix_seconds(now)?;
        let timestamp = seconds.to_string();
        let mut outgoing = Outgoing::of(input, &AUTHORIZATION)?;
        check_form(input, &outgoing)?;
        outgoing.set("x-tc-timestamp", &timestamp)?;
        if let Some(token) = credentials.token() {
            outgoing.set_sensitive("x-tc-token", token.expose_secret())?;
        }
        let (canonical_request, signed_headers) = canonical_request(input, &outgoing)?;
        let day = canon::utc_day(seconds)?;
        let keys = derive(canon::secret_of(credentials)?, &day, input.service)?;

        let scope = [&day, input.service, TERMINATOR].join("/");
        let hashed = canon::sha256_hex(canonical_request.as_bytes());
        let string_to_sign = [ALGORITHM, &timestamp, &scope, &hashed].join("\n");
        let signature = canon::hex(&*canon::hmac_sha256(
            &*keys.signing,
            string_to_sign.as_bytes(),
        )?);
        let authorization = [
            ALGORITHM,
            " Credential=",
            credentials.id(),
            "/",
            &scope,
            ", SignedHeaders=",
            &signed_headers,
            ", Signature=",
            &signature,
        ]
        .concat();
        outgoing.set_signature("authorization", authorization)?;
        Ok(Signed {
            headers: outgoing.into_added(),
            query: None,
            body: None,
            canonical_request,
            string_to_sign,
            signature,
            derived_keys: vec![
                ("secret-date", canon::sha256_hex(&*keys.date)),
                ("secret-service", canon::sha256_hex(&*keys.service)),
                ("secret-signing", canon::sha256_hex(&*keys.signing)),
            ],
        })
    }
}

/// Checks method, content type and length: what the service would refuse even with a correct signature.
fn check_form(input: &SigningInput<'_>, outgoing: &Outgoing<'_>) -> Result<(), SignError> {
    outgoing.check_token("x-tc-action", "action")?;
    outgoing.check_token("x-tc-version", "version")?;
    outgoing.check_token("x-tc-region", "region")?;
    let form = Form::of(outgoing.single(CONTENT_TYPE.as_str())?);
    match *input.method {
        Method::GET => {
            if form != Form::UrlEncoded {
                return Err(SignError::BadContentType {
                    wanted: "application/x-www-form-urlencoded for GET",
                });
            }
            if !input.payload.is_empty() {
                return Err(SignError::UnexpectedBody);
            }
            request_form::check_get(input.query.len(), "; use POST, which allows 10 MiB")
        }
        Method::POST if !input.query.is_empty() => Err(SignError::UnexpectedQuery),
        Method::POST => match form {
            Form::MultipartWithoutBoundary => Err(SignError::BadContentType {
                wanted: "multipart/form-data with its boundary",
            }),
            Form::UrlEncoded => Err(SignError::BadContentType {
                wanted: "application/json or multipart/form-data for POST; a form is signed by v1",
            }),
            Form::Other => match input.payload.known_len() {
                Some(bytes) if bytes > MOST_POST => Err(SignError::TooLong {
                    bytes,
                    most: MOST_POST,
                    instead: "; send the image by its URL",
                }),
                _ => Ok(()),
            },
        },
        _ => Err(SignError::BadMethod {
            wanted: "GET or POST",
        }),
    }
}

/// The canonical request, and the list of signed headers.
fn canonical_request(
    input: &SigningInput<'_>,
    outgoing: &Outgoing<'_>,
) -> Result<(String, String), SignError> {
    let names = match input.signed_headers {
        None => USUAL,
        Some(names) => names,
    };
    outgoing::check_named(names, USUAL)?;
    // The documentation lower-cases every value, the SDKs none. Both agree if the value is already lower case; a
    // multipart boundary may not be, and is signed as sent.
    let lower_cased = |name: &str| !USUAL.contains(&name);
    let (headers, signed_headers) = outgoing.canonical(names, lower_cased)?;
    let payload = payload_hash(input, outgoing)?;
    // The path of a version 3 request is always `/`. The header block ends in its own line feed, so a blank line
    // precedes the list of names.
    let text = [
        input.method.as_str(),
        "/",
        input.query,
        &headers,
        &signed_headers,
        &payload,
    ]
    .join("\n");
    Ok((text, signed_headers))
}

fn payload_hash(input: &SigningInput<'_>, outgoing: &Outgoing<'_>) -> Result<String, SignError> {
    if !outgoing.has(CONTENT_SHA256) {
        return Ok(canon::payload_hex(input.payload));
    }
    match outgoing.single(CONTENT_SHA256)? {
        // Every SDK that supports it signs the hash of the word, not the word itself.
        UNSIGNED_PAYLOAD => Ok(canon::sha256_hex(UNSIGNED_PAYLOAD.as_bytes())),
        _ => Err(SignError::BadContentHash {
            name: CONTENT_SHA256.to_owned(),
        }),
    }
}

struct Keys {
    date: DerivedKey,
    service: DerivedKey,
    signing: DerivedKey,
}

fn derive(secret: &str, day: &str, service: &str) -> Result<Keys, SignError> {
    let start = Zeroizing::new(["TC3", secret].concat());
    let date = canon::hmac_sha256(start.as_bytes(), day.as_bytes())?;
    let service = canon::hmac_sha256(&*date, service.as_bytes())?;
    let signing = canon::hmac_sha256(&*service, TERMINATOR.as_bytes())?;
    Ok(Keys {
        date,
        service,
        signing,
    })
}
