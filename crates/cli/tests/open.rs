//! `open`: what it takes, what it refuses, and what becomes of the opener file.
#![cfg(feature = "gateway")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{PLAINTEXT, Scratch, seal};
use serde_json::{Value, json};

#[test]
fn the_documented_samples_open() {
    let scratch = Scratch::new();
    for name in ["guide-aes-256-cbc", "guide-sm4-gcm"] {
        let path = format!(
            "{}/../../vectors/envelope/{name}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let vector: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let text = |member: &str| vector[member].as_str().unwrap();
        let key: Vec<u8> = (0..text("key_hex").len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text("key_hex")[at..at + 2], 16).unwrap())
            .collect();
        let opener = json!({
            "Algorithm": text("algorithm"), "Key": STANDARD.encode(key), "Iv": text("iv"),
        });
        scratch.write("opener", &opener.to_string());
        let tags: Vec<_> = vector["tag"].as_str().into_iter().collect();
        let reply = json!({"Response": {
            "EncryptedBody": text("ciphertext"),
            "Encryption": {
                "CiphertextBlob": text("ciphertext_blob"), "Iv": text("iv"), "Algorithm": text("algorithm"),
                "TagList": tags, "EncryptList": ["EncryptedBody"],
            },
            "RequestId": "r",
        }});
        let opened = scratch
            .run(&["open", "--opener", "opener"], &reply.to_string())
            .expect_code(0);
        assert_eq!(opened.stdout.len(), 156);
        assert_eq!(opened.stdout, text("plaintext"));
    }
}

