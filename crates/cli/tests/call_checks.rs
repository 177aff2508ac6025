//! `call` and the catalogue: what the service would not like of a body is told before it is sent.
#![cfg(feature = "gateway")]

mod common;

use common::{SECRET_ID, SECRET_KEY, Scratch, finish};

#[test]
fn a_body_is_held_against_the_catalogue_and_sent_all_the_same() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    let call = |action: &str, version: &str, body: &str, more: &[&str]| {
        let usual = ["call", "--cloud", "tencent", "--endpoint", &gateway.url];
        let what = ["--action", action, "--version", version, "--body", "-"];
        let mut command = scratch.command(&[&usual[..], &what, more].concat());
        command.env("TENCENTCLOUD_SECRET_ID", SECRET_ID);
        command.env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY);
        finish(command, body.as_bytes())
    };
    let good = r#"{"ImageUrl":"https://example.com/card.jpg","CardSide":"FRONT"}"#;
    let finished = call("IDCardOCR", "2018-11-19", good, &[]).expect_code(0);
    assert!(!finished.stderr.contains("warning"), "{finished:?}");

    let misspelt = r#"{"ImageURL":"https://example.com/card.jpg"}"#;
    let finished = call("IDCardOCR", "2018-11-19", misspelt, &[]).expect_code(7);
    finished.says("`ImageURL` is not known to the action; `ImageUrl` is");

    let typed = r#"{"ImageUrl":"https://example.com/card.jpg","CardSide":"front"}"#;
    let finished = call("IDCardOCR", "2018-11-19", typed, &[]);
    finished.says("`CardSide` has to be one of FRONT, BACK");

    let elsewhere = r#"{"IdCard":"11010119900307123X","Name":"a"}"#;
    let finished = call("IdCardVerification", "2018-03-01", elsewhere, &[]);
    finished.says("belongs to the service faceid");
    // Of an action that is not in the catalogue nothing is known.
    let finished = call("BankCardOCR", "2018-11-19", "{\"New\":1}", &[]);
    assert!(!finished.stderr.contains("warning"), "{finished:?}");
    // Errors are all that is asked for.
    let finished = call("IDCardOCR", "2018-11-19", typed, &["--quiet"]);
    assert!(!finished.stderr.contains("warning"), "{finished:?}");
}
