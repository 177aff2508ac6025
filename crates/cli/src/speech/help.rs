//! The help texts in the language of this process. In English they are as the parser of arguments prints them.

use clap::builder::PossibleValue;
use clap::{Arg, Command};

use super::by_key;
use crate::language::{self, Language};

/// The parser's own layout, with its one word in Chinese.
const LAYOUT: &str = "{before-help}{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// The command with its help texts, and those of all commands below it, in the language of this process.
pub(crate) fn localised(command: Command) -> Command {
    match language::chosen() {
        Language::English => command,
        Language::Chinese => in_chinese_built(command),
    }
}

pub(super) fn in_chinese_built(mut command: Command) -> Command {
    // Only then are the parser's own options and its command `help` there.
    command.build();
    translated(command)
}

fn translated(command: Command) -> Command {
    let text = |styled: Option<&clap::builder::StyledStr>| styled.map(ToString::to_string);
    let (about, long, after) = (
        text(command.get_about()),
        text(command.get_long_about()),
        text(command.get_after_help()),
    );
    let after_long = text(command.get_after_long_help());
    let names: Vec<String> = command
        .get_subcommands()
        .map(|below| below.get_name().to_owned())
        .collect();
    let mut command = command
        .help_template(LAYOUT)
        .subcommand_help_heading("命令");
    if let Some(about) = about {
        command = command.about(paragraphs(&about));
    }
    if let Some(long) = long {
        command = command.long_about(paragraphs(&long));
    }
    if let Some(after) = after {
        command = command.after_help(paragraphs(&after));
    }
    if let Some(after) = after_long {
        command = command.after_long_help(paragraphs(&after));
    }
    command = command.mut_args(option);
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, translated)
    })
}

/// An option or a place, with what the parser would add in English.
fn option(option: Arg) -> Arg {
    let heading = match option.get_help_heading() {
        Some(heading) => keyed(heading),
        None if option.is_positional() => "参数".to_owned(),
        None => "选项".to_owned(),
    };
    let short = option
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let long = option.get_long_help().map(ToString::to_string);
    let mut short = paragraphs(&short);
    let mut long = long.map(|text| paragraphs(&text));
    let mut add = |more: String| {
        short.push_str(&more);
        if let Some(long) = &mut long {
            long.push_str(&more);
        }
    };
    let takes_value = option.get_action().takes_values();
    let defaults: Vec<_> = option
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    if takes_value && !defaults.is_empty() {
        add(format!(" [默认：{}]", defaults.join(" ")));
    }
    let values = option.get_possible_values();
    if takes_value && !values.is_empty() {
        let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
        add(format!(" [可选值：{}]", names.join("、")));
        let described: String = values.iter().filter_map(described).collect();
        if !described.is_empty() {
            let whole = long.get_or_insert_with(|| short.clone());
            whole.push_str(&format!("\n\n{}", described.trim_end()));
        }
    }
    let mut option = option
        .help_heading(heading)
        .hide_default_value(true)
        .hide_possible_values(true)
        .help(short);
    if let Some(long) = long {
        option = option.long_help(long);
    }
    option
}

fn described(value: &PossibleValue) -> Option<String> {
    let help = value.get_help()?.to_string();
    Some(format!("- {}：{}\n", value.get_name(), keyed(&help)))
}

/// Each paragraph by itself: the first of a long text is the short one. A help text is found by the whole of it and by
/// nothing else: it names so much that any message with gaps could be read into it.
fn paragraphs(text: &str) -> String {
    let said: Vec<String> = text.split("\n\n").map(by_line).collect();
    said.join("\n\n")
}

/// Each line of a text, its indentation kept.
fn by_line(text: &str) -> String {
    let line = |line: &str| {
        let bare = line.trim_start();
        let (indentation, _) = line.split_at(line.len().saturating_sub(bare.len()));
        format!("{indentation}{}", keyed(bare))
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    lines.join("\n")
}

fn keyed(text: &str) -> String {
    by_key(text).unwrap_or_else(|| text.to_owned())
}
