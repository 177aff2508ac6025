//! Keys in JSON: a string in a reply or a settings file, and JSON Web Keys (RFC 7517).
//!
//! A member with the name of a private part is never decoded; its presence is enough to reject the text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use der::Encode;
use der::asn1::UintRef;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::{Found, names};
use crate::error::{KeyCoding, KeyRejected, Step};

type Members<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

/// Deep enough for a reply with a key set.
const DEEPEST: usize = 4;

/// Shorter strings are names, ids and dates; the shortest key that is taken is 64 bytes in base64.
const SHORTEST: usize = 80;

/// The one key in a JSON text; `None` if the text is no JSON.
pub(super) fn find(text: &str, coding: &KeyCoding) -> Option<Result<Found, KeyRejected>> {
    let value: &RawValue = serde_json::from_str(text).ok()?;
    let mut found = Vec::new();
    let mut refused = None;
    if let Err(reason) = walk(value.get(), coding, DEEPEST, &mut found, &mut refused) {
        return Some(Err(reason));
    }
    found.dedup_by(|one, other| one.der == other.der);
    Some(match (found.len(), found.pop()) {
        (1, Some(only)) => Ok(only),
        (0, _) => Err(refused.unwrap_or(KeyRejected::NotAKey)),
        _ => Err(KeyRejected::TwoBlocks),
    })
}

/// Every string in a JSON text, as far as keys are looked for; none if it is no JSON.
pub(super) fn strings(text: &str) -> Vec<Zeroizing<String>> {
    let mut found = Vec::new();
    if let Ok(value) = serde_json::from_str::<&RawValue>(text) {
        collect(value.get(), DEEPEST, &mut found);
    }
    found
}

fn collect(json: &str, deeper: usize, found: &mut Vec<Zeroizing<String>>) {
    let Some(deeper) = deeper.checked_sub(1) else {
        return;
    };
    if let Ok(members) = serde_json::from_str::<Members<'_>>(json) {
        members
            .into_values()
            .for_each(|value| collect(value.get(), deeper, found));
    } else if let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(json) {
        values
            .into_iter()
            .for_each(|value| collect(value.get(), deeper, found));
    } else if let Ok(text) = serde_json::from_str(json) {
        found.push(Zeroizing::new(text));
    }
}

/// Collects the keys, and the first reason why a similar string is not a key.
fn walk(
    json: &str,
    coding: &KeyCoding,
    deeper: usize,
    found: &mut Vec<Found>,
    refused: &mut Option<KeyRejected>,
) -> Result<(), KeyRejected> {
    let Some(deeper) = deeper.checked_sub(1) else {
        return Ok(());
    };
    let mut note = |outcome| match outcome {
        Ok(key) => found.push(key),
        Err(KeyRejected::NotAKey) => {}
        Err(reason) => {
            refused.get_or_insert(reason);
        }
    };
    if json.starts_with('{') {
        let members: Members<'_> = serde_json::from_str(json).map_err(|_| KeyRejected::NotAKey)?;
        let is_web_key = members.contains_key("kty");
        let private = |(name, value): (&Cow<'_, str>, &&RawValue)| match is_web_key {
            true => is_set(value) && is_private_part(name) || is_private(name, value),
            false => is_private(name, value),
        };
        if members.iter().any(private) {
            return Err(KeyRejected::PrivateKey);
        }
        if is_web_key {
            note(web_key(&members).map(|der| Found::new(der, coding.clone())));
            return Ok(());
        }
        for value in members.values() {
            walk(value.get(), coding, deeper, found, refused)?;
        }
    } else if json.starts_with('[') {
        let values: Vec<&RawValue> =
            serde_json::from_str(json).map_err(|_| KeyRejected::NotAKey)?;
        for value in values {
            walk(value.get(), coding, deeper, found, refused)?;
        }
    } else if json.starts_with('"') && json.len() > SHORTEST {
        let text: String = serde_json::from_str(json).map_err(|_| KeyRejected::NotAKey)?;
        let text = Zeroizing::new(text);
        if !text.trim_start().starts_with(['{', '[']) {
            note(super::from_text(&text, &string_in(json, coding)));
        }
    }
    Ok(())
}

