//! What is said to people, in their language.
//!
//! A message is written in English where it arises, in this program or in the library. `locales/` holds each of them in
//! English and in Chinese, under one name, as Fluent has it: the English one says which message it is and what stands in
//! its gaps, and the Chinese one says that. A message that is in neither is said in English, and so is one in whose gaps
//! sentences of others would stand: half a message in each language is worse than either.

mod template;
mod value;
mod catalogue;
mod search;
mod help;

use std::sync::OnceLock;

use crate::language::{self, Language};
use catalogue::Catalogue;
use search::Search;

pub(crate) use help::localised;

/// Both languages' files, a pair a subject.
const SUBJECTS: &[(&str, &str)] = &[
    (
        include_str!("../locales/en/help.ftl"),
        include_str!("../locales/zh-CN/help.ftl"),
    ),
    (
        include_str!("../locales/en/messages.ftl"),
        include_str!("../locales/zh-CN/messages.ftl"),
    ),
    (
        include_str!("../locales/en/page.ftl"),
        include_str!("../locales/zh-CN/page.ftl"),
    ),
    (
        include_str!("../locales/en/codes.ftl"),
        include_str!("../locales/zh-CN/codes.ftl"),
    ),
    (
        include_str!("../locales/en/library.ftl"),
        include_str!("../locales/zh-CN/library.ftl"),
    ),
];

/// The words of tables, which are asked for by themselves.
const WORDS: (&str, &str) = (
    include_str!("../locales/en/words.ftl"),
    include_str!("../locales/zh-CN/words.ftl"),
);

/// The text in the language of this process.
pub(crate) fn said(text: &str) -> String {
    match language::chosen() {
        Language::English => text.to_owned(),
        Language::Chinese => in_chinese(text),
    }
}

/// A word of a table in the language of this process.
#[cfg(feature = "ledger")]
pub(crate) fn word(word: &str) -> String {
    match language::chosen() {
        Language::English => word.to_owned(),
        Language::Chinese => catalogue().word(word),
    }
}

/// The text in Chinese, whatever the language of this process; what is in no file stays as it is.
pub(crate) fn in_chinese(text: &str) -> String {
    let found = Search::of(catalogue()).said(text);
    found.map_or_else(|| text.to_owned(), |found| found.text)
}

/// A text without gaps in Chinese: a help text, which names much and is found by no pattern.
fn by_key(text: &str) -> Option<String> {
    catalogue().keyed(text)
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(Catalogue::load)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod library_tests;
#[cfg(test)]
mod mixture;
