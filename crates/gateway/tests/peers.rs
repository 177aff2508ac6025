//! Callers that nobody here wrote, or that share no code with the gateway: Python's `cryptography`, OpenSSL, and the
//! vendor's own SDKs. What is not installed is skipped with a line that says so.
//!
//! `CARDSEAL_PYTHON` and `CARDSEAL_NODE` choose the interpreters; Node.js looks for the SDK in `NODE_PATH`.
#![cfg(feature = "server")]

mod common;

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::SystemTime;

use cardseal_gateway::{IvMode, Running, Suite};
use common::{Envelope, SECRET_ID, SECRET_KEY, good_inner, key_pem, start};
use serde_json::{Value, json};

/// What a peer exits with when something it needs is not installed.
const MISSING: i32 = 77;

fn in_real_time(iv_mode: IvMode) -> Running {
    start(|config| {
        config.clock = Arc::new(SystemTime::now);
        config.iv_mode = iv_mode;
    })
}

/// Runs a peer of the folder `peer` and parses what it prints; None, with a line that says so, when it cannot run.
fn run(
    variable: &str,
    program: &str,
    script: &str,
    arguments: &[&str],
    input: &str,
) -> Option<Value> {
    let program = std::env::var(variable).unwrap_or_else(|_| program.to_owned());
    let script = format!("{}/tests/peer/{script}", env!("CARGO_MANIFEST_DIR"));
    let child = Command::new(&program)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(script)
        .args(arguments)
        .env("SECRET_KEY", SECRET_KEY)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        common::skip(&format!("{program} is not installed"));
        return None;
    };
    // A peer that lacks something ends without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    if output.status.code() == Some(MISSING) {
        common::skip(printed.trim());
        return None;
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {printed}{complaint}");
    Some(serde_json::from_str(&printed).unwrap())
}

fn python(script: &str, arguments: &[&str], input: &str) -> Option<Value> {
    run("CARDSEAL_PYTHON", "python3", script, arguments, input)
}

fn node(script: &str, arguments: &[&str], input: &str) -> Option<Value> {
    run("CARDSEAL_NODE", "node", script, arguments, input)
}

fn public_key_file(suite: Suite) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("public.pem");
    std::fs::write(&path, &key_pem(suite).1).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (dir, path)
}

fn assert_python_gets_a_card(suite: Suite) {
    let (_dir, pem) = public_key_file(suite);
    for (iv_mode, side, member, value) in [
        (IvMode::Same, "FRONT", "IdNum", "11010119900307002X"),
        (IvMode::Fresh, "BACK", "ValidDate", "2020.01.01-2040.01.01"),
    ] {
        let gateway = in_real_time(iv_mode);
        let inner =
            json!({"ImageUrl": "https://example.com/card.jpg", "CardSide": side}).to_string();
        let arguments = [&gateway.url(), suite.name(), &pem, SECRET_ID];
        let Some(answer) = python("client.py", &arguments, &inner) else {
            return;
        };
        assert_eq!(answer["card"][member], value);
        assert_eq!(answer["response"][member], "");
    }
}

#[test]
fn python_and_aes() {
    assert_python_gets_a_card(Suite::Aes256CbcRsa);
}

#[test]
fn python_openssl_and_sm4() {
    assert_python_gets_a_card(Suite::Sm4GcmSm2);
}

#[test]
fn the_python_sdk() {
    let gateway = in_real_time(IvMode::Same);
    for suite in Suite::ALL {
        let (_dir, pem) = public_key_file(suite);
        let arguments = [&gateway.addr().to_string(), suite.name(), &pem, SECRET_ID];
        let Some(answers) = python("sdk.py", &arguments, &good_inner().to_string()) else {
            return;
        };
        assert_eq!(answers["card"]["IdNum"], "11010119900307002X");
        assert_eq!(answers["encrypted"]["IdNum"], "");
        assert_eq!(answers["clear"]["ValidDate"], "2020.01.01-2040.01.01");
        assert_eq!(answers["unsigned"]["ValidDate"], "2020.01.01-2040.01.01");
        assert_eq!(answers["refused"], "AuthFailure.SignatureFailure");
    }
}

#[test]
fn the_nodejs_sdk() {
    let gateway = in_real_time(IvMode::Same);
    for suite in Suite::ALL {
        let envelope = Envelope::seal(suite, &good_inner());
        let arguments = [&gateway.addr().to_string(), SECRET_ID];
        let Some(answers) = node("sdk.js", &arguments, &envelope.body.to_string()) else {
            return;
        };
        assert_eq!(
            envelope.open_json(&answers["encrypted"])["IdNum"],
            "11010119900307002X"
        );
        assert_eq!(answers["encrypted"]["IdNum"], "");
        assert_eq!(answers["clear"]["ValidDate"], "2020.01.01-2040.01.01");
        assert_eq!(answers["refused"], "AuthFailure.SignatureFailure");
    }
}
