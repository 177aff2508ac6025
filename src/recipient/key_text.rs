//! From the text of a key to its DER: base64 of PEM, PEM in the shapes people paste it in, or DER as it is.
//!
//! The text is normalised on purpose (blanks stripped, the body wrapped again at 64) and then parsed strictly
//! by the PEM library (RFC 7468). Anything labelled PRIVATE is refused before its body is decoded.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::error::KeyRejected;

/// An RSA-4096 SPKI is 550 bytes of DER, some 1,100 as base64 of PEM; this leaves room for blanks.
const LONGEST: usize = 16 * 1024;

/// The two labels a public key has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// `RSA PUBLIC KEY`: PKCS#1.
    Pkcs1,
    /// `PUBLIC KEY`: SubjectPublicKeyInfo.
    Spki,
}

impl Label {
    fn text(self) -> &'static str {
        match self {
            Self::Pkcs1 => "RSA PUBLIC KEY",
            Self::Spki => "PUBLIC KEY",
        }
    }
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// Finds out which form `key` is in; gives the DER, and the label where a PEM block named one.
pub(super) fn to_der(key: &[u8]) -> Result<(Vec<u8>, Option<Label>), KeyRejected> {
    if key.len() > LONGEST {
        return Err(KeyRejected::TooLong {
            bytes: key.len(),
            most: LONGEST,
        });
    }
    // A DER SEQUENCE begins 0x30, the digit zero, which neither PEM nor the base64 of it begins with.
    if key.first() == Some(&0x30) {
        return Ok((key.to_vec(), None));
    }
    let text = core::str::from_utf8(key).map_err(|_| KeyRejected::NotAKey)?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.contains(BEGIN) {
        return pem_to_der(text);
    }
    // Wiped: if somebody passes a private key in this form, its copy must not stay behind.
    let compact: Zeroizing<String> = Zeroizing::new(text.split_ascii_whitespace().collect());
    let decoded = STANDARD
        .decode(compact.as_bytes())
        .map(Zeroizing::new)
        .map_err(|_| KeyRejected::NotAKey)?;
    let inner = core::str::from_utf8(&decoded).map_err(|_| KeyRejected::NotAKey)?;
    let inner = inner.trim();
    if !inner.starts_with(BEGIN) {
        return Err(KeyRejected::NotAKey);
    }
    pem_to_der(inner)
}

fn pem_to_der(text: &str) -> Result<(Vec<u8>, Option<Label>), KeyRejected> {
    // Looked for everywhere, so that a private key beside a public one is noticed too.
    if labels(text).any(|label| label.contains("PRIVATE")) {
        return Err(KeyRejected::PrivateKey);
    }
    if labels(text).count() > 1 {
        return Err(KeyRejected::TwoBlocks);
    }
    let rest = text.strip_prefix(BEGIN).ok_or(KeyRejected::MalformedPem)?;
    let (label, rest) = rest.split_once(DASHES).ok_or(KeyRejected::MalformedPem)?;
    let label = [Label::Pkcs1, Label::Spki]
        .into_iter()
        .find(|known| known.text() == label)
        .ok_or(KeyRejected::WrongLabel)?;
    let (body, end) = rest.split_once(END).ok_or(KeyRejected::MalformedPem)?;
    if end.strip_prefix(label.text()) != Some(DASHES) {
        return Err(KeyRejected::MalformedPem);
    }
    let strict = rewrap(label, body);
    let (_, der) =
        pem_rfc7468::decode_vec(strict.as_bytes()).map_err(|_| KeyRejected::MalformedPem)?;
    Ok((der, Some(label)))
}

/// The labels of all PEM blocks that begin in `text`.
fn labels(text: &str) -> impl Iterator<Item = &str> {
    text.split(BEGIN)
        .skip(1)
        .map(|rest| rest.split_once(DASHES).map_or(rest, |(label, _)| label))
}

/// The same block with its body in lines of 64.
fn rewrap(label: Label, body: &str) -> String {
    let mut out = format!("{BEGIN}{}{DASHES}\n", label.text());
    let body = body.chars().filter(|c| !c.is_ascii_whitespace());
    for (place, c) in body.enumerate() {
        if place > 0 && place % 64 == 0 {
            out.push('\n');
        }
        out.push(c);
    }
    out.push('\n');
    out.push_str(&format!("{END}{}{DASHES}\n", label.text()));
    out
}
