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

/// What the library refuses with, and the crates beside it: keys, endpoints, pictures, results, ledgers, policies.
#[test]
fn what_the_library_refuses_is_told_in_chinese() {
    let scratch = Scratch::new();
    scratch.write(
        "key",
        "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n",
    );
    scratch.write("text", "Dear sir or madam, this is no picture at all.");
    scratch.write("ledger", "no ledger, but a text");
    scratch.write("request", "GET / HTTP/1.1\n\n");
    let refused = [
        (
            &["seal", "--key", "key", "--opener", "o"][..],
            "公钥被拒绝：它",
        ),
        (
            &["recognize", "--cloud", "huawei", "--image", "text"],
            "需要 PNG、JPEG 或 BMP 图片",
        ),
        (&["prepare", "text", "-o", "out"], "这不是可以处理的图片"),
        (
            &[
                "recognize",
                "--cloud",
                "tencent",
                "--key",
                "key",
                "--url",
                "ftp://h",
            ],
            "公钥被拒绝",
        ),
        (&["usage", "--since", "2026-02-30"], "不是日期"),
        (
            &["usage", "--since", "2026-02-02", "--until", "2026-02-01"],
            "请对调两者",
        ),
        (&["usage", "--ledger", "ledger"], "账本"),
        (
            &[
                "sign",
                "--scheme",
                "tc3-hmac-sha256",
                "--request",
                "request",
                "--secret-id",
                "i",
                "--secret-key-file",
                "text",
            ],
            "`Host`",
        ),
    ];
    for (arguments, part) in refused {
        let english = scratch.run(arguments, "");
        let chinese = in_language(&scratch, CHINESE, arguments);
        assert_eq!(chinese.code, english.code, "{arguments:?}");
        assert_ne!(chinese.code, Some(0), "{arguments:?}");
        assert!(chinese.stderr.contains(part), "{}", chinese.stderr);
        let said = chinese.stderr.lines().last().unwrap();
        for word in [" is ", " the ", " it ", " no ", " and "] {
            assert!(!said.contains(word), "{word:?} is left in {said}");
        }
    }
}

#[cfg(feature = "gateway")]
#[test]
fn a_services_no_is_chinese_but_for_its_own_words_and_its_code() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    let arguments = [
        "--key",
        "sm4-gcm/public.b64",
        "--endpoint",
        &gateway.url,
        "--url",
        "https://h.example/card.jpg",
    ];
    let mut command = scratch.recognizing(&arguments);
    command.env("TENCENTCLOUD_SECRET_KEY", "another");
    command.env(CHINESE.0, CHINESE.1);
    let said = common::finish(command, b"").expect_error(4).stderr;
    let said = said.lines().last().unwrap();
    assert!(
        said.contains("服务拒绝：AuthFailure.SignatureFailure"),
        "{said}"
    );
    assert!(said.contains("（请求 id "), "{said}");
    assert!(!said.contains("check "), "{said}");

    let unreachable = [
        "--key",
        "sm4-gcm/public.b64",
        "--endpoint",
        "http://127.0.0.1:1",
        "--url",
    ];
    let arguments = [
        &unreachable[..],
        &["https://h.example/card.jpg", "--retries", "0"],
    ]
    .concat();
    let mut command = scratch.recognizing(&arguments);
    command.env(CHINESE.0, CHINESE.1);
    common::finish(command, b"")
        .expect_error(5)
        .says("无法连接：127.0.0.1:1 无法到达");
}

#[cfg(all(feature = "batch", feature = "gateway"))]
#[test]
fn the_lines_of_a_batch_are_the_same_in_every_language() {
    let scratch = Scratch::with_keys();
    scratch.write("text.jpg", "Dear sir or madam, this is no picture at all.");
    let lines = |language: (&str, &str), out: &str| {
        let mut command = scratch.command(&["batch", "text.jpg", "none.jpg", "--cloud", "tencent"]);
        command.args([
            "--key",
            "sm4-gcm/public.b64",
            "--out",
            out,
            "--no-ledger",
            "--jobs",
            "1",
        ]);
        command.env("TENCENTCLOUD_SECRET_ID", common::SECRET_ID);
        command.env("TENCENTCLOUD_SECRET_KEY", common::SECRET_KEY);
        command.env(language.0, language.1);
        common::finish(command, b"").expect_code(9);
        let text = scratch.read(out);
        let without_time = |line: &str| {
            let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
            line["elapsed_ms"] = 0.into();
            line
        };
        text.lines().map(without_time).collect::<Vec<_>>()
    };
    let english = lines(("CARDSEAL_LANG", "en"), "en.jsonl");
    assert_eq!(lines(CHINESE, "zh.jsonl"), english);
    assert_eq!(english.len(), 2);
}
