//! Names of a private key, and where a name and a value stand in a text: `NAME=value`, `name: value`, a table with a head,
//! XML, and what `openssl pkey -text` prints.

use super::super::{der_kinds, sm2_point};
use super::coding;
use zeroize::Zeroizing;

/// Parts of a name written as one word: letters and digits alone, in lower case.
const PARTS: [&str; 7] = [
    "private",
    "privkey",
    "prikey",
    "prvkey",
    "secretkey",
    "seckey",
    "privpem",
];

/// Words of a name.
const WORDS: [&str; 4] = ["priv", "pri", "prv", "sk"];

/// Words of a name that is a public key's, in spite of those.
const PUBLIC: [&str; 4] = ["public", "pub", "pubkey", "publickey"];

/// Chinese (simplified, traditional), Japanese.
const OTHER_LANGUAGES: [&str; 4] = ["私钥", "私鑰", "私有密钥", "秘密鍵"];

/// A word of a name for a digest, wherever it stands in the name.
const DIGESTS: [&str; 16] = [
    "sha",
    "sha1",
    "sha2",
    "sha3",
    "sha256",
    "sha384",
    "sha512",
    "md5",
    "sm3",
    "hash",
    "digest",
    "checksum",
    "fingerprint",
    "thumbprint",
    "fpr",
    "etag",
];

/// Endings of files with keys. What such a file holds is searched where it is there.
const FILES: [&str; 7] = [".pem", ".key", ".der", ".p8", ".p12", ".pfx", ".txt"];

/// The last word of a name for something about a private key, and not the key.
const ABOUT: [&str; 31] = [
    "path",
    "file",
    "filename",
    "id",
    "url",
    "uri",
    "name",
    "alias",
    "password",
    "passphrase",
    "version",
    "format",
    "type",
    "size",
    "bits",
    "length",
    "algorithm",
    "location",
    "dir",
    "folder",
    "arn",
    "ref",
    "env",
    "holder",
    "owner",
    "status",
    "cert",
    "ca",
    "host",
    "ip",
    "ids",
];

/// Elements of `RSAKeyValue` that only a private key has.
const PRIVATE_ELEMENTS: [&str; 6] = ["D", "P", "Q", "DP", "DQ", "InverseQ"];

/// A longer "name" is a sentence or digits.
const LONGEST_NAME: usize = 40;

/// 31 bytes in base64: a shorter value is no private key. The secret keys of clouds have 32 or 40 characters.
const SHORTEST_VALUE: usize = 42;

/// A shorter line of base64 or hexadecimal digits is a word.
const SHORTEST_LINE: usize = 16;

/// What separates the cells of a table.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// Whether a private key is commonly called this.
pub(super) fn is_private_name(name: &str) -> bool {
    let name = clean(name);
    let mut flat = name.to_lowercase();
    flat.retain(|c| c.is_ascii_alphanumeric());
    let words = words(name);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&&**word));
    flat == "d"
        || PARTS.iter().any(|part| flat.contains(part))
        || OTHER_LANGUAGES.iter().any(|word| name.contains(word))
        || has(&WORDS) && !has(&PUBLIC)
}

/// Whether the name is that of a file, an identifier, a digest or another fact about a key.
pub(super) fn is_about_a_key(name: &str) -> bool {
    let name = clean(name).trim_end_matches(')');
    let words = words(name);
    words.last().is_some_and(|word| ABOUT.contains(&&**word))
        || words.iter().any(|word| DIGESTS.contains(&&**word))
        || FILES.iter().any(|ending| name.ends_with(ending))
}

/// Whether the name is a public key's, or that of a fact about a key.
pub(super) fn is_of_no_private_key(name: &str) -> bool {
    let is_public = words(clean(name))
        .iter()
        .any(|word| PUBLIC.contains(&&**word));
    !is_private_name(name) && is_public || is_about_a_key(name)
}

/// Whether a value under the name of a private key is in this text.
pub(super) fn are_in(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let under_a_name = lines.iter().enumerate().any(|(place, line)| {
        let cells = || line.split([',', ';', '\t', '&', '{', '}']);
        let following = || lines.iter().skip(place.saturating_add(1));
        // `name:` or `name: |`, and the value in the lines below.
        let is_open = |value: &str| match coding::trim(value) {
            "" => coding::trim(line).ends_with([':', '：']),
            "|" | "|-" | "|+" | ">" | ">-" | ">+" => true,
            _ => false,
        };
        let has_value = |(name, value): (&str, &str)| {
            is_name(name) && (is_key(value) || is_open(value) && is_key(&joined(following())))
        };
        cells().filter_map(pair).any(has_value) || in_column(line, following())
    });
    under_a_name || in_xml(text)
}

/// A name and what follows its equals sign or colon, or the last blank of a line without either.
fn pair(part: &str) -> Option<(&str, &str)> {
    part.split_once(['=', ':', '：'])
        .or_else(|| coding::trim(part).rsplit_once(coding::is_blank))
}

