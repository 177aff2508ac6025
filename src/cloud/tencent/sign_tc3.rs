//! TC3-HMAC-SHA256, the service's signature v3.
//!
//! ```text
//! canonical request = METHOD LF / LF query LF headers LF signed-headers LF hex(SHA256(payload))
//! string to sign    = TC3-HMAC-SHA256 LF timestamp LF day/service/tc3_request LF hex(SHA256(canonical request))
//! signing key       = HMAC(HMAC(HMAC("TC3" + secret key, day), service), "tc3_request")
//! ```
//!
//! Source: the service's pages "Signature v3" and "Request structure"; the official SDKs for what they leave
//! open. The day is the UTC day of the timestamp that is sent.

use core::fmt::Write as _;
use core::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::cloud::tencent::request_form::{self, Form};
use crate::credential::Credentials;
use crate::sign::canon;
use crate::sign::day_key::DayKey;
use crate::sign::outgoing::{self, Outgoing};
use crate::sign::{SignError, Signed, SignedHeaders, Signer, SigningInput};
use crate::stack;

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const TERMINATOR: &str = "tc3_request";

/// The header, and its one value, that leaves the body out of the signature.
const CONTENT_SHA256: &str = "x-tc-content-sha256";
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The longest body, in bytes: 10 MB.
const MOST_POST: usize = 10 << 20;

/// What every official SDK signs.
pub const USUAL: &[&str] = &["content-type", "host"];

/// What the service's current documentation signs: it binds the action to the signature.
pub const WITH_ACTION: &[&str] = &["content-type", "host", "x-tc-action"];

/// `tc3-hmac-sha256`.
///
/// A GET has the content type `application/x-www-form-urlencoded` and its parameters in the query, which is
/// signed as it is sent. A POST has any other content type; that of `multipart/form-data` is signed with its
/// boundary, as it is sent.
#[derive(Debug, Clone, Copy)]
pub struct Tc3;

impl Signer for Tc3 {
    fn scheme(&self) -> &'static str {
        "tc3-hmac-sha256"
    }

    fn sign(
        &self,
        input: &SigningInput<'_>,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<Signed, SignError> {
        stack::leaving_no_stack(move || {
            if !canon::is_token(input.service) {
                return Err(SignError::BadScope { part: "service" });
            }
            let timestamp = canon::unix_seconds(now)?;
            let mut outgoing = Outgoing::of(input, &AUTHORIZATION)?;
            check_form(input, &outgoing)?;

            let mut string_to_sign = String::with_capacity(USUAL_STRING_TO_SIGN);
            string_to_sign.extend([ALGORITHM, "\n"]);
            let seconds = append(&mut string_to_sign, |text| {
                write!(text, "{timestamp}").map_err(|_| SignError::BadTime)
            })?;
            outgoing.set("x-tc-timestamp", part(&string_to_sign, &seconds))?;
            if let Some(token) = credentials.token() {
                outgoing.set_sensitive("x-tc-token", token.expose_secret())?;
            }
            string_to_sign.push('\n');
            let scope = append(&mut string_to_sign, |text| {
                canon::append_utc_day(timestamp, text)?;
                text.extend(["/", input.service, "/", TERMINATOR]);
                Ok(())
            })?;
            let secret = canon::secret_of(credentials)?;
            let key = part(&string_to_sign, &scope);
            let key = credentials
                .day_key()
                .key_for(key, || derive(secret, key, input.service))?;

            let CanonicalRequest {
                text: canonical_request,
                signed_headers,
            } = canonical_request(input, &outgoing)?;
            string_to_sign.push('\n');
            canon::append_sha256(canonical_request.as_bytes(), &mut string_to_sign);
            let signature = canon::hex(&*canon::hmac_sha256(
                &*key.signing,
                string_to_sign.as_bytes(),
            )?);
            let authorization = [
                ALGORITHM,
                " Credential=",
                credentials.id(),
                "/",
                part(&string_to_sign, &scope),
                ", SignedHeaders=",
                part(&canonical_request, &signed_headers),
                ", Signature=",
                &signature,
            ];
            outgoing.set_signature("authorization", authorization.concat())?;
            Ok(Signed {
                headers: outgoing.into_added(),
                query: None,
                body: None,
                canonical_request,
                string_to_sign,
                signature,
                derived_keys: Arc::clone(&key.fingerprints),
            })
        })
    }
}

