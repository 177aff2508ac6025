//! A text as an expression of a language: what the program holds is that text, character by character.
//!
//! Where a language has a form without escapes, and the text fits it, that form is used: JSON is full of quotes. What
//! an editor does not show (controls, marks that change the direction of writing, blanks of no width) is escaped
//! everywhere. Java and C# get ASCII only, since their compilers may read a source file in the machine's own encoding.
//!
//! Source: the lexical part of each language's specification, and for C++ the limit of a literal in MSVC.

use core::fmt::Write as _;

use super::language::Language;

/// A text of more lines than this is not shown line by line.
const MOST_LINES: usize = 200;

/// The most characters of one literal: Java's class files take 65,535 bytes of up to 3 a character, MSVC some 16,380.
const MOST_IN_ONE: usize = 16_000;

/// Rust takes no more of these around a raw string.
const MOST_MARKS: usize = 255;

/// The expression, as it stands behind an equals sign: where it has lines of its own, none of them ends with a blank.
pub(super) fn literal(language: Language, text: &str) -> String {
    let deep = match language {
        // Within a class.
        Language::Java | Language::CSharp => "        ",
        _ => "    ",
    };
    let joined = |text, quote, escaped, between, open, close| {
        joined(text, quote, escaped, [between, open, close], deep)
    };
    match language {
        Language::Curl if is_shown(text, &['\n']) => format!("'{}'", text.replace('\'', r"'\''")),
        Language::Curl => format!("$'{}'", escape(text, &['\n'], shell)),
        Language::Php if is_shown(text, &['\n']) => {
            format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
        }
        Language::Php => format!("\"{}\"", escape(text, &['\n'], php)),
        Language::Rust if is_shown(text, &['\n', '\t']) && marks(text) <= MOST_MARKS => {
            let marks = "#".repeat(marks(text));
            format!("r{marks}\"{text}\"{marks}")
        }
        Language::Go if is_shown(text, &['\n', '\t']) && !text.contains('`') => format!("`{text}`"),
        Language::Cpp
            if is_shown(text, &['\n', '\t'])
                && !text.contains(")json\"")
                && text.len() <= MOST_IN_ONE =>
        {
            format!("R\"json({text})json\"")
        }
        Language::Rust => joined(text, '"', rust, ",", "concat!(", ")"),
        Language::Go => joined(text, '"', go, " +", "", ""),
        Language::Cpp => joined(text, '"', cpp, "", "", ""),
        Language::Python => joined(text, '\'', python, "", "(", ")"),
        Language::NodeJs => joined(text, '\'', javascript, " +", "", ""),
        Language::CSharp => joined(text, '"', utf16, " +", "", ""),
        // Literals that are added up make one literal again, which may be too long.
        Language::Java if text.len() > MOST_IN_ONE => {
            joined(text, '"', utf16, ",", "String.join(\"\",", ")")
        }
        Language::Java => joined(text, '"', utf16, " +", "", ""),
    }
}

/// True if every character shows as itself, but for these.
fn is_shown(text: &str, beside: &[char]) -> bool {
    text.chars().all(|c| beside.contains(&c) || shows(c))
}

fn shows(c: char) -> bool {
    matches!(c, '\'' | '"' | '\\') || !cardseal::is_unprintable(c) && c.escape_debug().eq([c])
}

/// How many marks `r#"…"#` takes around a text: one more than stand behind any quote in it.
fn marks(text: &str) -> usize {
    let behind = |rest: &str| rest.bytes().take_while(|byte| *byte == b'#').count();
    let quotes = text.split('"').skip(1).map(behind);
    quotes.max().map_or(0, |most| most + 1)
}

/// One quoted literal a line of the text, or a single one; between them what the language joins them with.
fn joined(
    text: &str,
    quote: char,
    escaped: fn(char, &mut String),
    [between, open, close]: [&str; 3],
    deep: &str,
) -> String {
    let parts = parts(text);
    let quoted = |part: &&str| format!("{quote}{}{quote}", escape(part, &[], escaped));
    let quoted: Vec<String> = parts.iter().map(quoted).collect();
    match quoted.as_slice() {
        [one] => one.clone(),
        many => {
            let lines = many.join(&format!("{between}\n{deep}"));
            let less = deep.get(4..).unwrap_or_default();
            let end = match close {
                "" => String::new(),
                close => format!("\n{less}{close}"),
            };
            format!("{open}\n{deep}{lines}{end}")
        }
    }
}

