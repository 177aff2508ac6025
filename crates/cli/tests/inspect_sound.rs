//! A11: what `inspect` calls sound is what a service takes, and what an opener takes.
#![cfg(feature = "gateway")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Finished, PLAINTEXT, SUITES, Scratch, seal};
use serde_json::{Value, json};

fn sealed(scratch: &Scratch, suite: &str) -> Value {
    let request = seal(scratch, suite, &[], PLAINTEXT).expect_code(0).json();
    std::fs::remove_file(scratch.path("opener")).unwrap();
    request
}

fn inspect(scratch: &Scratch, text: &Value, more: &[&str]) -> Finished {
    scratch.run(&[&["inspect", "-"], more].concat(), &text.to_string())
}

fn decoded(text: &Value) -> Vec<u8> {
    STANDARD.decode(text.as_str().unwrap()).unwrap()
}

/// A reply under the request's IV or another, to the form that was asked for.
fn reply(request: &Value) -> Value {
    let mut encryption = request["Encryption"].clone();
    if encryption["TagList"]
        .as_array()
        .is_some_and(|tags| !tags.is_empty())
    {
        encryption["TagList"] = json!([STANDARD.encode([7; 16])]);
    }
    json!({"Response": {"EncryptedBody": STANDARD.encode([0xa7; 64]), "Encryption": encryption, "RequestId": "r"}})
}

#[test]
fn a11_a_request_that_was_sent_back_is_no_answer() {
    let scratch = Scratch::with_keys();
    for suite in SUITES {
        let request = sealed(&scratch, suite);
        scratch.write("request", &request.to_string());
        let with_request = ["--request", "request"];
        let mut reflected = json!({"Response": request});
        reflected["Response"]["RequestId"] = "r".into();
        inspect(&scratch, &reflected, &with_request)
            .expect_code(8)
            .says("the request was sent back");
        // Without the request nobody can know, and nothing is claimed.
        let alone = inspect(&scratch, &reflected, &[]).expect_code(0);
        assert!(alone.stdout.contains("give it as --request"), "{alone:?}");
        assert!(
            !alone.stdout.lines().any(|line| line.trim() == "sound"),
            "{alone:?}"
        );

        let good = reply(&request);
        let told = inspect(&scratch, &good, &with_request).expect_code(0);
        assert!(!told.stdout.contains("--request"), "{told:?}");
    }
}

#[test]
fn a11_a_reply_of_another_form_or_iv_than_openers_take_is_not_sound() {
    let scratch = Scratch::with_keys();
    for (suite, iv) in [("aes-256-cbc", 16), ("sm4-gcm", 12)] {
        let request = sealed(&scratch, suite);
        scratch.write("request", &request.to_string());
        let with_request = ["--request", "request"];
        let mut members = reply(&request);
        members["Response"]["Encryption"]["EncryptList"] = json!(["Name"]);
        inspect(&scratch, &members, &with_request)
            .expect_code(8)
            .says("its EncryptList is not the request's");
        let mut other_iv = reply(&request);
        other_iv["Response"]["Encryption"]["Iv"] = STANDARD.encode(vec![9; iv]).into();
        let told = inspect(&scratch, &other_iv, &with_request);
        match suite {
            "sm4-gcm" => drop(told.expect_code(0)),
            _ => drop(told.expect_code(8).says("its Iv is not the request's")),
        }
        // What is absent or null is the request's.
        let mut bare = reply(&request);
        for member in ["Algorithm", "EncryptList"] {
            bare["Response"]["Encryption"][member] = Value::Null;
        }
        inspect(&scratch, &bare, &with_request).expect_code(0);
    }
}

#[test]
fn a11_what_stands_in_clear_beside_a_sealed_body_is_told() {
    let scratch = Scratch::with_keys();
    for suite in SUITES {
        for (name, value) in [
            ("ImageBase64", "iVBORw0KGgo="),
            ("ImageUrl", "https://h.example/a.png"),
        ] {
            let mut request = sealed(&scratch, suite);
            request[name] = value.into();
            inspect(&scratch, &request, &[])
                .expect_code(2)
                .says(&format!("{name} stands in clear beside EncryptedBody"));
        }
        let mut request = sealed(&scratch, suite);
        request["CardSide"] = "FRONT".into();
        let told = inspect(&scratch, &request, &[]).expect_code(0);
        assert!(
            told.stdout.contains("`CardSide` stands in clear"),
            "{told:?}"
        );
    }
}

#[test]
fn a11_a_body_that_was_never_encrypted_or_has_more_in_front_is_told() {
    let scratch = Scratch::with_keys();
    for suite in SUITES {
        let request = sealed(&scratch, suite);
        let body = decoded(&request["EncryptedBody"]);
        let iv = decoded(&request["Encryption"]["Iv"]);
        let mut cases = vec![
            (PLAINTEXT.as_bytes().to_vec(), "it was never encrypted"),
            (
                [PLAINTEXT.as_bytes(), &[4; 4]].concat(),
                "it was never encrypted",
            ),
            ([&iv[..], &body].concat(), "begins with the Iv"),
        ];
        if suite == "sm4-gcm" {
            let tag = decoded(&request["Encryption"]["TagList"][0]);
            cases.push(([&tag[..], &body].concat(), "begins with the tag"));
        }
        for (bytes, words) in cases {
            let mut request = request.clone();
            request["EncryptedBody"] = STANDARD.encode(bytes).into();
            let told = inspect(&scratch, &request, &[]).expect_code(2);
            assert!(told.stdout.contains(words), "{told:?}");
        }
    }
}

#[test]
fn a11_a_number_that_no_rsa_key_makes_is_told() {
    let scratch = Scratch::with_keys();
    for last in [0, 1] {
        let mut request = sealed(&scratch, "aes-256-cbc");
        let mut blob = vec![0; 128];
        blob[127] = last;
        request["Encryption"]["CiphertextBlob"] = STANDARD.encode(blob).into();
        inspect(&scratch, &request, &[])
            .expect_code(2)
            .says("as a number it is 0 or 1");
    }
}

#[test]
fn a11_a_url_that_no_service_reaches_is_told() {
    let scratch = Scratch::new();
    for host in ["127.0.0.1", "localhost:8000", "192.168.1.2", "[::1]"] {
        let request = json!({"ImageUrl": format!("http://{host}/card.png")});
        inspect(&scratch, &request, &[])
            .expect_code(2)
            .says("which the service cannot reach");
    }
}

#[test]
fn a12_a_lock_out_and_an_error_of_the_old_form_have_their_advice() {
    let scratch = Scratch::new();
    for (refusal, code, says) in [
        (
            json!({"error": {"code": 401, "message": "The account is locked.", "title": "Unauthorized"}}),
            "401",
            "do not log in for a quarter of an hour",
        ),
        (
            json!({"error_code": "APIG.0301", "error_msg": "AK x access failed to reach the limit, forbidden."}),
            "APIG.0301",
            "locked for five minutes",
        ),
        (
            json!({"code": 4104, "message": "", "codeDesc": "AuthFailure.SecretIdNotFound"}),
            "AuthFailure.SecretIdNotFound",
            "SecretIdNotFound",
        ),
        (json!({"code": 4104, "message": "m"}), "4104", "4104"),
    ] {
        let told = inspect(&scratch, &refusal, &["--json"]).expect_code(7);
        let report = told.json();
        assert_eq!(
            (&report["kind"], &report["facts"]["code"]),
            (&json!("refusal"), &json!(code))
        );
        assert!(report.to_string().contains(says), "{report:#}");
    }
}
