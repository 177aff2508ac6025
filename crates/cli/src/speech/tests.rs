use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use fluent_bundle::FluentResource;

use super::mixture::{english_in, known_names};
use super::template::Template;
use super::*;
use crate::args::Arguments;

/// What stands for a gap's content here.
const GAP: &str = "◊";

/// Texts of the sources that look like messages: they are for programs, lay out what is said elsewhere, or are a part of a
/// message that stands in the files as a whole.
const NO_MESSAGES: &[&str] = &[
    "listening on {}\n",
    "  {count:>6}  {}\n",
    "listening on {place}\n",
    " and ",
    ", and ",
    " nor ",
    " or ",
    " and the tag in TagList, as the guide's own SM4 sample fails to",
    "  {step:<16}{value}\n",
    "  {name:<22}{value}",
    "  {what}\n",
    "{} {} and {}",
    "the proxy ",
    " at {place}",
    " tip: ",
    " (the first of {count} problems)",
    " (request id {})",
    "reach the limit",
    " with --accept-repeated-gcm-nonce",
    "{} for {}, fingerprint {}\n{}\n{}\n{}\n",
];

#[test]
fn every_message_stands_in_both_languages_with_the_same_gaps() {
    let mut count = 0;
    let mut names = BTreeSet::new();
    for (english, chinese) in SUBJECTS.iter().chain([&WORDS]) {
        for file in [english, chinese] {
            let errors = FluentResource::try_new((*file).to_owned()).err();
            assert!(errors.is_none(), "{:?}", errors.map(|(_, errors)| errors));
        }
        let named = |file: &str| {
            let templates = Template::read_all(file);
            let number = templates.len();
            let named: BTreeMap<String, Template> = templates
                .into_iter()
                .map(|template| (template.name().to_owned(), template))
                .collect();
            assert_eq!(named.len(), number, "a name is duplicated");
            named
        };
        let (english, chinese) = (named(english), named(chinese));
        assert_eq!(
            english.keys().collect::<Vec<_>>(),
            chinese.keys().collect::<Vec<_>>()
        );
        for (name, template) in &english {
            assert_eq!(template.gaps(), chinese[name].gaps(), "{name}");
            let text = chinese[name].whole().unwrap_or("汉");
            assert!(
                !text.is_ascii() || text.contains("cardseal"),
                "{name} is not in Chinese"
            );
        }
        count += english.len();
        names.extend(english.into_keys());
    }
    // The files of one language are one catalogue.
    assert_eq!(names.len(), count, "a name stands in two files");
    println!("REACHED {count} messages in both languages");
}

#[test]
fn no_help_text_lacks_its_twin() {
    let mut command = Arguments::command();
    command.build();
    let mut lacking = BTreeSet::new();
    let mut texts = Vec::new();
    help_texts(&command, &mut texts);
    assert!(texts.len() > 200, "{}", texts.len());
    for paragraph in texts.iter().flat_map(|text| text.split("\n\n")) {
        for line in paragraph.split('\n').map(str::trim_start) {
            if !line.is_empty() && by_key(line).is_none() {
                lacking.insert(line.to_owned());
            }
        }
    }
    assert!(lacking.is_empty(), "no Chinese for:\n{}", list(&lacking));
}

fn help_texts(command: &Command, texts: &mut Vec<String>) {
    let styled = [
        command.get_about(),
        command.get_long_about(),
        command.get_after_help(),
        command.get_after_long_help(),
    ];
    texts.extend(styled.into_iter().flatten().map(ToString::to_string));
    for option in command.get_arguments() {
        let helps = [option.get_help(), option.get_long_help()];
        texts.extend(helps.into_iter().flatten().map(ToString::to_string));
        texts.extend(option.get_help_heading().map(str::to_owned));
        for value in option.get_possible_values() {
            texts.extend(value.get_help().map(ToString::to_string));
        }
    }
    for below in command.get_subcommands() {
        help_texts(below, texts);
    }
}

