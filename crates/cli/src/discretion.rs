//! What of the arguments may be shown. No secret belongs among them; somebody will put one there all the same, and it must
//! not end up in a terminal's history, a log or a ticket.
//!
//! A name of a file that is not there is shown cut short, and not at all where it is not plainly one, or looks like a key, a
//! secret or JSON. What
//! looks like one is taken out of every message, no matter who wrote it: this program, the library, or the parser of
//! the arguments.

use std::path::Path;

use crate::plausible;
use crate::printable::printable;

/// Characters of a name that is not there.
const SHOWN: usize = 40;

/// Longer than words, shorter than any secret key.
const LONG: usize = 16;

/// Shorter pieces of a secret say nothing, and stand in other words.
const PIECE: usize = 6;

/// The options that take a number.
const COUNTING: [&str; 12] = [
    "--calls",
    "--connect-timeout",
    "--jobs",
    "--max-bytes",
    "--max-rps",
    "--max-side",
    "--opener-lifetime",
    "--qps",
    "--quality",
    "--retries",
    "--time",
    "--timeout",
];

const HIDDEN: &str = "[not shown: it looks like a secret]";

/// A value that is neither a path nor a number, for a message: cut short, and not at all where it looks like a secret.
pub(crate) fn value(value: &str) -> String {
    if looks_secret(value) {
        return HIDDEN.to_owned();
    }
    cut(value)
}

fn cut(value: &str) -> String {
    let mut cut: String = value.chars().take(SHOWN).collect();
    if cut.len() < value.len() {
        cut.push('…');
    }
    printable(&cut)
}

/// A path for a message.
pub(crate) fn path(path: &Path) -> String {
    let shown = path.display().to_string();
    if is_file_with_ending(path) {
        return printable(&shown);
    }
    if looks_secret(without_mark(&shown)) {
        return HIDDEN.to_owned();
    }
    if path.exists() {
        return printable(&shown);
    }
    if !plausible::is_file_name(without_mark(&shown)) {
        return word(&shown);
    }
    cut(&shown)
}

/// A list's name without the mark that says that it is one.
fn without_mark(value: &str) -> &str {
    value.strip_prefix('@').unwrap_or(value)
}

/// What is said in a word's place: a secret need not look like one.
fn word(text: &str) -> String {
    format!("[not shown: {} characters]", text.chars().count())
}

/// What the parser of the arguments says, without the words that it took for something: only plain ones are repeated.
pub(crate) fn without_words(said: &str) -> String {
    let arguments = std::env::args_os().skip(1);
    without_words_of(
        arguments.map(|argument| argument.to_string_lossy().into_owned()),
        said,
    )
}

fn without_words_of(arguments: impl Iterator<Item = String>, said: &str) -> String {
    let mut said = said.to_owned();
    for argument in arguments {
        let value = match argument.split_once('=') {
            Some((name, value)) if is_option(name) => value,
            _ => argument.as_str(),
        };
        let is_known = is_option(value) || is_public(value) || plausible::is_file_name(value);
        if value.is_empty() || is_known || plausible::is_plain(value) {
            continue;
        }
        for quoted in [format!("'{value}'"), format!("\"{value}\"")] {
            said = said.replace(&quoted, &word(value));
        }
    }
    said
}

/// Whether a path is no file and looks like a secret. A name with an ending was meant as a file's.
#[cfg(feature = "batch")]
pub(crate) fn is_secret(path: &Path) -> bool {
    !path.exists() && !has_ending(path) && looks_secret(&path.display().to_string())
}

/// A message without the secrets that were given as arguments.
pub(crate) fn without_secrets(message: &str) -> String {
    let arguments = std::env::args_os().skip(1);
    let arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
    without(arguments, message)
}

