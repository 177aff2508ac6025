//! EOP, the signature of Ctyun's gateway.
//!
//! ```text
//! string to sign = headers LF query LF hex(SHA256(body))
//! ktime = HMAC(SK, eop-date)   kAk = HMAC(ktime, AK)   kdate = HMAC(kAk, first 8 of eop-date)
//! signature = base64(HMAC(kdate, string to sign))      every HMAC over SHA-256, on raw bytes
//! ```
//!
//! The header block ends in its own line feed, so a blank line follows it. Source: the gateway's page
//! "网关EOP签名说明"; the AI gateway's page for the `appkey`. **`eop-date` is Beijing time**, UTC+8 on every host: its
//! `T` and `Z` are literal letters, not a time zone.
//!
//! Method, path and host are not in the string to sign; `host` is included only if it is one of the signed headers. The
//! page does not say how the gateway reads a query with repeated names, spaces or `+`. Therefore the query is rewritten
//! uniformly (sorted by name, RFC 3986) and must be sent as signed: [`Signed::query`].

use std::time::SystemTime;

use http::header::HeaderName;
use jiff::tz::{self, TimeZone};
use secrecy::ExposeSecret;

use crate::credential::Credentials;
use crate::sign::canon::{self, DerivedKey};
use crate::sign::outgoing::{self, Outgoing};
use crate::sign::query::{self, Plus};
use crate::sign::{Scheme, SignError, Signed, SigningInput};

static AUTHORIZATION: HeaderName = HeaderName::from_static("eop-authorization");
const APP_KEY: &str = "appkey";
pub(super) const REQUEST_ID: &str = "ctyun-eop-request-id";
const DATE: &str = "eop-date";

/// The headers that the gateway requires to be signed.
const MANDATORY: &[&str] = &[REQUEST_ID, DATE];

/// The default signed headers of a request with an app key, as the AI gateway requires.
pub(super) const WITH_APP_KEY: &[&str] = &[APP_KEY, REQUEST_ID, DATE];

/// `ctyun-eop`.
///
/// The request must have the header `ctyun-eop-request-id` (a new UUID for each request), because signing draws no
/// randomness. The signature adds `eop-date`, and `appkey` if the credentials have one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Eop;

impl Scheme for Eop {
    fn name(&self) -> &'static str {
        "ctyun-eop"
    }

    fn stages(
        &self,
        input: &SigningInput<'_>,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<Signed, SignError> {
        let date = beijing_time(canon::unix_seconds(now)?)?;
        let mut outgoing = Outgoing::of(input, &AUTHORIZATION)?;
        outgoing.set(DATE, &date)?;
        if let Some(app_key) = credentials.app_key() {
            outgoing.set_sensitive(APP_KEY, app_key.expose_secret())?;
        }
        if outgoing.single(REQUEST_ID)?.is_empty() {
            return Err(SignError::MissingHeader {
                name: REQUEST_ID.to_owned(),
            });
        }
        let keys = derive(canon::secret_of(credentials)?, credentials.id(), &date)?;

        let names = match input.signed_headers {
            None if outgoing.has(APP_KEY) => WITH_APP_KEY,
            None => MANDATORY,
            Some(names) => names,
        };
        outgoing::check_named(names, MANDATORY)?;
        let (headers, signed_headers) = outgoing.canonical(names, |_| false)?;
        let query = sorted_query(input.query)?;
        let payload = canon::payload_hex(input.payload);
        let string_to_sign = format!("{headers}\n{query}\n{payload}");
        let signature = sign(&keys, &string_to_sign)?;

        let authorization = format!(
            "{} Headers={signed_headers} Signature={signature}",
            credentials.id()
        );
        outgoing.set_signature("eop-authorization", authorization)?;
        Ok(Signed {
            headers: outgoing.into_added(),
            query: Some(query),
            body: None,
            canonical_request: string_to_sign.clone(),
            string_to_sign,
            signature,
            derived_keys: vec![
                ("ktime", canon::sha256_hex(&*keys.time)),
                ("kak", canon::sha256_hex(&*keys.access)),
                ("kdate", canon::sha256_hex(&*keys.date)),
            ],
        })
    }
}

/// `yyyyMMdd'T'HHmmss'Z'` at UTC+8.
fn beijing_time(seconds: i64) -> Result<String, SignError> {
    canon::time_text(seconds, TimeZone::fixed(tz::offset(8)), "%Y%m%dT%H%M%SZ")
}

/// The query to sign and send: sorted by name, repeated names in the given order.
fn sorted_query(text: &str) -> Result<String, SignError> {
    let mut pairs = query::parse(text, Plus::Itself)?;
    pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(query::write(
        pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())),
    ))
}

struct Keys {
    time: DerivedKey,
    access: DerivedKey,
    date: DerivedKey,
}

fn derive(secret: &str, id: &str, date: &str) -> Result<Keys, SignError> {
    let day = date.get(..8).ok_or(SignError::BadTime)?;
    let time = canon::hmac_sha256(secret.as_bytes(), date.as_bytes())?;
    let access = canon::hmac_sha256(&*time, id.as_bytes())?;
    let date = canon::hmac_sha256(&*access, day.as_bytes())?;
    Ok(Keys { time, access, date })
}

fn sign(keys: &Keys, string_to_sign: &str) -> Result<String, SignError> {
    let signature = canon::hmac_sha256(&*keys.date, string_to_sign.as_bytes())?;
    Ok(canon::base64(&*signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The container team's own unit test. Its string has no blank lines, so it proves the chain of keys alone.
    #[test]
    fn the_chain_of_keys_is_the_published_one() {
        let keys = derive("2", "1", "20220525T160752Z").unwrap();
        assert_eq!(
            canon::hex(&*keys.time),
            "b0bbbf21676b8540bd368328e3014ab8ea892960a1fd55a906b0132d62ec6566"
        );
        assert_eq!(
            canon::hex(&*keys.access),
            "a34df5c9bb237bf1ce6838e1873e7821b005f07b37cc691207667ef3e08cb9cc"
        );
        assert_eq!(
            canon::hex(&*keys.date),
            "b34aa001429b4f9ffe8fb632c88cb0e9b50778c2ecc01cf2bb8fbba24edfd1c4"
        );
        let text = format!(
            "ctyun-eop-request-id:27cfe4dc-e640-45f6-92ca-492ca73e8680\neop-date:20220525T160752Z\n{}",
            canon::sha256_hex(b"")
        );
        assert_eq!(
            sign(&keys, &text).unwrap(),
            "tHLSPg5bu8+UmVId4JFHq0Fr6VpfDIY9zkBPaW1yPzM="
        );
    }

    #[test]
    fn the_date_is_that_of_beijing() {
        // 2024-01-16T08:00:00Z, and the second before and at midnight in Beijing.
        for (seconds, date) in [
            (1_705_392_000, "20240116T160000Z"),
            (1_705_420_799, "20240116T235959Z"),
            (1_705_420_800, "20240117T000000Z"),
        ] {
            assert_eq!(beijing_time(seconds).unwrap(), date);
        }
    }

    #[test]
    fn the_query_is_sorted_by_name_alone() {
        assert_eq!(sorted_query("b=2&a=9&a=1&B").unwrap(), "B=&a=9&a=1&b=2");
        assert_eq!(sorted_query("").unwrap(), "");
    }
}
