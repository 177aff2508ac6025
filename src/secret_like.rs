//! Whether a word in the place of a name looks like a secret. A name that nobody knows may be one, given in the wrong place,
//! and must not end up in a log.

/// Longer names with digits are in no documented request.
const LONGEST_WITH_DIGITS: usize = 20;

/// Longer names are in no documented request.
const LONGEST: usize = 48;

/// True for text that looks like a key, a password, an ID number or JSON, and not like the name of a member: digits in
/// several places among letters, digits and many letters, many digits, blanks or marks, or too many characters.
pub fn looks_secret(name: &str) -> bool {
    let count = name.chars().count();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let groups = name
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .count();
    let has_marks = name.contains([
        '{', '}', '<', '>', '"', '=', '@', '!', '#', '$', '%', '+', '\n',
    ]);
    let is_phrase = count > LONGEST_WITH_DIGITS && name.contains(' ');
    digits > 0 && letters > 0 && (groups > 1 || count >= LONGEST_WITH_DIGITS)
        || digits > 14
        || has_marks
        || is_phrase
        || count > LONGEST
}

/// What is said in the place of a word that is not shown.
pub fn not_shown(name: &str) -> String {
    format!("[not shown: {} characters]", name.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s15_a_secret_is_no_name_of_a_member() {
        for secret in [
            "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
            "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
            "s3cr3tTok",
            "Hw@Passw0rd!24",
            "hunter2.hunter2.ok.Tango9",
            "Tr0ub4dor",
            "correct horse battery staple",
            "110101199003078515",
            "-----BEGIN PRIVATE KEY-----\nMIGH",
            "{\"a\":1}",
        ] {
            assert!(looks_secret(secret), "{secret}");
            assert!(!not_shown(secret).contains(secret));
        }
        for name in [
            "ImageBase64",
            "FrontImageBase64",
            "EnableRecognitionRectify",
            "CardSide",
            "card_side",
            "Config.CropIdCard",
            "名",
            "x",
            "",
            "2",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
    }
}
