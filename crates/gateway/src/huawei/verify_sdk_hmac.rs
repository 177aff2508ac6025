//! Checking SDK-HMAC-SHA256, SDK-HMAC-SM3 and V11-HMAC-SHA256 signatures, as the API gateway does.
//!
//! Source: the signing guide (support.huaweicloud.com/devg-apisign/api-sign-algorithm-001.html) for the first; the
//! official SDKs for the other two, which differ in the hash and in how the key is made.

use std::time::{Duration, SystemTime};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::errors::{self, ServiceError};
use crate::SignedRequest;
use crate::signing::{self, Hmacs, Impossible};

/// How far X-Sdk-Date may lie from the server's time, in both directions.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// Stands in the place of the body's hash where the body is not signed.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// One line a scheme.
struct Scheme {
    name: &'static str,
    hash: fn(&[u8]) -> String,
    hmac: Hmacs,
    /// The header whose value replaces the body's hash.
    content: &'static str,
    key: Key,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// The secret key as it is; `Access=AK`.
    Secret,
    /// Derived for a day, a region and a service; `Credential=AK/date/region/service`.
    Derived,
}

static SCHEMES: &[Scheme] = &[
    Scheme {
        name: "SDK-HMAC-SHA256",
        hash: signing::hex_sha256,
        hmac: signing::hmac_sha256,
        content: "x-sdk-content-sha256",
        key: Key::Secret,
    },
    Scheme {
        name: "SDK-HMAC-SM3",
        hash: signing::hex_sm3,
        hmac: signing::hmac_sm3,
        content: "x-sdk-content-sm3",
        key: Key::Secret,
    },
    Scheme {
        name: "V11-HMAC-SHA256",
        hash: signing::hex_sha256,
        hmac: signing::hmac_sha256,
        content: "x-sdk-content-sha256",
        key: Key::Derived,
    },
];

/// Whether an Authorization header is of one of these schemes, or of one that is named like them.
pub(super) fn is_a_scheme(authorization: &[u8]) -> bool {
    authorization.starts_with(b"SDK-") || authorization.starts_with(b"V11-")
}

/// The facts from a valid signature.
#[derive(Debug, PartialEq, Eq)]
pub struct Verified {
    /// The headers it covers, in lower case.
    pub signed_headers: Vec<String>,
}

/// Checks the request's signature with the known key, and that its date is within fifteen minutes of `now`.
pub fn verify(
    request: &SignedRequest<'_>,
    access_key: &str,
    secret_key: &SecretString,
    now: SystemTime,
) -> Result<Verified, ServiceError> {
    let authorization = request
        .header("authorization")
        .ok_or_else(|| errors::bad_signature("Authorization is missing"))?;
    let authorization = Authorization::parse(authorization)?;
    let date = request
        .header("x-sdk-date")
        .ok_or_else(|| errors::bad_signature("X-Sdk-Date is missing"))?;
    let signed_at = utc_time(date)
        .ok_or_else(|| errors::bad_signature("X-Sdk-Date must be YYYYMMDDTHHMMSSZ"))?;

    if authorization.access_key != access_key {
        return Err(errors::bad_signature("the access key is not known here"));
    }
    if let Some(scope) = authorization.scope {
        let day = scope.split('/').next();
        if day != date.get(..8) {
            return Err(errors::bad_signature("the scope is another day's"));
        }
    }
    let scheme = authorization.scheme;
    let key = signing_key(scheme, access_key, secret_key, authorization.scope)
        .map_err(|_| errors::internal())?;
    let mut matches = false;
    for payload in payloads(scheme, request)? {
        for (port, order) in READINGS {
            let names = &authorization.signed_headers;
            let canonical = canonical_request(request, names, &payload, port, order)?;
            let to_sign = string_to_sign(&authorization, date, &canonical);
            let code = (scheme.hmac)(&key, to_sign.as_bytes()).map_err(|_| errors::internal())?;
            matches |= signing::same(&code, &authorization.signature);
        }
    }
    if !matches {
        return Err(errors::bad_signature("verify aksk signature fail"));
    }
    if signing::distance(now, signed_at) > WINDOW {
        return Err(errors::bad_signature("x-sdk-date is too old"));
    }
    let signed_headers = authorization.signed_headers.iter();
    Ok(Verified {
        signed_headers: signed_headers.map(|name| (*name).to_owned()).collect(),
    })
}

