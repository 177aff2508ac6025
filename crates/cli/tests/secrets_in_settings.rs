//! S15: a secret in the environment, in the config file or in a program's place, where it is no argument or no secret's
//! place, is neither shown nor looked up, and no file is called by it.
#![cfg(feature = "gateway")]

mod common;

use common::{Finished, Scratch, finish};

const SECRETS: [&str; 5] = [
    "s3cr3tTok",
    "Hw@Passw0rd!24",
    "hunter2",
    "Tr0ub4dor",
    "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
];

const CALL: [&str; 7] = [
    "call",
    "--cloud",
    "tencent",
    "--action",
    "A",
    "--version",
    "2018-11-19",
];

#[track_caller]
fn expect_hidden(told: &Finished, secret: &str) {
    let (shown, secret) = (format!("{told:?}").to_lowercase(), secret.to_lowercase());
    assert!(!shown.contains(&secret), "{told:?}");
    // Nor does what a URL would make of it.
    let host = secret.rsplit('@').next().unwrap();
    assert!(!shown.contains(host), "{told:?}");
}

#[test]
fn s15_a_secret_in_the_proxys_variable_is_not_looked_up() {
    let scratch = Scratch::new();
    for secret in SECRETS.into_iter().chain(["swordfish"]) {
        for value in [secret.to_owned(), format!("http://{secret}")] {
            let mut command = scratch.command(&CALL);
            command
                .env("TENCENTCLOUD_SECRET_ID", "i")
                .env("TENCENTCLOUD_SECRET_KEY", "k")
                .env("CARDSEAL_PROXY", &value);
            let told = finish(command, b"{}").expect_error(2);
            assert!(told.stderr.contains("CARDSEAL_PROXY"), "{told:?}");
            // A password before the host is in its place there.
            if !value.contains("://Hw@") {
                expect_hidden(&told, secret);
            }
        }
    }
}

#[test]
fn s15_a_secret_in_the_config_file_is_not_repeated() {
    let scratch = Scratch::new();
    for secret in SECRETS.into_iter().chain(["swordfish"]) {
        for (text, says) in [
            (
                format!("[default]\ncloud = \"{secret}\"\n"),
                "`cloud` must be one of tencent, ctyun, huawei",
            ),
            (
                format!("[default]\nauth = \"{secret}\"\n"),
                "`auth` must be one of aksk, iam-token",
            ),
            (
                format!("[default]\niv-policy = \"{secret}\"\n"),
                "`iv-policy` must be one of any, same, fresh",
            ),
            (
                format!("[default]\nsign-method = \"{secret}\"\n"),
                "`sign-method` must be one of tc3, v1-sha1, v1-sha256",
            ),
            (
                format!("[default]\n\"{secret}\" = 1\n"),
                "what stands here is not a setting",
            ),
            (
                format!("[default]\n\"secret-{secret}\" = 1\n"),
                "what stands here is a secret",
            ),
            (format!("\"{secret}\" = 1\n"), "a setting is in no table"),
        ] {
            scratch.write("config.toml", &text);
            let told = scratch.run(
                &[&CALL[..], &["--config-file", "config.toml"]].concat(),
                "{}",
            );
            let told = told.expect_error(2);
            assert!(told.stderr.contains(says), "{text}: {told:?}");
            expect_hidden(&told, secret);
        }
    }
    // A misspelt name is no secret.
    scratch.write("config.toml", "[default]\nregoin = \"x\"\n");
    let told = scratch.run(
        &[&CALL[..], &["--config-file", "config.toml"]].concat(),
        "{}",
    );
    told.expect_error(2).says("`regoin` is not a setting");
}

#[test]
fn s15_a_secret_in_place_of_a_profiles_name_is_not_repeated() {
    let scratch = Scratch::new();
    scratch.write("config.toml", "[default]\ncloud = \"tencent\"\n");
    for secret in SECRETS {
        for more in [&[][..], &["--config-file", "config.toml"]] {
            for cloud in ["tencent", "huawei", "ctyun"] {
                let call = [
                    "call",
                    "--cloud",
                    cloud,
                    "--action",
                    "A",
                    "--version",
                    "2018-11-19",
                ];
                let named = ["--profile", secret];
                let mut command = scratch.command(&[&call[..], &named, more].concat());
                command.env("HOME", scratch.path("."));
                let told = finish(command, b"{}");
                assert_ne!(told.code, Some(0), "{told:?}");
                expect_hidden(&told, secret);
            }
        }
    }
}

#[test]
fn s15_a_secret_comes_to_stand_in_no_program() {
    let scratch = Scratch::new();
    for secret in SECRETS {
        let https = format!("https://{secret}");
        for given in [
            vec!["--action", secret],
            vec!["--action", "IDCardOCR", "--service", secret],
            vec!["--action", "IDCardOCR", "--endpoint", &https],
            vec!["--action", "IDCardOCR", "--endpoint", secret],
        ] {
            let code = ["code", "--language", "curl", "--version", "2018-11-19"];
            let told = scratch
                .run(&[&code[..], &given].concat(), "")
                .expect_error(2);
            assert!(told.stdout.is_empty(), "{told:?}");
            expect_hidden(&told, secret);
        }
    }
}

#[test]
fn s15_a_secret_in_place_of_an_error_code_is_not_repeated() {
    let scratch = Scratch::new();
    for secret in SECRETS.into_iter().chain(["swordfish"]) {
        let told = scratch.run(&["errors", secret], "").expect_error(2);
        expect_hidden(&told, secret);
    }
}

#[test]
fn s15_no_ledger_is_called_by_a_secret() {
    // A call that reaches nobody is tried again, and waits: those with one secret beside those with the others.
    std::thread::scope(|threads| {
        for secret in SECRETS {
            threads.spawn(move || no_ledger_is_called(secret));
        }
    });
    // Names that people give a ledger.
    for name in ["ledger", "calls.sqlite"] {
        let scratch = Scratch::new();
        let package = [
            "package", "add", "--action", "A", "--calls", "1", "--ledger", name,
        ];
        scratch.run(&package, "").expect_code(0);
        assert!(scratch.exists(name));
    }
}

fn no_ledger_is_called(secret: &str) {
    let scratch = Scratch::new();
    let package = ["package", "add", "--action", "A", "--calls", "1"];
    let mut command = scratch.command(&package);
    command.env("CARDSEAL_LEDGER", secret);
    expect_hidden(&finish(command, b"").expect_error(2), secret);
    let told = scratch.run(&[&package[..], &["--ledger", secret]].concat(), "");
    expect_hidden(&told.expect_error(2), secret);
    let mut command = scratch.command(&[&CALL[..], &["--endpoint", "http://127.0.0.1:1"]].concat());
    command
        .env("TENCENTCLOUD_SECRET_ID", "i")
        .env("TENCENTCLOUD_SECRET_KEY", "k")
        .env("CARDSEAL_LEDGER", secret);
    expect_hidden(&finish(command, b"{}"), secret);
    assert_eq!(scratch.files(), [""; 0], "{secret}");
}
