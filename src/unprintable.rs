//! Characters that a terminal would obey, or that a reader would not see.

/// True for a character that is not to be printed as it is: controls; marks that reorder what is read; and what has neither
/// ink nor width and so can hide in a text. Combining marks and blanks are not among them: every script needs its own.
///
/// Of Unicode 16: the categories Cc, Zl and Zp, Default_Ignorable_Code_Point, the rest of Cf that has no ink, and two
/// symbols that look like a blank.
pub fn is_unprintable(c: char) -> bool {
    match c {
        _ if c.is_control() => true,
        // Soft hyphen, grapheme joiner, Arabic letter mark, Hangul fillers, Khmer inherent vowels.
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => {
            true
        }
        // Mongolian selectors and vowel separator.
        '\u{180b}'..='\u{180f}' => true,
        // Blanks without width, joiners, marks of direction, line and paragraph separators, embeddings, overrides, isolates,
        // invisible operators.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        // A pattern of Braille without a dot, and another filler of Hangul.
        '\u{2800}' | '\u{3164}' => true,
        // Variation selectors, byte-order mark, half-width filler, annotations.
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => true,
        // Controls of Egyptian, of shorthand and of music, and its note without a head.
        '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d159}'
        | '\u{1d173}'..='\u{1d17a}' => true,
        // Tags and more variation selectors.
        '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a18_what_reorders_or_hides_is_not_printed_as_it_is() {
        for c in [
            '\0',
            '\n',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{180e}',
            '\u{200b}',
            '\u{200f}',
            '\u{2028}',
            '\u{202e}',
            '\u{2066}',
            '\u{206a}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{e0041}',
            '\u{e0100}',
            '\u{e01ef}',
        ] {
            assert!(is_unprintable(c), "{c:?}");
        }
    }

    #[test]
    fn a18_every_script_is_printed() {
        let text = "a \"b\" \\ 身份证，签名错误 é e\u{301} \u{a0}\u{3000} كتاب ไทย हिन्दी ᠮᠣᠩᠭᠣᠯ བོད ئۇيغۇر 조선글 ⠓ 😀";
        assert!(!text.contains(is_unprintable));
    }
}
