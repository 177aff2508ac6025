//! The tables and the progress of `batch`, `usage` and `package` in Chinese: no English word is left on the terminal but
//! names of others (actions, codes, clouds, files).
#![cfg(all(feature = "batch", feature = "gateway"))]

mod common;
mod service;

use std::process::{Command, Stdio};
use std::time::Duration;

use cardseal_gateway::Fault;
use common::{Scratch, finish};
use service::{Service, pictures};

const ACTION: &str = "RecognizeEncryptedIDCardOCR";
const CHINESE: (&str, &str) = ("CARDSEAL_LANG", "zh-CN");

/// Words of two ASCII letters or more that stand for themselves in no language but English.
fn english_in(text: &str, names: &[&str]) -> Vec<String> {
    let named = names
        .iter()
        .fold(text.to_owned(), |text, name| text.replace(name, " "));
    let words = named.split(|c: char| !c.is_ascii_alphabetic());
    words
        .filter(|word| word.len() > 1)
        .map(str::to_owned)
        .collect()
}

#[track_caller]
fn is_chinese(text: &str, names: &[&str]) {
    let left = english_in(text, names);
    assert!(left.is_empty(), "{left:?} in {text}");
    assert!(
        text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
        "{text}"
    );
}

/// A service that recognises some cards and refuses one, a ledger of that, and packages.
fn worked() -> (Scratch, Service) {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 3);
    scratch.write(
        "cards/text.jpg",
        "Dear sir or madam, this is no picture at all.",
    );
    let refusing = Service::with_fault(&scratch, Fault::InternalError);
    let refused = [
        "cards/0000.jpg",
        "--out",
        "refused.jsonl",
        "--ledger",
        "ledger",
    ];
    finish(refusing.batch(&scratch, &refused), b"").expect_code(9);
    let breaking = Service::with_fault(&scratch, Fault::DropConnection);
    let lost = [
        "cards/0000.jpg",
        "--out",
        "lost.jsonl",
        "--ledger",
        "ledger",
    ];
    finish(breaking.batch(&scratch, &lost), b"").expect_code(9);
    (scratch, service)
}

/// `batch` in Chinese for people, not started yet.
fn batch(scratch: &Scratch, service: &Service, more: &[&str]) -> Command {
    let usual = service.batch(scratch, &[&["cards", "--ledger", "ledger"], more].concat());
    let mut command = scratch.command(&[]);
    command.args(usual.get_args().filter(|argument| *argument != "--json"));
    for (name, value) in usual.get_envs() {
        command.env(name, value.unwrap());
    }
    command.env(CHINESE.0, CHINESE.1);
    command
}

#[test]
fn the_tables_of_batch_usage_and_package_are_chinese_to_the_last_word() {
    let (scratch, service) = worked();
    let done = finish(batch(&scratch, &service, &[]), b"").expect_code(9);
    is_chinese(&done.stdout, &["input"]);
    for line in [
        "卡片      4",
        "成功      3",
        "失败      1",
        "存疑      0",
        "       1  input",
        "用时",
    ] {
        assert!(
            done.stdout.contains(line),
            "{line} is not in {}",
            done.stdout
        );
    }
    is_chinese(&done.stderr, &["cardseal", "input", "results.jsonl"]);

    let run = |arguments: &[&str]| {
        let mut command = scratch.command(arguments);
        command
            .args(["--ledger", "ledger"])
            .env(CHINESE.0, CHINESE.1);
        finish(command, b"").expect_code(0)
    };
    let added = run(&[
        "package",
        "add",
        "--action",
        ACTION,
        "--calls",
        "3",
        "--until",
        "2999-01-01",
    ]);
    is_chinese(&added.stderr, &["cardseal usage", "cardseal", ACTION]);
    let list = run(&["package", "list"]);
    is_chinese(&list.stdout, &[ACTION]);
    let label = "id-6cc41d5ec590";
    let names = [ACTION, "InternalError", "transport", "tencent", label];
    for by in ["day", "cloud", "action", "code", "credential"] {
        let told = run(&["usage", "--by", by]);
        is_chinese(&told.stdout, &names);
        is_chinese(&told.stderr, &["cardseal", ACTION]);
        assert!(
            told.stdout.contains("未知          1 （是否计费）"),
            "{}",
            told.stdout
        );
        assert!(
            told.stdout.contains("p50 ") && told.stdout.contains(" 毫秒，p90 "),
            "{}",
            told.stdout
        );
    }
    // What stands in one column ends in one column: a Chinese character takes two.
    let columns = |line: &str| {
        line.chars()
            .map(|c| if c.is_ascii() { 1 } else { 2 })
            .sum::<usize>()
    };
    let wide: Vec<usize> = list.stdout.lines().map(columns).collect();
    assert!(wide.len() == 2 && wide[0] == wide[1], "{}", list.stdout);

    // Programs read what they always read.
    let in_english = scratch.run(
        &["usage", "--json", "--ledger", "ledger", "--csv", "en.csv"],
        "",
    );
    let in_chinese = run(&["usage", "--json", "--csv", "zh.csv"]);
    assert_eq!(in_chinese.stdout, in_english.stdout);
    assert_eq!(scratch.read("zh.csv"), scratch.read("en.csv"));
}

/// `script` of util-linux gives a command a terminal. `None` where there is none.
#[cfg(target_os = "linux")]
fn on_a_terminal(scratch: &Scratch, command: &Command) -> Option<String> {
    let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_str().unwrap());
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line: Vec<String> = words.map(quoted).collect();
    let mut script = Command::new("script");
    script
        .args([
            "-qec",
            &format!("stty cols 120; {}", line.join(" ")),
            "typescript",
        ])
        .current_dir(scratch.path("."))
        .stdin(Stdio::null())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "xterm")
        .env("SHELL", "/bin/sh");
    for (name, value) in command.get_envs() {
        script.env(name, value.unwrap());
    }
    let found = script.output();
    let Ok(output) = found else {
        common::skip("the bar on a terminal", "script is not installed");
        return None;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            // A sequence for the terminal ends with a letter.
            '\u{1b}' => chars
                .by_ref()
                .take_while(|c| !c.is_ascii_alphabetic())
                .for_each(drop),
            c => plain.push(c),
        }
    }
    Some(plain)
}

#[cfg(target_os = "linux")]
#[test]
fn the_bar_on_a_terminal_is_chinese_to_the_last_word() {
    let (scratch, _) = worked();
    let slow = |config: &mut cardseal_gateway::GatewayConfig| {
        config.fault = Some(Fault::SlowHeader);
        config.fault_delay = Duration::from_millis(700);
    };
    let service = Service::start(&scratch, slow);
    let names = ["input", "results.jsonl", "second.jsonl", "cardseal"];
    let Some(shown) = on_a_terminal(&scratch, &batch(&scratch, &service, &["--jobs", "1"])) else {
        return;
    };
    is_chinese(&shown, &names);
    for part in ["/4 张，失败 ", "张，每秒 ", "，剩余 "] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    // The same in English, so that it is known to have been shown.
    let mut english = batch(
        &scratch,
        &service,
        &["--jobs", "1", "--out", "second.jsonl"],
    );
    english.env(CHINESE.0, "en");
    let shown = on_a_terminal(&scratch, &english).unwrap();
    assert!(
        shown.contains("/4 cards, ") && shown.contains(" a second, "),
        "{shown}"
    );
}