/// `SCHEME Access=AK, SignedHeaders=a;b, Signature=HEX`; with a derived key `Credential=AK/date/region/service`.
struct Authorization<'a> {
    scheme: &'static Scheme,
    access_key: &'a str,
    /// `date/region/service`, for a derived key only.
    scope: Option<&'a str>,
    signed_headers: Vec<&'a str>,
    signature: [u8; 32],
}

impl<'a> Authorization<'a> {
    fn parse(text: &'a str) -> Result<Self, ServiceError> {
        let (name, parts) = text.split_once(' ').unwrap_or_default();
        let scheme = SCHEMES
            .iter()
            .find(|scheme| scheme.name == name)
            .ok_or_else(|| errors::bad_signature("the algorithm is not known"))?;
        let who = match scheme.key {
            Key::Secret => "Access",
            Key::Derived => "Credential",
        };
        let mut parts = parts.split(',').map(str::trim);
        let mut part = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
        let (Some(who), Some(names), Some(signature)) =
            (part(who), part("SignedHeaders"), part("Signature"))
        else {
            return Err(errors::bad_signature("Authorization lacks a part"));
        };
        if parts.next().is_some() {
            return Err(errors::bad_signature(
                "Authorization has more than its parts",
            ));
        }
        let (access_key, scope) = match scheme.key {
            Key::Secret => (who, None),
            Key::Derived => {
                let (access_key, scope) = who.split_once('/').unwrap_or_default();
                let three = scope.split('/').filter(|part| !part.is_empty()).count() == 3;
                if !three || scope.split('/').count() != 3 {
                    return Err(errors::bad_signature(
                        "Credential must be AK/date/region/service",
                    ));
                }
                (access_key, Some(scope))
            }
        };
        let signed_headers = signing::header_names(names)
            .ok_or_else(|| errors::bad_signature("SignedHeaders must be in ascending order"))?;
        if !signed_headers.contains(&"x-sdk-date") {
            return Err(errors::bad_signature("X-Sdk-Date must be signed"));
        }
        let signature = signing::decode_hex(signature)
            .ok_or_else(|| errors::bad_signature("Signature must be 64 lower-case hex digits"))?;
        Ok(Authorization {
            scheme,
            access_key,
            scope,
            signed_headers,
            signature,
        })
    }
}

/// What may stand in the place of the body's hash.
///
/// The header, where it is sent, replaces the hash; the Python SDK takes the hash of an empty body all the same.
fn payloads(scheme: &Scheme, request: &SignedRequest<'_>) -> Result<Vec<String>, ServiceError> {
    let own = (scheme.hash)(request.body);
    match request.header(scheme.content) {
        None => Ok(vec![own]),
        Some(sent) if sent == own => Ok(vec![own]),
        Some(UNSIGNED_PAYLOAD) if request.body.is_empty() => {
            Ok(vec![UNSIGNED_PAYLOAD.to_owned(), own])
        }
        Some(UNSIGNED_PAYLOAD) => Ok(vec![UNSIGNED_PAYLOAD.to_owned()]),
        Some(_) => Err(errors::bad_signature(
            "the body is not the one that was hashed",
        )),
    }
}

/// The guide drops a scheme's default port from the host, which a client may have sent all the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Port {
    AsSent,
    Dropped,
}

/// The guide encodes the query before it sorts it, the official SDKs after. That differs where a name or a value
/// must be encoded, so both are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Encoded,
    Decoded,
}

/// What clients do differently, and a service must put up with.
const READINGS: [(Port, Order); 4] = [
    (Port::AsSent, Order::Encoded),
    (Port::AsSent, Order::Decoded),
    (Port::Dropped, Order::Encoded),
    (Port::Dropped, Order::Decoded),
];

