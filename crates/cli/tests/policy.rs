//! `policy`: the least policy, and what is wrong with one, in the shapes that other programs rely on.

mod common;

use common::Scratch;
use serde_json::{Value, json};

fn check(scratch: &Scratch, text: &str, more: &[&str], code: i32) -> Value {
    let arguments = [&["policy", "--check", "-", "--json"], more].concat();
    scratch.run(&arguments, text).expect_code(code).json()
}

#[test]
fn the_least_policy_is_printed_and_found_sound() {
    let scratch = Scratch::new();
    let actions = ["--actions", "IDCardOCR,QueryCallForConsole"];
    for more in [&[][..], &["--json"]] {
        let arguments = [&["policy"], &actions[..], more].concat();
        let printed = scratch.run(&arguments, "").expect_code(0);
        assert_eq!(
            printed.json(),
            json!({"version": "2.0", "statement": [{
                "effect": "allow",
                "action": ["ocr:IDCardOCR", "ocr:QueryCallForConsole"],
                "resource": ["*"],
            }]})
        );
        let verdict = check(&scratch, &printed.stdout, &actions, 0);
        assert_eq!(
            verdict,
            json!({"valid": true, "beyond": [], "missing": [], "problems": []})
        );
        check(&scratch, &printed.stdout, &[], 0);
    }
}

#[test]
fn sub_accounts_narrow_what_can_be_narrowed() {
    let scratch = Scratch::new();
    let accounts = ["--sub-account", "0001", "--sub-account", "100000000002"];
    let actions = ["policy", "--actions", "IDCardOCR,QueryQpsForConsole"];
    let printed = scratch
        .run(&[&actions[..], &accounts].concat(), "")
        .expect_code(0);
    assert_eq!(
        printed.json()["statement"],
        json!([
            {"effect": "allow", "action": ["ocr:IDCardOCR"], "resource": ["*"]},
            {"effect": "allow", "action": ["ocr:QueryQpsForConsole"],
             "resource": ["qcs::ocr:::subUin/0001", "qcs::ocr:::subUin/100000000002"]},
        ])
    );
    check(&scratch, &printed.stdout, &actions[1..], 0);
    let vain = ["policy", "--actions", "IDCardOCR", "--sub-account", "1"];
    scratch
        .run(&vain, "")
        .expect_code(0)
        .says("changes nothing");
}

#[test]
fn what_is_no_name_is_refused() {
    let scratch = Scratch::new();
    for actions in [
        "",
        "ocr:IDCardOCR",
        "IDCardOCR,",
        "ID Card",
        "IDCard*",
        "身份证",
        "A-B",
    ] {
        scratch
            .run(&["policy", "--actions", actions], "")
            .expect_error(2);
    }
    for uin in ["", "abc", "*", "${uin}", "0001/x"] {
        scratch
            .run(
                &["policy", "--actions", "IDCardOCR", "--sub-account", uin],
                "",
            )
            .expect_error(2)
            .says("--sub-account");
    }
    scratch.run(&["policy"], "").expect_error(2);
}

#[test]
fn what_is_beyond_or_missing_is_told_and_is_exit_code_2() {
    let scratch = Scratch::new();
    let policy = r#"{"version":"2.0","statement":[
        {"effect":"allow","action":["ocr:*","cos:GetObject"],"resource":["*"]},
        {"effect":"deny","action":["ocr:IDCardOCR"],"resource":["*"]}]}"#;
    let wanted = ["--actions", "IDCardOCR,GeneralBasicOCR"];
    let verdict = check(&scratch, policy, &wanted, 2);
    assert_eq!(
        verdict,
        json!({"valid": true, "beyond": ["ocr:*", "cos:GetObject"], "missing": ["ocr:IDCardOCR"],
               "problems": []})
    );
    scratch.write("policy.json", policy);
    let arguments = [&["policy", "--check", "policy.json"], &wanted[..]].concat();
    let told = scratch.run(&arguments, "").expect_code(2);
    assert_eq!(
        told.stdout,
        "beyond: ocr:*\nbeyond: cos:GetObject\nmissing: ocr:IDCardOCR\n"
    );
    told.says("0 problems, 2 actions beyond, 1 missing");
}

#[test]
fn a_broken_policy_is_told_with_its_line_and_read_on() {
    let scratch = Scratch::new();
    let policy = "{\n\"version\":\"2.0\",\n\"statement\":[{\"effect\":\"allow\",\"action\":[\"ocr:IDCardOCR\"],\n\
                  \"resource\":[\"*\",]\n}]}";
    let verdict = check(&scratch, policy, &["--actions", "IDCardOCR"], 2);
    assert_eq!(
        (&verdict["valid"], &verdict["missing"]),
        (&json!(false), &json!([]))
    );
    let problem = verdict["problems"][0].as_str().unwrap();
    assert!(
        problem.contains("line 4") && problem.contains("comma"),
        "{problem}"
    );

    let placeholder = "{\"version\":\"2.0\",\"statement\":[{\"effect\":\"allow\",\
        \"action\":\"ocr:QueryCallForConsole\",\"resource\":\"qcs::ocr:::subUin/${uin}\"}]}";
    let verdict = check(
        &scratch,
        placeholder,
        &["--actions", "QueryCallForConsole"],
        2,
    );
    assert!(
        verdict["problems"][0].as_str().unwrap().contains("${uin}"),
        "{verdict}"
    );

    for text in ["", "nothing", "\u{1b}[31m", "{\"a\u{202e}\":1}"] {
        let told = scratch
            .run(&["policy", "--check", "-"], text)
            .expect_code(2);
        assert!(!told.stdout.contains(['\u{1b}', '\u{202e}']), "{told:?}");
    }
    scratch
        .run(&["policy", "--check", "absent.json"], "")
        .expect_error(2);
}
