//! `open` and answers that nobody with the session key made, under both suites and every policy; and the opener file,
//! which says what was asked and what was sealed.
#![cfg(feature = "gateway")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{PLAINTEXT, SUITES, Scratch, seal};
use serde_json::{Value, json};

const POLICIES: [&[&str]; 4] = [
    &[],
    &["--iv-policy", "any"],
    &["--iv-policy", "same"],
    &["--iv-policy", "fresh"],
];

/// Runs `open` and keeps the opener.
fn open(scratch: &Scratch, reply: &Value, more: &[&str]) -> common::Finished {
    let usual = ["open", "--opener", "opener", "--keep", "--json"];
    scratch.run(&[&usual[..], more].concat(), &reply.to_string())
}

fn unb64(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}

#[test]
fn s8_a_reflected_request_is_refused() {
    let scratch = Scratch::with_keys();
    for suite in SUITES {
        let sealed = seal(&scratch, suite, &[], PLAINTEXT).expect_code(0).json();
        for policy in POLICIES {
            for reply in [sealed.clone(), json!({ "Response": sealed })] {
                open(&scratch, &reply, policy)
                    .expect_error(8)
                    .says("cannot be opened");
            }
        }
        // Who made his opener himself is told what it is that opens.
        scratch.forget("opener");
        let opened = open(&scratch, &sealed, &["--iv-policy", "same"]).expect_code(0);
        assert_eq!(opened.json()["authenticated"], false);
        let says = if suite == "sm4-gcm" {
            "not an answer"
        } else {
            "whole body"
        };
        opened.says(says);
        std::fs::remove_file(scratch.path("opener")).unwrap();
    }
}

#[test]
fn s8b_a_one_block_answer_made_of_the_request_is_refused() {
    let scratch = Scratch::with_keys();
    let request = r#"{"ImageBase64":"QUJDREVGR0hJSktMTU5PUA=="}"#;
    let mut reply = seal(&scratch, "aes-256-cbc", &[], request)
        .expect_code(0)
        .json();
    let wanted = "{\"Name\":\"张\"}\u{2}\u{2}".as_bytes();
    let iv = unb64(&reply["Encryption"]["Iv"]);
    let forged: Vec<u8> = (iv.iter().zip(request.as_bytes()).zip(wanted))
        .map(|((iv, known), wanted)| iv ^ known ^ wanted)
        .collect();
    reply["Encryption"]["Iv"] = STANDARD.encode(forged).into();
    let body = unb64(&reply["EncryptedBody"]);
    reply["EncryptedBody"] = STANDARD.encode(&body[..16]).into();
    for policy in POLICIES {
        open(&scratch, &reply, policy).expect_error(8);
    }
    // It is well made: an opener of three members opens it where any IV is asked for by name, and by default not.
    scratch.forget("opener");
    open(&scratch, &reply, &[]).expect_error(8);
    open(&scratch, &reply, &["--iv-policy", "same"]).expect_error(8);
    let opened = open(&scratch, &reply, &["--iv-policy", "any"])
        .expect_code(0)
        .says("first 16 bytes");
    let opened = opened.json();
    assert_eq!(opened["result"], json!({"Name": "张"}));
    assert_eq!(opened["authenticated"], false);
}

#[test]
fn s9_the_opener_file_decides_what_must_be_sealed() {
    let scratch = Scratch::with_keys();
    for suite in SUITES {
        let sealed = seal(&scratch, suite, &[], PLAINTEXT).expect_code(0).json();
        let mut downgraded = json!({
            "X": sealed["EncryptedBody"], "Name": "李四", "IdNum": "1", "Encryption": sealed["Encryption"],
        });
        downgraded["Encryption"]["EncryptList"] = json!(["X"]);
        for policy in POLICIES {
            open(&scratch, &downgraded, policy).expect_error(8);
        }
        let opener: Value = serde_json::from_str(&scratch.read("opener")).unwrap();
        assert_eq!(opener["Asked"], "EncryptedBody");
        let marks = opener["Sealed"].as_array().unwrap();
        match suite {
            "sm4-gcm" => assert_eq!(marks, sealed["Encryption"]["TagList"].as_array().unwrap()),
            _ => {
                let body = unb64(&sealed["EncryptedBody"]);
                let ends = [&body[..16], &body[body.len() - 16..]].map(|end| STANDARD.encode(end));
                let mut ends = ends.map(Value::from).to_vec();
                ends.sort_by_key(unb64);
                assert_eq!(*marks, ends);
            }
        }
        // An opener of three members opens either form, and what is printed says what was sealed.
        scratch.forget("opener");
        let opened = open(&scratch, &downgraded, &[])
            .expect_code(0)
            .says("only these members were sealed: X");
        let opened = opened.json();
        assert_eq!(opened["sealed"], json!(["X"]));
        assert_eq!(opened["authenticated"], false);
        std::fs::remove_file(scratch.path("opener")).unwrap();
    }
    // Members were sealed: the whole is refused, and so are they themselves.
    let sealed = seal(&scratch, "sm4-gcm", &["--fields", "ImageUrl"], PLAINTEXT)
        .expect_code(0)
        .json();
    let opener: Value = serde_json::from_str(&scratch.read("opener")).unwrap();
    assert_eq!(opener["Asked"], json!(["ImageUrl"]));
    for policy in POLICIES {
        open(&scratch, &sealed, policy).expect_error(8);
    }
    let mut whole = sealed.clone();
    whole["EncryptedBody"] = whole["ImageUrl"].take();
    whole["Encryption"]["EncryptList"] = json!(["EncryptedBody"]);
    open(&scratch, &whole, &[]).expect_error(8);
    let shown = scratch.run(&["inspect", "opener", "--json"], "").json();
    assert_eq!(shown["facts"]["asked"], json!(["ImageUrl"]));
}

/// What was asked stands in the opener file: an answer need not repeat it, and may not contradict it.
#[test]
fn a4_an_algorithm_or_list_that_is_null_is_the_requests() {
    let scratch = Scratch::with_keys();
    let sealed = seal(&scratch, "sm4-gcm", &[], PLAINTEXT)
        .expect_code(0)
        .json();
    scratch.forget("opener");
    for (member, value, code) in [
        ("Algorithm", Value::Null, 0),
        ("EncryptList", Value::Null, 0),
        ("Algorithm", json!("AES-256-CBC"), 8),
        ("Algorithm", json!(""), 8),
        ("EncryptList", json!([]), 8),
        ("EncryptList", json!(["EncryptionBody"]), 8),
    ] {
        let mut reply = sealed.clone();
        reply["Encryption"][member] = value;
        let finished = open(&scratch, &reply, &[]);
        assert_eq!(finished.code, Some(code), "{member}: {finished:?}");
        let seen = scratch.run(
            &["inspect", "--json"],
            &json!({ "Response": reply }).to_string(),
        );
        assert_eq!(seen.code, Some(code), "{seen:?}");
    }
}
