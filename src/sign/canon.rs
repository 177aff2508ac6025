//! Pure helper functions of the signature schemes: hashes, HMAC, and times as text.

#[cfg(all(test, not(miri)))]
mod known_sets;

use std::time::{SystemTime, UNIX_EPOCH};

use base64ct::{Base64, Encoding};
use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use secrecy::ExposeSecret;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use sm3::Sm3;
use zeroize::Zeroizing;

use crate::credential::Credentials;
use crate::sign::{Payload, SignError};

/// A derived key; wiped on drop.
pub(crate) type DerivedKey = Zeroizing<[u8; 32]>;

/// Lower-case hex in constant time, because a derived key is used in hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

/// Base64 with padding (RFC 4648, 4), in constant time.
pub(crate) fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// SHA-256 (FIPS 180-4).
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hex of SHA-256.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&sha256(bytes))
}

/// Lower-case hex of SM3 (GB/T 32905).
pub(crate) fn sm3_hex(bytes: &[u8]) -> String {
    hex(&Sm3::digest(bytes))
}

/// Lower-case hex of the payload's SHA-256, computed unless it is already known.
pub(crate) fn payload_hex(payload: Payload<'_>) -> String {
    match payload {
        Payload::Bytes(bytes) => sha256_hex(bytes),
        Payload::Sha256(hash) => hex(hash),
    }
}

/// HMAC-SHA256 (RFC 2104). The key may have any length.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> Result<DerivedKey, SignError> {
    let mac = hmac::<Hmac<Sha256>>(key, message)?;
    Ok(Zeroizing::new(mac.into_bytes().into()))
}

/// HMAC-SM3. The key may have any length.
pub(crate) fn hmac_sm3(key: &[u8], message: &[u8]) -> Result<DerivedKey, SignError> {
    let mac = hmac::<Hmac<Sm3>>(key, message)?;
    Ok(Zeroizing::new(mac.into_bytes().into()))
}

/// HMAC-SHA1, for the one old scheme that uses it.
pub(crate) fn hmac_sha1(key: &[u8], message: &[u8]) -> Result<Zeroizing<[u8; 20]>, SignError> {
    let mac = hmac::<Hmac<Sha1>>(key, message)?;
    Ok(Zeroizing::new(mac.into_bytes().into()))
}

fn hmac<M: KeyInit + Mac>(key: &[u8], message: &[u8]) -> Result<CtOutput<M>, SignError> {
    let mac = <M as KeyInit>::new_from_slice(key).map_err(|_| SignError::EmptySecret)?;
    Ok(mac.chain_update(message).finalize())
}

/// The secret key, after checking that it and the id can sign.
pub(crate) fn secret_of(credentials: &Credentials) -> Result<&str, SignError> {
    let id = credentials.id();
    // In `Authorization`, these characters end the id.
    let ends_early = |c: char| !c.is_ascii_graphic() || matches!(c, ',' | '/' | ';' | '=' | '"');
    if id.is_empty() || id.contains(ends_early) {
        return Err(SignError::BadSecretId);
    }
    let secret = credentials.secret().expose_secret();
    if secret.is_empty() {
        return Err(SignError::EmptySecret);
    }
    Ok(secret)
}

/// Letters, digits, `.`, `_`, `-`; at least one. The characters of a service, region, action or key id.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// Rejects a part of the scope that is absent or is not a token. `part` names it in the error.
pub(crate) fn check_scope(part: &'static str, text: &str) -> Result<(), SignError> {
    if text.is_empty() {
        return Err(SignError::MissingScope { part });
    }
    if !is_token(text) {
        return Err(SignError::BadScope { part });
    }
    Ok(())
}

/// Seconds since 1970-01-01T00:00:00Z, up to the year 9999.
pub(crate) fn unix_seconds(now: SystemTime) -> Result<i64, SignError> {
    now.duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .filter(|seconds| Timestamp::from_second(*seconds).is_ok())
        .ok_or(SignError::BadTime)
}

/// The UTC day of a timestamp, `YYYY-MM-DD`.
pub(crate) fn utc_day(seconds: i64) -> Result<String, SignError> {
    time_text(seconds, TimeZone::UTC, "%Y-%m-%d")
}

/// A timestamp as text in a fixed zone, independent of the host's zone.
pub(crate) fn time_text(
    seconds: i64,
    zone: TimeZone,
    format: &'static str,
) -> Result<String, SignError> {
    let time = Timestamp::from_second(seconds).map_err(|_| SignError::BadTime)?;
    Ok(time.to_zoned(zone).strftime(format).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_turn_at_utc_midnight() {
        assert_eq!(utc_day(1_551_139_199).unwrap(), "2019-02-25");
        assert_eq!(utc_day(1_551_139_200).unwrap(), "2019-02-26");
        assert_eq!(utc_day(0).unwrap(), "1970-01-01");
        assert_eq!(utc_day(1_709_164_800).unwrap(), "2024-02-29");
    }

    #[test]
    fn a_time_that_has_no_four_digit_year_is_refused() {
        assert_eq!(utc_day(i64::MAX), Err(SignError::BadTime));
        let before = UNIX_EPOCH - core::time::Duration::from_secs(1);
        assert_eq!(unix_seconds(before), Err(SignError::BadTime));
    }

    #[test]
    fn an_id_that_would_end_early_in_the_header_does_not_sign() {
        for id in ["a,b", "a/b", "a=b", "a;b", "a\"b"] {
            let credentials = Credentials::new(id, "secret").unwrap();
            assert_eq!(secret_of(&credentials), Err(SignError::BadSecretId), "{id}");
        }
    }

    // GB/T 32905-2016, example 1; the empty hash is the one the vendor's SDK holds as a constant.
    #[test]
    fn sm3_gives_the_published_hashes() {
        assert_eq!(
            sm3_hex(b"abc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
        assert_eq!(
            sm3_hex(b""),
            "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"
        );
    }
}
