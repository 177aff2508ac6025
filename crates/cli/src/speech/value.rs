//! What is a value, and no sentence: a name, a number, a path, an option, and what stands in quotation marks.

/// Words that stand in sentences only. Where one of them is, it is no value.
const OF_SENTENCES: [&str; 46] = [
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "cannot", "do", "does",
    "for", "from", "give", "has", "have", "if", "in", "is", "it", "its", "must", "no", "nor",
    "not", "of", "on", "or", "than", "that", "the", "them", "there", "they", "this", "to", "use",
    "was", "were", "which", "with", "without", "you",
];

/// A value has no more words of plain letters.
const MOST_WORDS: usize = 2;

pub(super) fn is_one(text: &str) -> bool {
    let bare = without_quoted(text);
    if bare.contains("; ") || bare.contains(": ") || bare.contains(", ") || bare.contains('\n') {
        return false;
    }
    let mut plain: usize = 0;
    for word in bare.split_whitespace() {
        let lone = word.trim_end_matches([',', ':', ';', '.']);
        if OF_SENTENCES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(lone))
        {
            return false;
        }
        let letters = word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        plain = plain.saturating_add(usize::from(letters));
    }
    plain <= MOST_WORDS
}

/// The text without what stands in quotation marks, in braces or in parentheses.
pub(super) fn without_quoted(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        let end = match c {
            '`' | '"' => after.find(c),
            // An apostrophe stands within a word.
            '\'' if !left.ends_with(char::is_alphanumeric) => after.find(c),
            '{' => after.find('}'),
            _ => None,
        };
        rest = match end.and_then(|end| after.get(end.saturating_add(1)..)) {
            Some(behind) => {
                left.push('◊');
                behind
            }
            None => {
                left.push(c);
                after
            }
        };
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_numbers_and_options_are_values_and_sentences_are_none() {
        for value in [
            "9",
            "SM4-GCM",
            "Tencent Cloud",
            "--image FILE",
            "http://127.0.0.1:9",
            "/home/me/cards/front.jpg",
            "`a file, of course`",
            "'it is' twice",
            "1,048,576",
        ] {
            assert!(is_one(value), "{value}");
        }
        for sentence in [
            "Address and port, of loopback only; port 0",
            "no connection",
            "http: //127.0.0.1",
            "8 of 19 cards failed (input 8)",
            "`a` is not `b`",
            "three plain words",
        ] {
            assert!(!is_one(sentence), "{sentence}");
        }
    }
}