/// The lines of a text that is short enough to be read; of any other, pieces that fit a literal.
fn parts(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    if lines.len() <= MOST_LINES && lines.iter().all(|line| line.len() <= MOST_IN_ONE) {
        return if lines.is_empty() { vec![""] } else { lines };
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let at = (0..=rest.len().min(MOST_IN_ONE))
            .rev()
            .find(|at| rest.is_char_boundary(*at));
        let (piece, after) = rest.split_at(at.unwrap_or(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn escape(text: &str, plain: &[char], escaped: fn(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        if plain.contains(&c) {
            out.push(c);
        } else {
            escaped(c, &mut out);
        }
    }
    out
}

/// What most languages have in common; gives false if the character is none of these.
fn common(c: char, quote: char, out: &mut String) -> bool {
    match c {
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if c == quote => out.extend(['\\', c]),
        _ => return false,
    }
    true
}

fn python(c: char, out: &mut String) {
    if !common(c, '\'', out) {
        by_number(c, out);
    }
}

fn go(c: char, out: &mut String) {
    if !common(c, '"', out) {
        by_number(c, out);
    }
}

/// `\u` with four digits, `\U` with eight.
fn by_number(c: char, out: &mut String) {
    let number = u32::from(c);
    let _ = match c {
        _ if shows(c) => write!(out, "{c}"),
        _ if number <= 0xffff => write!(out, "\\u{number:04x}"),
        _ => write!(out, "\\U{number:08x}"),
    };
}

fn javascript(c: char, out: &mut String) {
    if !common(c, '\'', out) {
        in_braces(c, out);
    }
}

fn rust(c: char, out: &mut String) {
    if !common(c, '"', out) {
        in_braces(c, out);
    }
}

fn php(c: char, out: &mut String) {
    match c {
        '$' => out.push_str("\\$"),
        _ if common(c, '"', out) => {}
        _ => in_braces(c, out),
    }
}

fn in_braces(c: char, out: &mut String) {
    let _ = match shows(c) {
        true => write!(out, "{c}"),
        false => write!(out, "\\u{{{:x}}}", u32::from(c)),
    };
}

fn shell(c: char, out: &mut String) {
    match c {
        _ if common(c, '\'', out) => {}
        _ if shows(c) => out.push(c),
        _ => bytes(c, out, |byte, out| {
            let _ = write!(out, "\\x{byte:02x}");
        }),
    }
}

/// In octal: a hexadecimal escape has no end of its own. Two question marks in a row may begin a trigraph.
fn cpp(c: char, out: &mut String) {
    match c {
        '?' => out.push_str("\\?"),
        _ if common(c, '"', out) => {}
        _ if shows(c) => out.push(c),
        _ => bytes(c, out, |byte, out| {
            let _ = write!(out, "\\{byte:03o}");
        }),
    }
}

fn bytes(c: char, out: &mut String, write: fn(u8, &mut String)) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        write(byte, out);
    }
}

/// In UTF-16, as Java and C# have it.
fn utf16(c: char, out: &mut String) {
    match c {
        _ if common(c, '"', out) => {}
        _ if c.is_ascii() && shows(c) => out.push(c),
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_without_escapes_is_used_where_the_text_fits_it() {
        for (language, text, expected) in [
            (Language::Curl, r#"{"a":"b\n"}"#, r#"'{"a":"b\n"}'"#),
            (Language::Curl, "it's", r"'it'\''s'"),
            (Language::Curl, "a'\u{202e}\\", r"$'a\'\xe2\x80\xae\\'"),
            (Language::Php, "$a'\\", r"'$a\'\\'"),
            (Language::Php, "$a\u{202e}\"{", r#""\$a\u{202e}\"{""#),
            (Language::Rust, r##"a"#b"##, r###"r##"a"#b"##"###),
            (Language::Rust, "\u{202e}\"", r#""\u{202e}\"""#),
            (Language::Go, "a\\u0041\n", "`a\\u0041\n`"),
            (Language::Go, "a`\u{feff}😀", r#""a`\ufeff😀""#),
            (Language::Cpp, "a\"??=", r#"R"json(a"??=)json""#),
            (Language::Cpp, ")json\"??=", r#"")json\"\?\?=""#),
            (Language::Cpp, "\u{7f}0", r#""\1770""#),
            (
                Language::Python,
                "'\u{200b}\u{10ffff}",
                r"'\'\u200b\U0010ffff'",
            ),
            (Language::NodeJs, "${a}`'", r"'${a}`\''"),
            (
                Language::Java,
                "\\u0022张😀",
                r#""\\u0022\u5f20\ud83d\ude00""#,
            ),
            (Language::CSharp, "张\"", r#""\u5f20\"""#),
        ] {
            assert_eq!(literal(language, text), expected, "{language:?} {text:?}");
        }
    }

    #[test]
    fn a_text_of_some_lines_is_shown_line_by_line() {
        let text = "{\n  \"a\": 1\n}";
        assert_eq!(
            literal(Language::Python, text),
            "(\n    '{\\n'\n    '  \"a\": 1\\n'\n    '}'\n)"
        );
        assert_eq!(
            literal(Language::Java, text),
            "\n        \"{\\n\" +\n        \"  \\\"a\\\": 1\\n\" +\n        \"}\""
        );
        assert_eq!(literal(Language::NodeJs, "1\n2"), "\n    '1\\n' +\n    '2'");
        assert_eq!(literal(Language::NodeJs, ""), "''");
    }

    #[test]
    fn a_raw_string_has_the_marks_that_rust_takes_and_is_written_at_once() {
        let marked = |count| format!("{{\"a\":\"{}\"}}", "#".repeat(count));
        let most = literal(Language::Rust, &marked(254));
        assert!(
            most.starts_with(&format!("r{}\"{{", "#".repeat(255))),
            "{most}"
        );
        assert!(literal(Language::Rust, &marked(255)).starts_with("\"{\\\"a"));
        for language in Language::ALL {
            let started = std::time::Instant::now();
            let text = marked(400_000);
            assert!(literal(*language, &text).len() >= text.len());
            let took = started.elapsed();
            assert!(took.as_secs() < 20, "{language:?} took {took:?}");
        }
        assert_eq!(marks("no quote #"), 0);
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_none_is_lost() {
        let text = format!("{{\"a\":\"{}\"}}", "名".repeat(40_000));
        let pieces = parts(&text);
        assert!(pieces.len() > 7 && pieces.iter().all(|piece| piece.len() <= MOST_IN_ONE));
        assert_eq!(pieces.concat(), text);
        assert!(literal(Language::Java, &text).starts_with("String.join(\"\","));
        let lines = "1,\n".repeat(1000);
        assert_eq!(parts(&lines).concat(), lines);
        assert_eq!(parts(&lines).len(), 1);
    }
}
