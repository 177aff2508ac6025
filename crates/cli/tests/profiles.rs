//! `--profile` and the config file: an option beats the environment, the environment beats the file.
#![cfg(feature = "gateway")]

mod common;

use std::process::Command;

use common::{GatewayProcess, SECRET_ID, SECRET_KEY, Scratch, finish};

/// A call without credentials, not started yet.
fn call(scratch: &Scratch, more: &[&str]) -> Command {
    let version = ["call", "--action", "IDCardOCR", "--version", "2018-11-19"];
    let mut command = scratch.command(&[&version, more].concat());
    command.env("HOME", scratch.path("."));
    command
}

fn with_credentials(mut command: Command) -> Command {
    command
        .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
        .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY);
    command
}

fn started() -> (Scratch, GatewayProcess) {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    scratch.write("body", r#"{"ImageUrl":"https://h.example/card.jpg"}"#);
    (scratch, gateway)
}

#[test]
fn a_profile_of_the_clouds_own_file_beats_the_environment() {
    let (scratch, gateway) = started();
    std::fs::create_dir(scratch.path(".tencentcloud")).unwrap();
    let file = format!("[work]\nsecret_id = {SECRET_ID}\nsecret_key = {SECRET_KEY}\n");
    scratch.write(".tencentcloud/credentials", &file);
    let at = [
        "--cloud",
        "tencent",
        "--endpoint",
        &gateway.url,
        "--body",
        "body",
    ];
    let mut other = call(&scratch, &[&at[..], &["--profile", "work"]].concat());
    other
        .env("TENCENTCLOUD_SECRET_ID", "another")
        .env("TENCENTCLOUD_SECRET_KEY", "another");
    let called = finish(other, b"").expect_code(0);
    // The file is the user's own, as it was written here with the usual mask.
    called.says("others can read the secrets in it");

    let absent = call(&scratch, &[&at[..], &["--profile", "home"]].concat());
    finish(with_credentials(absent), b"")
        .expect_error(4)
        .says("[home]");
    let ctyun = [
        "call",
        "--cloud",
        "ctyun",
        "--action",
        "/v1/x",
        "--profile",
        "work",
    ];
    scratch
        .run(&ctyun, "")
        .expect_error(2)
        .says("ctyun has no file");
}

#[test]
fn huaweis_file_has_profiles_too() {
    let (scratch, gateway) = started();
    std::fs::create_dir(scratch.path(".huaweicloud")).unwrap();
    let file = format!("[work]\nak = {SECRET_ID}\nsk = {SECRET_KEY}\n");
    scratch.write(".huaweicloud/credentials", &file);
    let at = [
        "--cloud",
        "huawei",
        "--endpoint",
        &gateway.url,
        "--body",
        "body",
    ];
    let card = [
        "call",
        "--action",
        "id-card",
        "--version",
        "v2",
        "--profile",
        "work",
    ];
    scratch.write("body", r#"{"url":"https://h.example/card.jpg"}"#);
    let mut command = scratch.command(&[&card, &at[..]].concat());
    command.env("HOME", scratch.path(".")).env(
        "HUAWEICLOUD_SDK_PROJECT_ID",
        "0123456789abcdef0123456789abcdef",
    );
    finish(command, b"").expect_code(0);
}

#[test]
fn the_config_file_gives_what_the_options_leave_out() {
    let (scratch, gateway) = started();
    let file = format!(
        "[default]\ncloud = \"tencent\"\nendpoint = \"{}\"\nretries = 0\n\n[dead]\ncloud = \"tencent\"\n\
         endpoint = \"http://127.0.0.1:1\"\nretries = 0\nconnect_timeout = 2\n",
        gateway.url
    );
    scratch.write("config.toml", &file);
    let body = ["--body", "body"];
    let at = [&body[..], &["--config-file", "config.toml"]].concat();
    finish(with_credentials(call(&scratch, &at)), b"").expect_code(0);
    // Another table, with credentials from the environment, since there is no file of credentials at all.
    let dead = [&at[..], &["--profile", "dead"]].concat();
    finish(with_credentials(call(&scratch, &dead)), b"")
        .expect_error(5)
        .says("the profile `dead` has no credentials of its own");
    // An option beats the file.
    let alive = [&dead[..], &["--endpoint", &gateway.url]].concat();
    finish(with_credentials(call(&scratch, &alive)), b"").expect_code(0);
    // In its usual place.
    std::fs::create_dir_all(scratch.path(".config/cardseal")).unwrap();
    scratch.write(".config/cardseal/config.toml", &file);
    finish(with_credentials(call(&scratch, &body)), b"").expect_code(0);
    let mut elsewhere = with_credentials(call(&scratch, &body));
    elsewhere.env("XDG_CONFIG_HOME", scratch.path("elsewhere"));
    finish(elsewhere, b"").expect_error(2).says("--cloud");
}

#[test]
fn the_environment_beats_the_config_file() {
    let (scratch, gateway) = started();
    // A proxy that is not there: followed, the call fails.
    let file = format!(
        "[default]\ncloud = \"tencent\"\nendpoint = \"{}\"\nretries = 0\nproxy = \"http://127.0.0.1:1\"\n",
        gateway.url
    );
    scratch.write("config.toml", &file);
    let at = ["--body", "body", "--config-file", "config.toml"];
    finish(with_credentials(call(&scratch, &at)), b"")
        .expect_error(5)
        .says("proxy");
    let mut command = with_credentials(call(&scratch, &at));
    command.env("CARDSEAL_PROXY", &gateway.url);
    // The gateway is no proxy, and says so: it was asked.
    let asked = finish(command, b"");
    assert!(!asked.stderr.contains("127.0.0.1:1 "), "{asked:?}");
}

#[test]
fn what_is_wrong_in_the_config_file_is_told_with_its_line() {
    let (scratch, _gateway) = started();
    for (text, line, says) in [
        (
            "[default]\nregoin = \"x\"\n",
            2,
            "`regoin` is not a setting",
        ),
        (
            "[default]\n\nsecret_key = \"hunter2hunter2\"\n",
            3,
            "is a secret",
        ),
        ("[work]\ntoken = \"hunter2hunter2\"\n", 2, "is a secret"),
        (
            "[default]\nproxy = \"http://u:hunter2hunter2@p\"\n",
            2,
            "contains a password",
        ),
        ("region = \"x\"\n", 1, "is in no table"),
        (
            "[default]\nretries = \"hunter2hunter2\"\n",
            2,
            "`retries` must be a number",
        ),
        ("[default]\nregion = 3\n", 2, "`region` must be a text"),
        (
            "[default]\nregion = hunter2hunter2\n",
            2,
            "is not valid TOML",
        ),
        ("[default\n", 1, "is not valid TOML"),
    ] {
        scratch.write("config.toml", text);
        let at = ["--cloud", "tencent", "--config-file", "config.toml"];
        let told = finish(with_credentials(call(&scratch, &at)), b"").expect_error(2);
        assert!(told.stderr.contains(&format!("line {line}:")), "{told:?}");
        assert!(!told.stderr.contains("hunter2"), "{told:?}");
        told.says(says);
    }
    let absent = ["--cloud", "tencent", "--config-file", "absent.toml"];
    finish(call(&scratch, &absent), b"")
        .expect_error(2)
        .says("the config file");
}

/// The decision: who keeps credentials in a file means the profile's own, and who names a profile gets them or is told.
#[test]
fn a20_a_profile_without_credentials_of_its_own_takes_nobody_elses() {
    let (scratch, gateway) = started();
    let config = format!(
        "[prod]\ncloud = \"tencent\"\nendpoint = \"{0}\"\n\n[ci]\ncloud = \"tencent\"\nendpoint = \"{0}\"\n\
         credentials = \"environment\"\n",
        gateway.url
    );
    scratch.write("config.toml", &config);
    let at = |name| {
        [
            "--body",
            "body",
            "--config-file",
            "config.toml",
            "--profile",
            name,
        ]
    };
    // Nobody keeps credentials in files here: the environment's are used, and that is told.
    finish(with_credentials(call(&scratch, &at("prod"))), b"")
        .expect_code(0)
        .says("`prod` has no credentials of its own");
    let without = finish(call(&scratch, &at("prod")), b"").expect_error(4);
    without.says("TENCENTCLOUD_SECRET_ID");

    std::fs::create_dir(scratch.path(".tencentcloud")).unwrap();
    scratch.write(
        ".tencentcloud/credentials",
        &format!("[work]\nsecret_id = {SECRET_ID}\nsecret_key = {SECRET_KEY}\n"),
    );
    finish(with_credentials(call(&scratch, &at("prod"))), b"")
        .expect_error(4)
        .says("[prod]");
    // A profile may say so.
    let said = finish(with_credentials(call(&scratch, &at("ci"))), b"").expect_code(0);
    assert!(!said.stderr.contains("of its own"), "{said:?}");
    scratch.write("config.toml", "[prod]\ncredentials = \"vault\"\n");
    finish(call(&scratch, &at("prod")), b"")
        .expect_error(2)
        .says("line 2:");
}

#[test]
fn a20_a_profile_that_is_nowhere_is_told_first() {
    let (scratch, _gateway) = started();
    // Neither a cloud nor an action: what the profile would have said is not what is missing.
    let mut command = scratch.command(&[
        "recognize",
        "--profile",
        "prdo",
        "--url",
        "https://h.example/a.jpg",
    ]);
    command.env("HOME", scratch.path("."));
    let told = finish(command, b"").expect_error(4);
    assert!(
        told.stderr.contains("the profile `prdo` is nowhere"),
        "{told:?}"
    );
    assert!(!told.stderr.contains("--cloud"), "{told:?}");
    let at = ["--cloud", "tencent", "--body", "body", "--profile", "prdo"];
    finish(with_credentials(call(&scratch, &at)), b"")
        .expect_error(4)
        .says("`prdo` is nowhere");
}

#[test]
fn a20_doctor_names_the_source_that_is_used() {
    let (scratch, gateway) = started();
    let credentials = |more: &[&str], with_environment: bool| {
        let usual = [
            "doctor",
            "--cloud",
            "tencent",
            "--endpoint",
            &gateway.url,
            "--json",
        ];
        let mut command = scratch.command(&[&usual[..], more].concat());
        command.env("HOME", scratch.path("."));
        if with_environment {
            command = with_credentials(command);
        }
        let found = finish(command, b"");
        let checks = found.json();
        let checks = checks.as_array().unwrap();
        let found = checks.iter().find(|check| check["check"] == "credentials");
        let found = found.unwrap();
        (
            found["status"].clone(),
            found["detail"].as_str().unwrap().to_owned(),
        )
    };
    let (status, detail) = credentials(&[], true);
    assert!(
        status == "ok" && detail.contains("the environment"),
        "{detail}"
    );
    scratch.write("config.toml", "[prod]\nregion = \"ap-guangzhou\"\n");
    let prod = ["--config-file", "config.toml", "--profile", "prod"];
    let (status, detail) = credentials(&prod, true);
    assert!(
        status == "warn" && detail.contains("`prod` has no credentials"),
        "{detail}"
    );
    std::fs::create_dir(scratch.path(".tencentcloud")).unwrap();
    let file =
        |name: &str| format!("[{name}]\nsecret_id = {SECRET_ID}\nsecret_key = {SECRET_KEY}\n");
    scratch.write(".tencentcloud/credentials", &file("default"));
    let (status, detail) = credentials(&[], false);
    assert!(
        status == "ok" && detail.contains("a file of credentials"),
        "{detail}"
    );
    let (status, detail) = credentials(&prod, true);
    assert!(status == "fail" && detail.contains("[prod]"), "{detail}");
    scratch.write(".tencentcloud/credentials", &file("prod"));
    let (status, detail) = credentials(&prod, true);
    assert!(status == "ok" && detail.contains("the profile"), "{detail}");
}
