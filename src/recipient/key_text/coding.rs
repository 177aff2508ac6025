//! Decodes the text around and of a key: UTF-8 or UTF-16, whitespace, escapes, quotes, names before a value, hex,
//! base64. Buffers that may hold a private key are wiped on drop.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::error::Step;

/// With or without padding, strict in everything else.
const fn lenient(alphabet: &Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new();
    GeneralPurpose::new(
        alphabet,
        config.with_decode_padding_mode(DecodePaddingMode::Indifferent),
    )
}

const ENGINES: [GeneralPurpose; 2] = [lenient(&STANDARD), lenient(&URL_SAFE)];

/// The shortest key there is: a scalar, as 32 bytes.
const SHORTEST: usize = 32;

/// Bytes as text; `None` if they are not UTF-8, or hold control characters as DER does.
pub(super) fn text(bytes: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(bytes).ok()?;
    let strange = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    (!text.contains(strange)).then_some(text)
}

/// The name of UTF-16 as `iconv` has it; `None` for bytes with neither a mark nor every second byte zero.
pub(super) fn utf16_name(bytes: &[u8]) -> Option<&'static str> {
    let pairs = bytes.as_chunks::<2>().0;
    let every = |is: fn(&[u8; 2]) -> bool| {
        pairs.len() > 8 && bytes.len().is_multiple_of(2) && pairs.iter().all(is)
    };
    match bytes {
        // The mark tells which.
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] if pairs.len() > 8 => Some("UTF-16"),
        _ if every(|[low, high]| *low != 0 && *high == 0) => Some("UTF-16LE"),
        _ if every(|[high, low]| *high == 0 && *low != 0) => Some("UTF-16BE"),
        _ => None,
    }
}

/// The text of UTF-16, by its mark or by which bytes are zero; also where only most of it is ASCII.
pub(super) fn utf16(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let pairs = bytes.as_chunks::<2>().0;
    let most = |zero: fn(&[u8; 2]) -> bool| {
        pairs.len() > 8 && pairs.iter().filter(|pair| zero(pair)).count() > pairs.len() / 2
    };
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] if pairs.len() > 8 => u16::from_le_bytes,
        [0xfe, 0xff, ..] if pairs.len() > 8 => u16::from_be_bytes,
        _ if most(|[low, high]| *low != 0 && *high == 0) => u16::from_le_bytes,
        _ if most(|[high, low]| *high == 0 && *low != 0) => u16::from_be_bytes,
        _ => return None,
    };
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().saturating_mul(2)));
    text.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    Some(text)
}

/// Whitespace and invisible characters: byte order marks, zero-width characters.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

pub(super) fn without_blanks(text: &str) -> Zeroizing<String> {
    without(text, is_blank)
}

/// The text without these characters.
pub(super) fn without(text: &str, unwanted: impl Fn(char) -> bool) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    out.extend(text.chars().filter(|c| !unwanted(*c)));
    out
}

/// Line ends and slashes that a string in source text or JSON writes with a backslash.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\\r", "\n").replace("\\n", "\n");
    Cow::Owned(text.replace("\\/", "/"))
}

/// A value, and the steps that lead to it.
pub(super) struct Value<'t> {
    pub(super) text: &'t str,
    pub(super) steps: Vec<Step>,
}

/// The value after `NAME=`, `export NAME=` or `name:`, or within quotes; `None` if there is neither.
pub(super) fn value_of(text: &str) -> Option<Value<'_>> {
    let mut steps = Vec::new();
    let bare = text.strip_prefix("export ").unwrap_or(text);
    let value = bare
        .split_once(['=', ':'])
        .filter(|(name, value)| is_name(trim(name)) && value.len() > SHORTEST)
        .map_or(bare, |(_, value)| {
            steps.push(Step::Name);
            // The marks of a YAML block.
            trim(value).trim_start_matches(['|', '>', '-'])
        });
    let value = trim(value).trim_end_matches([',', ';']);
    let inside = unquote(value);
    if inside.is_some() {
        let of_bytes = value.starts_with('b');
        steps.push(Step::Quotes { of_bytes });
    }
    let value = inside.unwrap_or(value);
    (value.len() < text.len()).then_some(Value {
        text: trim(value),
        steps,
    })
}

fn is_name(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let text = unquote(text).unwrap_or(text);
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(letter)
}

/// The text within quotes, also of a Python bytes literal.
fn unquote(text: &str) -> Option<&str> {
    let text = ["b'", "b\""]
        .iter()
        .find(|start| text.starts_with(**start))
        .and_then(|_| text.get(1..))
        .unwrap_or(text);
    let quote = text
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'))?;
    text.strip_prefix(quote)?.strip_suffix(quote)
}

/// The bytes of hexadecimal digits; a leading `0x`, and whitespace and colons between digits, are allowed.
pub(super) fn hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let text = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text);
    let mut digits = Zeroizing::new(String::with_capacity(text.len()));
    digits.extend(text.chars().filter(|c| !is_blank(*c) && *c != ':'));
    let bytes = base16ct::mixed::decode_vec(digits.as_bytes()).ok()?;
    (bytes.len() >= SHORTEST).then_some(Zeroizing::new(bytes))
}

/// The bytes of base64 in either alphabet.
pub(super) fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    short_base64(&without_blanks(text)).filter(|bytes| bytes.len() >= SHORTEST)
}

/// The same, also of fewer bytes than a key has; without blanks.
pub(super) fn short_base64(digits: &str) -> Option<Zeroizing<Vec<u8>>> {
    ENGINES
        .iter()
        .find_map(|engine| engine.decode(digits.as_bytes()).ok())
        .map(Zeroizing::new)
}

/// How a shell decodes these hexadecimal digits.
pub(super) fn hex_step(text: &str, is_bare: bool) -> Step {
    let is_plain = is_bare
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'\n');
    Step::Hex { is_plain }
}

/// How a shell decodes this base64.
pub(super) fn base64_step(text: &str, is_bare: bool) -> Step {
    let length = without_blanks(text).len();
    let padding = length.next_multiple_of(4).saturating_sub(length);
    let digit = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\n".contains(&byte);
    Step::Base64 {
        is_plain: is_bare && padding == 0 && text.bytes().all(digit),
        padding,
    }
}
