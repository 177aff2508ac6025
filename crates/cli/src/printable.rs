//! What came from outside, as a terminal may show it.

/// Text from outside with every control and direction-changing character escaped, cut to a length that a log
/// line can bear.
pub(crate) fn printable(text: &str) -> String {
    const LONGEST: usize = 512;
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for (count, c) in text.chars().enumerate() {
        if count >= LONGEST {
            out.push('…');
            break;
        }
        match c {
            _ if c.is_control() => out.extend(c.escape_default()),
            // Bidirectional overrides and isolates can reorder what a reader sees.
            '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => {
                out.extend(c.escape_unicode());
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_what_is_long_is_cut() {
        assert_eq!(printable("a\x1b[31mb\nc"), "a\\u{1b}[31mb\\nc");
        assert_eq!(printable("\u{202e}abc"), "\\u{202e}abc");
        assert_eq!(printable("签名错误"), "签名错误");
        let (fits, longer) = ("x".repeat(512), "x".repeat(513));
        assert_eq!(printable(&fits), fits);
        assert_eq!(printable(&longer), format!("{fits}…"));
    }
}
