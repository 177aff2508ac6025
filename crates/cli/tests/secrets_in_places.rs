//! S15: a secret in the place of a file, a host, a region or a word is not shown, whatever it looks like, and no name server
//! is asked for it.
#![cfg(feature = "gateway")]

mod common;

use common::{Finished, Scratch};

/// Short, or with dots, or of words: none looks like a key.
const SECRETS: [&str; 4] = [
    "s3cr3tTok",
    "Hw@Passw0rd!24",
    "hunter2.hunter2.ok.Tango9",
    "Tr0ub4dor",
];

#[track_caller]
fn expect_hidden(told: Finished, secret: &str) {
    assert_ne!(told.code, Some(0), "{told:?}");
    let (shown, secret) = (format!("{told:?}").to_lowercase(), secret.to_lowercase());
    assert!(!shown.contains(&secret), "{told:?}");
}

const CALL: [&str; 7] = [
    "call",
    "--cloud",
    "tencent",
    "--action",
    "A",
    "--version",
    "v1",
];

#[test]
fn s15_a_secret_in_a_files_place_is_not_shown_and_its_option_is_named() {
    let scratch = Scratch::with_keys();
    for secret in SECRETS {
        let count = format!("[not shown: {} characters]", secret.chars().count());
        let gateway = [
            "gateway",
            "--listen",
            "127.0.0.1:0",
            "--keys",
            "sm4-gcm",
            "--secret-id",
            "i",
        ];
        let own = ["--secret-key-file", "secret"];
        for arguments in [
            vec!["seal", "--opener", "o", "--key", secret],
            vec!["open", "--opener", secret],
            vec!["inspect", secret],
            vec!["inspect", "sm4-gcm/public.pem", "--key", secret],
            vec!["serve", "--listen", "127.0.0.1:0", "--token-file", secret],
            [&gateway[..], &["--secret-key-file", secret]].concat(),
            [
                &gateway[..],
                &own,
                &["--iam-user", "clerk", "--iam-password-file", secret],
            ]
            .concat(),
            vec!["prepare", secret, "-o", "out.jpg"],
            vec![
                "recognize",
                "--cloud",
                "tencent",
                "--image",
                secret,
                "--key",
                "sm4-gcm/public.pem",
            ],
            vec![
                "call",
                "--cloud",
                "tencent",
                "--action",
                "A",
                "--version",
                "v1",
                "--body",
                secret,
            ],
        ] {
            let told = scratch.run(&arguments, "");
            assert!(told.stderr.contains(&count), "{arguments:?}: {told:?}");
            expect_hidden(told, secret);
        }
    }
}

#[test]
fn s15_a_secret_in_a_hosts_or_a_regions_place_is_refused_before_it_is_looked_up() {
    let scratch = Scratch::with_keys();
    for secret in SECRETS {
        let https = format!("https://{secret}");
        let proxy = format!("http://{secret}:1");
        let listen = format!("{secret}:1");
        let gateway = [
            "gateway",
            "--keys",
            "sm4-gcm",
            "--secret-id",
            "i",
            "--secret-key-file",
            "secret",
        ];
        for arguments in [
            [&CALL[..], &["--endpoint", &https]].concat(),
            [&CALL[..], &["--region", secret]].concat(),
            [&CALL[..], &["--service", secret]].concat(),
            [&CALL[..], &["--proxy", &proxy]].concat(),
            [&CALL[..], &["--proxy", secret]].concat(),
            vec!["doctor", "--endpoint", &https],
            vec!["doctor", "--region", secret],
            [&gateway[..], &["--listen", &listen]].concat(),
        ] {
            let told = scratch.run(&arguments, "").expect_error(2);
            assert!(told.stderr.contains("--"), "{told:?}");
            expect_hidden(told, secret);
        }
    }
    // Of a password in a proxy's URL without a scheme the user is told.
    let told = scratch.run(
        &[&CALL[..], &["--proxy", "user:hunter2@proxy.example:3128"]].concat(),
        "",
    );
    expect_hidden(told.expect_error(2).says("change that password"), "hunter2");
}

