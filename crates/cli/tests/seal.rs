//! `seal` and `keygen`: what they read and write, and what they leave behind.
#![cfg(feature = "gateway")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{PLAINTEXT, SUITES, Scratch, seal};
use serde_json::{Value, json};

#[test]
fn what_was_sealed_is_opened_byte_for_byte() {
    let scratch = Scratch::with_keys();
    let spaced = "{ \"Name\" : \"样本\\u0041\" ,\n\t\"n\":1.50}";
    for suite in SUITES {
        for plaintext in [PLAINTEXT, "{}", spaced] {
            let sealed = seal(&scratch, suite, &[], plaintext).expect_code(0);
            assert!(sealed.json()["Encryption"]["Algorithm"].is_string());
            scratch.forget("opener");
            let response = json!({"Response": sealed.json()}).to_string();
            let opened = scratch
                .run(&["open", "--opener", "opener", "--keep"], &response)
                .expect_code(0)
                .says("warning: ");
            assert_eq!(opened.stdout, plaintext);
            let json = scratch
                .run(
                    &[
                        "open",
                        "--opener",
                        "opener",
                        "--json",
                        "--iv-policy",
                        "same",
                    ],
                    &sealed.stdout,
                )
                .expect_code(0);
            let json = json.json();
            assert_eq!(json["sealed"], json!(["EncryptedBody"]));
            assert_eq!(
                json["result"],
                serde_json::from_str::<Value>(plaintext).unwrap()
            );
            assert_eq!(json["iv_reused"], true);
            // A good tag proves no answer where no member of one stands.
            let is_answer = plaintext == spaced;
            assert_eq!(json["authenticated"], is_answer && suite == "sm4-gcm");
            assert!(!scratch.exists("opener"));
        }
    }
}

#[test]
fn a_refused_key_leaves_nothing_behind_and_reads_nothing_else() {
    let scratch = Scratch::with_keys();
    for key in ["sm4-gcm/private.pem", "aes-256-cbc/private.pem", "secret"] {
        // Stdin stays open: whoever read it would wait for ever.
        let mut child = scratch
            .command(&["seal", "--key", key, "--opener", "opener"])
            .spawn()
            .unwrap();
        let held = child.stdin.take();
        let code = child.wait().unwrap().code();
        drop(held);
        assert_eq!(code, Some(3), "{key}");
    }
    seal(&scratch, "nowhere", &[], PLAINTEXT).expect_error(2);
    assert_eq!(scratch.files(), ["aes-256-cbc", "secret", "sm4-gcm"]);
}

#[test]
fn an_opener_file_is_written_once_for_its_owner_only() {
    let scratch = Scratch::with_keys();
    seal(&scratch, "sm4-gcm", &[], PLAINTEXT).expect_code(0);
    #[cfg(unix)]
    assert_eq!(common::mode(&scratch.path("opener")), 0o600);
    let first = scratch.read("opener");
    let opener: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(opener["Algorithm"], "SM4-GCM");
    assert_eq!(
        STANDARD
            .decode(opener["Key"].as_str().unwrap())
            .unwrap()
            .len(),
        16
    );
    assert_eq!(
        STANDARD
            .decode(opener["Iv"].as_str().unwrap())
            .unwrap()
            .len(),
        12
    );

    seal(&scratch, "sm4-gcm", &[], PLAINTEXT)
        .expect_error(2)
        .says("exists already");
    assert_eq!(scratch.read("opener"), first);
    let key = "sm4-gcm/public.b64";
    for opener in ["-", "nowhere/opener", "sm4-gcm"] {
        scratch
            .run(&["seal", "--key", key, "--opener", opener], PLAINTEXT)
            .expect_error(2);
    }
    scratch
        .run(&["seal", "--key", "-", "--opener", "o"], PLAINTEXT)
        .expect_error(2);
    assert_eq!(
        scratch.files(),
        ["aes-256-cbc", "opener", "secret", "sm4-gcm"]
    );
}

