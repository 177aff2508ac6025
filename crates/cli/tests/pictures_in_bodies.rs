//! The picture in a body that goes out in clear or sealed: one rule at every door.
#![cfg(feature = "gateway")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Finished, GatewayProcess, SECRET_ID, SECRET_KEY, Scratch, finish};
use serde_json::json;

fn call(scratch: &Scratch, gateway: &GatewayProcess, action: &str, body: &str) -> Finished {
    let mut command = scratch.command(&[
        "call",
        "--cloud",
        "tencent",
        "--version",
        "2018-11-19",
        "--body",
        "-",
        "--endpoint",
        &gateway.url,
        "--action",
        action,
    ]);
    command.env("TENCENTCLOUD_SECRET_ID", SECRET_ID);
    command.env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY);
    finish(command, body.as_bytes())
}

fn seal(scratch: &Scratch, body: &str) -> Finished {
    common::seal(scratch, "sm4-gcm", &[], body)
}

/// A private key in the forms in which it would come.
fn keys(scratch: &Scratch) -> Vec<String> {
    let pem = scratch.read("sm4-gcm/private.pem");
    let bare: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let base64 = STANDARD.encode(&pem);
    vec![
        format!("data:image/png;base64,{base64}"),
        format!("{}\n{}", &base64[..40], &base64[40..]),
        base64,
        bare,
        pem,
    ]
}

#[test]
fn s12_a_private_key_in_a_pictures_place_goes_nowhere() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&["--echo"]);
    for key in keys(&scratch) {
        for member in ["ImageBase64", "image", "data"] {
            for value in [json!(key), json!([key])] {
                let body = json!({ member: value }).to_string();
                // An action of which nothing is known, too.
                for action in ["GeneralBasicOCR", "NeverHeardOf"] {
                    call(&scratch, &gateway, action, &body)
                        .expect_error(2)
                        .says(&format!("{member} holds a private key"))
                        .says("nothing was sent");
                }
            }
        }
        let body = json!({"ImageBase64": key}).to_string();
        seal(&scratch, &body)
            .expect_error(2)
            .says("ImageBase64 holds a private key")
            .says("nothing was sealed");
        assert!(!scratch.exists("opener"));
    }
}

#[test]
fn s12_what_is_no_picture_is_sent_only_where_the_action_takes_it() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&["--echo"]);
    let file = |bytes: &[u8]| json!({"ImageBase64": STANDARD.encode(bytes)}).to_string();
    let letter = file(b"a letter to somebody who reads");
    call(&scratch, &gateway, "IDCardOCR", &letter)
        .expect_error(2)
        .says("ImageBase64: a PNG, JPEG or BMP picture is needed, and this is text");
    let pdf = file(b"%PDF-1.7\n");
    call(&scratch, &gateway, "IDCardOCR", &pdf)
        .expect_error(2)
        .says("this is PDF");
    let taken = call(&scratch, &gateway, "GeneralBasicOCR", &pdf).expect_code(0);
    assert!(!taken.stderr.contains("warning"), "{taken:?}");
    // What it takes nobody knows.
    call(&scratch, &gateway, "NeverHeardOf", &letter)
        .expect_code(0)
        .says("warning: ImageBase64: a PNG");
    let here = json!({"ImageUrl": "http://192.168.0.7/card.jpg"}).to_string();
    call(&scratch, &gateway, "IDCardOCR", &here)
        .expect_code(0)
        .says("warning: ImageUrl names a host on this machine or in a private network");
    let good = file(&common::bitmap(58));
    let called = call(&scratch, &gateway, "IDCardOCR", &good).expect_code(0);
    assert!(!called.stderr.contains("warning"), "{called:?}");
}

#[test]
fn a7_seal_warns_of_a_picture_that_no_service_takes() {
    let scratch = Scratch::with_keys();
    let picture = STANDARD.encode(common::bitmap(58));
    for (body, words) in [
        (
            json!({"ImageBase64": format!("data:image/bmp;base64,{picture}")}),
            "begins with `data:`",
        ),
        (json!({"ImageBase64": ""}), "ImageBase64 is empty"),
        (
            json!({"ImageBase64": STANDARD.encode("<html></html>")}),
            "this is HTML",
        ),
        (json!({"ImageBase64": 7}), "ImageBase64 is not a string"),
        (
            json!({"ImageUrl": "card.jpg"}),
            "not an absolute http or https URL",
        ),
        (
            json!({"ImageUrl": "http://localhost/card.jpg"}),
            "which the service cannot reach",
        ),
    ] {
        seal(&scratch, &body.to_string())
            .expect_code(0)
            .says(words)
            .says("it is sealed anyway");
        std::fs::remove_file(scratch.path("opener")).unwrap();
    }
    let sealed = seal(&scratch, &json!({"ImageBase64": picture}).to_string()).expect_code(0);
    assert_eq!(sealed.stderr, "");
}
