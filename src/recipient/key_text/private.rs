//! Searches a text or bytes for a private key, wherever it stands in them: beside a public key, after a comment, under a
//! name, in another coding. A private key that is found is never decoded further than its first bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::super::{der_kinds, sm2_point};
use super::{coding, json, names, pem};
use crate::error::{KeyCoding, KeyRejected};

/// PEM in base64 in base64, and one more.
const DEEPEST: usize = 4;

/// What stands in every label of a private key.
const LABEL: &str = "PRIVATE KEY";

/// The shortest run of digits that is decoded by itself: 32 bytes in base64, without padding.
const SHORTEST: usize = 43;

/// Fewer digits below a label are a word.
const SHORTEST_BODY: usize = 16;

/// The first digits of a private key that are looked at; its algorithm stands in them.
const START: usize = 240;

/// Whether a private key is in these bytes, as text in any coding or as DER.
pub(super) fn is_in(bytes: &[u8]) -> bool {
    within(bytes, DEEPEST)
}

fn within(bytes: &[u8], deeper: usize) -> bool {
    if let Some(text) = coding::utf16(bytes) {
        return in_text(&text, deeper);
    }
    match coding::text(bytes) {
        Some(text) => in_text(text, deeper),
        None => {
            der_kinds::private_key_starts_in(bytes)
                || is_pair(bytes)
                || has_label(&String::from_utf8_lossy(bytes))
        }
    }
}

/// Whether a private key is in this text.
fn in_text(text: &str, deeper: usize) -> bool {
    let Some(deeper) = deeper.checked_sub(1) else {
        return false;
    };
    let raw = coding::trim(text);
    let text = Zeroizing::new(coding::unescape(raw).into_owned());
    // A line end within a string ends it, so that JSON is read as it was written, too.
    let in_json = |json: &str| {
        let found = json::find(json, &KeyCoding::text());
        found.is_some_and(|found| matches!(found, Err(KeyRejected::PrivateKey)))
            || json::strings(json)
                .iter()
                .any(|string| in_text(string, deeper))
    };
    has_label(&text)
        || in_json(raw)
        || text.as_str() != raw && in_json(&text)
        || names::are_in(&text)
        || in_digits(&text, deeper)
}

/// A label of PEM with something below it, also damaged or in a URL, and the first line of PuTTY's files.
fn has_label(text: &str) -> bool {
    let damaged = [
        "PRIVATE KEY--",
        "PRIVATE KEY --",
        "PRIVATE+KEY--",
        "PRIVATE%20KEY--",
    ];
    pem::private_bodies(text)
        .chain(damaged.iter().flat_map(|label| text.split(label).skip(1)))
        .any(is_body)
        || text.lines().any(is_of_putty)
}

fn is_of_putty(line: &str) -> bool {
    let version = coding::trim(line).strip_prefix("PuTTY-User-Key-File-");
    version.is_some_and(|version| {
        version.starts_with(|c: char| c.is_ascii_digit()) && version.contains(':')
    })
}

/// Whether digits or a header follow a label, and not the words of a sentence about it.
fn is_body(after: &str) -> bool {
    let mut body = after;
    loop {
        let rest = body
            .trim_start_matches(|c| coding::is_blank(c) || "-\\\"'#*>|".contains(c))
            .trim_start_matches("%0A")
            .trim_start_matches("%0D");
        if rest.len() == body.len() {
            break;
        }
        body = rest;
    }
    let digits = body.len().saturating_sub(
        body.trim_start_matches(|c: char| {
            c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
        })
        .len(),
    );
    let run = body.get(..digits).unwrap_or_default();
    let has_no_word = run.contains(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase());
    // DER begins with `M`, and a letter up to `J`.
    let starts_der = matches!(run.as_bytes(), [b'M', b'A'..=b'J', _, _, ..]);
    let has_header = ["Proc-Type:", "DEK-Info:", "Version:", "Comment:"]
        .iter()
        .any(|header| body.starts_with(header));
    digits >= SHORTEST_BODY && has_no_word || starts_der || has_header
}

