//! `recognize --cloud ctyun|huawei` and `call` against `gateway`, two processes and real HTTP between them.
#![cfg(feature = "gateway")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Finished, GatewayProcess, SECRET_ID, SECRET_KEY, Scratch, finish};

const APP_KEY: &str = "562b89493b1a40e1b97ea05e50dd8170";
const PROJECT: &str = "0123456789abcdef0123456789abcdef";
const NUMBER: &str = "11010119900307002X";

/// Every cloud's variables, all of them good.
const VARIABLES: &[(&str, &str)] = &[
    ("TENCENTCLOUD_SECRET_ID", SECRET_ID),
    ("TENCENTCLOUD_SECRET_KEY", SECRET_KEY),
    ("CTYUN_AK", SECRET_ID),
    ("CTYUN_SK", SECRET_KEY),
    ("CTYUN_APP_KEY", APP_KEY),
    ("HUAWEICLOUD_SDK_AK", SECRET_ID),
    ("HUAWEICLOUD_SDK_SK", SECRET_KEY),
    ("HUAWEICLOUD_SDK_PROJECT_ID", PROJECT),
];

fn scratch() -> Scratch {
    let scratch = Scratch::with_keys();
    scratch.write("app-key", &format!("{APP_KEY}\n"));
    std::fs::write(scratch.path("card.bmp"), common::bitmap(58)).unwrap();
    scratch
}

fn gateway(scratch: &Scratch) -> GatewayProcess {
    scratch.gateway(&["--app-key-file", "app-key"])
}

fn run(scratch: &Scratch, arguments: &[&str], but: &[(&str, &str)], stdin: &str) -> Finished {
    let mut command = scratch.command(arguments);
    command.envs(VARIABLES.iter().copied());
    command.envs(but.iter().copied());
    finish(command, stdin.as_bytes())
}

#[test]
fn a_card_is_recognised_at_ctyun() {
    let scratch = scratch();
    let gateway = gateway(&scratch);
    let usual = [
        "recognize",
        "--cloud",
        "ctyun",
        "--endpoint",
        &gateway.url,
        "--image",
        "card.bmp",
    ];
    let found = run(&scratch, &[&usual[..], &["--json"]].concat(), &[], "")
        .expect_code(0)
        .says("in clear");
    assert_eq!(found.json()["result"][0]["number"], NUMBER);
    let found = run(&scratch, &usual, &[], "").expect_code(0);
    assert!(
        found
            .stdout
            .contains(&format!("number          {NUMBER}\n")),
        "{found:?}"
    );

    let wrong = [("CTYUN_SK", "wrong")];
    run(&scratch, &usual, &wrong, "").expect_error(4);
    let wrong = [("CTYUN_APP_KEY", "wrong")];
    run(&scratch, &usual, &wrong, "").expect_error(4);
    let none = [("CTYUN_AK", ""), ("CTYUN_SK", "")];
    run(&scratch, &usual, &none, "")
        .expect_error(4)
        .says("CTYUN_AK and CTYUN_SK are not set");
}

#[test]
fn a_card_is_recognised_at_huawei() {
    let scratch = scratch();
    let gateway = gateway(&scratch);
    let usual = [
        "recognize",
        "--cloud",
        "huawei",
        "--endpoint",
        &gateway.url,
        "--image",
        "card.bmp",
    ];
    let asked = [
        "--json",
        "--side",
        "front",
        "--config",
        "detect_copy,return_verification",
    ];
    let found = run(&scratch, &[&usual[..], &asked].concat(), &[], "")
        .expect_code(0)
        .says("in clear")
        .json();
    assert_eq!(found["result"]["number"], NUMBER);
    assert_eq!(found["result"]["verification_result"]["valid_number"], true);
    let found = run(
        &scratch,
        &[&usual[..], &["--side", "back"]].concat(),
        &[],
        "",
    );
    assert!(
        found.stdout.contains("valid_to        2040-01-01\n") && !found.stdout.contains(NUMBER),
        "{found:?}"
    );

    run(&scratch, &usual, &[("HUAWEICLOUD_SDK_SK", "wrong")], "").expect_error(4);
    run(&scratch, &usual, &[("HUAWEICLOUD_SDK_PROJECT_ID", "")], "")
        .expect_error(4)
        .says("HUAWEICLOUD_SDK_PROJECT_ID");
    run(
        &scratch,
        &[&usual[..], &["--config", "CopyWarn"]].concat(),
        &[],
        "",
    )
    .expect_error(2)
    .says("detect_copy");
    run(
        &scratch,
        &["recognize", "--cloud", "huawei", "--image", "card.bmp"],
        &[],
        "",
    )
    .expect_error(2)
    .says("--region");
}

#[test]
fn a_temporary_key_brings_its_token() {
    let scratch = scratch();
    scratch.write("token", "the-token\n");
    let gateway = scratch.gateway(&["--session-token-file", "token"]);
    let usual = [
        "recognize",
        "--cloud",
        "huawei",
        "--endpoint",
        &gateway.url,
        "--image",
        "card.bmp",
    ];
    run(&scratch, &usual, &[], "").expect_error(4);
    let token = [("HUAWEICLOUD_SDK_SECURITY_TOKEN", "the-token")];
    run(&scratch, &usual, &token, "").expect_code(0);
}