fn canonical_request(
    request: &SignedRequest<'_>,
    names: &[&str],
    payload: &str,
    port: Port,
    order: Order,
) -> Result<String, ServiceError> {
    let mut headers = String::new();
    for name in names {
        let value = request
            .header(name)
            .ok_or_else(|| errors::bad_signature("a signed header is not in the request"))?;
        let value = match (*name, port) {
            ("host", Port::Dropped) => value
                .strip_suffix(":443")
                .or_else(|| value.strip_suffix(":80"))
                .unwrap_or(value),
            _ => value,
        };
        headers.push_str(&format!("{name}:{value}\n"));
    }
    let (method, path, query) = (
        request.method,
        canonical_path(request.path)?,
        canonical_query(request.query, order)?,
    );
    let names = names.join(";");
    Ok(format!(
        "{method}\n{path}\n{query}\n{headers}\n{names}\n{payload}"
    ))
}

/// Every segment percent-coded in the one way, with a slash at the end whether or not one was sent.
fn canonical_path(path: &str) -> Result<String, ServiceError> {
    let segments: Result<Vec<String>, ServiceError> = path
        .split('/')
        .map(|segment| {
            recode(segment).ok_or_else(|| errors::bad_parameter("The path is not UTF-8."))
        })
        .collect();
    let mut path = segments?.join("/");
    if !path.ends_with('/') {
        path.push('/');
    }
    Ok(path)
}

/// Pairs percent-coded in the one way, in the order of names and then of values, each with its equals sign.
fn canonical_query(query: &str, order: Order) -> Result<String, ServiceError> {
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let pair = decode(name).zip(decode(value));
        pairs.push(pair.ok_or_else(|| errors::bad_parameter("The query is not UTF-8."))?);
    }
    let encode = |(name, value): &(String, String)| {
        (
            signing::percent_encode(name),
            signing::percent_encode(value),
        )
    };
    if order == Order::Decoded {
        pairs.sort();
    }
    let mut pairs: Vec<(String, String)> = pairs.iter().map(encode).collect();
    if order == Order::Encoded {
        pairs.sort();
    }
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    Ok(pairs.collect::<Vec<_>>().join("&"))
}

fn recode(text: &str) -> Option<String> {
    Some(signing::percent_encode(&decode(text)?))
}

fn decode(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

fn string_to_sign(authorization: &Authorization<'_>, date: &str, canonical: &str) -> String {
    let Authorization { scheme, scope, .. } = authorization;
    let hashed = (scheme.hash)(canonical.as_bytes());
    match scope {
        None => format!("{}\n{date}\n{hashed}", scheme.name),
        Some(scope) => format!("{}\n{date}\n{scope}\n{hashed}", scheme.name),
    }
}

/// The secret key, or the hex of HKDF (RFC 5869) over it, salted with the access key, for the scope.
fn signing_key(
    scheme: &Scheme,
    access_key: &str,
    secret_key: &SecretString,
    scope: Option<&str>,
) -> Result<Zeroizing<Vec<u8>>, Impossible> {
    let secret = secret_key.expose_secret().as_bytes();
    let Some(scope) = scope else {
        return Ok(Zeroizing::new(secret.to_vec()));
    };
    let extracted = (scheme.hmac)(access_key.as_bytes(), secret)?;
    // One block is all the key there is.
    let expanded = (scheme.hmac)(&extracted, &[scope.as_bytes(), &[1]].concat())?;
    let hex = base16ct::lower::encode_string(&expanded);
    Ok(Zeroizing::new(hex.into_bytes()))
}

fn utc_time(text: &str) -> Option<SystemTime> {
    // The parser is lenient about digits and padding; the form is not.
    if text.len() != "YYYYMMDDTHHMMSSZ".len() {
        return None;
    }
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_sorted_before_or_after_it_is_encoded() {
        let query = "b=1%202&%E8%BA%AB=x&B&b=0";
        for (order, sorted) in [
            (Order::Encoded, "%E8%BA%AB=x&B=&b=0&b=1%202"),
            (Order::Decoded, "B=&b=0&b=1%202&%E8%BA%AB=x"),
        ] {
            assert_eq!(canonical_query(query, order).unwrap(), sorted);
        }
        assert!(canonical_query("a=%ff", Order::Encoded).is_err());
    }
}
