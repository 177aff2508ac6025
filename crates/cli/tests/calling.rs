//! A20: what the library can call, the command line can.
#![cfg(feature = "gateway")]

mod common;

use common::{Finished, GatewayProcess, SECRET_ID, SECRET_KEY, Scratch, finish};
use serde_json::json;

const PROJECT: &str = "0123456789abcdef0123456789abcdef";

struct Desk {
    scratch: Scratch,
    gateway: GatewayProcess,
}

impl Desk {
    fn with(more: &[&str]) -> Self {
        let scratch = Scratch::with_keys();
        let gateway = scratch.gateway(more);
        Self { scratch, gateway }
    }

    fn call(&self, cloud: &str, body: &str, more: &[&str]) -> Finished {
        self.call_with(cloud, body, more, &[])
    }

    fn call_with(&self, cloud: &str, body: &str, more: &[&str], set: &[(&str, &str)]) -> Finished {
        self.scratch.write("body", body);
        let usual = [
            "call",
            "--cloud",
            cloud,
            "--endpoint",
            &self.gateway.url,
            "--body",
            "body",
        ];
        let mut command = self.scratch.command(&[&usual[..], more].concat());
        for (name, value) in [
            ("TENCENTCLOUD_SECRET_ID", SECRET_ID),
            ("TENCENTCLOUD_SECRET_KEY", SECRET_KEY),
            ("CTYUN_AK", SECRET_ID),
            ("CTYUN_SK", SECRET_KEY),
            ("CTYUN_APP_KEY", "app"),
            ("HUAWEICLOUD_SDK_PROJECT_ID", PROJECT),
        ]
        .iter()
        .chain(set)
        {
            command.env(name, value);
        }
        finish(command, b"")
    }
}

const CARD: &str = r#"{"ImageUrl":"https://h.example/card.jpg"}"#;
const IDCARD: [&str; 4] = ["--action", "IDCardOCR", "--version", "2018-11-19"];

#[test]
fn a20_every_method_and_signature_of_tencents() {
    let desk = Desk::with(&[]);
    for method in ["GET", "POST", "get"] {
        for signature in ["tc3", "v1-sha1", "v1-sha256"] {
            let how = ["--method", method, "--sign-method", signature];
            let called = desk.call("tencent", CARD, &[&IDCARD[..], &how].concat());
            let answer = called.expect_code(0).json();
            assert!(answer["Name"].is_string(), "{method} {signature}: {answer}");
        }
    }
    let echo = Desk::with(&["--echo"]);
    let old = [
        "--method",
        "GET",
        "--sign-method",
        "v1-sha256",
        "--language",
        "en-US",
    ];
    let told = echo.call("tencent", CARD, &[&IDCARD[..], &old].concat());
    let told = told.expect_code(0).json();
    let query = told["Query"].as_str().unwrap();
    for part in ["SignatureMethod=HmacSHA256", "Language=en-US", "Signature="] {
        assert!(query.contains(part), "{query}");
    }
}

#[test]
fn a20_what_is_for_one_cloud_is_refused_at_another() {
    let desk = Desk::with(&[]);
    for (cloud, more, says) in [
        (
            "ctyun",
            ["--sign-method", "v1-sha1"],
            "--sign-method is for tencent",
        ),
        (
            "huawei",
            ["--language", "en-US"],
            "--language is for tencent",
        ),
        (
            "ctyun",
            ["--seal-for", "sm4-gcm/public.b64"],
            "--seal-for is for tencent",
        ),
        (
            "tencent",
            ["--auth", "iam-token"],
            "--auth iam-token is for huawei",
        ),
        (
            "ctyun",
            ["--role", "qcs::cam::uin/1:roleName/a"],
            "--role is for tencent",
        ),
    ] {
        let action = match cloud {
            "tencent" => &IDCARD[..],
            _ => &["--action", "/v1/x"][..],
        };
        desk.call(cloud, "{}", &[action, &more].concat())
            .expect_error(2)
            .says(says);
    }
}

