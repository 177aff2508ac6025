//! The comments of the programs, in English or Chinese. The code around them is the same, and so is everything that a
//! program prints.

mod chinese;

use chinese::TWINS;

/// The language of a program's comments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Comments {
    /// English.
    #[default]
    English,
    /// Chinese.
    Chinese,
}

/// What may stand behind a comment's words.
const CLOSERS: [&str; 4] = ["", " */", "</summary>", "\"\"\""];

impl Comments {
    /// The template with its comments in this language; its places stay open.
    pub(super) fn of(self, template: &str) -> String {
        match self {
            Self::English => template.to_owned(),
            Self::Chinese => {
                let mut out = String::with_capacity(template.len());
                for line in template.split_inclusive('\n') {
                    in_chinese(line, &mut out);
                }
                out
            }
        }
    }
}

/// One line, its comment in Chinese where it has one.
fn in_chinese(line: &str, out: &mut String) {
    let (text, end) = match line.strip_suffix('\n') {
        Some(text) => (text, "\n"),
        None => (line, ""),
    };
    let found = CLOSERS.iter().find_map(|closer| {
        let words = text.strip_suffix(closer)?;
        // The longest: some comments end as others do.
        TWINS
            .iter()
            .filter_map(|(english, chinese)| Some((words.strip_suffix(english)?, chinese, closer)))
            .min_by_key(|(before, ..)| before.len())
    });
    match found {
        Some((before, chinese, closer)) => {
            for part in [before, chinese, closer, end] {
                out.push_str(part);
            }
        }
        None => out.push_str(line),
    }
}

/// What a program with a sealed body says of its answer.
pub(super) const fn opened_by(comments: Comments) -> [&'static str; 3] {
    match comments {
        Comments::English => [
            "The answer comes encrypted, and this program does not hold its key. With the opener file that `cardseal seal` wrote",
            "beside this body: cardseal open --opener FILE < ANSWER. Sealed on the explorer's page: paste the answer into Reply",
            "there and press Open, for as long as the explorer runs.",
        ],
        Comments::Chinese => [
            "应答是加密的，而本程序没有它的密钥。若请求体由 `cardseal seal` 生成，用它同时写出的 opener 文件解密：",
            "cardseal open --opener FILE < ANSWER。若在 explorer 页面上加密：在 explorer 运行期间，",
            "把应答粘贴到页面的“应答”中，再按“解密”。",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::super::language::Language;
    use super::*;

    fn is_chinese(text: &str) -> bool {
        text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
    }

    /// Where a line's comment begins, and its words.
    fn comment(language: Language, line: &str) -> Option<(&str, &str)> {
        let marks: &[&str] = match language {
            Language::Curl | Language::Python => &["# ", "\"\"\""],
            _ => &["//! ", "/// <summary>", "// ", "//\t", "/** "],
        };
        let at = marks.iter().filter_map(|mark| {
            let at = line.find(mark)?;
            Some((line.get(..at)?, line.get(at + mark.len()..)?))
        });
        at.min_by_key(|(before, _)| before.len())
    }

    /// Whether it is a command to be typed, or what goes into another file.
    fn is_typed(words: &str) -> bool {
        let words = words.trim_start();
        let begin = [
            "export ",
            "bash ",
            "python3 ",
            "node ",
            "java ",
            "go run",
            "php ",
            "g++ ",
            "./call",
            "cargo ",
            "```",
            "[dependencies",
            "git = ",
            "default-features",
            "features = ",
            "namespace",
        ];
        words.is_empty() || begin.iter().any(|known| words.starts_with(known))
    }

    #[test]
    fn every_comment_has_its_twin_and_the_code_stays() {
        for language in Language::ALL {
            let template = language.template();
            let chinese = Comments::Chinese.of(template);
            assert_eq!(Comments::English.of(template), template);
            assert_eq!(template.lines().count(), chinese.lines().count());
            for (english, chinese) in template.lines().zip(chinese.lines()) {
                match comment(*language, english) {
                    Some((code, words)) => {
                        let told = comment(*language, chinese);
                        assert_eq!(told.map(|(code, _)| code), Some(code), "{chinese}");
                        assert!(
                            is_typed(words) || is_chinese(chinese),
                            "{}: no twin of {words:?}",
                            language.name()
                        );
                    }
                    // Within a comment of many lines that has its marks elsewhere.
                    None if *language == Language::Python && !english.ends_with("TOKEN.") => {
                        assert_eq!(english, chinese);
                    }
                    None if *language == Language::Python => assert!(is_chinese(chinese)),
                    None => assert_eq!(english, chinese, "{}", language.name()),
                }
            }
        }
    }

    #[test]
    fn every_twin_is_of_a_comment_that_there_is() {
        for (english, chinese) in TWINS {
            let has = |language: &Language| {
                let mut lines = language.template().lines();
                lines.any(|line| {
                    CLOSERS
                        .iter()
                        .any(|end| line.ends_with(&format!("{english}{end}")))
                })
            };
            assert!(Language::ALL.iter().any(has), "{english}");
            assert!(is_chinese(chinese), "{chinese}");
            let places = |text: &str| text.matches("{{action}}").count();
            assert_eq!(places(english), places(chinese), "{english}");
        }
    }

    #[test]
    fn no_line_in_chinese_is_wider_than_a_line_may_be() {
        for language in Language::ALL {
            for line in Comments::Chinese.of(language.template()).lines() {
                // A Chinese character takes the room of two.
                let wide: usize = line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
                assert!(wide <= 124, "{}: {line}", language.name());
            }
        }
        for line in opened_by(Comments::Chinese) {
            let wide: usize = line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
            assert!(wide <= 116, "{line}");
        }
    }
}
