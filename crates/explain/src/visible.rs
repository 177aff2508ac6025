//! Outside text with control characters escaped, so that they cannot control a terminal.

use cardseal::is_unprintable;

/// The text with every character escaped that a terminal would obey or a reader not see. Quotes and backslashes stay
/// unchanged.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' => shown.push(c),
            _ if is_unprintable(c) && !c.is_ascii() => shown.extend(c.escape_unicode()),
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
            '\u{180e}',
            '\u{115f}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{34f}',
            '\u{2800}',
            '\u{e0100}',
        ] {
            assert_eq!(
                visible(&hidden.to_string()),
                format!("\\u{{{:x}}}", u32::from(hidden))
            );
        }
    }
}