#[test]
fn an_opener_file_is_deleted_whatever_the_reply_is() {
    let scratch = Scratch::with_keys();
    let refusal = r#"{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"x\u001b[0m"},"RequestId":"r-1"}}"#;
    let throttled =
        r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":""},"RequestId":"r"}}"#;
    for (reply, code, words) in [
        ("", 8, "reply"),
        ("not JSON", 8, "reply"),
        ("[]", 8, "reply"),
        ("{}", 8, "cannot be opened"),
        (r#"{"Response":{"RequestId":"r-7"}}"#, 8, "(request id r-7)"),
        (r#"{"Response":{},"Response":{}}"#, 8, "cannot be opened"),
        (
            refusal,
            7,
            "FailedOperation.ImageBlur: x\\u{1b}[0m; the picture is blurred",
        ),
        (refusal, 7, "(request id r-1)"),
        (throttled, 7, "RequestLimitExceeded"),
    ] {
        seal(&scratch, "sm4-gcm", &[], PLAINTEXT).expect_code(0);
        scratch
            .run(&["open", "--opener", "opener"], reply)
            .expect_error(code)
            .says(words);
        assert!(!scratch.exists("opener"), "{reply}");
    }
    let sealed = seal(&scratch, "sm4-gcm", &[], PLAINTEXT)
        .expect_code(0)
        .stdout;
    scratch.forget("opener");
    scratch
        .run(
            &[
                "open",
                "--opener",
                "opener",
                "--keep",
                "--iv-policy",
                "fresh",
            ],
            &sealed,
        )
        .expect_error(8);
    scratch
        .run(&["open", "--opener", "opener"], &sealed)
        .expect_code(0);
    scratch
        .run(&["open", "--opener", "opener"], &sealed)
        .expect_error(2)
        .says("seal");
}

#[test]
fn a_tampered_answer_or_one_to_another_request_is_not_opened() {
    let scratch = Scratch::with_keys();
    let sealed = seal(&scratch, "sm4-gcm", &[], PLAINTEXT)
        .expect_code(0)
        .json();
    scratch.forget("opener");
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut reply = sealed.clone();
        change(&mut reply);
        scratch
            .run(
                &["open", "--opener", "opener", "--keep"],
                &reply.to_string(),
            )
            .expect_error(8)
            .says("cannot be opened");
    };
    refused(&|reply| reply["Encryption"]["Algorithm"] = "AES-256-CBC".into());
    refused(&|reply| reply["Encryption"]["Algorithm"] = "".into());
    refused(&|reply| reply["Encryption"]["TagList"] = json!([]));
    refused(&|reply| reply["Encryption"]["TagList"][0] = STANDARD.encode([0; 16]).into());
    refused(&|reply| reply["Encryption"]["Iv"] = STANDARD.encode([0; 12]).into());
    refused(&|reply| reply["Encryption"]["EncryptList"] = json!(["EncryptionBody"]));
    refused(&|reply| reply["EncryptedBody"] = STANDARD.encode([0; 60]).into());
    refused(&|reply| reply["Name"] = "in clear".into());
    let other = scratch
        .run(
            &["seal", "--key", "sm4-gcm/public.b64", "--opener", "other"],
            PLAINTEXT,
        )
        .expect_code(0);
    scratch
        .run(&["open", "--opener", "opener"], &other.stdout)
        .expect_error(8);
}

#[test]
fn a_file_that_is_no_opener_is_refused_and_only_an_opener_is_deleted() {
    let scratch = Scratch::new();
    for text in [
        "",
        "precious notes",
        r#"{"a":1}"#,
        r#"{"Key":"of a house"}"#,
    ] {
        scratch.write("opener", text);
        scratch
            .run(&["open", "--opener", "opener"], "{}")
            .expect_error(2)
            .says("left as it is");
        assert_eq!(scratch.read("opener"), text);
    }
    scratch.write(
        "opener",
        r#"{"Algorithm":"SM4-GCM","Key":"c2hvcnQ=","Iv":"AAAA"}"#,
    );
    scratch
        .run(&["open", "--opener", "opener"], "{}")
        .expect_error(2)
        .says("deleted");
    assert!(!scratch.exists("opener"));
    scratch
        .run(&["open", "--opener", "-"], "{}")
        .expect_error(2);
}

#[test]
fn a17_a_small_object_with_a_key_is_no_opener_file() {
    let scratch = Scratch::new();
    for text in [
        r#"{"Key":"zf2ntpS9LCFzgYXrW1pqXA=="}"#,
        r#"{"Algorithm":"SM4-GCM","Key":"zf2ntpS9LCFzgYXrW1pqXA=="}"#,
        r#"{"Key":"zf2ntpS9LCFzgYXrW1pqXA==","Iv":"AAAAAAAAAAAAAAAA"}"#,
        r#"{"kty":"oct","Key":"of a house","Iv":"4"}"#,
    ] {
        scratch.write("opener", text);
        let told = scratch
            .run(&["open", "--opener", "opener"], "{}")
            .expect_error(2)
            .says("left as it is");
        assert!(!told.stderr.contains("was deleted"), "{told:?}");
        assert_eq!(scratch.read("opener"), text);
    }
}

#[cfg(unix)]
#[test]
fn a17_a_pipe_is_read_and_not_deleted() {
    use std::io::Write;
    use std::process::Command;

    let scratch = Scratch::with_keys();
    let sealed = seal(&scratch, "sm4-gcm", &[], PLAINTEXT)
        .expect_code(0)
        .stdout;
    scratch.forget("opener");
    let made = Command::new("mkfifo").arg(scratch.path("pipe")).status();
    assert!(made.unwrap().success());
    for (text, code) in [
        (scratch.read("opener"), 0),
        (
            r#"{"Algorithm":"SM4-GCM","Key":"c2hvcnQ=","Iv":"AAAA"}"#.to_owned(),
            2,
        ),
    ] {
        let pipe = scratch.path("pipe");
        let writer = std::thread::spawn(move || {
            let mut pipe = std::fs::File::options().write(true).open(pipe).unwrap();
            pipe.write_all(text.as_bytes()).unwrap();
        });
        let opened = scratch.run(&["open", "--opener", "pipe"], &sealed);
        writer.join().unwrap();
        let opened = opened.expect_code(code);
        assert!(!opened.stderr.contains("deleted"), "{opened:?}");
        assert!(scratch.exists("pipe"), "{opened:?}");
    }
}

#[cfg(unix)]
#[test]
fn an_opener_file_others_can_read_is_warned_of_and_a_link_is_deleted_with_its_target() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let scratch = Scratch::with_keys();
    let sealed = seal(&scratch, "sm4-gcm", &[], PLAINTEXT)
        .expect_code(0)
        .stdout;
    scratch.forget("opener");
    let readable = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(scratch.path("opener"), readable).unwrap();
    symlink("opener", scratch.path("link")).unwrap();
    scratch
        .run(&["open", "--opener", "link"], &sealed)
        .expect_code(0)
        .says("mode 0644");
    assert_eq!(scratch.files(), ["aes-256-cbc", "secret", "sm4-gcm"]);
}
