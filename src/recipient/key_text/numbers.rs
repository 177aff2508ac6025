//! Every number that is written out in a text, in any of the ways in which programs and people write one: base64 and
//! hexadecimal digits, in one piece, in lines, in pairs, as an array of bytes in source text; and in decimal.

use crypto_bigint::BoxedUint;
use zeroize::Zeroizing;

use super::super::halves::Written;
use super::{coding, json};

/// Text in base64 in base64, and one more.
const DEEPEST: usize = 4;

/// Fewer bytes are no key's: a scalar has 32, without zeros in front at least so many.
const SHORTEST: usize = 28;

/// The shortest number in decimal that has so many bytes, and one that has the most that a key's has.
const DECIMAL: core::ops::RangeInclusive<usize> = 65..=1300;

/// The digits of 32 bytes in base64.
const SCALAR_DIGITS: usize = 43;

/// A shorter line of base64 is a word.
const SHORTEST_LINE: usize = 16;

/// The bytes of every number in this file, each once.
pub(super) fn in_bytes(bytes: &[u8]) -> Vec<Written> {
    let mut numbers = Numbers::default();
    numbers.add(Zeroizing::new(bytes.to_vec()), DEEPEST);
    numbers.found
}

#[derive(Default)]
struct Numbers {
    found: Vec<Written>,
    /// Those that were searched.
    texts: Vec<Written>,
}

impl Numbers {
    /// What was decoded: a number, or text that has some in it.
    fn add(&mut self, bytes: Written, deeper: usize) {
        let is_known = self.found.contains(&bytes) || self.texts.contains(&bytes);
        if bytes.len() < SHORTEST || is_known {
            return;
        }
        let wide = coding::utf16(&bytes);
        let text = wide.as_ref().map(|text| text.as_str());
        match text.or_else(|| coding::text(&bytes)) {
            Some(text) => {
                self.texts.push(bytes.clone());
                self.add_text(text, deeper);
            }
            None => {
                let around = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
                self.found.push(bytes);
                self.add_text(&around, deeper);
            }
        }
    }

    fn add_text(&mut self, text: &str, deeper: usize) {
        let Some(deeper) = deeper.checked_sub(1) else {
            return;
        };
        // Characters that JSON spells by their numbers.
        if text.contains("\\u") {
            for string in json::strings(coding::trim(text)) {
                self.add_text(&string, deeper);
            }
        }
        let text = Zeroizing::new(unquoted(&coding::unescape(text)));
        let found = in_hex(&text)
            .chain(in_decimal(&text))
            .chain(in_arrays(&text))
            .chain(in_base64(&text))
            .chain(in_lines(&text));
        for bytes in found {
            self.add(bytes, deeper);
        }
    }
}

/// Digits and line ends that a URL writes with a per cent sign.
fn unquoted(text: &str) -> String {
    [
        ("%2B", "+"),
        ("%2F", "/"),
        ("%3D", "="),
        ("%20", " "),
        ("%0D", "\n"),
        ("%0A", "\n"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (written, meant)| {
        text.replace(written, meant)
    })
}

/// The number that `openssl pkey -text` prints under the name of an RSA key's modulus, where the exponent is 65537.
pub(super) fn printed_modulus<'w>(text: &str, written: &'w [Written]) -> Option<&'w [u8]> {
    let (_, rest) = text.split_once("Modulus:")?;
    let (digits, rest) = rest.split_once("Exponent:")?;
    let is_usual = coding::trim(rest).starts_with("65537 ");
    let number = in_hex(digits)
        .filter(|_| is_usual)
        .max_by_key(|number| number.len())?;
    written
        .iter()
        .find(|bytes| **bytes == number)
        .map(|bytes| bytes.as_slice())
}