/// Bytes of a string to sign for a service of a usual name. It grows for a longer one.
const USUAL_STRING_TO_SIGN: usize = 160;

/// Bytes of a canonical request with the usual headers and no query. It grows for a longer one.
const USUAL_CANONICAL_REQUEST: usize = 256;

/// Appends to a text, and says where that stands.
fn append(
    text: &mut String,
    write: impl FnOnce(&mut String) -> Result<(), SignError>,
) -> Result<Range<usize>, SignError> {
    let start = text.len();
    write(text)?;
    Ok(start..text.len())
}

/// What stands in a range that [`append`] gave.
fn part<'t>(text: &'t str, range: &Range<usize>) -> &'t str {
    text.get(range.clone()).unwrap_or_default()
}

/// Method, content type and length: what the service would refuse whatever the signature.
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

struct CanonicalRequest {
    text: String,
    /// Where in it the list of signed headers stands.
    signed_headers: Range<usize>,
}

fn canonical_request(
    input: &SigningInput<'_>,
    outgoing: &Outgoing<'_>,
) -> Result<CanonicalRequest, SignError> {
    let names = match input.signed_headers {
        SignedHeaders::Usual => USUAL,
        SignedHeaders::Named(names) => names,
    };
    outgoing::check_named(names, USUAL)?;
    // The documentation lower-cases every value, the SDKs none. They agree where the value is lower case to
    // begin with; a multipart boundary may not be, and is signed as it is sent.
    let lower_cased = |name: &str| !USUAL.iter().any(|usual| usual.eq_ignore_ascii_case(name));
    // The path of a version 3 request is always `/`.
    let mut text = String::with_capacity(USUAL_CANONICAL_REQUEST);
    text.extend([input.method.as_str(), "\n/\n", input.query, "\n"]);
    outgoing.append_canonical(names, lower_cased, &mut text)?;
    // The header block ends in a line feed of its own, which leaves a blank line before the list of names.
    text.push('\n');
    let signed_headers = append(&mut text, |text| {
        outgoing::append_names(names, text);
        Ok(())
    })?;
    text.push('\n');
    if !outgoing.has(CONTENT_SHA256) {
        canon::append_payload(input.payload, &mut text);
    } else if outgoing.single(CONTENT_SHA256)? == UNSIGNED_PAYLOAD {
        // The hash of the word, by every SDK that can send it; not the word.
        canon::append_sha256(UNSIGNED_PAYLOAD.as_bytes(), &mut text);
    } else {
        return Err(SignError::BadContentHash {
            name: CONTENT_SHA256.to_owned(),
        });
    }
    Ok(CanonicalRequest {
        text,
        signed_headers,
    })
}

/// The signing key for a scope, which begins with the day.
fn derive(secret: &str, scope: &str, service: &str) -> Result<DayKey, SignError> {
    let (day, _) = scope.split_once('/').ok_or(SignError::BadTime)?;
    let mut prefixed = Zeroizing::new(Vec::with_capacity(secret.len().saturating_add(3)));
    prefixed.extend_from_slice(b"TC3");
    prefixed.extend_from_slice(secret.as_bytes());
    let date = canon::hmac_sha256(&prefixed, day.as_bytes())?;
    let service = canon::hmac_sha256(&*date, service.as_bytes())?;
    let signing = canon::hmac_sha256(&*service, TERMINATOR.as_bytes())?;
    Ok(DayKey {
        fingerprints: Arc::new([
            ("secret-date", canon::sha256_hex(&*date)),
            ("secret-service", canon::sha256_hex(&*service)),
            ("secret-signing", canon::sha256_hex(&*signing)),
        ]),
        signing,
    })
}
