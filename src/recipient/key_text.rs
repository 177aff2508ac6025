//! Converts the user's public key, in any text or binary form, to DER.
//!
//! A key is in the service's form (base64 of PEM), or in a form that mail, consoles, `.env` files and other programs
//! turned it into. An unambiguous form is accepted. Any other form is rejected by name, with the command that converts
//! it. A private key is recognised in every form. The whole text is searched, from the most specific form to the least
//! specific one; the form is not guessed from the first byte.

mod coding;
mod names;
mod json;
mod pem;
mod private;
mod numbers;

use super::der_kinds::{self, Kind};
use super::halves::{self, Written};
use super::sm2_point;
use crate::error::{KeyCoding, KeyFormat, KeyRejected, Step};
pub(super) use pem::Label;

/// An RSA-4096 SPKI is 550 bytes of DER, some 1,100 as base64 of PEM; this leaves room for surrounding text.
const LONGEST: usize = 16 * 1024;

/// Times that digits are decoded: base64 in base64, and in hexadecimal digits.
const DEEPEST: usize = 3;

/// A key, as it was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) der: Vec<u8>,
    /// Of the PEM block, where there was one.
    pub(super) label: Option<Label>,
    /// The way from the file to the DER, or to a text that programs read.
    pub(super) coding: KeyCoding,
    /// Why the key is not taken, though it can be read: what has to be decoded first.
    pub(super) named: Option<KeyRejected>,
}

impl Found {
    fn new(der: Vec<u8>, coding: KeyCoding) -> Self {
        Self {
            der,
            label: None,
            coding,
            named: None,
        }
    }
}

/// 65537, the exponent of every key that is taken.
const EXPONENT: [u8; 3] = [1, 0, 1];

/// SubjectPublicKeyInfo of a key on the SM2 curve, up to the 65 bytes of the point.
const SM2_SPKI_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00,
];

/// Detects the form of `key`. Returns the DER, and the label of a PEM block.
pub(super) fn to_der(key: &[u8]) -> Result<Found, KeyRejected> {
    if key.len() > LONGEST {
        return Err(KeyRejected::TooLong {
            bytes: key.len(),
            most: LONGEST,
        });
    }
    // The whole is searched, before anything is decoded, so that a private key beside a public one is found too.
    if private::is_in(key) {
        return Err(KeyRejected::PrivateKey);
    }
    let found = read(key);
    // And where nothing names it, the numbers tell.
    let mut written = numbers::in_bytes(key);
    written.extend(found.iter().map(|found| found.der.clone().into()));
    if halves::are_among(&written) {
        return Err(KeyRejected::PrivateKey);
    }
    match found {
        Err(KeyRejected::NotAKey) => only_key(key, &written),
        found => found,
    }
}

/// The one public key among what is written out in a text of no form that is known.
fn only_key(key: &[u8], written: &[Written]) -> Result<Found, KeyRejected> {
    // Digits with nothing around them were read, and are no key, whatever stands in the middle of what they say.
    let digit = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    let one_word = |text| coding::trim(text).trim_end_matches('=');
    if coding::text(key).is_some_and(|text| one_word(text).chars().all(digit)) {
        return Err(KeyRejected::NotAKey);
    }
    let mut keys: Vec<Vec<u8>> = Vec::new();
    let modulus = coding::text(key).and_then(|text| numbers::printed_modulus(text, written));
    for bytes in written {
        let is_whole = der_kinds::public_end(bytes) == bytes.len();
        let der = match bytes.as_slice() {
            [4, coordinates @ ..] if sm2_point::check(bytes).is_ok() => sm2_spki(coordinates),
            bytes if is_whole && der_kinds::of(bytes).is_none() => bytes.to_vec(),
            bytes if modulus == Some(bytes) => json::rsa_der(bytes, &EXPONENT)?,
            _ => continue,
        };
        if !keys.contains(&der) {
            keys.push(der);
        }
    }
    match (keys.len(), keys.pop()) {
        (1, Some(der)) => Ok(Found::new(der, KeyCoding::der())),
        (0, _) => Err(KeyRejected::NotAKey),
        _ => Err(KeyRejected::TwoBlocks),
    }
}

fn read(key: &[u8]) -> Result<Found, KeyRejected> {
    if let Some(name) = coding::utf16_name(key)
        && let Some(text) = coding::utf16(key)
    {
        let coding = KeyCoding::text().then(Step::Utf16(name));
        return from_text(&text, &coding).map(|found| Found {
            named: found.named.or(Some(other(KeyFormat::Utf16, &coding))),
            ..found
        });
    }
    match coding::text(key) {
        Some(text) => from_text(text, &KeyCoding::text()),
        None => from_bytes(key, &KeyCoding::der(), false),
    }
}