/// Hexadecimal digits in one piece, and those that stand in pairs, words or lines.
fn in_hex(text: &str) -> impl Iterator<Item = Written> {
    let pieces = text
        .split(|c: char| !c.is_ascii_hexdigit())
        .filter(|piece| piece.len() >= 2 * SHORTEST - 1)
        .filter_map(hex);
    let mut rows = Vec::new();
    let mut row = Zeroizing::new(Vec::new());
    for line in text.lines() {
        for word in line
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
        {
            let digits = ["0x", "0X", "x"]
                .iter()
                .find_map(|start| word.strip_prefix(start));
            let is_even = word.len().is_multiple_of(2);
            match digits.or(is_even.then_some(word)).and_then(hex) {
                Some(bytes) => row.extend_from_slice(&bytes),
                None => rows.push(core::mem::take(&mut row)),
            }
        }
        // An empty line ends a number.
        if coding::trim(line).is_empty() {
            rows.push(core::mem::take(&mut row));
        }
    }
    rows.push(row);
    pieces.chain(rows)
}

/// With a zero in front, where a program that writes numbers left it out.
fn hex(digits: &str) -> Option<Written> {
    let mut even = Zeroizing::new(String::with_capacity(digits.len().saturating_add(1)));
    if !digits.len().is_multiple_of(2) {
        even.push('0');
    }
    even.push_str(digits);
    let bytes = base16ct::mixed::decode_vec(even.as_bytes());
    bytes.ok().map(Zeroizing::new)
}

fn in_decimal(text: &str) -> impl Iterator<Item = Written> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|digits| DECIMAL.contains(&digits.len()))
        .filter_map(|digits| BoxedUint::from_str_radix_vartime(digits, 10).ok())
        .map(|number| {
            let number = Zeroizing::new(number);
            let bytes = Zeroizing::new(number.to_be_bytes());
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            Zeroizing::new(bytes.get(zeros..).unwrap_or_default().to_vec())
        })
}

/// Bytes in decimal, one after the other; Java has them with a sign.
fn in_arrays(text: &str) -> impl Iterator<Item = Written> {
    let mut arrays = Vec::new();
    let mut array = Zeroizing::new(Vec::new());
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')));
    for word in words.filter(|word| !word.is_empty()) {
        match word.trim_end_matches("u8").parse::<i16>() {
            // The remainder modulo 256 is the byte.
            Ok(byte @ -128..=255) => array.push(byte as u8),
            _ => arrays.push(core::mem::take(&mut array)),
        }
    }
    arrays.push(array);
    arrays.into_iter()
}

/// Base64 of either alphabet in one piece, also after a name and an equals sign.
fn in_base64(text: &str) -> impl Iterator<Item = Written> {
    let pieces = |marks: &'static [char]| {
        text.split(move |c: char| !(c.is_ascii_alphanumeric() || marks.contains(&c)))
    };
    let standard = pieces(&['+', '/', '=']);
    // What has neither mark is a piece of the other alphabet, but for a scalar between strokes of a path.
    let for_urls = pieces(&['-', '_', '=']).filter(|piece| {
        let len = piece.trim_end_matches('=').len();
        piece.contains(['-', '_']) || len == SCALAR_DIGITS
    });
    standard
        .chain(for_urls)
        .flat_map(|piece| [Some(piece), piece.split_once('=').map(|(_, value)| value)])
        .flatten()
        .filter(|piece| piece.len() > SHORTEST)
        .filter_map(coding::short_base64)
}

/// Base64 in lines, also in the quotes of source text.
fn in_lines(text: &str) -> impl Iterator<Item = Written> {
    let mut found = Vec::new();
    let mut digits = Zeroizing::new(String::new());
    let mut end = |digits: &mut Zeroizing<String>| {
        found.extend(coding::short_base64(digits));
        digits.clear();
    };
    for line in text.lines() {
        let quoted = line
            .split_once(['"', '\''])
            .and_then(|(_, rest)| rest.rsplit_once(['"', '\'']))
            .map(|(inside, _)| inside);
        let line = coding::trim(quoted.unwrap_or(line));
        let digit = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
        let is_last = digits.len() >= SHORTEST_LINE;
        match (line.len() >= SHORTEST_LINE || is_last && !line.is_empty())
            && line.chars().all(digit)
        {
            true => digits.push_str(line),
            false => end(&mut digits),
        }
    }
    end(&mut digits);
    found.into_iter()
}
