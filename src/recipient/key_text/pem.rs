//! PEM: one block, with any text around it (RFC 7468, 2, allows that). The body is normalised on purpose (escapes and
//! whitespace removed, lines of 64) and then parsed strictly by the PEM library.

use super::coding;
use crate::error::{KeyCoding, KeyFormat, KeyRejected, Step};

/// The two labels a public key has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::recipient) enum Label {
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

/// In every label of a private key. Where one stands in a text that was searched before, it is only spoken of.
const PRIVATE: &str = "PRIVATE";

pub(super) fn has_block(text: &str) -> bool {
    blocks(text).next().is_some()
}

/// What follows each label of a private key of any kind.
pub(super) fn private_bodies(text: &str) -> impl Iterator<Item = &str> {
    text.split(BEGIN).skip(1).filter_map(|rest| {
        let (label, body) = rest.split_once("--")?;
        label.contains(PRIVATE).then_some(body)
    })
}

/// The DER in the one block of `text`.
pub(super) fn to_der(text: &str, coding: &KeyCoding) -> Result<super::Found, KeyRejected> {
    let coding = &match is_as_programs_write_it(text) {
        true => coding.clone(),
        false => body_of(text, coding),
    };
    let formats: Vec<_> = blocks(text).map(|(label, _)| format_of(label)).collect();
    match formats.as_slice() {
        [Some(format)] => {
            return Err(KeyRejected::other_format(*format, coding));
        }
        [_] => {}
        // A certificate chain: the first certificate counts.
        [Some(KeyFormat::Certificate), rest @ ..]
            if rest.iter().all(|one| *one == Some(KeyFormat::Certificate)) =>
        {
            return Err(KeyRejected::other_format(KeyFormat::Certificate, coding));
        }
        _ => return Err(KeyRejected::TwoBlocks),
    }
    let block = blocks(text).next();
    let (label, rest) = block.ok_or(KeyRejected::MalformedPem)?;
    let rest = rest.ok_or(KeyRejected::MalformedPem)?;
    let label = [Label::Pkcs1, Label::Spki]
        .into_iter()
        .find(|known| known.text() == label)
        .ok_or(KeyRejected::WrongLabel)?;
    let (body, end) = rest.split_once(END).ok_or(KeyRejected::MalformedPem)?;
    end.strip_prefix(label.text())
        .filter(|end| end.starts_with(DASHES))
        .ok_or(KeyRejected::MalformedPem)?;
    let strict = rewrap(label, &coding::unescape(body));
    let (_, der) =
        pem_rfc7468::decode_vec(strict.as_bytes()).map_err(|_| KeyRejected::MalformedPem)?;
    Ok(super::Found {
        label: Some(label),
        ..super::Found::new(der, coding.clone())
    })
}

/// Whether programs read the block from this text as it is: each dashed line starts a line, and between them there are
/// lines of at most 76 digits.
fn is_as_programs_write_it(text: &str) -> bool {
    let digit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let mut lines = text
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .skip_while(|line| !(line.starts_with(BEGIN) && line.ends_with(DASHES)))
        .skip(1)
        .skip_while(|line| !line.is_empty() && line.len() <= 76 && line.chars().all(digit));
    let ends = lines
        .next()
        .is_some_and(|line| line.starts_with(END) && line.ends_with(DASHES));
    // The first block is the one that was found.
    let first = text.find(BEGIN).and_then(|place| text.get(..place));
    ends && first.is_some_and(|before| before.is_empty() || before.ends_with('\n'))
}

/// The way to the DER in any other text around a block.
fn body_of(text: &str, coding: &KeyCoding) -> KeyCoding {
    let coding = match text.contains('\\') {
        true => coding.then(Step::Escapes),
        false => coding.clone(),
    };
    let digits = Step::Base64 {
        is_plain: false,
        padding: 0,
    };
    coding.then(Step::PemBody).then(digits)
}

/// The labels of all PEM blocks that begin in `text`, each with what follows it.
fn blocks(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    text.split(BEGIN)
        .skip(1)
        .map(|rest| match rest.split_once(DASHES) {
            Some((label, body)) => (label, Some(body)),
            None => (rest, None),
        })
        .filter(|(label, _)| !label.contains(PRIVATE))
}

fn format_of(label: &str) -> Option<KeyFormat> {
    match label {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => Some(KeyFormat::Certificate),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Some(KeyFormat::CertificateRequest),
        "PKCS7" | "PKCS #7 SIGNED DATA" => Some(KeyFormat::Pkcs7),
        _ => None,
    }
}

/// The same block with its body in lines of 64.
fn rewrap(label: Label, body: &str) -> String {
    let mut out = format!("{BEGIN}{}{DASHES}\n", label.text());
    let body = body.chars().filter(|c| !coding::is_blank(*c));
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
