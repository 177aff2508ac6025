//! `recognize` against `gateway`, two processes and real HTTP between them.
#![cfg(feature = "gateway")]

mod common;

use std::net::TcpListener;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{SUITES, Scratch, bitmap, finish};

const URL: &str = "https://h.example/card.jpg";

#[test]
fn a_card_is_recognised_under_both_suites() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    for (suite, authenticated) in [(SUITES[0], false), (SUITES[1], true)] {
        let key = format!("{suite}/public.b64");
        let usual = ["--key", &key, "--endpoint", &gateway.url, "--url", URL];
        let found = scratch
            .recognize(&[&usual[..], &["--side", "front", "--json"]].concat())
            .expect_code(0)
            .says("warning: ");
        let json = found.json();
        assert_eq!(json["result"]["IdNum"], "11010119900307002X");
        assert_eq!(json["result"]["Authority"], "");
        assert_eq!(json["iv_reused"], true);
        assert_eq!(json["authenticated"], authenticated);
        assert!(json["request_id"].as_str().is_some_and(|id| id.len() > 8));

        let back = scratch
            .recognize(&[&usual[..], &["--side", "back", "--quiet"]].concat())
            .expect_code(0);
        assert_eq!(back.stderr, "");
        assert!(
            back.stdout
                .contains("ValidDate       2020.01.01-2040.01.01\n"),
            "{back:?}"
        );
        assert!(!back.stdout.contains("IdNum"), "{back:?}");
    }
}

#[test]
fn an_image_comes_from_a_file_or_stdin_as_bytes_or_a_data_url() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    std::fs::write(scratch.path("card.bmp"), bitmap(58)).unwrap();
    let text = STANDARD.encode(bitmap(58));
    let (front, back) = text.split_at(20);
    scratch.write(
        "card.txt",
        &format!("data:image/bmp;base64,{front}\n{back}\n"),
    );
    let usual = ["--key", "sm4-gcm/public.pem", "--endpoint", &gateway.url];
    for image in ["card.bmp", "card.txt"] {
        scratch
            .recognize(&[&usual[..], &["--image", image]].concat())
            .expect_code(0);
    }
    let from_stdin = scratch.recognizing(&[&usual[..], &["--image", "-"]].concat());
    finish(from_stdin, &bitmap(58)).expect_code(0);
    scratch
        .recognize(&["--key", "-", "--image", "-"])
        .expect_error(2);
    // 5.7 MiB is too much for two rounds of base64 in 10 MiB.
    std::fs::write(scratch.path("large.bmp"), bitmap(5_976_884)).unwrap();
    scratch
        .recognize(&[&usual[..], &["--image", "large.bmp"]].concat())
        .expect_error(2)
        .says("5976884 bytes");
}

