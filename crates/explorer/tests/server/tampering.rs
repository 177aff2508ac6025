//! A byte changed at each stage: which check refuses it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::client::{Page, and, called};
use crate::service::service;

struct Trip {
    page: Page,
    call: Value,
    sealed: Value,
}

impl Trip {
    fn new(suite: &str) -> Self {
        let page = Page::new();
        let call = called("RecognizeEncryptedIDCardOCR", "embedded");
        let inner = r#"{"ImageUrl":"https://example.com/card.jpg"}"#;
        let sealed = page.ask(
            "seal",
            &and(call.clone(), json!({"inner": inner, "suite": suite})),
        );
        assert!(sealed["refused"].is_null(), "{sealed}");
        Self { page, call, sealed }
    }

    fn text(&self, stage: &str) -> String {
        self.sealed[stage].as_str().unwrap().to_owned()
    }

    fn sign(&self, more: Value) -> Value {
        let body = json!({"body": self.sealed["body"]});
        self.page
            .ask("sign", &and(and(self.call.clone(), body), more))
    }

    fn send(&self, signed: &str) -> Value {
        self.page.ask(
            "send",
            &and(self.call.clone(), json!({"signed_request": signed})),
        )
    }

    fn open(&self, reply: &str, policy: &str) -> Value {
        let asked = json!({"exchange": self.sealed["exchange"], "reply": reply, "policy": policy});
        self.page.ask("open", &and(self.call.clone(), asked))
    }
}

#[track_caller]
fn refused_by(answer: &Value, check: &str, words: &str) {
    let refused = &answer["refused"];
    assert_eq!(refused["check"], check, "{answer}");
    let message = &refused["message"];
    assert!(message["en"].as_str().unwrap().contains(words), "{answer}");
    let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    assert!(
        message["zh"].as_str().unwrap().contains(chinese),
        "{answer}"
    );
}

#[test]
fn a_changed_request_is_refused_by_the_signature_or_the_envelope() {
    let trip = Trip::new("sm4-gcm");
    let signed = trip.text("signed_request");
    let other = signed.replace("EncryptedBody\":\"", "EncryptedBody\":\"A");
    refused_by(
        &trip.send(&other),
        "signature",
        "AuthFailure.SignatureFailure",
    );
    let action = signed.replace("content-type: application/json", "content-type: text/json");
    refused_by(&trip.send(&action), "signature", "AuthFailure");
    refused_by(
        &trip.send(&signed.replace("POST / ", "POST  / ")),
        "http",
        "no HTTP request",
    );
    refused_by(
        &trip.send(&signed.replace(" HTTP/1.1", " HTTP/9.9")),
        "http",
        "version",
    );
    refused_by(&trip.send(""), "http", "no HTTP request");

    // An envelope that was changed and then signed is whole as far as the signature goes.
    let body = trip.text("body");
    let mut envelope: Value = serde_json::from_str(&body).unwrap();
    envelope["Encryption"]["TagList"][0] = json!("AAAAAAAAAAAAAAAAAAAAAA==");
    let again = and(trip.call.clone(), json!({"body": envelope.to_string()}));
    let again = trip.page.ask("sign", &again);
    let sent = trip.send(again["signed_request"].as_str().unwrap());
    refused_by(&sent, "service-envelope", "FailedOperation.UnKnowError");
    assert!(
        sent["body"].as_str().unwrap().contains("RequestId"),
        "{sent}"
    );
}

