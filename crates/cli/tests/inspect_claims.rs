//! A11 and A12: `inspect` claims what it can know, names what it finds, and knows all three clouds' refusals.
#![cfg(feature = "gateway")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Finished, PLAINTEXT, SUITES, Scratch, bitmap, seal};
use serde_json::{Value, json};

fn sealed(scratch: &Scratch, suite: &str) -> Value {
    let request = seal(scratch, suite, &[], PLAINTEXT).expect_code(0).json();
    std::fs::remove_file(scratch.path("opener")).unwrap();
    request
}

fn blob_of(request: &Value) -> Vec<u8> {
    let text = request["Encryption"]["CiphertextBlob"].as_str().unwrap();
    STANDARD.decode(text).unwrap()
}

fn with_blob(request: &Value, blob: &[u8]) -> String {
    let mut request = request.clone();
    request["Encryption"]["CiphertextBlob"] = STANDARD.encode(blob).into();
    request.to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn inspect(scratch: &Scratch, text: &str, more: &[&str]) -> Finished {
    scratch.run(&[&["inspect", "-"], more].concat(), text)
}

#[test]
fn a11_what_only_the_private_key_tells_is_not_called_sound() {
    let scratch = Scratch::with_keys();
    for suite in SUITES {
        let request = sealed(&scratch, suite);
        let blob = blob_of(&request);
        // In the other order, or under another padding: nobody else can see that.
        let other = match suite {
            "sm4-gcm" => [&blob[..65], &blob[97..], &blob[65..97]].concat(),
            _ => vec![0x5a; 128],
        };
        for blob in [blob, other] {
            let told = inspect(&scratch, &with_blob(&request, &blob), &[]).expect_code(0);
            assert!(told.stdout.contains("only the private key"), "{told:?}");
            assert!(
                !told.stdout.lines().any(|line| line.trim() == "sound"),
                "{told:?}"
            );
        }
    }
    // What has no wrapped key in it is sound.
    let key = inspect(&scratch, &scratch.read("sm4-gcm/public.pem"), &[]).expect_code(0);
    assert!(
        key.stdout.lines().any(|line| line.trim() == "sound"),
        "{key:?}"
    );
}

#[test]
fn a11_the_curve_is_asked_before_the_length() {
    let scratch = Scratch::with_keys();
    let request = sealed(&scratch, "sm4-gcm");
    let blob = blob_of(&request);
    let (c1, rest) = blob.split_at(65);
    let (c3, c2) = rest.split_at(32);
    let long = [c2, c2].concat();
    // Its x coordinate lost the zero in front.
    let short = "BGiWj8eiMh2z7H/eBE5ZA1ggAmZXwkKdcLOcnBIp0NWjrUavDlpjwMPr95WGjL/c21YDNiKWkKgog0wjjVbo4nbsPTesGDYln3tGLf\
                 GEpwmQzUM3yb6eGGx2aVN6H8QnRZ/mk+EOjQGGhWOxmG8tJg==";
    for (blob, says) in [
        // 128 bytes, as RSA-1024 gives.
        ([&c1[1..], c3, &long].concat(), "04 before C1 is missing"),
        ([c1, c3, &long].concat(), "32 hex digits"),
        ([&c1[1..], c3, c2].concat(), "04 before C1 is missing"),
        (STANDARD.decode(short).unwrap(), "zero byte at the front"),
    ] {
        let told = inspect(&scratch, &with_blob(&request, &blob), &[]).expect_code(2);
        assert!(told.stdout.contains(says), "{says} {told:?}");
        assert!(!told.stdout.contains("RSA-1024 gives\n"), "{told:?}");
        assert!(!told.stdout.contains("AES-256-CBC's"), "{told:?}");
    }
}

#[test]
fn a11_a_tag_that_was_left_on_the_body_and_given_again() {
    let scratch = Scratch::with_keys();
    let mut request = sealed(&scratch, "sm4-gcm");
    let of = |value: &Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
    let both = [
        of(&request["EncryptedBody"]),
        of(&request["Encryption"]["TagList"][0]),
    ];
    request["EncryptedBody"] = STANDARD.encode(both.concat()).into();
    let told = inspect(&scratch, &request.to_string(), &[]).expect_code(2);
    assert!(told.stdout.contains("ends with the tag"), "{told:?}");
}

#[test]
fn a11_hexadecimal_in_the_place_of_base64_is_named() {
    let scratch = Scratch::with_keys();
    for suite in SUITES {
        let good = sealed(&scratch, suite);
        let of = |value: &Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
        let mut requests = Vec::new();
        for place in [
            "/EncryptedBody",
            "/Encryption/Iv",
            "/Encryption/CiphertextBlob",
            "/Encryption/TagList/0",
        ] {
            let mut request = good.clone();
            if let Some(value) = request.pointer_mut(place) {
                *value = hex(&of(value)).into();
                requests.push(request);
            }
        }
        assert!(requests.len() >= 3);
        for request in requests {
            let told = inspect(&scratch, &request.to_string(), &[]).expect_code(2);
            assert!(told.stdout.contains("hexadecimal"), "{told:?}");
        }
    }
}

#[test]
fn a20_inspect_holds_a_request_and_a_key_against_a_key() {
    let scratch = Scratch::with_keys();
    for (suite, other) in [(SUITES[0], SUITES[1]), (SUITES[1], SUITES[0])] {
        let request = sealed(&scratch, suite).to_string();
        let (own, others) = (format!("{suite}/public.b64"), format!("{other}/public.pem"));
        let told = inspect(&scratch, &request, &["--key", &own]).expect_code(0);
        assert!(told.stdout.contains("private key only"), "{told:?}");
        let told = inspect(&scratch, &request, &["--key", &others]).expect_code(2);
        assert!(told.stdout.contains("and the key is"), "{told:?}");
        let pem = scratch.read(&format!("{suite}/public.pem"));
        inspect(&scratch, &pem, &["--key", &own]).expect_code(0);
        inspect(&scratch, &pem, &["--key", &others])
            .expect_code(3)
            .says("not the key of --key");
    }
    inspect(&scratch, PLAINTEXT, &["--key", "sm4-gcm/public.b64"])
        .expect_error(2)
        .says("--key goes with");
    inspect(&scratch, "", &["--key", "-"])
        .expect_error(2)
        .says("one stdin");
    inspect(&scratch, "{}", &["--key", "sm4-gcm/private.pem"]).expect_error(3);
}

#[test]
fn a12_refusals_of_all_three_clouds() {
    let scratch = Scratch::new();
    for (refusal, code, says) in [
        (
            json!({"Response": {"Error": {"Code": "FailedOperation.ImageBlur", "Message": "m"}, "RequestId": "r"}}),
            "FailedOperation.ImageBlur",
            "blur",
        ),
        (
            json!({"requestId": "r", "error": "10009", "code": "10009", "message": "m", "eopErrCode": "10009",
                "statusCode": "CTAPI_10009", "returnObj": {}}),
            "CTAPI_10009",
            "secret key",
        ),
        (
            json!({"error_code": "APIG.0301", "error_msg": "m", "request_id": "r"}),
            "APIG.0301",
            "clock",
        ),
        (
            json!({"error_code": "AIS.0104", "error_msg": "m"}),
            "AIS.0104",
            "",
        ),
        // The guide's own program printed this one.
        (
            json!({"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "The request is \
                exceeding request size limit, please use new signature method TC3-HMAC-SHA256"}, "RequestId": "r"}}),
            "AuthFailure.SignatureFailure",
            "larger than this signature",
        ),
        (
            json!({"error_code": "ZZ.1", "error_msg": "m"}),
            "ZZ.1",
            "not known here",
        ),
    ] {
        let told = inspect(&scratch, &refusal.to_string(), &["--json"]).expect_code(7);
        let report = told.json();
        assert_eq!(
            (&report["kind"], &report["facts"]["code"]),
            (&json!("refusal"), &json!(code))
        );
        assert!(report.to_string().contains(says), "{report:#}");
    }
    let answer = json!({"statusCode": 800, "returnObj": [{"name": "somebody"}], "requestId": "r"});
    let told = inspect(&scratch, &answer.to_string(), &[]).expect_code(0);
    assert!(told.stdout.contains("in clear") && !told.stdout.contains("somebody"));
}

#[test]
fn a11_a_picture_is_named() {
    let scratch = Scratch::new();
    std::fs::write(scratch.path("card.bmp"), bitmap(58)).unwrap();
    let told = scratch
        .run(&["inspect", "card.bmp", "--json"], "")
        .expect_code(0);
    assert_eq!(told.json()["facts"]["format"], "bmp");
    std::fs::write(scratch.path("card.webp"), b"RIFF\x10\0\0\0WEBPVP8 \0\0\0\0").unwrap();
    let told = scratch.run(&["inspect", "card.webp"], "").expect_code(2);
    assert!(told.stdout.contains("cardseal prepare"), "{told:?}");
    std::fs::write(scratch.path("cut.png"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    let told = scratch.run(&["inspect", "cut.png"], "").expect_code(2);
    assert!(told.stdout.contains("cut short"), "{told:?}");
}

#[test]
fn a12_a_code_that_is_misspelt_is_repeated_with_its_neighbour() {
    let scratch = Scratch::new();
    for code in ["failedoperation.imageblur", "FailedOperation.ImageBlurr"] {
        let told = scratch.run(&["errors", code], "").expect_error(2);
        assert!(told.stderr.contains(&format!("`{code}`")), "{told:?}");
        told.says("the nearest is FailedOperation.ImageBlur");
    }
}

/// RFC 8017, 5.1.2: a ciphertext is a number below the modulus.
#[test]
fn a11_a_blob_that_is_not_below_the_modulus_is_not_of_the_key() {
    let scratch = Scratch::with_keys();
    let suite = "aes-256-cbc";
    let key = format!("{suite}/public.pem");
    let of_key = ["--key", key.as_str()];
    let request = sealed(&scratch, suite);
    let public = cardseal::Recipient::parse(scratch.read(&key).as_bytes()).unwrap();
    let modulus = public.modulus().unwrap().to_vec();
    let mut below = modulus.clone();
    *below.last_mut().unwrap() -= 1;
    for blob in [modulus, vec![0xff; 128]] {
        let told = inspect(&scratch, &with_blob(&request, &blob), &of_key);
        let told = told.expect_code(2);
        assert!(
            told.stdout.contains("not below the key's modulus"),
            "{told:?}"
        );
        // Without the key nobody can tell.
        inspect(&scratch, &with_blob(&request, &blob), &[]).expect_code(0);
    }
    for blob in [below, blob_of(&request)] {
        inspect(&scratch, &with_blob(&request, &blob), &of_key).expect_code(0);
    }
}