fn without(arguments: impl Iterator<Item = String>, message: &str) -> String {
    let mut message = message.to_owned();
    let mut before = String::new();
    for argument in arguments {
        let counted = std::mem::replace(&mut before, argument.clone());
        // `--option=value`.
        let value = match argument.split_once('=') {
            Some((name, value)) if is_option(name) => value,
            _ => argument.as_str(),
        };
        let value = without_mark(value);
        let path = Path::new(value);
        if is_option(value)
            || !looks_secret(value)
            || is_file_with_ending(path)
            || is_number_of(&counted, &argument, value)
        {
            continue;
        }
        // As it is, as a folder, and as messages escape either; then in the pieces that the parser of the arguments makes.
        let folder = path.parent().and_then(Path::to_str).unwrap_or_default();
        // The folder of what is no path at all may be the beginning of a URL, which says nothing.
        let folder = Some(folder).filter(|folder| looks_secret(folder));
        for whole in std::iter::once(value).chain(folder) {
            let debug: String = whole.escape_debug().collect();
            for shown in [whole, &printable(whole), &debug] {
                hide(&mut message, shown);
            }
        }
        value
            .split([',', '\n', '\r', ' ', '=', '"'])
            .chain(value.split('/').filter(|piece| looks_secret(piece)))
            .for_each(|piece| hide_piece(&mut message, piece));
        // Last, or the rest of one that stands there in another form would stay.
        let debug: String = value.escape_debug().collect();
        for shown in [value, &printable(value), &debug] {
            hide_beginning(&mut message, shown);
        }
    }
    message
}

/// A piece is hidden where it stands by itself: within a longer word it is this program's own.
fn hide_piece(message: &mut String, piece: &str) {
    if piece.len() < PIECE || HIDDEN.contains(piece) || is_public(piece) {
        return;
    }
    let goes_on = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut left = String::with_capacity(message.len());
    let mut rest = message.as_str();
    while let Some((before, after)) = rest.split_once(piece) {
        let last = before.chars().next_back().or(left.chars().next_back());
        left.push_str(before);
        let within = goes_on(last) || goes_on(after.chars().next());
        left.push_str(if within { piece } else { HIDDEN });
        rest = after;
    }
    left.push_str(rest);
    *message = left;
}

/// What everybody knows: an action's name.
fn is_public(value: &str) -> bool {
    cardseal_explorer::actions().any(|action| action.name == value)
}

fn hide(message: &mut String, piece: &str) {
    if piece.len() < PIECE || HIDDEN.contains(piece) {
        return;
    }
    *message = message.replace(piece, HIDDEN);
}

/// Whoever wrote the message may have cut it short.
fn hide_beginning(message: &mut String, piece: &str) {
    let head = piece.char_indices().nth(LONG).map(|(at, _)| at);
    let head = head.and_then(|at| piece.get(..at));
    let Some(head) = head.filter(|head| !HIDDEN.contains(head)) else {
        return;
    };
    let mut left = String::with_capacity(message.len());
    let mut rest = message.as_str();
    while let Some((before, after)) = rest.split_once(head) {
        let more = piece.get(head.len()..).unwrap_or_default();
        let same = more.chars().zip(after.chars()).take_while(|(a, b)| a == b);
        let same: usize = same.map(|(c, _)| c.len_utf8()).sum();
        left.push_str(before);
        left.push_str(HIDDEN);
        rest = after.get(same..).unwrap_or_default();
    }
    left.push_str(rest);
    *message = left;
}

/// Somebody's picture may be called anything; a secret that became a file's name has no ending.
fn is_file_with_ending(path: &Path) -> bool {
    has_ending(path) && path.exists()
}

fn has_ending(path: &Path) -> bool {
    let length = path.extension().map_or(0, |ending| ending.len());
    (1..=8).contains(&length)
}