#[test]
fn s15_a_secret_in_a_words_place_is_not_repeated() {
    let scratch = Scratch::new();
    for secret in SECRETS {
        for arguments in [
            vec!["keygen", "--suite", secret, "--out", "out"],
            vec![secret],
            vec![
                "recognize",
                "--cloud",
                secret,
                "--url",
                "https://h.example/a.jpg",
            ],
            vec!["open", "--opener", "o", "--iv-policy", secret],
            vec!["sign", secret],
        ] {
            expect_hidden(scratch.run(&arguments, "").expect_error(2), secret);
        }
    }
}

/// Secrets as they are in files, and as people make them up.
const NAMED: [&str; 5] = [
    "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
    "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    "s3cr3tTok",
    "Hw@Passw0rd!24",
    "Tr0ub4dor",
];

#[test]
fn s15_a_secret_as_the_name_of_a_member_is_not_shown() {
    let scratch = Scratch::with_keys();
    for secret in NAMED {
        for (name, body) in [
            ("body", serde_json::json!({secret: 1})),
            (
                "config",
                serde_json::json!({"ImageUrl": "https://h.example/a", "Config": {secret: true}}),
            ),
            ("list", serde_json::json!({secret: [1]})),
        ] {
            scratch.write(&format!("{name}.json"), &body.to_string());
        }
        let ocr = ["--action", "IDCardOCR", "--version", "2018-11-19"];
        let call = [
            "call",
            "--cloud",
            "tencent",
            "--endpoint",
            "http://127.0.0.1:1",
        ];
        for body in ["body.json", "config.json"] {
            let given = ["--body", body];
            let told = scratch.run(&[&call[..], &ocr[..], &given[..]].concat(), "");
            expect_hidden(told, secret);
            for form in [&["inspect", body][..], &["inspect", body, "--json"]] {
                let told = scratch.run(form, "");
                let shown = format!("{told:?}").to_lowercase();
                assert!(!shown.contains(&secret.to_lowercase()), "{told:?}");
            }
            // The program is the body; what is said about it is not.
            let told = scratch.run(
                &[&["code", "--language", "python"], &ocr[..], &given[..]].concat(),
                "",
            );
            assert!(!told.stderr.contains(secret), "{}", told.stderr);
        }
        let get = [
            "call",
            "--cloud",
            "huawei",
            "--action",
            "/v2/a",
            "--method",
            "GET",
            "--body",
            "list.json",
        ];
        expect_hidden(scratch.run(&get, ""), secret);
        let seal = [
            "seal",
            "--opener",
            "o",
            "--key",
            "sm4-gcm/public.pem",
            "--field",
            secret,
        ];
        expect_hidden(scratch.run(&seal, "{}"), secret);
    }
}

#[test]
fn s15_a_folder_that_looks_like_a_secret_is_made_and_not_shown() {
    for secret in [
        "s3cr3tTok",
        "Tr0ub4dor",
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
    ] {
        let scratch = Scratch::new();
        let keygen = ["keygen", "--suite", "sm4-gcm", "--out", secret];
        let told = scratch.run(&keygen, "").expect_code(0);
        assert!(!format!("{told:?}").contains(secret), "{told:?}");
        assert!(scratch.path(secret).join("private.pem").exists());
    }
    let scratch = Scratch::new();
    let told = scratch.run(&["keygen", "--suite", "sm4-gcm", "--out", "keys"], "");
    assert!(told.expect_code(0).stdout.contains("keys/private.pem"));
}

#[test]
fn s15_a_word_alone_is_no_host() {
    let scratch = Scratch::with_keys();
    for given in [
        ["--endpoint", "https://swordfish"],
        ["--proxy", "http://swordfish"],
    ] {
        let told = scratch.run(&[&CALL[..], &given[..]].concat(), "");
        expect_hidden(told.expect_error(2), "swordfish");
    }
}
