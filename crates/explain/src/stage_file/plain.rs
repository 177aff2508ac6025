//! One stage as plain text: removes quotes and escapes, and recognises the stage by its shape.

use std::borrow::Cow;

use crate::stage::Stage;

/// Removes what a program or a terminal added: the quotes of a JSON string or a printed one, and `\n` instead of line
/// feeds.
pub(super) fn unquoted(text: &str) -> Cow<'_, str> {
    let inner = text.trim_matches(['\r', '\n', ' ', '\t']);
    if let Ok(text) = serde_json::from_str::<String>(inner) {
        return Cow::Owned(unescaped(&text).into_owned());
    }
    let inner = inner
        .strip_prefix('b')
        .filter(|rest| is_quoted(rest))
        .unwrap_or(inner);
    if is_quoted(inner) {
        let inner = inner
            .get(1..inner.len().saturating_sub(1))
            .unwrap_or_default();
        return unescaped(inner);
    }
    match unescaped(inner) {
        // The line end after an escaped text is not part of it.
        Cow::Owned(text) => Cow::Owned(text),
        Cow::Borrowed(_) => Cow::Borrowed(text),
    }
}

fn is_quoted(text: &str) -> bool {
    let within = |quote| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    within('"') || within('\'')
}

/// Unescapes a one-line text that contains `\n`; returns any other text unchanged.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if text.contains('\n') || !text.contains("\\n") {
        return Cow::Borrowed(text);
    }
    let mut read = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            read.push(c);
            continue;
        }
        match rest.next() {
            Some('n') => read.push('\n'),
            Some('r') => read.push('\r'),
            Some('t') => read.push('\t'),
            Some(c @ ('\\' | '"' | '\'' | '/')) => read.push(c),
            other => {
                read.push('\\');
                read.extend(other);
            }
        }
    }
    Cow::Owned(read)
}

/// The stage that a text is, and its text; `None` if there are only line ends.
///
/// A signature is one word of hex or base64, or is in an `Authorization` header. A canonical request starts with a line
/// that is a method. Anything else is a string to sign: it names its algorithm in the first line, is a complete request
/// in one line (signature v1), or starts with a header (EOP).
pub(super) fn stage(text: &str) -> Option<(Stage, String)> {
    let without_end = text.trim_end_matches(['\r', '\n']);
    let mut lines = without_end.lines();
    let first = lines
        .next()
        .filter(|first| !first.is_empty() || without_end.contains('\n'))?;
    let one_line = lines.next().is_none();
    let coded = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let is_method = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_uppercase());
    if one_line && first.bytes().all(coded) {
        return Some((Stage::Signature, first.to_owned()));
    }
    if one_line && let Some((_, after)) = first.split_once(" Signature=") {
        let signature = after.split(',').next().unwrap_or_default();
        return Some((Stage::Signature, signature.trim().to_owned()));
    }
    if !one_line && is_method {
        return Some((Stage::CanonicalRequest, text.to_owned()));
    }
    Some((Stage::StringToSign, text.to_owned()))
}

/// Whether a text has the form of a stage, right or wrong in its details: nothing but a stage looks so.
///
/// A method and a path; an algorithm's name and a time; a request in one line; EOP's headers; an `Authorization` header. A
/// signature alone has no form: keys look like it.
pub(super) fn has_form(text: &str) -> bool {
    let text = text.trim_end_matches(['\r', '\n']);
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let is_upper = |text: &str| {
        let fine = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        text.starts_with(|c: char| c.is_ascii_uppercase()) && text.bytes().all(fine)
    };
    let Some(second) = lines.next() else {
        let is_request = ["GET", "POST"]
            .iter()
            .any(|method| first.starts_with(method))
            && first.contains("Action=")
            && first.contains("/?");
        return is_request || first.contains(" Signature=");
    };
    let is_canonical = is_upper(first) && second.starts_with(['/', '%']);
    let is_to_sign =
        is_upper(first) && first.contains('-') && second.starts_with(|c: char| c.is_ascii_digit());
    is_canonical || is_to_sign || text.contains("eop-date:")
}

/// Whether a text is as long as a signature: SHA-256 or SM3 in hex, SHA-256 or SHA-1 in Base64.
pub(super) fn may_be_signature(text: &str) -> bool {
    let word = text.trim();
    let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    match word.len() {
        64 => is_hex,
        44 | 28 => word.ends_with('='),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Stage, String)> {
        stage(&unquoted(text))
    }

    #[test]
    fn a_plain_text_is_known_by_its_shape() {
        for (text, known) in [
            ("POST\n/\n\nhost:a\n\nhost\nab", Stage::CanonicalRequest),
            (
                "TC3-HMAC-SHA256\n1\n2019-02-25/ocr/tc3_request\nab",
                Stage::StringToSign,
            ),
            (
                "GETcvm.tencentcloudapi.com/?Action=A&Nonce=1&SignatureMethod=HmacSHA256",
                Stage::StringToSign,
            ),
            ("appkey:a\neop-date:b\n\n\nab", Stage::StringToSign),
            ("72e494ea809ad7a8", Stage::Signature),
            ("EliP9YW3pW28FpsEdkXt/+WcGeI=", Stage::Signature),
        ] {
            assert_eq!(read(text), Some((known, text.to_owned())));
        }
        for header in [
            "Authorization: TC3-HMAC-SHA256 Credential=a/b/c/tc3_request, SignedHeaders=host, Signature=ab12",
            "0123 Headers=eop-date Signature=ab12\n",
        ] {
            assert_eq!(read(header), Some((Stage::Signature, "ab12".to_owned())));
        }
    }

    #[test]
    fn a_line_end_is_kept_where_it_may_have_been_hashed() {
        let canonical = "POST\n/\n\nhost:a\n\nhost\nab\n";
        assert_eq!(
            read(canonical),
            Some((Stage::CanonicalRequest, canonical.to_owned()))
        );
        for signature in ["ab12\n", "ab12\r\n"] {
            assert_eq!(read(signature), Some((Stage::Signature, "ab12".to_owned())));
        }
    }

    #[test]
    fn quotes_and_escapes_are_read() {
        let canonical = "POST\n/\n\nx:\"a\"\n\nx\nab";
        for written in [
            r#""POST\n/\n\nx:\"a\"\n\nx\nab""#,
            r#"POST\n/\n\nx:"a"\n\nx\nab"#,
            r#"'POST\n/\n\nx:"a"\n\nx\nab'"#,
            r#"b'POST\n/\n\nx:"a"\n\nx\nab'"#,
        ] {
            for end in ["", "\n", "\r\n"] {
                assert_eq!(
                    read(&format!("{written}{end}")),
                    Some((Stage::CanonicalRequest, canonical.to_owned())),
                    "{written}"
                );
            }
        }
        // A line feed inside the quotes belongs to the text.
        assert_eq!(
            read(r#""POST\n/\n""#),
            Some((Stage::CanonicalRequest, "POST\n/\n".to_owned()))
        );
    }
}
