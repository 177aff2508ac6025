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
        show(c, &mut out);
    }
    out
}

/// An answer as a terminal may show it, whatever its length: its line breaks and tabs are kept.
pub(crate) fn for_a_terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            c => show(c, &mut out),
        }
    }
    out
}

fn show(c: char, out: &mut String) {
    match c {
        _ if c.is_control() => out.extend(c.escape_default()),
        // Bidirectional overrides and isolates can reorder what a reader sees; blanks without width, soft hyphens and tags
        // hide what a reader does not.
        '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => out.extend(c.escape_unicode()),
        _ => out.push(c),
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
        ] {
            let code = format!("\\u{{{:x}}}", u32::from(hidden));
            assert_eq!(printable(&format!("a{hidden}b")), format!("a{code}b"));
            assert_eq!(
                for_a_terminal(&format!("a\n\t{hidden}b")),
                format!("a\n\t{code}b")
            );
        }
        let (fits, longer) = ("x".repeat(512), "x".repeat(513));
        assert_eq!(printable(&fits), fits);
        assert_eq!(printable(&longer), format!("{fits}…"));
    }
}
