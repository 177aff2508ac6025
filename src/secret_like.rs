//! Whether a word in the place of a name looks like a secret. A name that nobody knows may be one, given in the wrong place,
//! and must not end up in a log.

/// Longer names with digits are in no documented request.
const LONGEST_WITH_DIGITS: usize = 20;

/// Longer names are in no documented request.
const LONGEST: usize = 48;

/// Words with digits in them that names of members have.
const WITH_DIGITS: [&str; 17] = [
    "base64", "base32", "md5", "sha1", "sha256", "sha384", "sha512", "utf8", "ipv4", "ipv6",
    "h264", "h265", "mp3", "mp4", "x509", "oauth2", "pkcs8",
];

/// True for text that looks like a key, a password, an ID number or JSON, and not like the name of a member: digits in
/// a name that is not made of known words, many digits, blanks or marks, or too many characters.
pub fn looks_secret(name: &str) -> bool {
    let count = name.chars().count();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let has_strange_digits = || {
        let plain = WITH_DIGITS
            .iter()
            .fold(name.to_ascii_lowercase(), |name, word| {
                name.replace(word, "")
            });
        plain.contains(|c: char| c.is_ascii_digit())
    };
    let has_marks = name.contains([
        '{', '}', '<', '>', '"', '=', '@', '!', '#', '$', '%', '+', '\n',
    ]);
    let is_phrase = count > LONGEST_WITH_DIGITS && name.contains(' ');
    digits > 0 && letters > 0 && (count >= LONGEST_WITH_DIGITS || has_strange_digits())
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
            "hunter2",
            "Passw0rd",
            "Tango9",
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
            "FileMd5",
            "ImageSHA256",
            "IPv6",
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