/// Base64 or hexadecimal digits, in lines or with anything before and after.
fn in_digits(text: &str, deeper: usize) -> bool {
    let compact = coding::without(text, |c| {
        coding::is_blank(c) || matches!(c, '"' | '\'' | '\\')
    });
    let bare = coding::without(&compact.replace("0x", ""), |c| matches!(c, ':' | ',' | 'x'));
    if starts_in_base64(&compact) || starts_in_hex(&bare) || label_in_digits(&compact, &bare) {
        return true;
    }
    // The whole text, then every run of digits in it.
    let digit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_');
    let runs = text.split(|c: char| !digit(c));
    let after_a_name = text
        .split(|c: char| !digit(c))
        .filter_map(|run| run.split_once('='))
        .map(|(_, value)| value);
    [&**compact]
        .into_iter()
        .chain(runs)
        .chain(after_a_name)
        .filter(|run| run.len() >= SHORTEST)
        .filter_map(|run| coding::hex(run).or_else(|| coding::base64(run)))
        .any(|bytes| within(&bytes, deeper) || is_pair(&bytes))
}

/// Every private key in DER begins with a SEQUENCE, and so with `M` in base64.
fn starts_in_base64(compact: &str) -> bool {
    compact.match_indices('M').any(|(place, _)| {
        start_in_base64(compact, place).is_some_and(|bytes| der_kinds::starts_a_private_key(&bytes))
    })
}

fn starts_in_hex(bare: &str) -> bool {
    bare.match_indices("30").any(|(place, _)| {
        start_in_hex(bare, place).is_some_and(|bytes| der_kinds::starts_a_private_key(&bytes))
    })
}

/// The bytes of the digits from this place on, as many as say what it is.
fn start_in_base64(compact: &str, place: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut start = Zeroizing::new(String::with_capacity(START));
    let digits = compact.get(place..)?.chars().take(START);
    start.extend(digits.map_while(|c| match c {
        '-' => Some('+'),
        '_' => Some('/'),
        c => (c.is_ascii_alphanumeric() || matches!(c, '+' | '/')).then_some(c),
    }));
    let whole = start.len().saturating_sub(start.len() % 4);
    start.truncate(whole);
    let bytes = STANDARD_NO_PAD.decode(start.as_bytes()).ok()?;
    Some(Zeroizing::new(bytes))
}

fn start_in_hex(bare: &str, place: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut start = Zeroizing::new(String::with_capacity(START));
    let digits = bare.get(place..)?.chars().take(START);
    start.extend(digits.take_while(char::is_ascii_hexdigit));
    let whole = start.len().saturating_sub(start.len() % 2);
    start.truncate(whole);
    let bytes = base16ct::mixed::decode_vec(start.as_bytes()).ok()?;
    Some(Zeroizing::new(bytes))
}

/// The label in base64, where it has three spellings by its place, or in hexadecimal digits.
fn label_in_digits(compact: &str, bare: &str) -> bool {
    let says = |bytes: Zeroizing<Vec<u8>>| has_label(&String::from_utf8_lossy(&bytes));
    // Bytes before it, and the first and the last digit that neighbours have no part in.
    let places: [(&[u8], usize, usize); 3] = [(b"", 0, 14), (b"\0", 2, 16), (b"\0\0", 3, 17)];
    let in_base64 = places.into_iter().any(|(before, first, end)| {
        let spelt = STANDARD_NO_PAD.encode([before, LABEL.as_bytes()].concat());
        let spelt = spelt.get(first..end).unwrap_or_default();
        compact.match_indices(spelt).any(|(place, _)| {
            let start = place.checked_sub(first);
            start
                .and_then(|start| start_in_base64(compact, start))
                .is_some_and(says)
        })
    });
    let lower = Zeroizing::new(bare.to_ascii_lowercase());
    let spelt = base16ct::lower::encode_string(LABEL.as_bytes());
    in_base64
        || lower
            .match_indices(&spelt)
            .any(|(place, _)| start_in_hex(&lower, place).is_some_and(says))
}

/// The scalar and the point of an SM2 key pair, in either order: 32 bytes, and 64 or 65.
fn is_pair(bytes: &[u8]) -> bool {
    let length = match bytes.len() {
        96 => 64,
        97 => 65,
        _ => return false,
    };
    let on_the_curve = |point: &[u8]| match point.len() {
        64 => sm2_point::check(&[&[4], point].concat()).is_ok(),
        _ => sm2_point::check(point).is_ok(),
    };
    bytes.get(..length).is_some_and(on_the_curve) || bytes.get(32..).is_some_and(on_the_curve)
}