fn from_text(text: &str, coding: &KeyCoding) -> Result<Found, KeyRejected> {
    let whole = text.trim_end_matches('\n');
    let text = coding::trim(text);
    let is_bare = whole.len() == text.len();
    if text.starts_with(['{', '['])
        && let Some(found) = json::find(text, coding)
    {
        return found;
    }
    if pem::has_block(text) {
        return pem::to_der(text, coding);
    }
    let escaped = match text.contains('\\') {
        true => coding.then(Step::Escapes),
        false => coding.clone(),
    };
    let text = coding::unescape(text);
    if text.starts_with("---- BEGIN SSH2 PUBLIC KEY") {
        return Err(other(KeyFormat::Ssh2, &escaped));
    }
    if text.contains("<RSAKeyValue") {
        return Err(other(KeyFormat::DotNetXml, &escaped));
    }
    if let Some(found) = from_digits(&text, &escaped, is_bare) {
        return found;
    }
    // The value in `NAME=value` of a `.env` file, in `name: value` of YAML, or in quotes.
    let (value, coding) = match coding::value_of(&text) {
        Some(value) => (
            value.text,
            value
                .steps
                .into_iter()
                .fold(escaped, |coding, step| coding.then(step)),
        ),
        None => (&*text, escaped),
    };
    if is_open_ssh(value) {
        return Err(other(KeyFormat::OpenSsh, &coding));
    }
    let found = match value.len() < text.len() {
        true => from_digits(value, &coding, false).unwrap_or(Err(KeyRejected::NotAKey)),
        false => Err(KeyRejected::NotAKey),
    };
    // So many bytes are a scalar, unless their name says that they are a digest.
    let name = text.split(['=', ':']).next().unwrap_or_default();
    match found {
        Err(KeyRejected::PrivateKey) if names::is_of_no_private_key(name) => {
            Err(KeyRejected::NotAKey)
        }
        found => found,
    }
}

fn is_open_ssh(text: &str) -> bool {
    ["ssh-rsa ", "ssh-ed25519 ", "ssh-dss ", "ecdsa-sha2-"]
        .iter()
        .any(|kind| text.starts_with(kind))
}

/// Hexadecimal digits or base64; `None` if it is neither. `is_bare`: nothing was taken away around them.
fn from_digits(
    text: &str,
    coding: &KeyCoding,
    is_bare: bool,
) -> Option<Result<Found, KeyRejected>> {
    if coding.depth() >= DEEPEST {
        return None;
    }
    let (bytes, inner) = match coding::hex(text) {
        Some(bytes) => (bytes, coding.then(coding::hex_step(text, is_bare))),
        None => (
            coding::base64(text)?,
            coding.then(coding::base64_step(text, is_bare)),
        ),
    };
    let Some(text) = coding::text(&bytes) else {
        return Some(from_bytes(&bytes, &inner, true));
    };
    let is_twice =
        inner.is_base64() && coding::base64(text).is_some() && coding::hex(text).is_none();
    let found = from_text(text, &inner.is_text());
    Some(found.map(|found| match is_twice {
        true => Found {
            named: found.named.or(Some(other(KeyFormat::TwiceBase64, &inner))),
            ..found
        },
        false => found,
    }))
}

/// DER, a key store, or a bare point or scalar of the SM2 curve. A file of 32 bytes may be anything, but 32 bytes that are
/// written out in digits and given as a key are a scalar.
fn from_bytes(
    bytes: &[u8],
    coding: &KeyCoding,
    is_written_out: bool,
) -> Result<Found, KeyRejected> {
    let found = |der| Ok(Found::new(der, coding.clone()));
    match (bytes, bytes.len()) {
        ([0x04, coordinates @ ..], 65) => found(sm2_spki(coordinates)),
        (coordinates, 64) if is_written_out => found(sm2_spki(coordinates)),
        ([2 | 3, ..], 33) => Err(other(KeyFormat::CompressedPoint, coding)),
        (_, 32) if is_written_out => Err(KeyRejected::PrivateKey),
        // The same with a sign byte, as Java writes a number.
        ([0, ..], 33) if is_written_out => Err(KeyRejected::PrivateKey),
        // A Java key store, and its successor.
        ([0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..], _) => {
            Err(KeyRejected::PrivateKey)
        }
        ([0x30, ..], _) => match der_kinds::of(bytes) {
            Some(Kind::Private) => Err(KeyRejected::PrivateKey),
            Some(Kind::Other(format)) => Err(other(format, coding)),
            None => found(bytes.to_vec()),
        },
        _ => Err(KeyRejected::NotAKey),
    }
}

fn sm2_spki(coordinates: &[u8]) -> Vec<u8> {
    [SM2_SPKI_HEAD.as_slice(), &[4], coordinates].concat()
}

fn other(format: KeyFormat, coding: &KeyCoding) -> KeyRejected {
    KeyRejected::other_format(format, coding)
}
