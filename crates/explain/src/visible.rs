//! Outside text with control characters escaped, so that they cannot control a terminal.

/// The text with every invisible character escaped: control characters, and format characters that reorder or hide text
/// (Unicode's category Cf). Quotes and backslashes stay unchanged.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' => shown.push(c),
            _ => shown.extend(c.escape_debug()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a18_what_a_terminal_would_obey_is_escaped_and_nothing_else() {
        assert_eq!(
            visible("a \"b\" 'c' \\d 身份证 é"),
            "a \"b\" 'c' \\d 身份证 é"
        );
        assert_eq!(visible("\x1b[31m\r\t\x7f"), "\\u{1b}[31m\\r\\t\\u{7f}");
        for hidden in [
            '\u{61c}',
            '\u{200b}',
            '\u{ad}',
            '\u{202e}',
            '\u{fff9}',
            '\u{e0041}',
            '\u{85}',
        ] {
            assert_eq!(
                visible(&hidden.to_string()),
                format!("\\u{{{:x}}}", u32::from(hidden))
            );
        }
    }
}
