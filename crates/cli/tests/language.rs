//! CARDSEAL_LANG and the locale: people read their language, and programs what they always read.

mod common;

use std::process::Command;

use common::Scratch;

struct Said {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn run(mut command: Command) -> Said {
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    Said {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn in_language(scratch: &Scratch, variable: (&str, &str), arguments: &[&str]) -> Said {
    let mut command = scratch.command(arguments);
    command.env(variable.0, variable.1);
    run(command)
}

const CHINESE: (&str, &str) = ("CARDSEAL_LANG", "zh-CN");

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn help_of_every_command_is_chinese_where_that_is_chosen() {
    let scratch = Scratch::new();
    let english = scratch.run(&["--help"], "").expect_code(0).stdout;
    assert!(!is_chinese(&english));
    let commands: Vec<String> = english
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| Some(line.strip_prefix("  ")?.split(' ').next()?.to_owned()))
        .filter(|name| !name.is_empty() && name != "help")
        .collect();
    assert!(commands.len() >= 15, "{commands:?}");
    for variable in [CHINESE, ("LANG", "zh_CN.UTF-8"), ("LC_ALL", "zh_CN")] {
        let help = in_language(&scratch, variable, &["--help"]).stdout;
        assert!(help.contains("用法：") && help.contains("命令:"), "{help}");
    }
    for command in &commands {
        for flag in ["-h", "--help"] {
            let said = in_language(&scratch, CHINESE, &[command, flag]);
            assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
            for english in [
                "Usage:",
                "Options:",
                "Arguments:",
                "Print help",
                "[default",
                "[possible",
            ] {
                assert!(
                    !said.stdout.contains(english),
                    "{command} says {english}: {}",
                    said.stdout
                );
            }
            assert!(is_chinese(&said.stdout), "{command}: {}", said.stdout);
        }
    }
}

#[test]
fn an_error_is_chinese_and_its_code_the_same() {
    let scratch = Scratch::new();
    for (arguments, part) in [
        (&["inspect", "absent"][..], "无法读取"),
        (&["errors", "Never.Heard"], "错误码"),
        (&["seal", "--opener", "o"], "缺少必需的参数"),
        (&["unseal"], "没有子命令"),
        (&["policy", "--actions", "a-b"], "接口名只含字母"),
        (&["recognize", "--cloud", "aws"], "可选值"),
    ] {
        let english = scratch.run(arguments, "");
        let chinese = in_language(&scratch, CHINESE, arguments);
        assert_eq!(chinese.code, english.code, "{arguments:?}");
        assert!(!is_chinese(&english.stderr), "{}", english.stderr);
        assert!(chinese.stderr.contains(part), "{}", chinese.stderr);
        assert_eq!(chinese.stderr.lines().count(), 1, "{}", chinese.stderr);
    }
}

#[test]
fn what_programs_read_is_the_same_in_every_language() {
    let scratch = Scratch::new();
    scratch.write("policy.json", "{\"version\":\"2.0\",}");
    for arguments in [
        &["errors", "--json"][..],
        &["policy", "--check", "policy.json", "--json"],
        &["policy", "--actions", "IDCardOCR"],
        &["selftest", "--json"],
        &["inspect", "policy.json", "--json"],
    ] {
        let english = scratch.run(arguments, "");
        let chinese = in_language(&scratch, CHINESE, arguments);
        assert_eq!(
            (chinese.code, chinese.stdout),
            (english.code, english.stdout)
        );
    }
}

#[test]
fn a_codes_meaning_and_advice_are_chinese() {
    let scratch = Scratch::new();
    let table = in_language(&scratch, CHINESE, &["errors"]).stdout;
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("  "))
        .collect();
    assert!(rows.len() > 450, "{}", rows.len());
    for row in rows {
        assert!(is_chinese(row), "{row}");
    }
}

#[test]
fn an_unknown_language_is_english() {
    let scratch = Scratch::new();
    let said = in_language(&scratch, ("CARDSEAL_LANG", "tlh"), &["inspect", "absent"]);
    assert!(!is_chinese(&said.stderr), "{}", said.stderr);
}
