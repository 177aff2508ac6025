//! Checking a TC3-HMAC-SHA256 signature, as the service does.
//!
//! Source: "签名方法 v3" (cloud.tencent.com/document/product/866/33519) for the canonical request, the scope and the
//! derived keys; the five-minute window from the error code `AuthFailure.SignatureExpire`.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::errors::{self, ServiceError};
use crate::{SignedRequest, signing};

/// How far the signing time may lie from the server's, in both directions.
pub(super) const WINDOW: Duration = Duration::from_secs(5 * 60);

const ALGORITHM: &str = "TC3-HMAC-SHA256";

/// The value of X-TC-Content-SHA256 that leaves the body out of the signature; it is hashed in the body's place.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The facts from a valid signature.
#[derive(Debug, PartialEq, Eq)]
pub struct Verified {
    /// The service in the credential scope, such as `ocr`.
    pub service: String,
}

/// Checks the request's signature with the known key, and that its timestamp is within five minutes of `now`.
pub fn verify(
    request: &SignedRequest<'_>,
    secret_id: &str,
    secret_key: &SecretString,
    now: SystemTime,
) -> Result<Verified, ServiceError> {
    let stamp = required(request, "X-TC-Timestamp")?;
    let signed_at = parse_timestamp("X-TC-Timestamp", stamp)?;
    let authorization = request
        .header("Authorization")
        .ok_or_else(|| errors::invalid_authorization("Authorization is missing."))?;
    let authorization = Authorization::parse(authorization)?;
    if request.method == "POST" && !request.query.is_empty() {
        // The pages fix the canonical query of a POST to the empty text, so no signature over another one matches.
        return Err(errors::signature_of_a_query());
    }

    if authorization.secret_id != secret_id {
        return Err(errors::secret_id_not_found());
    }
    if authorization.date != utc_date(signed_at) {
        return Err(errors::signature_failure());
    }
    let key = signing_key(secret_key, authorization.date, authorization.service)?;
    let payload = payload_hash(request);
    let mut matches = false;
    for host in [Host::AsSent, Host::WithoutPort] {
        for values in [Values::AsSent, Values::LowerCased] {
            let reading = Reading { values, host };
            let canonical =
                canonical_request(request, &authorization.signed_headers, &payload, reading)?;
            let to_sign = string_to_sign(&authorization, stamp, &canonical);
            let code = hmac(&key, &to_sign)?;
            matches |= signing::same(&code, &authorization.signature);
        }
    }
    if !matches {
        return Err(errors::signature_failure());
    }
    if signing::distance(now, signed_at.into()) > WINDOW {
        return Err(errors::signature_expired());
    }
    let service = authorization.service.to_owned();
    Ok(Verified { service })
}

/// A header that must be there.
pub(super) fn required<'a>(
    request: &SignedRequest<'a>,
    name: &'static str,
) -> Result<&'a str, ServiceError> {
    request
        .header(name)
        .ok_or_else(|| errors::missing_parameter(name))
}

/// `TC3-HMAC-SHA256 Credential=ID/DATE/SERVICE/tc3_request, SignedHeaders=a;b, Signature=HEX`
struct Authorization<'a> {
    secret_id: &'a str,
    date: &'a str,
    service: &'a str,
    signed_headers: Vec<&'a str>,
    signature: [u8; 32],
}

impl<'a> Authorization<'a> {
    fn parse(text: &'a str) -> Result<Self, ServiceError> {
        let parts = text
            .strip_prefix(ALGORITHM)
            .and_then(|rest| rest.strip_prefix(' '))
            .ok_or_else(|| {
                errors::invalid_authorization("The algorithm must be TC3-HMAC-SHA256.")
            })?;
        let mut parts = parts.split(',').map(str::trim);
        let mut part = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
        let (Some(credential), Some(signed_headers), Some(signature)) =
            (part("Credential"), part("SignedHeaders"), part("Signature"))
        else {
            let what = "Credential, SignedHeaders and Signature are needed, in this order.";
            return Err(errors::invalid_authorization(what));
        };
        if parts.next().is_some() {
            return Err(errors::invalid_authorization(
                "There is more than the three parts.",
            ));
        }

        let mut scope = credential.split('/');
        let (Some(secret_id), Some(date), Some(service), Some("tc3_request"), None) = (
            scope.next(),
            scope.next(),
            scope.next(),
            scope.next(),
            scope.next(),
        ) else {
            let what = "Credential must be SecretId/date/service/tc3_request.";
            return Err(errors::invalid_authorization(what));
        };
        let signed_headers = parse_signed_headers(signed_headers)?;
        let signature = signing::decode_hex(signature).ok_or_else(|| {
            errors::invalid_authorization("Signature must be 64 lower-case hex digits.")
        })?;
        Ok(Authorization {
            secret_id,
            date,
            service,
            signed_headers,
            signature,
        })
    }
}