/// At every cloud, before anything is connected to: no picture leaves the machine that is none.
#[test]
fn s12_what_is_no_picture_is_not_sent() {
    let scratch = Scratch::with_keys();
    // Whoever connects here would be noticed.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let png = STANDARD
        .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
        .unwrap();
    let (text, private) = (STANDARD.encode(&png), scratch.read("sm4-gcm/private.pem"));
    for (bytes, words) in [
        (&b"<!DOCTYPE html><title>please sign in</title>"[..], "HTML"),
        (text.as_bytes(), "Base64"),
        (private.as_bytes(), "key"),
        (b"%PDF-1.7\n", "PDF"),
        (b"GIF89a\x01\0\x01\0", "GIF"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "WebP"),
        (b"II*\0\x08\0\0\0", "TIFF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"just words", "text"),
        (b"", "empty"),
        (&png[..60], "PNG picture is cut short"),
        (&bitmap(58)[..57], "BMP picture is cut short"),
        (
            b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01",
            "JPEG picture is cut short",
        ),
    ] {
        std::fs::write(scratch.path("card"), bytes).unwrap();
        for cloud in ["tencent", "ctyun", "huawei"] {
            let mut command = scratch.command(&["recognize", "--cloud", cloud, "--image", "card"]);
            command.args(["--endpoint", &url]);
            if cloud == "tencent" {
                command.args(["--key", "sm4-gcm/public.b64"]);
            }
            // Also without credentials: the picture is looked at first.
            finish(command, b"").expect_error(2).says(words);
        }
        let data = format!("data:image/png;base64,{}", STANDARD.encode(bytes));
        let from_stdin = scratch.recognizing(&[
            "--key",
            "sm4-gcm/public.b64",
            "--endpoint",
            &url,
            "--image",
            "-",
        ]);
        finish(from_stdin, data.as_bytes())
            .expect_error(2)
            .says(words);
    }
    assert!(listener.accept().is_err(), "something was sent");
}

#[test]
fn warnings_have_names_and_a_fixture_decides_what_is_read() {
    let scratch = Scratch::with_keys();
    scratch.write(
        "fixture.json",
        r#"{"FRONT":{"Name":"\u001b[31m样本","WarnInfos":[-9102],"Quality":87,"Portrait":"QUJD"}}"#,
    );
    let gateway = scratch.gateway(&["--fixture", "fixture.json", "--iv-mode", "fresh"]);
    let config = "CopyWarn,Quality,CropPortrait";
    let arguments = [
        "--key",
        "sm4-gcm/public.b64",
        "--endpoint",
        &gateway.url,
        "--url",
        URL,
        "--config",
        config,
        "--iv-policy",
        "fresh",
    ];
    let found = scratch.recognize(&arguments).expect_code(0);
    assert!(
        !found.stderr.contains("warning"),
        "a fresh SM4-GCM answer needs none: {found:?}"
    );
    for line in [
        "Warning         -9102 copy\n",
        "Quality         87\n",
        "Portrait        4 characters of base64",
        // What a card says cannot steer a terminal.
        "Name            \\u{1b}[31m样本\n",
    ] {
        assert!(found.stdout.contains(line), "no {line:?} in {found:?}");
    }
    let json = scratch
        .recognize(&[&arguments[..], &["--json"]].concat())
        .expect_code(0)
        .json();
    assert_eq!(json["result"]["AdvancedInfo"]["WarnInfos"][0], -9102);
    assert_eq!(json["iv_reused"], false);
}

#[test]
fn every_failure_has_its_exit_code() {
    let scratch = Scratch::with_keys();
    let good = scratch.gateway(&[]);
    let sm4 = [
        "--key",
        "sm4-gcm/public.b64",
        "--url",
        URL,
        "--retries",
        "0",
    ];
    let at = |url: &str, more: &[&str]| {
        scratch.recognize(&[&sm4[..], &["--endpoint", url], more].concat())
    };
    for (fault, code, words) in [
        ("throttled", 6, "RequestLimitExceeded"),
        ("internal-error", 7, "InternalError"),
        ("expired", 4, "AuthFailure.SignatureExpire"),
        ("wrong-tag", 8, "cannot be opened"),
        ("clear-text", 8, "cannot be opened"),
        (
            "duplicate-member-inner",
            8,
            "what the answer opened to is kept in",
        ),
        ("bad-json", 8, "reply"),
        ("drop-connection", 5, "connection"),
        ("redirect", 5, "redirect"),
        ("oversize-reply", 5, "larger"),
    ] {
        let gateway = scratch.gateway(&["--fault", fault]);
        at(&gateway.url, &[]).expect_error(code).says(words);
    }
    let slow = scratch.gateway(&["--fault", "slow-header"]);
    at(&slow.url, &["--timeout", "3"])
        .expect_error(5)
        .says("in time");
    at(&good.url, &["--iv-policy", "fresh"]).expect_error(8);
    // The service's refusal carries its request id.
    let refusing = scratch.gateway(&["--fault", "internal-error"]);
    at(&refusing.url, &[]).expect_error(7).says("(request id ");

    let mut wrong = scratch.command(&["recognize", "--cloud", "tencent", "--endpoint", &good.url]);
    wrong.args(sm4);
    wrong.env("TENCENTCLOUD_SECRET_ID", common::SECRET_ID);
    wrong.env("TENCENTCLOUD_SECRET_KEY", "another");
    finish(wrong, b"").expect_error(4).says("SignatureFailure");

    let mut missing = scratch.command(&["recognize", "--cloud", "tencent"]);
    missing.args(sm4);
    finish(missing, b"")
        .expect_error(4)
        .says("TENCENTCLOUD_SECRET_ID");

    let dead = common::nobody::Nobody::new();
    at(&format!("http://{}", dead.address()), &[])
        .expect_error(5)
        .says("no connection");
    at("http://h.example", &[]).expect_error(2).says("loopback");
    at("https://user:pass@h.example", &[]).expect_error(2);
    // What only one cloud can do is said before anything else is asked for.
    scratch
        .run(&["recognize", "--cloud", "ctyun", "--url", URL], "")
        .expect_error(2)
        .says("accepts no image URL");
    scratch
        .recognize(&["--url", URL])
        .expect_error(2)
        .says("--key");
}

#[test]
fn a_refused_key_is_found_before_anything_is_sent() {
    let scratch = Scratch::with_keys();
    // Whoever connects here would be noticed.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    scratch
        .recognize(&[
            "--key",
            "sm4-gcm/private.pem",
            "--endpoint",
            &url,
            "--url",
            URL,
        ])
        .expect_error(3)
        .says("private key");
    assert!(listener.accept().is_err(), "something was sent");
}

#[test]
fn a_throttled_request_is_tried_again() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&["--fault", "throttled-once"]);
    scratch
        .recognize(&[
            "--key",
            "sm4-gcm/public.b64",
            "--endpoint",
            &gateway.url,
            "--url",
            URL,
        ])
        .expect_code(0);
}

#[test]
fn no_setting_makes_it_log() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    for key in ["aes-256-cbc/public.b64", "sm4-gcm/public.b64"] {
        let ask = |level: Option<&str>| {
            let mut command = scratch.command(&["recognize", "--cloud", "tencent"]);
            command
                .args(["--key", key, "--endpoint", &gateway.url, "--url", URL])
                .env("TENCENTCLOUD_SECRET_ID", common::SECRET_ID)
                .env("TENCENTCLOUD_SECRET_KEY", common::SECRET_KEY);
            command.envs(level.map(|level| ("RUST_LOG", level)));
            common::finish(command, b"").expect_code(0)
        };
        let (quiet, traced) = (ask(None), ask(Some("trace")));
        // The request ids differ.
        assert_eq!(quiet.stderr.lines().count(), traced.stderr.lines().count());
        assert!(!traced.stderr.contains("11010119900307002X"), "{traced:?}");
        assert!(traced.stdout.contains("11010119900307002X"), "{traced:?}");
    }
}
