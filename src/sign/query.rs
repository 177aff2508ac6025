//! Queries and forms: parsed strictly, written as in RFC 3986.
//!
//! Everything except `A`–`Z`, `a`–`z`, `0`–`9`, `-`, `_`, `.` and `~` is written as `%XX` in upper case (RFC 3986, 2.1
//! and 2.3), a space as `%20`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::sign::SignError;

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The meaning of a bare `+`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plus {
    /// Itself, as in a URL (RFC 3986).
    Itself,
    /// A space, as in `application/x-www-form-urlencoded`.
    Blank,
}

/// The decoded names and values, in the order of the text. A name without `=` has the empty value.
pub(crate) fn parse(text: &str, plus: Plus) -> Result<Vec<(String, String)>, SignError> {
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SignError::BadQuery);
    }
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name, plus)?, decode(value, plus)?))
        })
        .collect()
}

/// `name=value&name=value`, each percent-encoded.
pub(crate) fn write<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.extend(utf8_percent_encode(name, RESERVED));
        text.push('=');
        text.extend(utf8_percent_encode(value, RESERVED));
    }
    text
}

/// Percent-encodes one segment of a path.
pub(crate) fn encode(segment: &str) -> String {
    utf8_percent_encode(segment, RESERVED).to_string()
}

/// Percent-decodes a text. The crate's decoder accepts a `%` that encodes nothing; a signature must not, because the
/// two sides may read it differently.
pub(crate) fn decode(text: &str, plus: Plus) -> Result<String, SignError> {
    let well_formed = text.split('%').skip(1).all(|after| {
        let mut digits = after.bytes();
        let mut hex = || digits.next().is_some_and(|byte| byte.is_ascii_hexdigit());
        hex() && hex()
    });
    if !well_formed {
        return Err(SignError::BadQuery);
    }
    let blanks;
    let text = match plus {
        Plus::Itself => text,
        Plus::Blank => {
            blanks = text.replace('+', " ");
            &blanks
        }
    };
    percent_decode_str(text)
        .decode_utf8()
        .map(Into::into)
        .map_err(|_| SignError::BadQuery)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str, plus: Plus) -> Result<String, SignError> {
        let pairs = parse(text, plus)?;
        Ok(write(pairs.iter().map(|(n, v)| (n.as_str(), v.as_str()))))
    }

    #[test]
    fn writes_what_was_read_in_the_one_way() {
        assert_eq!(
            rewritten("a=%7e%2a*&b", Plus::Itself).unwrap(),
            "a=~%2A%2A&b="
        );
        assert_eq!(rewritten("a=1+2", Plus::Itself).unwrap(), "a=1%2B2");
        assert_eq!(rewritten("a=1+2", Plus::Blank).unwrap(), "a=1%202");
        assert_eq!(rewritten("&a==&&=b&", Plus::Itself).unwrap(), "a=%3D&=b");
        assert_eq!(
            rewritten("n=%e8%ba%ab", Plus::Itself).unwrap(),
            "n=%E8%BA%AB"
        );
    }

    // The Go SDK's own unit test of its canonical query.
    #[test]
    fn encodes_as_the_published_query() {
        assert_eq!(
            write([("path", "/tmp/123"), ("test", "一 (&=?!#%.*)")]),
            "path=%2Ftmp%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29"
        );
    }

    #[test]
    fn what_two_sides_may_read_differently_is_refused() {
        for text in [
            "a=%", "a=%1", "a=%zz", "%=1", "a=%ff", "a=b c", "a=身", "a=1\n", "a=%+1",
        ] {
            assert_eq!(
                rewritten(text, Plus::Blank),
                Err(SignError::BadQuery),
                "{text}"
            );
        }
    }
}
