//! Converts the user's public key, in any text or binary form, to DER.
//!
//! A key is in the service's form (base64 of PEM), or in a form that mail, consoles, `.env` files and other programs
//! turned it into. An unambiguous form is accepted. Any other form is rejected by name, with the command that converts
//! it. A private key is recognised in every form. The whole text is searched, from the most specific form to the least
//! specific one; the form is not guessed from the first byte.

mod coding;
mod json;
mod pem;
mod private;

use super::der_kinds::{self, Kind};
use crate::error::{KeyCoding, KeyFormat, KeyRejected};
pub(super) use pem::Label;

/// An RSA-4096 SPKI is 550 bytes of DER, some 1,100 as base64 of PEM; this leaves room for surrounding text.
const LONGEST: usize = 16 * 1024;

/// A key's DER, and the label where a PEM block named one.
type Found = (Vec<u8>, Option<Label>);

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
    if coding::is_utf16(key) {
        return Err(other(KeyFormat::Utf16, KeyCoding::Text));
    }
    match coding::text(key) {
        Some(text) => from_text(text),
        None => from_bytes(key, KeyCoding::Bytes),
    }
}

fn from_text(text: &str) -> Result<Found, KeyRejected> {
    let text = coding::trim(text);
    if text.starts_with(['{', '['])
        && let Some(found) = json::find(text)
    {
        return found;
    }
    if pem::has_block(text) {
        return pem::to_der(text, KeyCoding::Text);
    }
    if text.starts_with("---- BEGIN SSH2 PUBLIC KEY") {
        return Err(other(KeyFormat::Ssh2, KeyCoding::Text));
    }
    if text.contains("<RSAKeyValue") {
        return Err(other(KeyFormat::DotNetXml, KeyCoding::Text));
    }
    let text = coding::unescape(text);
    from_digits(&text).unwrap_or_else(|| {
        // The value in `NAME=value` of a `.env` file, in `name: value` of YAML, or in quotes.
        match coding::value_of(&text) {
            Some(value) if is_open_ssh(value) => Err(other(KeyFormat::OpenSsh, KeyCoding::Text)),
            Some(value) => from_digits(value).unwrap_or(Err(KeyRejected::NotAKey)),
            None if is_open_ssh(&text) => Err(other(KeyFormat::OpenSsh, KeyCoding::Text)),
            None => Err(KeyRejected::NotAKey),
        }
    })
}

fn is_open_ssh(text: &str) -> bool {
    ["ssh-rsa ", "ssh-ed25519 ", "ssh-dss ", "ecdsa-sha2-"]
        .iter()
        .any(|kind| text.starts_with(kind))
}

/// Hexadecimal digits or base64; `None` if it is neither.
fn from_digits(text: &str) -> Option<Result<Found, KeyRejected>> {
    if let Some(bytes) = coding::hex(text) {
        return Some(from_bytes(&bytes, KeyCoding::HexOfBytes));
    }
    let bytes = coding::base64(text)?;
    let Some(inner) = coding::text(&bytes) else {
        return Some(from_bytes(&bytes, KeyCoding::Base64OfBytes));
    };
    let inner = coding::trim(inner);
    Some(if pem::has_block(inner) {
        pem::to_der(inner, KeyCoding::Base64OfText)
    } else {
        Err(within_base64(inner))
    })
}

/// Classifies text inside base64 that is not PEM: base64 again, or unknown.
fn within_base64(text: &str) -> KeyRejected {
    match coding::base64(text) {
        Some(bytes) if coding::text(&bytes).is_some_and(pem::has_block) => {
            other(KeyFormat::TwiceBase64, KeyCoding::Text)
        }
        Some(bytes) => match from_bytes(&bytes, KeyCoding::Base64OfBytes) {
            Err(reason @ (KeyRejected::PrivateKey | KeyRejected::NotAKey)) => reason,
            _ => other(KeyFormat::TwiceBase64, KeyCoding::Text),
        },
        None => KeyRejected::NotAKey,
    }
}

/// DER, a key store, or a bare point or scalar of the SM2 curve.
fn from_bytes(bytes: &[u8], coding: KeyCoding) -> Result<Found, KeyRejected> {
    // A file of 32 bytes may be anything, but 32 bytes in hex or base64 that are given as a key are a scalar.
    let is_written_out = coding != KeyCoding::Bytes;
    match (bytes, bytes.len()) {
        ([0x04, coordinates @ ..], 65) => Ok((sm2_spki(coordinates), None)),
        (coordinates, 64) if is_written_out => Ok((sm2_spki(coordinates), None)),
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
            None => Ok((bytes.to_vec(), None)),
        },
        _ => Err(KeyRejected::NotAKey),
    }
}

fn sm2_spki(coordinates: &[u8]) -> Vec<u8> {
    [SM2_SPKI_HEAD.as_slice(), &[4], coordinates].concat()
}

fn other(format: KeyFormat, coding: KeyCoding) -> KeyRejected {
    KeyRejected::other_format(format, coding)
}
