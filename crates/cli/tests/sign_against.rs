//! S15: what is named as another program's stages may be any file, and nothing secret in it is shown.
#![cfg(feature = "gateway")]

mod common;

use std::fs;

use common::{Finished, SECRET_KEY, Scratch};

const REQUEST: &str =
    "POST / HTTP/1.1\r\nHost: ocr.tencentcloudapi.com\r\nContent-Type: application/json\r\n\r\n{}";

fn against(scratch: &Scratch, theirs: &str, more: &[&str]) -> Finished {
    scratch.write("request", REQUEST);
    let arguments = [
        "sign",
        "--scheme",
        "tc3-hmac-sha256",
        "--request",
        "request",
        "--secret-id",
        "test-id",
        "--secret-key-file",
        "secret",
        "--time",
        "1551113065",
        "--against",
        theirs,
    ];
    scratch.run(&[&arguments[..], more].concat(), "")
}

#[test]
fn s15_a_private_key_given_as_stages_is_refused_by_name_and_not_shown() {
    let scratch = Scratch::with_keys();
    for suite in common::SUITES {
        let name = format!("{suite}/private.pem");
        let pem = scratch.read(&name);
        let bare: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        scratch.write("bare", &bare);
        scratch.write("quoted", &serde_json::to_string(&pem).unwrap());
        scratch.write("cut", &pem[..pem.len() - 60]);
        for theirs in [name.as_str(), "bare", "quoted", "cut"] {
            for more in [&[][..], &["--json"]] {
                let refused = against(&scratch, theirs, more)
                    .expect_error(2)
                    .says("it is a private key or holds one");
                for piece in pem
                    .lines()
                    .filter(|line| line.len() > 30 && !line.starts_with('-'))
                {
                    assert!(!refused.stderr.contains(&piece[..20]), "{refused:?}");
                }
            }
        }
    }
}

#[test]
fn s15_a_profile_or_a_secret_given_as_stages_is_not_shown() {
    let scratch = Scratch::with_keys();
    for text in [
        format!("[default]\nsecret_id = test-id\nsecret_key = {SECRET_KEY}\n"),
        format!("export TENCENTCLOUD_SECRET_KEY={SECRET_KEY}\n"),
        format!("User Name,Access Key Id,Secret Access Key\nme,id,{SECRET_KEY}\n"),
        format!(r#"{{"Algorithm":"SM4-GCM","Key":"{SECRET_KEY}","Iv":"AA=="}}"#),
        format!(r#"{{"default":{{"accessToken":"{SECRET_KEY}"}}}}"#),
    ] {
        scratch.write("theirs", &text);
        // That the secret is in no stream, `common` looks after.
        against(&scratch, "theirs", &[])
            .expect_error(2)
            .says("holds credentials");
    }
    // A secret alone looks like nothing, or like a signature: compared, and not shown.
    for secret in [
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "0b2c3ac3f6cd4d0f9a6c5a47f59d1a770b2c3ac3f6cd4d0f9a6c5a47f59d1a77",
        "a letter\nto somebody of hunter2hunter2\nwho reads",
    ] {
        scratch.write("theirs", secret);
        let differs = against(&scratch, "theirs", &[]).expect_code(4);
        for word in secret.split_whitespace().filter(|word| word.len() > 4) {
            assert!(!differs.stdout.contains(word), "{differs:?}");
            assert!(!differs.stderr.contains(word), "{differs:?}");
        }
        assert!(differs.stdout.contains("bytes, not shown]"), "{differs:?}");
    }
}

#[test]
fn s15_a_stage_that_differs_is_shown_whole() {
    let scratch = Scratch::with_keys();
    for stage in [
        "POST\n/\n\ncontent-type:text/plain\nhost:another\n\ncontent-type;host\n44136fa3",
        "TC3-HMAC-SHA256\n1551113066\n2019-02-25/cvm/tc3_request\n44136fa3",
        r#"{"signature":"0b2c3ac3f6cd4d0f"}"#,
    ] {
        fs::write(scratch.path("theirs"), stage).unwrap();
        let differs = against(&scratch, "theirs", &[]).expect_code(4);
        assert!(!differs.stdout.contains("not shown"), "{differs:?}");
        for shown in ["another", "1551113066", "0b2c3ac3f6cd4d0f"] {
            assert_eq!(
                differs.stdout.contains(shown),
                stage.contains(shown),
                "{differs:?}"
            );
        }
    }
}