#[test]
fn no_message_lacks_its_twin() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 40, "{}", files.len());
    let words = Template::read_all(WORDS.0);
    let is_a_word = |text: &str| words.iter().any(|word| word.whole() == Some(text));
    let known = known_names();
    let mut lacking = BTreeSet::new();
    let mut found = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let tokens: TokenStream = text.parse().unwrap();
        let mut messages = Vec::new();
        messages_in(tokens, &mut messages);
        for message in messages {
            let filled = filled(&message);
            let is_said =
                |line: &str| line.trim().is_empty() || in_chinese(line.trim()) != line.trim();
            found += 1;
            let is_known = NO_MESSAGES.contains(&message.as_str()) || is_a_word(&message);
            if !is_known && !filled.split('\n').all(is_said) {
                let place = file.strip_prefix(&root).unwrap().display();
                lacking.insert(format!("{place}\t{message:?}"));
            }
            for line in filled.split('\n') {
                let said = in_chinese(line.trim());
                if !english_in(&said, &known).is_empty() {
                    lacking.insert(format!("half in English: {said}"));
                }
            }
        }
    }
    assert!(found > 150, "{found} messages are few");
    assert!(lacking.is_empty(), "no Chinese for:\n{}", list(&lacking));
}

pub(super) fn list(lacking: &BTreeSet<String>) -> String {
    lacking.iter().map(|text| format!("{text}\n")).collect()
}

pub(super) fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !["tests.rs", "mixture.rs"]
                .iter()
                .any(|end| path.to_string_lossy().ends_with(end))
        {
            files.push(path);
        }
    }
}

/// The texts of a source that read like a sentence, outside attributes and tests.
pub(super) fn messages_in(tokens: TokenStream, messages: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                tokens.next_if(
                    |next| matches!(next, TokenTree::Punct(mark) if mark.as_char() == '!'),
                );
                let Some(TokenTree::Group(attribute)) = tokens.next_if(|next| {
                    matches!(next, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket)
                }) else {
                    continue;
                };
                let text = attribute.stream().to_string();
                if text.starts_with("error") {
                    messages_in(attribute.stream(), messages);
                }
                if text.replace(' ', "") == "cfg(test)" {
                    // The item that is for tests only.
                    for token in tokens.by_ref() {
                        let ends = match &token {
                            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                            TokenTree::Punct(mark) => mark.as_char() == ';',
                            _ => false,
                        };
                        if ends {
                            break;
                        }
                    }
                }
            }
            TokenTree::Group(group) => messages_in(group.stream(), messages),
            TokenTree::Literal(literal) => messages.extend(sentence(&literal.to_string())),
            _ => {}
        }
    }
}

fn sentence(literal: &str) -> Option<String> {
    let quoted = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::new();
    let mut chars = quoted.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next()? {
            'n' => text.push('\n'),
            '\n' => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            'u' => {
                let code: String = chars.by_ref().take_while(|c| *c != '}').skip(1).collect();
                text.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
            }
            other => text.push(other),
        }
    }
    let has_words = text.matches(' ').count() >= 2;
    let letters = text
        .as_bytes()
        .windows(2)
        .any(|pair| pair.iter().all(u8::is_ascii_lowercase));
    (has_words && letters).then_some(text)
}

/// The text with something in each of its gaps.
pub(super) fn filled(message: &str) -> String {
    let mut text = String::new();
    let mut chars = message.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.next_if_eq(&c).is_some() => text.push(c),
            '{' => {
                chars.by_ref().take_while(|c| *c != '}').for_each(drop);
                text.push_str(GAP);
            }
            c => text.push(c),
        }
    }
    text
}

#[test]
fn a_message_within_a_message_is_said_too() {
    let refused = "--actions is refused: an action's name has letters, digits and `_` only, without the service before it, as \
                   in IDCardOCR";
    let said = in_chinese(refused);
    assert!(
        said.starts_with("--actions") && !said.contains("letters"),
        "{said}"
    );
    assert_eq!(in_chinese("nobody wrote this"), "nobody wrote this");
    assert!(!catalogue().chinese.has_message("nobody"));
}