/// Whether a value is the number that an option counts with: too long, perhaps, and no secret.
fn is_number_of(before: &str, argument: &str, value: &str) -> bool {
    let option = match argument.split_once('=') {
        Some((name, _)) => name,
        None => before,
    };
    COUNTING.contains(&option) && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_option(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.strip_prefix("--")
        .is_some_and(|name| name.len() < SHOWN && name.chars().all(letter) && !runs(name))
}

/// Whether a value looks like a key, a secret or JSON, and not like a name.
fn looks_secret(value: &str) -> bool {
    let value = value.trim();
    // The published name of an action is none, however long it is.
    if is_public(value) || is_dotted(value) {
        return false;
    }
    if value.contains(['\n', '\r', '{', '}', '"', '<']) || value.contains("-----BEGIN") {
        return true;
    }
    // The beginning of one is short.
    if value.to_ascii_uppercase().contains("AGE-SECRET-KEY-") {
        return true;
    }
    // A password in a URL.
    if let Some((_, rest)) = value.split_once("://") {
        let authority = rest.split('/').next().unwrap_or_default();
        return authority.contains('@') || runs(rest);
    }
    runs(value) || value.len() >= LONG && !has_file_form(value)
}

/// Words of letters with dots between them, as error codes have it: FailedOperation.ImageBlur.
fn is_dotted(value: &str) -> bool {
    let is_word = |word: &str| {
        (2..=48).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    value.contains('.') && value.split('.').all(is_word)
}

/// Letters and digits mixed without a break, as in keys, tokens and ids, or as many digits as an ID number has.
pub(crate) fn runs(value: &str) -> bool {
    value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|run| {
            let digits = run.bytes().filter(u8::is_ascii_digit).count();
            run.len() >= LONG && digits > 0 && (digits < run.len() || digits > LONG)
        })
}

/// A path that is plainly one, or a name with an ending.
fn has_file_form(value: &str) -> bool {
    let is_path = ["/", "./", "../", "~/", "C:", "@"]
        .iter()
        .any(|start| value.starts_with(start));
    is_path && !value.contains(['+', '=']) || has_ending(Path::new(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRETS: [&str; 14] = [
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "0b2c3ac3f6cd4d0f9a6c5a47f59d1a77",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "zf2ntpS9LCFzgYXrW1pqXA==",
        "a-secret-that-must-never-show",
        "correct horse battery staple",
        "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEG\n-----END PRIVATE KEY-----",
        "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t",
        r#"{"Algorithm":"SM4-GCM","Key":"zf2ntpS9LCFzgYXrW1pqXA==","Iv":"AAAA"}"#,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
        "http://user:hunter2hunter2@proxy.example:3128",
        "11010519491231002X",
        "68c865a5575ee59b8bec8f8b1b4d1ece48dda78630129abbe25bf563b0c86963",
    ];

    #[test]
    fn what_looks_like_a_secret_is_not_shown() {
        for secret in SECRETS {
            let shown = path(Path::new(secret));
            assert_eq!(shown, HIDDEN, "{secret}");
            for given in [secret.to_owned(), format!("--key={secret}")] {
                let message = format!("invalid value '{secret}' for '--suite <SUITE>'");
                let left = without([given].into_iter(), &message);
                assert!(!left.contains(secret), "{left}");
                assert!(left.ends_with("for '--suite <SUITE>'"), "{left}");
            }
        }
    }

    #[test]
    fn the_advice_of_this_program_stays_whatever_was_given() {
        for (given, message) in [
            (
                "--action=IDCard\"OCR",
                "the action is no name: it holds only letters, digits and `_`, as in IDCardOCR",
            ),
            (
                "--action=IDCardOCR\"",
                "the action is no name: it holds only letters, digits and `_`, as in IDCardOCR",
            ),
            (
                "--endpoint=https://ex\"; import os'",
                "the endpoint is no origin; give https://host[:port]",
            ),
            (
                "--endpoint=https://user:PASSWORD123@h",
                "the endpoint holds a user's name; give https://host[:port]",
            ),
        ] {
            assert_eq!(without([given.to_owned()].into_iter(), message), message);
        }
        // A piece of a secret that stands by itself is hidden all the same.
        let given = ["--key=correct horse battery staple".to_owned()];
        let left = without(
            given.into_iter(),
            "no such key: 'battery', 'horses', staple",
        );
        assert_eq!(left, format!("no such key: '{HIDDEN}', 'horses', {HIDDEN}"));
    }

    #[test]
    fn a_name_is_shown_and_cut() {
        for name in [
            "key.pem",
            "public.b64",
            "/etc/cardseal/production/public.pem",
            "./keys/sm4-gcm",
            "cards/front-of-the-card.jpeg",
            "密钥.pem",
        ] {
            assert_eq!(path(Path::new(name)), name);
            assert_eq!(without([name.to_owned()].into_iter(), name), name);
        }
        let long = format!("/{}/key.pem", "folder/".repeat(20));
        let shown = path(Path::new(&long));
        assert_eq!(shown.chars().count(), SHOWN + 1);
        assert!(long.starts_with(shown.trim_end_matches('…')));
    }

    #[test]
    fn s15_a_word_that_is_no_files_name_is_not_shown_whatever_it_looks_like() {
        for (word, count) in [
            ("s3cr3tTok", 9),
            ("hunter2.hunter2.ok.Tango9", 25),
            ("missing", 7),
        ] {
            assert_eq!(
                path(Path::new(word)),
                format!("[not shown: {count} characters]")
            );
        }
        for word in ["s3cr3tTok", "Hw@Passw0rd!24"] {
            let said = format!("invalid value '{word}' for '--suite <SUITE>'");
            let left = without_words_of([format!("--suite={word}")].into_iter(), &said);
            assert!(
                !left.contains(word) && left.ends_with("for '--suite <SUITE>'"),
                "{left}"
            );
        }
        let said = "unrecognized subcommand 'unseal'; invalid value 'rot13' for '--suite <SUITE>'";
        let given = ["unseal", "rot13"].map(str::to_owned);
        assert_eq!(without_words_of(given.into_iter(), said), said);
    }

    #[test]
    fn a20_codes_and_numbers_are_no_secrets() {
        let code = "failedoperation.imageblurr";
        let message = format!("no cloud has an error code `{code}` that is known here");
        assert_eq!(without([code.to_owned()].into_iter(), &message), message);
        let number = "99999999999999999999";
        let message = format!("invalid value '{number}' for '--calls <N>': number too large");
        let given = [format!("--calls={number}")];
        assert_eq!(without(given.into_iter(), &message), message);
        let given = ["--calls", number].map(str::to_owned);
        assert_eq!(without(given.into_iter(), &message), message);
        let given = ["--key", number].map(str::to_owned);
        assert!(!without(given.into_iter(), &message).contains(number));
    }

    #[test]
    fn a14_a_secret_that_was_cut_short_is_hidden_too() {
        let secret = "AGE-SECRET-KEY-1WLL87Q0UYXVNRY3289NCASQ3FLH3RF79CEG9E4DNWNJPXXXXXXXXXXXXXX";
        for cut in [20, 40, 60] {
            let message = format!(
                "no cloud has an error code `{}…` that is known here",
                &secret[..cut]
            );
            for given in [
                secret.to_owned(),
                format!("@{secret}"),
                format!("--since={secret}"),
            ] {
                let left = without([given].into_iter(), &message);
                assert_eq!(
                    left,
                    format!("no cloud has an error code `{HIDDEN}…` that is known here")
                );
            }
        }
        assert_eq!(path(Path::new(&format!("@{secret}"))), HIDDEN);
        assert_eq!(value("AGE-SECRET-KEY-1Q"), HIDDEN);
        assert_eq!(value(&["word"; 20].join(".")).chars().count(), SHOWN + 1);
    }

    #[test]
    fn options_and_short_words_stay() {
        let message = "unexpected argument '--secret-kye-file-of-mine' found; a similar argument exists: '--json'";
        let given = ["--secret-kye-file-of-mine", "open", "--json", "=", ""].map(str::to_owned);
        assert_eq!(without(given.into_iter(), message), message);
    }
}
