//! Patterns with `*`, which matches any characters or none.

/// Whether the pattern covers every text that `other` does. A text without `*` covers itself only.
pub(crate) fn covers(pattern: &str, other: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = other.strip_prefix(first) else {
        return false;
    };
    let Some(last) = pieces.next_back() else {
        return rest.is_empty();
    };
    for piece in pieces {
        // The earliest match leaves the most for the rest.
        let Some(at) = rest.find(piece) else {
            return false;
        };
        rest = rest.split_at(at).1;
        rest = rest.strip_prefix(piece).unwrap_or(rest);
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, other) in [
            ("*", ""),
            ("*", "ocr:A"),
            ("*", "ocr:*"),
            ("ocr:*", "ocr:A"),
            ("ocr:*", "ocr:ID*"),
            ("ocr:ID*OCR", "ocr:IDCardOCR"),
            ("*:*OCR", "ocr:OCR"),
            ("a*a", "aa"),
            ("a*b*c", "axxbyyc"),
            ("a*ab", "aabab"),
            ("ocr:A", "ocr:A"),
        ] {
            assert!(covers(pattern, other), "{pattern} {other}");
        }
        for (pattern, other) in [
            ("ocr:A", "ocr:*"),
            ("ocr:ID*", "ocr:*"),
            ("ocr:A", "ocr:AB"),
            ("ocr:A*", "ocr:B"),
            ("a*a", "a"),
            ("*OCR", "OCRx"),
            ("a*b*c", "axxc"),
            ("", "a"),
        ] {
            assert!(!covers(pattern, other), "{pattern} {other}");
        }
    }
}
