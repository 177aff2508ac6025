//! Is a Chinese text Chinese throughout? English may stand in it as a name, an option, code or a path, and no word otherwise.

use std::collections::BTreeSet;

use clap::{Command, CommandFactory};

use super::help::in_chinese_built;
use super::in_chinese;
use super::value::without_quoted;
use crate::args::Arguments;

/// Names of things that have no other, and the clouds' own words.
const NAMES: &str = include_str!("names.txt");

/// English words of a text that is Chinese for the rest; none where it is not Chinese at all.
pub(super) fn english_in(text: &str, known: &BTreeSet<String>) -> BTreeSet<String> {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    if !text.contains(is_chinese) {
        return BTreeSet::new();
    }
    let bare = without_quoted(text);
    let ends_word = |c: char| c.is_whitespace() || !c.is_ascii() || "(),;|[]\"'".contains(c);
    let words = bare
        .split(ends_word)
        .map(|word| word.trim_end_matches(['.', ':', '…']));
    let is_word = |word: &&str| {
        let rest = word.get(1..).unwrap_or_default();
        word.len() > 2
            && word.bytes().all(|byte| byte.is_ascii_alphabetic())
            && rest.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    words
        .filter(is_word)
        .filter(|word| !known.contains(*word))
        .map(str::to_owned)
        .collect()
}

/// What may stand anywhere: the names above, and those of commands, options and their values.
pub(super) fn known_names() -> BTreeSet<String> {
    let mut known: BTreeSet<String> = NAMES.split_whitespace().map(str::to_owned).collect();
    let mut command = Arguments::command();
    command.build();
    names_of(&command, &mut known);
    known
}

fn names_of(command: &Command, known: &mut BTreeSet<String>) {
    known.insert(command.get_name().to_owned());
    known.extend(command.get_all_aliases().map(str::to_owned));
    for option in command.get_arguments() {
        known.extend(option.get_long().map(str::to_owned));
        let defaults = option.get_default_values().iter();
        known.extend(defaults.map(|value| value.to_string_lossy().into_owned()));
        let values = option.get_possible_values();
        known.extend(values.iter().map(|value| value.get_name().to_owned()));
    }
    for below in command.get_subcommands() {
        names_of(below, known);
    }
}

#[test]
fn every_help_is_chinese_throughout() {
    let known = known_names();
    let mut mixed = Vec::new();
    let mut seen = 0;
    each_help(
        &mut in_chinese_built(Arguments::command()),
        &mut |name, help| {
            seen += 1;
            for line in help.lines() {
                let is_text =
                    line.chars().any(|c| c.is_ascii_lowercase()) && !line.starts_with("用法：");
                let english = english_in(&format!("汉 {line}"), &known);
                if is_text && !english.is_empty() {
                    mixed.push(format!("{name} {english:?} {line}"));
                }
            }
        },
    );
    assert!(seen > 40, "{seen}");
    assert!(mixed.is_empty(), "{}", mixed.join("\n"));
}

fn each_help(command: &mut Command, look: &mut dyn FnMut(&str, &str)) {
    let name = command.get_name().to_owned();
    let (long, short) = (command.render_long_help(), command.render_help());
    look(&name, &format!("{long}\n{short}"));
    for below in command.get_subcommands_mut() {
        each_help(below, look);
    }
}

/// What was said half in English once, because a message's gap took in the text of another.
#[test]
fn no_gap_takes_in_the_text_of_another_message() {
    let known = known_names();
    for (english, chinese) in [
        (
            "http://127.0.0.1:9 is not reached: no connection: 127.0.0.1:9 was not reached: Connection refused (os error \
             111); check the endpoint, the network and the proxy rules",
            "无法到达 http://127.0.0.1:9：无法连接：127.0.0.1:9 无法到达：连接被对方拒绝（os error 111）；请检查接入点、网络与代理规则",
        ),
        (
            "the picture `nope` cannot be read: No such file or directory (os error 2); check the path and its permissions",
            "图片 `nope` 无法读取：没有这个文件或文件夹（os error 2）；请检查路径及其权限",
        ),
        (
            "8 of 19 cards failed (input 8); `r.jsonl` says why for each; 8 of them in earlier runs, which --resume does not \
             call again: take their lines out of it first, or name another --out",
            "8 张（共 19 张）卡片失败（input 8）；`r.jsonl` 写明了每张的原因；其中 8 张是先前失败的，--resume 不再调用：\
             请先删去它们的行，或另指定 --out",
        ),
    ] {
        let said = in_chinese(english);
        assert_eq!(said, chinese);
        assert!(english_in(&said, &known).is_empty(), "{said}");
    }
    // No message holds these sentences, so none may say them.
    for english in [
        "Image files, folders, @LIST, or - for a list on stdin",
        "Address and port, of loopback only; port 0 takes a free one",
        "`a` is one thing, and `b` must be another",
    ] {
        let said = in_chinese(english);
        assert!(
            said == english || english_in(&said, &known).is_empty(),
            "{said}"
        );
    }
}

/// A service or a proxy may write what it likes, at any length.
#[test]
fn a_long_text_of_others_is_left_as_it_is() {
    let text = "it is; so: and it was, and not; ".repeat(400);
    assert_eq!(in_chinese(&text), text);
}
