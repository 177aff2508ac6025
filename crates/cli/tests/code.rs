//! `code`: what it writes, and what it refuses before it writes anything. That every program runs is tested where they
//! are made.

mod common;

#[cfg(feature = "gateway")]
use std::process::Command;

use common::Scratch;
#[cfg(feature = "gateway")]
use common::{SECRET_ID, SECRET_KEY};
use serde_json::Value;

const LANGUAGES: [(&str, &str); 9] = [
    ("curl", "call.sh"),
    ("rust", "src/main.rs"),
    ("python", "call.py"),
    ("nodejs", "call.js"),
    ("java", "Call.java"),
    ("go", "call.go"),
    ("php", "call.php"),
    ("csharp", "Call.cs"),
    ("cpp", "call.cpp"),
];

const ACTION: [&str; 4] = ["--action", "GeneralBasicOCR", "--version", "2018-11-19"];

fn code<'a>(language: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["code", "--language", language], more].concat()
}

#[test]
fn every_language_has_a_program_of_its_own() {
    let scratch = Scratch::new();
    let mut programs = Vec::new();
    for (language, file) in LANGUAGES {
        let text = scratch
            .run(&code(language, &ACTION), "")
            .expect_code(0)
            .says(file);
        let json = scratch.run(
            &code(language, &[&ACTION[..], &["--json", "--quiet"]].concat()),
            "",
        );
        let json = json.expect_code(0);
        assert_eq!(json.stderr, "");
        let made = json.json();
        assert_eq!(made["program"], text.stdout.as_str());
        assert_eq!(
            (&made["language"], &made["file"]),
            (&Value::from(language), &Value::from(file))
        );
        assert!(
            text.stdout.contains("GeneralBasicOCR")
                && text.stdout.contains("TENCENTCLOUD_SECRET_KEY")
        );
        programs.push(text.stdout);
    }
    programs.dedup();
    assert_eq!(programs.len(), LANGUAGES.len());
}

#[test]
fn comments_are_in_the_language_of_the_process_and_what_programs_read_is_not() {
    let scratch = Scratch::new();
    for (language, _) in LANGUAGES {
        let run = |more: &[&str], tongue: &str| {
            let mut command = scratch.command(&code(language, &[&ACTION[..], more].concat()));
            command.env("CARDSEAL_LANG", tongue);
            common::finish(command, b"").expect_code(0).stdout
        };
        let (english, chinese) = (run(&[], "en"), run(&[], "zh-CN"));
        assert!(english.is_ascii(), "{language}");
        assert!(
            chinese.contains("调用腾讯云接口 GeneralBasicOCR"),
            "{chinese}"
        );
        assert_eq!(
            english.lines().count(),
            chinese.lines().count(),
            "{language}"
        );
        assert_eq!(
            run(&["--json"], "en"),
            run(&["--json"], "zh-CN"),
            "{language}"
        );
    }
}