/// Lower-case names in ascending order, each once, with the two that are mandatory.
fn parse_signed_headers(text: &str) -> Result<Vec<&str>, ServiceError> {
    let names = signing::header_names(text).ok_or_else(|| {
        let what = "SignedHeaders must be lower-case names in ascending order.";
        errors::invalid_authorization(what)
    })?;
    if !names.contains(&"content-type") || !names.contains(&"host") {
        let what = "SignedHeaders must name content-type and host.";
        return Err(errors::invalid_authorization(what));
    }
    Ok(names)
}

/// How the signer may have read its own headers. Which one it was cannot be told from the request.
#[derive(Clone, Copy)]
struct Reading {
    values: Values,
    host: Host,
}

/// The pages lower-case header values before signing; the vendor's SDKs sign Content-Type and Host as they send them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    AsSent,
    LowerCased,
}

/// The vendor's Node.js SDK signs the host without the port it sends, which shows at other ports than 443 only.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Host {
    AsSent,
    WithoutPort,
}

impl Reading {
    fn of<'a>(self, name: &str, value: &'a str) -> Cow<'a, str> {
        let value = match value.rsplit_once(':') {
            Some((host, _)) if name == "host" && self.host == Host::WithoutPort => host,
            _ => value,
        };
        let verbatim = matches!(name, "content-type" | "host");
        if verbatim && self.values == Values::AsSent {
            Cow::Borrowed(value)
        } else {
            Cow::Owned(value.to_ascii_lowercase())
        }
    }
}

fn string_to_sign(authorization: &Authorization<'_>, stamp: &str, canonical: &str) -> String {
    let Authorization { date, service, .. } = authorization;
    let hashed = signing::hex_sha256(canonical.as_bytes());
    format!("{ALGORITHM}\n{stamp}\n{date}/{service}/tc3_request\n{hashed}")
}

fn canonical_request(
    request: &SignedRequest<'_>,
    signed_headers: &[&str],
    payload: &str,
    reading: Reading,
) -> Result<String, ServiceError> {
    let mut headers = String::new();
    for name in signed_headers {
        let value = request.header(name).ok_or_else(|| {
            errors::invalid_authorization("A signed header is not in the request.")
        })?;
        headers.push_str(name);
        headers.push(':');
        headers.push_str(&reading.of(name, value));
        headers.push('\n');
    }
    let (method, query, names) = (request.method, request.query, signed_headers.join(";"));
    Ok(format!(
        "{method}\n/\n{query}\n{headers}\n{names}\n{payload}"
    ))
}

fn payload_hash(request: &SignedRequest<'_>) -> String {
    match request.header("X-TC-Content-SHA256") {
        Some(UNSIGNED_PAYLOAD) => signing::hex_sha256(UNSIGNED_PAYLOAD.as_bytes()),
        _ => signing::hex_sha256(request.body),
    }
}

fn signing_key(
    secret_key: &SecretString,
    date: &str,
    service: &str,
) -> Result<Zeroizing<Vec<u8>>, ServiceError> {
    let start = Zeroizing::new(format!("TC3{}", secret_key.expose_secret()));
    let mut key = hmac(start.as_bytes(), date)?;
    for step in [service, "tc3_request"] {
        key = hmac(&key, step)?;
    }
    Ok(key)
}

fn hmac(key: &[u8], text: &str) -> Result<Zeroizing<Vec<u8>>, ServiceError> {
    signing::hmac_sha256(key, text.as_bytes()).map_err(|_| errors::internal())
}

/// Unix seconds in decimal digits; `name` is for the refusal.
pub(super) fn parse_timestamp(name: &str, text: &str) -> Result<Timestamp, ServiceError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse::<i64>().ok().filter(|_| digits);
    seconds
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .ok_or_else(|| errors::wrong_type(name, "Unix seconds in decimal digits"))
}

fn utc_date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}
