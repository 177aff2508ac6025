//! Helpers for checking the signatures of all clouds: header values, hashes, HMAC, and the distance of two times.

use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use sm3::Sm3;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Everything but the unreserved characters of RFC 3986 §2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The parts of a received request that a signature covers.
pub struct SignedRequest<'a> {
    /// In upper case.
    pub method: &'a str,
    /// As received; clouds that do not sign it ignore it.
    pub path: &'a str,
    /// As received, without the question mark.
    pub query: &'a str,
    /// As received, `Host` included.
    pub headers: &'a HeaderMap,
    /// As received.
    pub body: &'a [u8],
}

impl<'a> SignedRequest<'a> {
    /// The single value of a header; `None` if it is empty, repeated or non-ASCII.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        single(self.headers, name)
    }
}

/// The single value of a header; `None` if it is empty, repeated or non-ASCII.
pub(crate) fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.trim();
    (values.next().is_none() && !value.is_empty()).then_some(value)
}

/// HMAC takes keys of any length; the type only cannot say so.
#[derive(Debug)]
pub(crate) struct Impossible;

/// Key and message to a code.
pub(crate) type Hmacs = fn(&[u8], &[u8]) -> Result<Zeroizing<Vec<u8>>, Impossible>;

pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> Result<Zeroizing<Vec<u8>>, Impossible> {
    finish(
        Hmac::<Sha256>::new_from_slice(key).map_err(|_| Impossible)?,
        message,
    )
}

pub(crate) fn hmac_sm3(key: &[u8], message: &[u8]) -> Result<Zeroizing<Vec<u8>>, Impossible> {
    finish(
        Hmac::<Sm3>::new_from_slice(key).map_err(|_| Impossible)?,
        message,
    )
}

pub(crate) fn hmac_sha1(key: &[u8], message: &[u8]) -> Result<Zeroizing<Vec<u8>>, Impossible> {
    finish(
        Hmac::<Sha1>::new_from_slice(key).map_err(|_| Impossible)?,
        message,
    )
}

fn finish<M: Mac>(mac: M, message: &[u8]) -> Result<Zeroizing<Vec<u8>>, Impossible> {
    let code = mac.chain_update(message).finalize().into_bytes();
    Ok(Zeroizing::new(code.to_vec()))
}

pub(crate) fn hex_sha256(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

pub(crate) fn hex_sm3(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sm3::digest(bytes))
}

/// Whether two codes are the same, in a time that does not depend on where they differ.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// 32 bytes in lower-case hex.
pub(crate) fn decode_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let decoded = base16ct::lower::decode(text, &mut bytes).ok()?;
    (decoded.len() == 32).then_some(bytes)
}

/// Lower-case names in ascending order, each once: how every cloud wants `SignedHeaders` written.
pub(crate) fn header_names(text: &str) -> Option<Vec<&str>> {
    let names: Vec<&str> = text.split(';').collect();
    let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    (lower && names.is_sorted_by(|a, b| a < b)).then_some(names)
}

/// Percent-codes all but the unreserved characters, in upper-case hex.
pub(crate) fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// How far two moments lie apart, whichever comes first.
pub(crate) fn distance(a: SystemTime, b: SystemTime) -> Duration {
    a.duration_since(b).unwrap_or_else(|error| error.duration())
}