#[test]
fn what_is_no_call_is_refused_and_nothing_is_printed() {
    let scratch = Scratch::new();
    scratch.write("good", r#"{"ImageUrl":"https://example.com/a.png"}"#);
    for body in [
        "",
        "[]",
        "{",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":1}",
        "\u{feff}{}",
        "text",
        "{} {}",
    ] {
        scratch.write("body", body);
        let more = [&ACTION[..], &["--body", "body"]].concat();
        scratch.run(&code("python", &more), "").expect_error(2);
    }
    for action in ["", "a b", "a'b", "*/", "a.b", "动作", "$(id)", "--"] {
        let action = format!("--action={action}");
        let arguments = code(
            "curl",
            &[&action, "--version", "2018-11-19", "--body", "good"],
        );
        scratch.run(&arguments, "").expect_error(2);
    }
    for more in [
        ["--endpoint", "http://example.com"],
        ["--endpoint", "https://a'b.example"],
        ["--endpoint", "file:///etc/passwd"],
        ["--service", "o cr"],
        ["--body", "absent"],
    ] {
        scratch
            .run(&code("php", &[&ACTION[..], &more].concat()), "")
            .expect_error(2);
    }
    scratch
        .run(&code("cobol", &ACTION), "")
        .expect_error(2)
        .says("possible values");
    scratch
        .run(&code("go", &["--action", "IDCardOCR"]), "")
        .expect_error(2);
}

#[test]
fn a_body_that_the_service_would_refuse_is_warned_of() {
    let scratch = Scratch::new();
    let arguments = code(
        "go",
        &[
            "--action",
            "IdCardVerification",
            "--version",
            "2018-11-19",
            "--body",
            "-",
        ],
    );
    scratch
        .run(&arguments, r#"{"Idcard":"1","Name":2}"#)
        .expect_code(0)
        .says("`Idcard` is not known to the action; `IdCard` is")
        .says("`Name` has to be a string")
        .says("IdCardVerification has the version 2018-03-01");
    let unknown = code(
        "go",
        &["--action", "BankCardOCR", "--version", "2018-11-19"],
    );
    scratch
        .run(&unknown, "")
        .expect_code(0)
        .says("name another with --service");
    let more = [&ACTION[..], &["--quiet"]].concat();
    let fine = scratch.run(&code("go", &more), "").expect_code(0);
    assert_eq!(fine.stderr, "");
}

#[cfg(feature = "gateway")]
#[test]
fn what_is_printed_runs_as_it_is() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    let body = r#"{"ImageUrl":"https://example.com/'\"\\${x}%张😀.png","CardSide":"FRONT"}"#;
    scratch.write("body", body);
    for (language, file, program) in [
        ("curl", "call.sh", "bash"),
        ("python", "call.py", "python3"),
    ] {
        let action = [
            "--action",
            "IDCardOCR",
            "--version",
            "2018-11-19",
            "--body",
            "body",
        ];
        let endpoint = ["--endpoint", &gateway.url];
        let printed = scratch
            .run(&code(language, &[&action[..], &endpoint].concat()), "")
            .expect_code(0);
        scratch.write(file, &printed.stdout);
        let run = |credentials: &[(&str, &str)]| {
            let mut command = Command::new(program);
            command.arg(file).current_dir(scratch.path("")).env_clear();
            command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
            command.env("HOME", std::env::var_os("HOME").unwrap_or_default());
            command.envs(credentials.iter().copied()).output()
        };
        let done = match run(&[
            ("TENCENTCLOUD_SECRET_ID", SECRET_ID),
            ("TENCENTCLOUD_SECRET_KEY", SECRET_KEY),
        ]) {
            Ok(done) => done,
            Err(error) => {
                common::skip(language, &error.to_string());
                continue;
            }
        };
        assert!(done.status.success(), "{done:?}");
        let reply: Value = serde_json::from_slice(&done.stdout).unwrap();
        assert!(
            reply["Response"]["IdNum"]
                .as_str()
                .is_some_and(|number| number.len() == 18),
            "{reply}"
        );
        let wrong = run(&[
            ("TENCENTCLOUD_SECRET_ID", SECRET_ID),
            ("TENCENTCLOUD_SECRET_KEY", "wrong"),
        ])
        .unwrap();
        assert!(String::from_utf8_lossy(&wrong.stdout).contains("AuthFailure.SignatureFailure"));
        assert!(!run(&[]).unwrap().status.success());
    }
}

#[test]
fn a20_a_version_is_a_day() {
    let scratch = Scratch::new();
    for version in [
        "",
        "v2",
        "2018",
        "2018-11-1",
        "2018-13-01",
        "2018-11-32",
        "20181119",
        "2018-11-19x",
        "1; rm",
    ] {
        let code = [
            "code",
            "--language",
            "curl",
            "--action",
            "IDCardOCR",
            "--version",
            version,
        ];
        scratch
            .run(&code, "")
            .expect_error(2)
            .says("--version is the day");
    }
}
