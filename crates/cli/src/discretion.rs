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

/// The beginning of a name that is not there.
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
    if may_be_secret(without_mark(&shown)) {
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

/// A folder for what is made in it. A name alone, without a separator, may be a secret that was given in its place.
#[cfg(feature = "gateway")]
pub(crate) fn folder(folder: &Path) -> String {
    let shown = folder.display().to_string();
    let is_name = !shown.contains(['/', '\\']);
    match is_name && (may_be_secret(&shown) || cardseal::looks_secret(&shown)) {
        true => HIDDEN.to_owned(),
        false => printable(&shown),
    }
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
#[cfg(any(feature = "batch", feature = "ledger"))]
pub(crate) fn is_secret(path: &Path) -> bool {
    !path.exists() && !has_ending(path) && may_be_secret(&path.display().to_string())
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
            || !may_be_secret(value)
            || is_file_with_ending(path)
            || is_number_of(&counted, &argument, value)
        {
            continue;
        }
        // As it is, as a folder, and as messages escape either; then in the pieces that the parser of the arguments makes.
        let folder = path.parent().and_then(Path::to_str).unwrap_or_default();
        // The folder of what is no path at all may be the beginning of a URL, which says nothing.
        let folder = Some(folder).filter(|folder| may_be_secret(folder));
        for whole in std::iter::once(value).chain(folder) {
            let debug: String = whole.escape_debug().collect();
            for shown in [whole, &printable(whole), &debug] {
                hide(&mut message, shown);
            }
        }
        value
            .split([',', '\n', '\r', ' ', '=', '"'])
            .chain(value.split('/').filter(|piece| may_be_secret(piece)))
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

/// Whether a value looks like a key, a secret or JSON, and not like a path, a URL, a word or a number, which arguments are
/// too. A member's name is none of them, and is judged more strictly: [`cardseal::looks_secret`].
fn may_be_secret(value: &str) -> bool {
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
mod tests;
