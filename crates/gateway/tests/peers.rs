//! Callers that nobody here wrote, or that share no code with the gateway: Python's `cryptography`, OpenSSL, and the
//! vendors' own SDKs. What is not installed is skipped with a line that says so.
//!
//! `CARDSEAL_PYTHON` and `CARDSEAL_NODE` choose the interpreters; Node.js looks for the SDK in `NODE_PATH`.
#![cfg(feature = "server")]

mod common;

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::{IvMode, Running, Suite};
use common::{Envelope, SECRET_ID, SECRET_KEY, encrypt, good_inner, key_pem, start};
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
        common::skip("peers", &format!("{program} is not installed"));
        return None;
    };
    // A peer that lacks something ends without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    if output.status.code() == Some(MISSING) {
        common::skip("peers", printed.trim());
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

/// `IdCardVerification` with both of its fields encrypted, by the gateway's own account of the envelope.
fn sealed_fields(suite: Suite) -> Value {
    let envelope = Envelope::seal(suite, &json!({}));
    let mut body = json!({ "Encryption": envelope.body["Encryption"] });
    let mut tags = Vec::new();
    for (name, value) in [("IdCard", "11010119900307002X"), ("Name", "证件样本")] {
        let (text, tag) = encrypt(suite, &envelope.key, &envelope.iv, value.as_bytes());
        body[name] = json!(STANDARD.encode(text));
        tags.extend(tag.iter().map(|tag| STANDARD.encode(tag)));
    }
    body["Encryption"]["EncryptList"] = json!(["IdCard", "Name"]);
    body["Encryption"]["TagList"] = json!(tags);
    body
}

#[test]
fn the_python_sdk_in_every_form() {
    let gateway = start(|config| {
        config.clock = Arc::new(SystemTime::now);
        config.session_token = Some("TOKEN".into());
    });
    for suite in Suite::ALL {
        let arguments = [&gateway.addr().to_string(), SECRET_ID];
        let sealed = sealed_fields(suite).to_string();
        let Some(answers) = python("forms.py", &arguments, &sealed) else {
            return;
        };
        for scheme in ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"] {
            for method in ["GET", "POST"] {
                let wanted = json!(["2020.01.01-2040.01.01", "AuthFailure.SignatureFailure"]);
                assert_eq!(
                    answers[format!("{scheme} {method}")],
                    wanted,
                    "{scheme} {method}"
                );
            }
        }
        assert_eq!(answers["faceid"], json!(["0", "0"]), "{suite}");
        assert_eq!(answers["text"][0], "样本第一行");
    }
}

#[test]
fn huaweis_python_sdk() {
    let gateway = in_real_time(IvMode::Same);
    let project = "0123456789abcdef0123456789abcdef";
    let Some(answers) = python("huawei.py", &[&gateway.url(), SECRET_ID, project], "") else {
        return;
    };
    for scheme in ["sha256", "sm3", "derived"] {
        assert_eq!(answers[scheme]["number"], "11010119900307002X", "{scheme}");
    }
    let used = json!(["SDK-HMAC-SHA256", "SDK-HMAC-SM3", "V11-HMAC-SHA256"]);
    assert_eq!(answers["algorithms"], used);
    assert_eq!(answers["both"]["back"]["valid_to"], "2040-01-01");
    assert_eq!(answers["both"]["front"]["detect_copy_result"], false);
    for (case, status, code) in [
        ("wrong key", 401, "APIG.0301"),
        ("wrong project", 403, "APIG.0310"),
        ("wrong image", 400, "AIS.0102"),
        ("no image", 400, "AIS.0101"),
    ] {
        assert_eq!(answers[case], json!([status, code, true]), "{case}");
    }
    assert_eq!(answers["token"].as_str().unwrap().len(), 2048);
    assert!(answers["expires_at"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn python_and_eop() {
    let gateway = in_real_time(IvMode::Same);
    let path = "/v1/aiop/api/2f3os7qq79xc/IdentityCard/ocr/v1/idcard.json";
    // As the samples write it, with blanks.
    let body = format!(r#"{{"data": ["{}"]}}"#, STANDARD.encode(b"\xff\xd8\xff"));
    let arguments = [&gateway.addr().to_string(), SECRET_ID, path];
    let Some(answer) = python("eop.py", &arguments, &body) else {
        return;
    };
    assert_eq!(answer["statusCode"], 800);
    assert_eq!(answer["returnObj"][0]["number"], "11010119900307002X");
}
