//! Messages about what was given: nothing secret is shown, and what to do is what helps.

mod common;

use common::Scratch;

/// Of age-keygen, for nobody.
const IDENTITY: &str = "AGE-SECRET-KEY-1WLL87Q0UYXVNRY3289NCASQ3FLH3RF79CEG9E4DNWNJPQQQQQQQQQQQQQQ";

#[cfg(all(feature = "batch", feature = "gateway", feature = "ledger"))]
#[test]
fn a14_no_part_of_a_secret_is_shown_wherever_it_is_given() {
    let scratch = Scratch::with_keys();
    let secret = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLEkeyOfSomebodyThatIsLong01";
    let list = format!("@{secret}");
    for arguments in [
        &["errors", secret][..],
        &["errors", IDENTITY],
        &["usage", "--since", secret],
        &["usage", "--until", IDENTITY],
        &[
            "batch",
            &list,
            "--cloud",
            "tencent",
            "--key",
            "sm4-gcm/public.b64",
            "--out",
            "r.jsonl",
        ],
        &[
            "package",
            "add",
            "--action",
            "IDCardOCR",
            "--calls",
            "1",
            "--from",
            secret,
        ],
    ] {
        let mut command = scratch.command(arguments);
        command.env("TENCENTCLOUD_SECRET_ID", common::SECRET_ID);
        command.env("TENCENTCLOUD_SECRET_KEY", common::SECRET_KEY);
        let said = common::finish(command, b"").expect_error(2).stderr;
        for secret in [secret, IDENTITY] {
            assert!(!said.contains(&secret[..20]), "{said}");
        }
    }
}

#[test]
fn a14_what_is_no_policy_is_not_quoted() {
    let scratch = Scratch::new();
    for text in [
        format!("# created: 2026-01-01\n# public key: age1xyz\n{IDENTITY}\n"),
        "{\"Algorithm\":\"SM4-GCM\",\"Key\":\"zf2ntpS9LCFzgYXrW1pqXA==\",secretOfMine: 1}"
            .to_owned(),
        "[default]\nsecretOfMine = AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE\n".to_owned(),
    ] {
        scratch.write("file", &text);
        for form in [
            &["policy", "--check", "file"][..],
            &["policy", "--check", "file", "--json"],
        ] {
            let told = scratch.run(form, "").expect_code(2);
            let said = format!("{}{}", told.stdout, told.stderr);
            for part in ["AGE-SECRET", "zf2ntp", "secretOfMine", "AKIDz8", "SM4"] {
                assert!(!said.contains(part), "{said}");
            }
        }
    }
}

#[cfg(all(feature = "batch", feature = "gateway"))]
#[test]
fn a14_an_identity_file_is_named_as_what_it_is() {
    let scratch = Scratch::with_keys();
    scratch.write(
        "age.txt",
        &format!("# created: 2026-01-01\n# public key: age1xyz\n{IDENTITY}\n"),
    );
    scratch.write("keys", "# mine\nage2nonsense\n");
    for (file, says) in [
        ("age.txt", "secret key in line 3"),
        ("keys", "line 2 is no public key"),
    ] {
        let mut command = scratch.command(&["batch", "none.jpg", "--cloud", "tencent"]);
        command.args([
            "--key",
            "sm4-gcm/public.b64",
            "--out",
            "r.jsonl",
            "--encrypt-to",
            file,
        ]);
        command.env("TENCENTCLOUD_SECRET_ID", common::SECRET_ID);
        command.env("TENCENTCLOUD_SECRET_KEY", common::SECRET_KEY);
        let said = common::finish(command, b"")
            .expect_error(2)
            .says(says)
            .stderr;
        assert!(!said.contains("WLL87Q0"), "{said}");
    }
}

#[cfg(feature = "ledger")]
#[test]
fn a14_a_package_says_what_it_cannot_count_and_a_date_is_no_ledgers_fault() {
    let scratch = Scratch::new();
    let add = |action: &str, more: &[&str]| {
        let usual = [
            "package", "add", "--action", action, "--calls", "5", "--ledger", "ledger",
        ];
        scratch.run(&[&usual[..], more].concat(), "")
    };
    add("Foo", &[])
        .expect_code(0)
        .says("no action of the name Foo is known here");
    for known in ["RecognizeEncryptedIDCardOCR", "IDCardOCR"] {
        let said = add(known, &[]).expect_code(0).stderr;
        assert!(!said.contains("known here"), "{said}");
    }
    let said = add("IDCardOCR", &["--from", "2026-13-01"])
        .expect_error(2)
        .stderr;
    assert!(said.contains("`2026-13-01` is not a date"), "{said}");
    assert!(!said.contains("ledger"), "{said}");
}

#[test]
fn a14_the_language_is_told_in_the_help_and_the_pages_are_the_same_in_each() {
    let scratch = Scratch::new();
    let pages = |language: &str| {
        let mut command = scratch.command(&["man", language, "--json"]);
        command.env("CARDSEAL_LANG", language);
        let files = common::finish(command, b"").expect_code(0).json();
        let mut files: Vec<String> = serde_json::from_value(files["files"].clone()).unwrap();
        files.sort();
        files
    };
    let english = pages("en");
    assert!(english.len() > 20 && !english.iter().any(|name| name.contains("-help")));
    assert_eq!(pages("zh-CN"), english);
    for language in ["en", "zh-CN"] {
        let mut command = scratch.command(&["--help"]);
        command.env("CARDSEAL_LANG", language);
        let help = common::finish(command, b"").expect_code(0).stdout;
        assert!(help.contains("CARDSEAL_LANG=zh-CN"), "{help}");
    }
}

#[cfg(feature = "gateway")]
#[test]
fn a14_a_picture_that_is_too_large_says_how_to_make_it_smaller() {
    let scratch = Scratch::with_keys();
    std::fs::write(scratch.path("large.bmp"), common::bitmap(6_000_000)).unwrap();
    scratch.write("a.webp", "RIFF\x10\0\0\0WEBPVP8 ");
    for picture in ["large.bmp", "a.webp"] {
        scratch
            .recognize(&[
                "--key",
                "sm4-gcm/public.b64",
                "--image",
                picture,
                "--endpoint",
                "http://127.0.0.1:1",
            ])
            .expect_error(2)
            .says("`cardseal prepare`")
            .says("--fit");
    }
}