#[test]
fn named_members_are_sealed_in_place() {
    let scratch = Scratch::with_keys();
    let plaintext = r#"{"IdCard":"11010119900307002X","Name":"样本","Region":"north"}"#;
    let flag = "--accept-repeated-gcm-nonce";
    seal(&scratch, "sm4-gcm", &["--fields", "IdCard,Name"], plaintext)
        .expect_error(2)
        .says(flag);
    for (suite, more) in [
        ("sm4-gcm", vec!["--fields", "IdCard,Name", flag]),
        ("sm4-gcm", vec!["--fields", "IdCard"]),
        ("aes-256-cbc", vec!["--fields", "IdCard,Name"]),
    ] {
        let sealed = seal(&scratch, suite, &more, plaintext).expect_code(0);
        assert_eq!(sealed.json()["Region"], "north");
        assert!(!sealed.stdout.contains("11010119900307002X"), "{sealed:?}");
        scratch.forget("opener");
        let opened = scratch
            .run(&["open", "--opener", "opener"], &sealed.stdout)
            .expect_code(0)
            .says("only these members were sealed: IdCard");
        assert_eq!(opened.stdout, plaintext);
    }
    for (fields, input) in [
        ("Absent", plaintext),
        ("IdCard,IdCard", plaintext),
        ("IdCard", "[]"),
    ] {
        seal(&scratch, "aes-256-cbc", &["--fields", fields], input).expect_error(2);
    }
    assert!(!scratch.exists("opener"));
}

#[test]
fn too_much_is_refused_and_what_is_no_object_is_warned_of() {
    let scratch = Scratch::with_keys();
    for (plaintext, words) in [
        ("plain text", "does not begin with `{`"),
        ("\u{feff}{\"ImageUrl\":\"u\"}", "byte order mark"),
        (
            "{\"CardSide\":\"FRONT\",\n\"CardSide\":\"BACK\"}",
            "a member is duplicated, at line 2",
        ),
        (
            "{\"CardSide\":\"FRONT\",}",
            "a comma stands before the closing bracket, at line 1",
        ),
        ("{\0\"\0", "UTF-16"),
    ] {
        seal(&scratch, "sm4-gcm", &[], plaintext)
            .expect_code(0)
            .says("warning: ")
            .says(words);
        std::fs::remove_file(scratch.path("opener")).unwrap();
    }
    // A8: what an answer would read as a path is no member.
    for name in ["a.b", "a[0]", "a]"] {
        seal(
            &scratch,
            "aes-256-cbc",
            &["--fields", name],
            "{\"a.b\":\"x\",\"a[0]\":\"x\",\"a]\":\"x\"}",
        )
        .expect_error(2)
        .says("not a single name");
    }
    // Read at most, and sealed at most.
    for bytes in [10 * 1024 * 1024 + 1, 8 * 1024 * 1024] {
        seal(&scratch, "sm4-gcm", &["-q"], &"x".repeat(bytes)).expect_error(2);
    }
    assert!(!scratch.exists("opener"));
    seal(&scratch, "sm4-gcm", &[], PLAINTEXT).expect_code(0);
    scratch
        .run(
            &["open", "--opener", "opener"],
            &" ".repeat(16 * 1024 * 1024 + 1),
        )
        .expect_error(8);
}

#[test]
fn keygen_writes_what_the_service_hands_out() {
    let scratch = Scratch::with_keys();
    for (suite, label) in [(SUITES[0], "RSA PUBLIC KEY"), (SUITES[1], "PUBLIC KEY")] {
        let pem = scratch.read(&format!("{suite}/public.pem"));
        assert!(
            pem.starts_with(&format!("-----BEGIN {label}-----\n")),
            "{pem}"
        );
        let b64 = scratch.read(&format!("{suite}/public.b64"));
        assert_eq!(
            STANDARD.decode(b64.trim_end()).unwrap(),
            pem.trim_end().as_bytes()
        );
        #[cfg(unix)]
        assert_eq!(
            common::mode(&scratch.path(&format!("{suite}/private.pem"))),
            0o600
        );
        let before = scratch.read(&format!("{suite}/private.pem"));
        scratch
            .run(&["keygen", "--suite", suite, "--out", suite], "")
            .expect_error(2)
            .says("not overwritten");
        assert_eq!(scratch.read(&format!("{suite}/private.pem")), before);
    }
    let json = scratch
        .run(
            &[
                "keygen", "--suite", "sm4-gcm", "--out", "new/deep", "--json",
            ],
            "",
        )
        .expect_code(0)
        .json();
    assert_eq!(json["suite"], "sm4-gcm");
    assert_eq!(json["fingerprint"].as_str().unwrap().len(), 64);
}

#[test]
fn a_key_in_der_is_taken_too() {
    let scratch = Scratch::with_keys();
    for suite in SUITES {
        let pem = scratch.read(&format!("{suite}/public.pem"));
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        std::fs::write(scratch.path("key.der"), STANDARD.decode(body).unwrap()).unwrap();
        let opener = format!("{suite}.opener");
        scratch
            .run(
                &["seal", "--key", "key.der", "--opener", &opener],
                PLAINTEXT,
            )
            .expect_code(0);
    }
}