/// A name of a private key, and nothing about one.
fn is_name(name: &str) -> bool {
    let name = clean(name);
    // An address or a path is no name: OpenSSH's kinds of keys begin with `sk-`.
    !name.contains(['@', '/'])
        && name.chars().count() <= LONGEST_NAME
        && is_private_name(name)
        && !is_about_a_key(name)
}

/// Digits of a key, in quotes or without. Where blanks are between them, they stand in pairs or in lines, as no sentence
/// does.
pub(super) fn is_key(value: &str) -> bool {
    let value = clean(value);
    let digit = |c: char| c.is_ascii_alphanumeric() || coding::is_blank(c) || "+/=_:-".contains(c);
    let runs = || value.split(coding::is_blank).filter(|run| !run.is_empty());
    let in_pairs = || runs().all(|run| run.len() == 2);
    let in_lines = || {
        runs()
            .next()
            .is_some_and(|first| first.len() >= SHORTEST_LINE)
    };
    value.len() >= SHORTEST_VALUE
        && !value.starts_with('/')
        && !starts_with_its_hash(value)
        && value.chars().all(digit)
        && value.contains(|c: char| c.is_ascii_digit())
        && (in_pairs() || in_lines())
        && !is_public(value)
}

/// `sha256:…`, as registries and lists of files write a digest.
fn starts_with_its_hash(value: &str) -> bool {
    value.split_once(':').is_some_and(|(hash, _)| {
        let hash = hash.to_lowercase();
        DIGESTS.contains(&&*hash) || hash == "h1"
    })
}

/// Digits of a public key, of a certificate, or of either in PEM: private by no name, such as that of a private cloud.
fn is_public(digits: &str) -> bool {
    let Some(bytes) = coding::hex(digits).or_else(|| coding::base64(digits)) else {
        return false;
    };
    der_kinds::is_public(&bytes)
        || is_of_open_ssh(&bytes)
        || sm2_point::check(&bytes).is_ok()
        || sm2_point::check(&[&[4], bytes.as_slice()].concat()).is_ok()
        || bytes.starts_with(b"-----BEGIN PUBLIC KEY-----")
        || bytes.starts_with(b"-----BEGIN RSA PUBLIC KEY-----")
        || bytes.starts_with(b"-----BEGIN CERTIFICATE-----")
}

/// A public key as OpenSSH's files have it: it begins with the length of its kind, and the kind.
fn is_of_open_ssh(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, 0, 7..=64, kind @ ..]
        if ["ssh-", "ecdsa-", "sk-"].iter().any(|start| kind.starts_with(start.as_bytes())))
}

/// The lines of digits that follow a name: pairs with colons as OpenSSL prints them, or base64.
fn joined<'a>(lines: impl Iterator<Item = &'a &'a str>) -> Zeroizing<String> {
    let mut value = Zeroizing::new(String::new());
    for line in lines {
        let line = coding::trim(line).trim_end_matches(':');
        let pairs = line
            .split(':')
            .all(|pair| pair.len() == 2 && pair.chars().all(|digit| digit.is_ascii_hexdigit()));
        let base64 = line.len() >= 16
            && line
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+/=_-".contains(c));
        if !pairs && !base64 || value.len() > SHORTEST_VALUE {
            break;
        }
        value.push_str(line);
    }
    value
}

/// A table's head, and a key below the name of a private one.
fn in_column<'a>(head: &str, mut rows: impl Iterator<Item = &'a &'a str>) -> bool {
    let columns: Vec<usize> = head
        .split(SEPARATORS)
        .enumerate()
        .filter(|(_, name)| !name.contains([':', '=', '{']) && is_name(name))
        .map(|(column, _)| column)
        .collect();
    !columns.is_empty()
        && head.contains(SEPARATORS)
        && rows.any(|row| {
            row.contains(SEPARATORS)
                && row
                    .split(SEPARATORS)
                    .enumerate()
                    .any(|(column, value)| columns.contains(&column) && is_key(value))
        })
}

fn in_xml(text: &str) -> bool {
    let is_key_value = text.contains("RSAKeyValue");
    let elements: Vec<&str> = text.split('<').skip(1).collect();
    elements.iter().enumerate().any(|(place, element)| {
        let Some((name, value)) = element.split_once('>') else {
            return false;
        };
        // Words about an element have no end of it.
        let next = elements.get(place.saturating_add(1));
        let ends = next.is_some_and(|next| next.starts_with('/'));
        let name = name.split(coding::is_blank).next().unwrap_or_default();
        let name = name.rsplit(':').next().unwrap_or_default();
        let has_value = !coding::trim(value).is_empty();
        is_key_value && PRIVATE_ELEMENTS.contains(&name) && has_value && ends
            || is_name(name) && is_key(value)
    })
}

/// Without blanks, quotes and marks around.
fn clean(text: &str) -> &str {
    text.trim_matches(|c| coding::is_blank(c) || matches!(c, '"' | '\'' | '`' | '[' | ']' | '#'))
}

/// The words of a name, in lower case: `rsaPrivate_key` has three.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        let ends = !c.is_alphanumeric() || was_lower && c.is_uppercase();
        if ends {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase() || c.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}