#[test]
fn a_changed_text_to_sign_is_signed_where_it_is_one_and_refused_where_not() {
    let trip = Trip::new("sm4-gcm");
    let canonical = trip.text("canonical_request");
    let string = trip.text("string_to_sign");

    // Another host is a canonical request all the same, of a request that is not the one sent.
    let other = canonical.replace("host:127.0.0.1", "host:127.0.0.2");
    let signed = trip.sign(json!({"canonical_request": other}));
    assert_eq!(signed["canonical_request"], other, "{signed}");
    let sent = trip.send(signed["signed_request"].as_str().unwrap());
    refused_by(&sent, "signature", "AuthFailure.SignatureFailure");

    for broken in [
        canonical.replace("POST", "post"),
        canonical.replace("host:", "Host:"),
        String::new(),
    ] {
        refused_by(
            &trip.sign(json!({"canonical_request": broken})),
            "canonical",
            "",
        );
    }
    // An hour ago, on the same day or the day before: well formed, and too old.
    let now = string.split('\n').nth(1).unwrap().to_owned();
    let day = string.split('\n').nth(2).unwrap()[..10].to_owned();
    let then = now.parse::<u64>().unwrap() - now.parse::<u64>().unwrap() % 86_400;
    let noon = if now.parse::<u64>().unwrap() - then > 43_200 {
        then
    } else {
        then + 80_000
    };
    let old = string.replace(&now, &noon.to_string());
    let signed = trip.sign(json!({"string_to_sign": old}));
    let sent = trip.send(signed["signed_request"].as_str().unwrap());
    refused_by(&sent, "signature", "AuthFailure.SignatureExpire");

    let other_day = string.replace(&day, "2001-01-01");
    refused_by(
        &trip.sign(json!({"string_to_sign": other_day})),
        "canonical",
        "line 3",
    );
    let last = string.rsplit('\n').next().unwrap();
    let other_hash = string.replace(last, &"0".repeat(64));
    refused_by(
        &trip.sign(json!({"string_to_sign": other_hash})),
        "canonical",
        "line 4",
    );
    let scheme = string.replace("TC3-", "TC4-");
    refused_by(
        &trip.sign(json!({"string_to_sign": scheme})),
        "canonical",
        "form",
    );
}

