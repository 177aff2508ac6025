//! Whether an argument can be what it is given for. What cannot be may be a secret in the wrong place: it is not shown, and
//! no name server is asked for it.

/// The endings of files that are named here. Whoever gives a secret in a file's place gives none of them.
const ENDINGS: [&str; 52] = [
    "age", "b64", "bak", "bin", "bmp", "bz2", "cer", "cnf", "conf", "crt", "cs", "csr", "csv",
    "db", "der", "env", "gif", "go", "gz", "heic", "html", "http", "ini", "jpe", "jpeg", "jpg",
    "js", "json", "jsonl", "key", "log", "md", "p12", "pdf", "pem", "pfx", "png", "pub", "py",
    "req", "sock", "sqlite", "svg", "tif", "tiff", "toml", "txt", "webp", "xlsx", "xml", "yaml",
    "yml",
];

/// Whether a text is plainly the name of a file: it has a separator, or an ending that files have.
pub(crate) fn is_file_name(text: &str) -> bool {
    let ending = text.rsplit_once('.').filter(|(name, _)| !name.is_empty());
    let is_known = |ending: &str| {
        ENDINGS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(ending))
    };
    text.contains(['/', '\\']) || ending.is_some_and(|(_, ending)| is_known(ending))
}

/// Whether a text is words as options take them (`sm4-gcm`, `ap-guangzhou-3`), a number or a date, and no password: between
/// hyphens and dots there are letters of one case, or digits, or a few letters and then a few digits.
pub(crate) fn is_plain(text: &str) -> bool {
    const LONGEST: usize = 32;
    let is_part = |part: &str| {
        let letters = part.bytes().take_while(u8::is_ascii_lowercase).count();
        let digits = part.len().saturating_sub(letters);
        let rest = part.get(letters..).unwrap_or_default();
        rest.bytes().all(|byte| byte.is_ascii_digit())
            && (letters == 0 || digits == 0 || letters <= 5 && digits <= 4)
    };
    text.len() <= LONGEST && text.split(['-', '.', '_', ':', ',']).all(is_part)
}

/// Whether a text can be the name of an action of Tencent's: `IDCardOCR`, `BankCard4EVerification`. Nobody knows all of
/// them; a password has no second word that begins with a capital, or no digit.
pub(crate) fn is_action(text: &str) -> bool {
    const LONGEST: usize = 64;
    let capitals = text.bytes().filter(u8::is_ascii_uppercase).count();
    let groups = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .count();
    text.len() <= LONGEST
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (groups == 0 || groups == 1 && capitals > 1)
}

/// Whether a word is a known one with a letter or two left out, added, changed or swapped.
pub(crate) fn is_misspelling(given: &str, known: &str) -> bool {
    strsim::osa_distance(&known.to_lowercase(), &given.to_lowercase()) <= 2
}

/// Whether a URL's host, or an address's, can be one.
pub(crate) fn has_host(given: &str) -> bool {
    let host = host_of(given);
    // A word alone may be a password of one word: a host of a network's own is given with its port.
    let is_word = !host.is_empty() && !host.contains('.') && !given.ends_with('.');
    is_host(host) && (!is_word || host == "localhost" || has_port(given))
}

/// Whether an address to listen on has a host that is this machine's: an IP, `localhost` or a name with dots.
#[cfg(feature = "gateway")]
pub(crate) fn has_own_host(given: &str) -> bool {
    let host = host_of(given);
    has_host(given) && (host.is_empty() || host == "localhost" || host.contains('.'))
}

/// Whether a port follows a URL's host.
fn has_port(given: &str) -> bool {
    let rest = given.split_once("://").map_or(given, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|c| c.is_ascii_digit()))
}

/// The host of a URL or of `host:port`; of anything else, which is refused elsewhere, nothing.
fn host_of(given: &str) -> &str {
    let rest = given.split_once("://").map_or(given, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if host.starts_with('[') {
        return "";
    }
    host.split(':').next().unwrap_or_default()
}

/// A host's name has labels of letters, digits and hyphens; the last of several has no digit, or it is an address. One
/// alone is a name of a network's own, and plain.
fn is_host(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() || host.parse::<std::net::IpAddr>().is_ok() {
        return true;
    }
    let is_label = |label: &str| {
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        !label.is_empty() && label.bytes().all(fine)
    };
    match host.rsplit_once('.') {
        None => is_plain(host),
        Some((_, last)) => {
            let is_last =
                last.bytes().all(|byte| byte.is_ascii_alphabetic()) || last.starts_with("xn--");
            host.split('.').all(is_label) && is_last
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRETS: [&str; 6] = [
        "s3cr3tTok",
        "Hw@Passw0rd!24",
        "hunter2.hunter2.ok.Tango9",
        "hunter2",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "correct horse battery staple",
    ];

    #[test]
    fn s15_a_password_is_no_name_of_anything() {
        for secret in SECRETS {
            assert!(!is_file_name(secret), "{secret}");
            assert!(!is_plain(secret), "{secret}");
            for given in [
                format!("https://{secret}"),
                format!("http://{secret}:1/a"),
                format!("{secret}:443"),
            ] {
                // What stands before an @ is refused elsewhere, and is no host.
                let is_host =
                    secret.contains('@') && !secret.ends_with('@') && is_host(host_of(&given));
                assert!(is_host || !has_host(&given), "{given}");
            }
        }
    }

    #[test]
    fn s15_an_action_is_told_from_a_password() {
        for action in [
            "IDCardOCR",
            "BankCard4EVerification",
            "A",
            "DescribeVpcIpv6Addresses",
        ] {
            assert!(is_action(action), "{action}");
        }
        for secret in SECRETS
            .into_iter()
            .chain(["Tr0ub4dor", "Passw0rd", "swordfish", ""])
        {
            assert!(!is_action(secret), "{secret}");
        }
    }

    #[test]
    fn s15_what_is_meant_so_is_taken() {
        for name in [
            "key.pem",
            "./key",
            "a/b",
            "KEY.PEM",
            "cards.jsonl",
            "c:\\keys\\public",
        ] {
            assert!(is_file_name(name), "{name}");
        }
        for name in [".pem", "key", "passw0rd.ok", ""] {
            assert!(!is_file_name(name), "{name}");
        }
        for word in [
            "sm4-gcm",
            "aes-256-cbc",
            "ap-guangzhou-3",
            "ae-ad-1",
            "cn-north-4",
            "2018-11-19",
            "v2",
            "127.0.0.1:0",
        ] {
            assert!(is_plain(word), "{word}");
        }
        for url in [
            "https://ocr.tencentcloudapi.com",
            "https://OCR.TencentCloudApi.com:443/",
            "http://127.0.0.1:8080",
            "http://[::1]:80",
            "http://localhost:1",
            "https://gateway:8443",
            "https://ai-global.ctapi.ctyun.cn",
            "https://9f3ab1c2d4e5f60718.apigw.example",
            "https://xn--fiqs8s.xn--fiqs8s",
            "https://user@proxy.example:3128",
            "https://h.example./",
        ] {
            assert!(has_host(url), "{url}");
        }
        for word in ["https://swordfish", "http://swordfish/a", "swordfish"] {
            assert!(!has_host(word), "{word}");
        }
        #[cfg(feature = "gateway")]
        for (place, is_own) in [
            ("127.0.0.1:0", true),
            ("[::1]:0", true),
            ("localhost:1", true),
            ("h.example:1", true),
            ("swordfish:1", false),
        ] {
            assert_eq!(has_own_host(place), is_own, "{place}");
        }
    }
}