#[test]
fn what_a_cloud_does_not_have_is_refused_before_anything_is_sent() {
    let scratch = scratch();
    let nowhere = ["--endpoint", "http://127.0.0.1:1", "--image", "card.bmp"];
    for (cloud, more) in [
        ("ctyun", &["--key", "sm4-gcm/public.b64"][..]),
        ("huawei", &["--key", "sm4-gcm/public.b64"]),
        ("ctyun", &["--side", "front"]),
        ("ctyun", &["--config", "CopyWarn"]),
        ("ctyun", &["--region", "cn-north-4"]),
    ] {
        let arguments = [&["recognize", "--cloud", cloud], &nowhere[..], more].concat();
        run(&scratch, &arguments, &[], "").expect_error(2);
    }
}

#[test]
fn any_action_is_called_at_every_cloud() {
    let scratch = scratch();
    let gateway = gateway(&scratch);
    let picture = STANDARD.encode(common::bitmap(58));
    let tencent = format!(r#"{{"ImageBase64":"{picture}"}}"#);
    let ctyun = format!(r#"{{"data":["{picture}"]}}"#);
    let huawei = format!(r#"{{"image":"{picture}"}}"#);
    let general = "/v1/aiop/api/2f3p1pnxpqm8/ocrdetect/ocr/v1/image.json";
    let whole = format!("/v2/{PROJECT}/ocr/general-text");
    for (cloud, action, version, body, member) in [
        (
            "tencent",
            "GeneralBasicOCR",
            "2018-11-19",
            &tencent,
            "/TextDetections/0/DetectedText",
        ),
        ("ctyun", general, "", &ctyun, "/0/text_line"),
        (
            "huawei",
            "general-text",
            "v2",
            &huawei,
            "/result/words_block_list/0/words",
        ),
        (
            "huawei",
            &whole,
            "",
            &huawei,
            "/result/words_block_list/0/words",
        ),
    ] {
        let mut arguments = vec!["call", "--cloud", cloud, "--action", action];
        arguments.extend(["--endpoint", &gateway.url, "--body", "-"]);
        if !version.is_empty() {
            arguments.extend(["--version", version]);
        }
        let answer = run(&scratch, &arguments, &[], body).expect_code(0);
        let json = answer.json();
        let found = json
            .pointer(member)
            .or_else(|| json.pointer(&format!("/returnObj{member}")));
        assert!(
            found
                .and_then(|text| text.as_str())
                .is_some_and(|text| !text.is_empty()),
            "{cloud} {action}: {answer:?}"
        );
    }
}

#[test]
fn a_call_that_cannot_be_says_why() {
    let scratch = scratch();
    let gateway = gateway(&scratch);
    let at = ["--endpoint", &gateway.url, "--body", "-"];
    for (arguments, body, code, words) in [
        (
            &["--cloud", "tencent", "--action", "IDCardOCR"][..],
            "{}",
            2,
            "--version",
        ),
        (
            &[
                "--cloud",
                "tencent",
                "--action",
                "ID Card",
                "--version",
                "2018-11-19",
            ],
            "{}",
            2,
            "action",
        ),
        (
            &[
                "--cloud",
                "tencent",
                "--action",
                "IDCardOCR",
                "--version",
                "2018-11-19",
            ],
            "[",
            2,
            "JSON",
        ),
        (
            &[
                "--cloud",
                "tencent",
                "--action",
                "NoSuch",
                "--version",
                "2018-11-19",
            ],
            "{}",
            7,
            "InvalidAction",
        ),
        (
            &["--cloud", "ctyun", "--action", "no-path"],
            "{}",
            2,
            "path",
        ),
        (
            &[
                "--cloud",
                "huawei",
                "--action",
                "general-text",
                "--version",
                "v9",
            ],
            "{}",
            2,
            "v2",
        ),
        (
            &["--cloud", "huawei", "--action", "general-text"],
            "{}",
            7,
            "AIS.0101",
        ),
    ] {
        let arguments = [&["call"], arguments, &at[..]].concat();
        run(&scratch, &arguments, &[], body)
            .expect_error(code)
            .says(words);
    }
}

#[test]
fn the_profile_file_signs_where_the_environment_does_not() {
    let scratch = scratch();
    let gateway = gateway(&scratch);
    scratch.write(
        "profile",
        &format!("[default]\nsecret_id = {SECRET_ID}\nsecret_key = {SECRET_KEY}\n"),
    );
    let mut command = scratch.command(&["call", "--cloud", "tencent", "--action", "IDCardOCR"]);
    command.args([
        "--version",
        "2018-11-19",
        "--endpoint",
        &gateway.url,
        "--body",
        "-",
    ]);
    command.env("TENCENTCLOUD_CREDENTIALS_FILE", scratch.path("profile"));
    let answer = finish(command, br#"{"ImageUrl":"https://h.example/a.jpg"}"#).expect_code(0);
    assert_eq!(answer.json()["IdNum"], NUMBER);
}
