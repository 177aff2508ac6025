//! What came from outside, as a terminal may show it.

use cardseal::is_unprintable;

/// Text from outside with every character escaped that a terminal would obey or a reader not see, cut to a length that a
/// log line can bear.
pub(crate) fn printable(text: &str) -> String {
    const LONGEST: usize = 512;
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for (count, c) in text.chars().enumerate() {
        if count >= LONGEST {
            out.push('…');
            break;
        }
        show(c, &mut out);
    }
    out
}

/// The name of a member that nobody knows, as [`printable`]; not shown where it looks like a secret.
pub(crate) fn name(name: &str) -> String {
    match cardseal::looks_secret(name) {
        true => cardseal::not_shown(name),
        false => printable(name),
    }
}

/// JSON as a terminal may show it, whatever its length: its line breaks and tabs are kept, and it means the same.
pub(crate) fn json_for_a_terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            c if is_unprintable(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// One line of text with every such character escaped, whatever its length.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| show(c, &mut out));
    out
}

fn show(c: char, out: &mut String) {
    match is_unprintable(c) {
        true if c.is_control() => out.extend(c.escape_default()),
        true => out.extend(c.escape_unicode()),
        false => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a18_what_a_terminal_would_obey_is_escaped_and_what_is_long_is_cut() {
        assert_eq!(printable("a\x1b[31mb\nc"), "a\\u{1b}[31mb\\nc");
        assert_eq!(printable("\u{202e}abc"), "\\u{202e}abc");
        assert_eq!(printable("签名错误"), "签名错误");
        for hidden in [
            '\u{7f}',
            '\u{9b}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200f}',
            '\u{202e}',
            '\u{2066}',
            '\u{feff}',
            '\u{fff9}',
            '\u{e0001}',
            '\u{e007f}',
            '\u{180e}',
            '\u{115f}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{34f}',
            '\u{2800}',
            '\u{e0100}',
        ] {
            let code = format!("\\u{{{:x}}}", u32::from(hidden));
            assert_eq!(printable(&format!("a{hidden}b")), format!("a{code}b"));
            let json = serde_json::to_string(&format!("a{hidden}b")).unwrap();
            let shown = json_for_a_terminal(&format!("[\n\t{json}]"));
            assert!(!shown.contains(hidden), "{shown}");
            let read: [String; 1] = serde_json::from_str(&shown).unwrap();
            assert_eq!(read, [format!("a{hidden}b")]);
        }
        let (fits, longer) = ("x".repeat(512), "x".repeat(513));
        assert_eq!(printable(&fits), fits);
        assert_eq!(printable(&longer), format!("{fits}…"));
    }
}