/// The way to the content of a string, spelt as in the file.
fn string_in(json: &str, coding: &KeyCoding) -> KeyCoding {
    let quotes = json.matches(r#"\""#).count();
    let marks = quotes.saturating_mul(2).saturating_add(2);
    let string = coding.then(Step::JsonString {
        // Without the quotes around, and those within.
        characters: json.chars().count().saturating_sub(marks),
        has_quotes: quotes > 0,
    });
    match json.contains('\\') {
        true => string.then(Step::Escapes),
        false => string,
    }
}

/// A private key's name, and a value that may be one, or has one in it.
fn is_private(name: &str, value: &RawValue) -> bool {
    names::is_private_name(name) && !names::is_about_a_key(name) && holds_key(value.get(), DEEPEST)
}

/// Whether this is a string with a key's digits, or has one in it under a name that is no fact's.
fn holds_key(json: &str, deeper: usize) -> bool {
    let Some(deeper) = deeper.checked_sub(1) else {
        return false;
    };
    if let Ok(members) = serde_json::from_str::<Members<'_>>(json) {
        members
            .iter()
            .any(|(name, value)| !names::is_about_a_key(name) && holds_key(value.get(), deeper))
    } else if let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(json) {
        values.iter().any(|value| holds_key(value.get(), deeper))
    } else {
        let text = serde_json::from_str::<String>(json).map(Zeroizing::new);
        text.is_ok_and(|text| names::is_key(&text))
    }
}

/// The private members of a JSON Web Key (RFC 7518, 6.2.2, 6.3.2 and 6.4.1).
fn is_private_part(name: &str) -> bool {
    matches!(name, "d" | "p" | "q" | "dp" | "dq" | "qi" | "oth" | "k")
}

/// Whether a member has content: a non-empty string, an object, a list.
fn is_set(value: &RawValue) -> bool {
    value.get().len() > 2 && value.get().starts_with(['"', '{', '['])
}

fn web_key(members: &Members<'_>) -> Result<Vec<u8>, KeyRejected> {
    let kind = string(members, "kty")?;
    if kind == "RSA" {
        let (modulus, exponent) = (number(members, "n")?, number(members, "e")?);
        return rsa_der(&modulus, &exponent);
    }
    if kind != "EC" {
        return Err(KeyRejected::UnknownAlgorithm);
    }
    // No registry has a name for the curve; these are in use.
    if !["sm2", "sm2p256v1", "curvesm2"].contains(&string(members, "crv")?.to_lowercase().as_str())
    {
        return Err(KeyRejected::OtherCurve);
    }
    let coordinates = [number(members, "x")?, number(members, "y")?].concat();
    if coordinates.len() != 64 {
        return Err(KeyRejected::PointEncoding);
    }
    Ok(super::sm2_spki(&coordinates))
}

/// PKCS#1 of two numbers, big-endian.
pub(super) fn rsa_der(modulus: &[u8], exponent: &[u8]) -> Result<Vec<u8>, KeyRejected> {
    let key = || {
        pkcs1::RsaPublicKeyRef {
            modulus: UintRef::new(modulus)?,
            public_exponent: UintRef::new(exponent)?,
        }
        .to_der()
    };
    key().map_err(|_| KeyRejected::Malformed)
}

fn string(members: &Members<'_>, name: &str) -> Result<String, KeyRejected> {
    members
        .get(name)
        .and_then(|value| serde_json::from_str(value.get()).ok())
        .ok_or(KeyRejected::Malformed)
}

/// A number's bytes, big-endian, in base64url without padding (RFC 7518, 2).
fn number(members: &Members<'_>, name: &str) -> Result<Vec<u8>, KeyRejected> {
    URL_SAFE_NO_PAD
        .decode(string(members, name)?)
        .map_err(|_| KeyRejected::Malformed)
}