#[test]
fn a20_huaweis_tokens() {
    let desk = Desk::with(&["--iam-user", "clerk"]);
    let card = ["--action", "id-card", "--auth", "iam-token"];
    let login = [
        ("HW_USER_NAME", "clerk"),
        ("HW_USER_PASSWORD", SECRET_KEY),
        ("HW_DOMAIN_NAME", "example-domain"),
        ("HW_PROJECT_NAME", "cn-north-4"),
    ];
    let picture = r#"{"url":"https://h.example/card.jpg"}"#;
    let answer = desk
        .call_with("huawei", picture, &card, &login)
        .expect_code(0);
    assert!(answer.json()["result"]["name"].is_string());
    let lacking = desk.call_with("huawei", picture, &card, &login[..3]);
    lacking.expect_error(4).says("HW_PROJECT_NAME");
    let lacking = desk.call_with("huawei", picture, &card, &login[1..]);
    lacking.expect_error(4).says("HW_USER_NAME");
}

#[test]
fn a20_a_role_of_tencents() {
    let desk = Desk::with(&[]);
    let role = [
        "--role",
        "qcs::cam::uin/12345678:roleName/Reader",
        "--role-session",
        "night",
    ];
    let called = desk.call("tencent", CARD, &[&IDCARD[..], &role].concat());
    assert!(called.expect_code(0).json()["Name"].is_string());
    let (_, log) = end(desk.gateway);
    let lines: Vec<&str> = log.lines().collect();
    assert!(
        lines[0].contains("AssumeRole ok") && lines[1].contains("IDCardOCR ok"),
        "{log}"
    );
}

#[cfg(unix)]
fn end(gateway: GatewayProcess) -> (Option<i32>, String) {
    gateway.end(rustix::process::Signal::TERM)
}

#[test]
fn a20_ctyuns_other_types_by_name() {
    let echo = Desk::with(&["--echo"]);
    let list = json!({"imageList": ["iVBORw0KGgo="]}).to_string();
    for (name, path) in [
        ("id-card", "IdentityCard"),
        ("general-text", "ocrdetect"),
        ("business-license", "businesslicense"),
        ("driver-license", "driver-lisence"),
        ("vehicle-license", "driving-lisence"),
    ] {
        let told = echo
            .call("ctyun", &list, &["--action", name])
            .expect_code(0);
        let told = told.json()["returnObj"]["Path"].to_string();
        assert!(told.contains(path), "{told}");
    }
    let get = ["--action", "/v4/list", "--method", "GET"];
    let told = echo
        .call("ctyun", r#"{"b":2,"a":"x y"}"#, &get)
        .expect_code(0);
    assert_eq!(told.json()["returnObj"]["Query"], "a=x%20y&b=2");
    echo.call("ctyun", r#"{"b":[2]}"#, &get)
        .expect_error(2)
        .says("`b`");
}

#[test]
fn a20_a_faceid_action_is_sealed() {
    let desk = Desk::with(&[]);
    let card = r#"{"IdCard":"11010519491231002X","Name":"somebody"}"#;
    let action = ["--action", "IdCardVerification", "--version", "2018-03-01"];
    for key in ["aes-256-cbc/public.b64", "sm4-gcm/public.b64"] {
        let sealed = ["--service", "faceid", "--seal-for", key];
        let called = desk.call("tencent", card, &[&action[..], &sealed].concat());
        match key.starts_with("aes") {
            true => {
                let answer = called.expect_code(0).json();
                assert!(answer["Result"].is_string(), "{answer}");
            }
            // Two members under one nonce are refused, and the message says how else.
            false => drop(called.expect_error(2)),
        }
    }
    let other = ["--seal-for", "sm4-gcm/public.b64"];
    desk.call("tencent", "{}", &[&IDCARD[..], &other].concat())
        .expect_error(2);
}