#[test]
fn a_changed_reply_is_refused_by_the_check_that_it_does_not_pass() {
    for suite in ["sm4-gcm", "aes-256-cbc"] {
        let trip = Trip::new(suite);
        let reply = trip.send(&trip.text("signed_request"))["body"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(trip.open(&reply, "by-suite")["refused"].is_null());
        refused_by(&trip.open(&reply, "fresh"), "reply-envelope", "IV policy");
        assert!(
            trip.open(&reply, "same")["refused"].is_null(),
            "it can be opened again"
        );

        let parsed: Value = serde_json::from_str(&reply).unwrap();
        let changed = |pointer: &str, value: Value| {
            let mut changed = parsed.clone();
            *changed
                .pointer_mut(&format!("/Response/{pointer}"))
                .unwrap() = value;
            changed.to_string()
        };
        let before = "nothing was decrypted";
        for (pointer, value, words) in [
            ("Encryption/Algorithm", json!("SM2"), "Algorithm"),
            ("Encryption/EncryptList/0", json!("Name"), "EncryptList"),
            ("Encryption/Iv", json!("*"), "Base64"),
            ("Encryption/Iv", json!("AAAA"), "length"),
            ("Encryption/TagList", json!(["AAAA", "AAAA"]), "TagList"),
            ("Encryption", Value::Null, "no Encryption"),
            ("EncryptedBody", json!("*"), "EncryptedBody"),
            ("Name", json!("李四"), "in clear"),
        ] {
            let answer = trip.open(&changed(pointer, value), "by-suite");
            refused_by(&answer, "reply-envelope", before);
            refused_by(&answer, "reply-envelope", words);
        }
        let body = parsed["Response"]["EncryptedBody"].as_str().unwrap();
        // The bits of the last byte are those of the padding then, none of which are right.
        let mut end = STANDARD.decode(body).unwrap();
        let at = end.len() - 17;
        end[at] ^= 0xff;
        let end = STANDARD.encode(end);
        let words = if suite == "sm4-gcm" {
            "the tag does not fit"
        } else {
            "what was decrypted is not whole"
        };
        refused_by(
            &trip.open(&changed("EncryptedBody", json!(end)), "by-suite"),
            "decryption",
            words,
        );

        refused_by(
            &trip.open("<html>", "by-suite"),
            "reply-form",
            "not a JSON object",
        );
        let twice = reply.replacen("\"RequestId\"", "\"RequestId\":\"x\",\"RequestId\"", 1);
        assert!(trip.open(&twice, "by-suite")["refused"].is_object());
    }
}

#[test]
fn a_wrong_key_and_a_request_that_is_none_are_refused() {
    let trip = Trip::new("sm4-gcm");
    let seal = |inner: &str, key: Value| {
        trip.page.ask(
            "seal",
            &and(trip.call.clone(), json!({"inner": inner, "key": key})),
        )
    };
    refused_by(&seal("{}", json!("bm8ga2V5")), "key", "");
    for inner in [
        "",
        "no json",
        "[]",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "\"text\"",
    ] {
        refused_by(&seal(inner, json!("bm8ga2V5")), "request", "");
    }
    let strange = trip.page.ask(
        "open",
        &and(
            trip.call.clone(),
            json!({"exchange": "none", "reply": "{}", "policy": "by-suite"}),
        ),
    );
    refused_by(&strange, "reply-envelope", "no longer kept");
}

#[test]
fn at_a_real_endpoint_nothing_but_the_chosen_call_is_signed_or_sent() {
    let endpoint = service(|_| r#"{"Response":{"Name":"","RequestId":"1"}}"#.to_owned());
    let variables = ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"]
        .map(|name| (name, "credentials-of-this-test".to_owned()));
    let page = Page::with(Some(endpoint), variables.to_vec());
    let call = called("IDCardOCR", "endpoint");
    let inner = json!({"inner": r#"{"ImageUrl":"https://example.com/a.jpg"}"#});
    let sealed = page.ask("seal", &and(call.clone(), inner));
    let text = |stage: &str| sealed[stage].as_str().unwrap().to_owned();
    let sign = |more: Value| {
        let body = json!({"body": sealed["body"]});
        page.ask("sign", &and(and(call.clone(), body), more))
    };
    let (canonical, string) = (text("canonical_request"), text("string_to_sign"));
    let host = canonical
        .lines()
        .find(|line| line.starts_with("host:"))
        .unwrap();
    let now: u64 = string.lines().nth(1).unwrap().parse().unwrap();
    let unchanged = sign(json!({"canonical_request": canonical, "string_to_sign": string}));
    assert!(unchanged["signed_request"].is_string(), "{unchanged}");
    for edit in [
        json!({"canonical_request": canonical.replace(host, "host:cam.tencentcloudapi.com")}),
        json!({"canonical_request": canonical.replace(host, &format!("{host}\nhost:other"))}),
        json!({"string_to_sign": string.replace("/ocr/", "/cam/")}),
        json!({"string_to_sign": string.replace(&now.to_string(), &(now + 3600).to_string())}),
        json!({"string_to_sign": string.replace(&now.to_string(), &(now - 3600).to_string())}),
    ] {
        let refused = sign(edit.clone());
        assert_eq!(
            refused["refused"]["check"], "canonical",
            "{edit}: {refused}"
        );
        assert!(refused["signed_request"].is_null(), "{edit}: {refused}");
    }
    let signed = text("signed_request");
    let send = |signed: &str| {
        page.ask(
            "send",
            &and(call.clone(), json!({"signed_request": signed})),
        )
    };
    assert_eq!(send(&signed)["status"], 200);
    let host_line = signed
        .lines()
        .find(|line| line.starts_with("host: "))
        .unwrap();
    for (from, to) in [
        (host_line, "host: cam.tencentcloudapi.com"),
        ("x-tc-action: IDCardOCR", "x-tc-action: DeleteUser"),
        (
            "x-tc-action: IDCardOCR",
            "x-tc-action: IDCardOCR\nx-tc-action: DeleteUser",
        ),
        ("x-tc-version: 2018-11-19", "x-tc-version: 2019-01-16"),
        ("POST / ", "GET / "),
        ("POST / ", "POST /other "),
        ("POST / ", "POST /?a=b "),
    ] {
        refused_by(
            &send(&signed.replace(from, to)),
            "http",
            "those of the chosen call",
        );
    }
}
