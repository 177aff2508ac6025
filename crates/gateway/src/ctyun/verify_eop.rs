//! Checking an EOP signature, as the gateway does.
//!
//! Source: the page "网关EOP签名说明" for the string to sign, the chain of keys and the fifteen minutes. **`eop-date`
//! is Beijing time**, UTC+8, although its `Z` looks like UTC. Method and path are not signed. The page asks for unique
//! request ids and does not say that a repeated one is refused, so here it is not.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::DateTime;
use jiff::tz::{self, TimeZone};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::errors::{self, ServiceError};
use crate::SignedRequest;
use crate::signing::{self, Impossible, hmac_sha256};

/// How far `eop-date` may lie from the server's time, in both directions.
const WINDOW: Duration = Duration::from_secs(15 * 60);

const REQUEST_ID: &str = "ctyun-eop-request-id";
const DATE: &str = "eop-date";

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
    for name in [REQUEST_ID, DATE] {
        request
            .header(name)
            .ok_or_else(|| errors::missing_header(name))?;
    }
    let date = request.header(DATE).unwrap_or_default();
    let signed_at = beijing_time(date)
        .ok_or_else(|| errors::signature_failure("eop-date must be yyyyMMddTHHmmssZ"))?;
    let authorization = request
        .header("eop-authorization")
        .ok_or_else(|| errors::missing_header("Eop-Authorization"))?;
    let authorization = Authorization::parse(authorization)?;

    if authorization.access_key != access_key {
        return Err(errors::unknown_key("the access key is not known here"));
    }
    let key = signing_key(secret_key, access_key, date).map_err(|_| errors::internal())?;
    let headers = canonical_headers(request, &authorization.signed_headers)?;
    let body = signing::hex_sha256(request.body);
    let mut matches = false;
    for query in [request.query.to_owned(), sorted(request.query)] {
        let to_sign = format!("{headers}\n{query}\n{body}");
        let code = hmac_sha256(&key, to_sign.as_bytes()).map_err(|_| errors::internal())?;
        matches |= signing::same(&code, &authorization.signature);
    }
    if !matches {
        return Err(errors::signature_failure("it does not match the request"));
    }
    if signing::distance(now, signed_at) > WINDOW {
        return Err(errors::signature_failure("eop-date is too old"));
    }
    let signed_headers = authorization.signed_headers.iter();
    Ok(Verified {
        signed_headers: signed_headers.map(|name| (*name).to_owned()).collect(),
    })
}

/// Whether the app key is the one that is known, where one is.
pub(super) fn check_app_key(known: Option<&SecretString>, sent: &str) -> Result<(), ServiceError> {
    let fits =
        known.is_none_or(|known| signing::same(known.expose_secret().as_bytes(), sent.as_bytes()));
    fits.then_some(())
        .ok_or_else(|| errors::unknown_key("the app key is not known here"))
}

/// `AK Headers=a;b Signature=BASE64`
struct Authorization<'a> {
    access_key: &'a str,
    signed_headers: Vec<&'a str>,
    signature: Vec<u8>,
}

impl<'a> Authorization<'a> {
    fn parse(text: &'a str) -> Result<Self, ServiceError> {
        let mut parts = text.split(' ');
        let (Some(access_key), Some(headers), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(errors::signature_failure(
                "Eop-Authorization must have three parts with one blank between them",
            ));
        };
        let (Some(headers), Some(signature)) = (
            headers.strip_prefix("Headers="),
            signature.strip_prefix("Signature="),
        ) else {
            return Err(errors::signature_failure(
                "Headers= and Signature= are needed, in this order",
            ));
        };
        let signed_headers = signing::header_names(headers)
            .ok_or_else(|| errors::signature_failure("Headers must be in ascending order"))?;
        if [REQUEST_ID, DATE]
            .iter()
            .any(|name| !signed_headers.contains(name))
        {
            return Err(errors::signature_failure(
                "ctyun-eop-request-id and eop-date must be signed",
            ));
        }
        let signature = STANDARD
            .decode(signature)
            .map_err(|_| errors::signature_failure("Signature must be Base64"))?;
        Ok(Authorization {
            access_key,
            signed_headers,
            signature,
        })
    }
}

/// Each line ends in a line feed of its own, so that a blank line follows them.
fn canonical_headers(request: &SignedRequest<'_>, names: &[&str]) -> Result<String, ServiceError> {
    let lines = names.iter().map(|name| {
        let value = request
            .header(name)
            .ok_or_else(|| errors::signature_failure("a signed header is not in the request"))?;
        Ok(format!("{name}:{value}\n"))
    });
    lines.collect()
}

/// The vendor's samples sort the pairs before they sign them, and send them as they were.
fn sorted(query: &str) -> String {
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort_unstable();
    pairs.join("&")
}

/// `HMAC(HMAC(HMAC(SK, eop-date), AK), first eight of eop-date)`
fn signing_key(
    secret_key: &SecretString,
    access_key: &str,
    date: &str,
) -> Result<Zeroizing<Vec<u8>>, Impossible> {
    let day = date.get(..8).ok_or(Impossible)?;
    let time = hmac_sha256(secret_key.expose_secret().as_bytes(), date.as_bytes())?;
    let access = hmac_sha256(&time, access_key.as_bytes())?;
    hmac_sha256(&access, day.as_bytes())
}

fn beijing_time(text: &str) -> Option<SystemTime> {
    // The parser is lenient about digits and padding; the form is not.
    if text.len() != "yyyyMMddTHHmmssZ".len() {
        return None;
    }
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    let beijing = TimeZone::fixed(tz::offset(8));
    Some(time.to_zoned(beijing).ok()?.timestamp().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    // The container team's own unit test. Its string has no blank lines, so it proves the chain of keys alone.
    #[test]
    fn the_chain_of_keys_is_the_published_one() {
        let key = signing_key(&"2".into(), "1", "20220525T160752Z").unwrap();
        assert_eq!(
            base16ct::lower::encode_string(&key),
            "b34aa001429b4f9ffe8fb632c88cb0e9b50778c2ecc01cf2bb8fbba24edfd1c4"
        );
        let to_sign = format!(
            "ctyun-eop-request-id:27cfe4dc-e640-45f6-92ca-492ca73e8680\neop-date:20220525T160752Z\n{}",
            signing::hex_sha256(b"")
        );
        let code = hmac_sha256(&key, to_sign.as_bytes()).unwrap();
        assert_eq!(
            STANDARD.encode(&*code),
            "tHLSPg5bu8+UmVId4JFHq0Fr6VpfDIY9zkBPaW1yPzM="
        );
    }

    #[test]
    fn dates_are_beijing_time() {
        let at = |text| {
            let since = beijing_time(text)?.duration_since(SystemTime::UNIX_EPOCH);
            Some(since.unwrap().as_secs())
        };
        assert_eq!(at("20240102T110405Z"), Some(1_704_164_645));
        assert_eq!(at("20240102T000000Z"), Some(1_704_124_800));
        for bad in [
            "20240102T110405",
            "2024-01-02T11:04",
            "20241302T110405Z",
            "",
        ] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }
}
