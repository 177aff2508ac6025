//! A13 at the command line: the log says the step, nobody has to read it, and any action can be tried.
#![cfg(all(unix, feature = "gateway"))]

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use common::{GatewayProcess, PLAINTEXT, SECRET_ID, SECRET_KEY, Scratch, finish, seal};
use rustix::process::Signal;
use serde_json::json;

/// More lines than any pipe holds.
const REQUESTS: usize = 4000;

/// The gateway's own.
const PROJECT: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn a13_a_log_that_nobody_reads_holds_up_no_answer() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    let mut stream = TcpStream::connect(gateway.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let request = "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    for number in 0..REQUESTS {
        stream.write_all(request.as_bytes()).unwrap();
        assert!(has_answered(&mut stream), "request {number} has no answer");
    }
    let (code, log) = gateway.end(Signal::TERM);
    assert_eq!(code, Some(0));
    assert!(log.lines().count() > 100, "{}", log.lines().count());
}

/// Reads one answer with its body.
fn has_answered(stream: &mut TcpStream) -> bool {
    let mut read = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let Ok(count @ 1..) = stream.read(&mut piece) else {
            return false;
        };
        read.extend_from_slice(&piece[..count]);
        let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.unwrap().trim().parse().unwrap();
        if read.len() >= end + 4 + length {
            return true;
        }
    }
}

#[test]
fn a13_the_step_that_failed_is_in_the_log_and_in_no_answer() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    let mut request = seal(&scratch, "sm4-gcm", &[], PLAINTEXT)
        .expect_code(0)
        .json();
    request["Encryption"]["TagList"] = json!(["AAAAAAAAAAAAAAAAAAAAAA=="]);
    scratch.write("body", &request.to_string());
    let call = [
        "call",
        "--cloud",
        "tencent",
        "--endpoint",
        &gateway.url,
        "--body",
        "body",
    ];
    let action = [
        "--action",
        "RecognizeEncryptedIDCardOCR",
        "--version",
        "2018-11-19",
    ];
    let refused = with_credentials(&scratch, &[&call[..], &action].concat()).expect_error(7);
    assert!(refused.stderr.contains("UnKnowError"), "{refused:?}");
    assert!(!refused.stderr.contains("does not match"), "{refused:?}");
    let (_, log) = gateway.end_after(1, Signal::TERM);
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("tag: it does not match"), "{log}");
}

fn with_credentials(scratch: &Scratch, arguments: &[&str]) -> common::Finished {
    let mut command = scratch.command(arguments);
    command
        .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
        .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY)
        .env("CTYUN_AK", SECRET_ID)
        .env("CTYUN_SK", SECRET_KEY)
        .env("CTYUN_APP_KEY", "app")
        .env("HUAWEICLOUD_SDK_AK", SECRET_ID)
        .env("HUAWEICLOUD_SDK_SK", SECRET_KEY)
        .env("HUAWEICLOUD_SDK_PROJECT_ID", PROJECT);
    finish(command, b"")
}

fn echoing(scratch: &Scratch) -> GatewayProcess {
    scratch.gateway(&["--echo"])
}

#[test]
fn a13_with_echo_any_action_is_answered_with_what_was_received() {
    let scratch = Scratch::with_keys();
    let gateway = echoing(&scratch);
    scratch.write("body", r#"{"InstanceIds":["ins-1"],"Limit":3}"#);
    let at = ["--endpoint", &gateway.url, "--body", "body"];
    let cvm = [
        "--action",
        "DescribeInstances",
        "--version",
        "2017-03-12",
        "--service",
        "cvm",
    ];
    for (more, method) in [(&[][..], "POST"), (&["--method", "GET"][..], "GET")] {
        let call = [&["call", "--cloud", "tencent"], &cvm[..], &at, more].concat();
        let echo = with_credentials(&scratch, &call).expect_code(0).json();
        assert_eq!(echo["Action"], "DescribeInstances");
        assert_eq!(
            (&echo["Service"], &echo["Method"]),
            (&json!("cvm"), &json!(method))
        );
        match method {
            "POST" => assert_eq!(echo["Body"], json!({"InstanceIds": ["ins-1"], "Limit": 3})),
            _ => assert_eq!(echo["Query"], "InstanceIds.0=ins-1&Limit=3"),
        }
    }
    let anything = ["call", "--cloud", "ctyun", "--action", "/v4/ecs/list"];
    let echo = with_credentials(&scratch, &[&anything[..], &at].concat()).expect_code(0);
    assert_eq!(echo.json()["returnObj"]["Body"]["Limit"], 3);
    let path = format!("/v1/{PROJECT}/servers");
    let anything = ["call", "--cloud", "huawei", "--action", &path];
    let echo = with_credentials(&scratch, &[&anything[..], &at].concat()).expect_code(0);
    assert_eq!(echo.json()["result"]["Path"], path);
}

#[test]
fn a13_echo_answers_nobody_whose_signature_is_wrong() {
    let scratch = Scratch::with_keys();
    let gateway = echoing(&scratch);
    let call = ["call", "--cloud", "tencent", "--endpoint", &gateway.url];
    let action = ["--action", "AnyAction", "--version", "2018-11-19"];
    let mut command = scratch.command(&[&call[..], &action].concat());
    command
        .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
        .env("TENCENTCLOUD_SECRET_KEY", "another");
    finish(command, b"")
        .expect_error(4)
        .says("SignatureFailure");
}
