//! IAM: logins, tokens, what they are good for, and when they end.
#![cfg(feature = "server")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use cardseal_gateway::{Fault, Running};
use common::{NOW, Request, Response, Token, start};
use serde_json::{Value, json};

const CALL: &str = "/v2/0123456789abcdef0123456789abcdef/ocr/id-card";
const DAY: u64 = 24 * 60 * 60;

fn project() -> Value {
    json!({"project": {"name": "cn-north-4"}})
}

/// A call with a token and without a signature.
fn call(token: &str) -> Request {
    let mut request = Request {
        method: "POST".into(),
        target: CALL.into(),
        headers: Vec::new(),
        body: json!({"url": "https://example.com/card.jpg"})
            .to_string()
            .into_bytes(),
    };
    request
        .set("Host", "ocr.cn-north-4.myhuaweicloud.com")
        .set("Content-Type", "application/json")
        .set("X-Auth-Token", token);
    request
}

/// Status and code; the code of a good answer is empty.
fn code(request: &Request, gateway: &Running) -> (u16, String) {
    let response = request.send(gateway).unwrap();
    let answer: Value = serde_json::from_slice(&response.body).unwrap();
    let code = answer["error_code"].as_str().unwrap_or_default();
    (response.status, code.to_owned())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

#[test]
fn a_login_gets_a_token_that_works() {
    let gateway = start(|_| ());
    let response = Token::response(&gateway, project());
    assert_eq!(response.status, 201);
    let token = response.header("x-subject-token").unwrap();
    assert_eq!(token.len(), 2048);
    let described = json_of(&response)["token"].clone();
    assert_eq!(described["issued_at"], "2019-02-25T16:44:25.000000Z");
    assert_eq!(described["expires_at"], "2019-02-26T16:44:25.000000Z");
    assert_eq!(described["project"]["name"], "cn-north-4");
    assert_eq!(described["user"]["domain"]["name"], "example-domain");
    assert!(!described.to_string().contains(token));

    let answer = json_of(&call(token).send(&gateway).unwrap());
    assert_eq!(answer["result"]["number"], "11010119900307002X");
    // A new token does not end the old one.
    let other = Token::fresh(&gateway);
    assert_ne!(other, token);
    assert_eq!(code(&call(token), &gateway), refused(200, ""));
    assert_eq!(code(&call(&other), &gateway), refused(200, ""));
}

#[test]
fn logins_that_are_wrong_or_malformed() {
    let gateway = start(|_| ());
    let good = Token::login(project());
    let login = |body: &Value| {
        let response = Token::request(body).send(&gateway).unwrap();
        assert_eq!(
            response.header("x-subject-token").is_some(),
            response.status == 201
        );
        let error = json_of(&response)["error"].clone();
        if response.status != 201 {
            assert_eq!(error["code"], response.status);
            assert!(!error["message"].as_str().unwrap().is_empty());
        }
        response.status
    };
    assert_eq!(login(&good), 201);
    let user = "/auth/identity/password/user";
    for (pointer, value, wanted) in [
        (format!("{user}/name"), json!("another"), 401),
        (format!("{user}/password"), json!("wrong"), 401),
        (format!("{user}/domain/name"), json!("another"), 401),
        (format!("{user}/name"), json!(1), 400),
        (format!("{user}/password"), Value::Null, 400),
        (format!("{user}/domain"), json!({}), 400),
        ("/auth/identity/methods".into(), json!(["token"]), 400),
        ("/auth/identity/methods".into(), json!([]), 400),
        (
            "/auth/scope".into(),
            json!({"project": {"name": "another"}}),
            401,
        ),
        (
            "/auth/scope".into(),
            json!({"domain": {"name": "another"}}),
            401,
        ),
        ("/auth/scope".into(), json!({"project": {}}), 401),
        ("/auth/scope".into(), json!({}), 400),
        (
            "/auth/scope".into(),
            json!({"project": {}, "domain": {}}),
            400,
        ),
        (
            "/auth/scope".into(),
            json!({"project": {"id": "0123456789abcdef0123456789abcdef"}}),
            201,
        ),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(&pointer).unwrap() = value.clone();
        assert_eq!(login(&body), wanted, "{pointer} {value}");
    }
    let mut request = Token::request(&good);
    request.body = b"{".to_vec();
    assert_eq!(request.send(&gateway).unwrap().status, 400);
    let mut request = Token::request(&good);
    request.method = "GET".into();
    assert_eq!(code(&request, &gateway), refused(404, "APIG.0101"));
}

#[test]
fn another_account() {
    let gateway = start(|config| {
        config.iam.user = "alice".into();
        config.iam.password = "password-of-alice".into();
        config.iam.domain = "wonderland".into();
        config.iam.project = "ae-ad-1".into();
        config.iam.project_id = "p".into();
    });
    let mut body = Token::login(json!({"project": {"name": "ae-ad-1"}}));
    assert_eq!(Token::request(&body).send(&gateway).unwrap().status, 401);
    body["auth"]["identity"]["password"]["user"] =
        json!({"name": "alice", "password": "password-of-alice", "domain": {"name": "wonderland"}});
    let response = Token::request(&body).send(&gateway).unwrap();
    let mut request = call(response.header("x-subject-token").unwrap());
    assert_eq!(code(&request, &gateway), refused(403, "APIG.0310"));
    request.target = "/v2/p/ocr/id-card".into();
    assert_eq!(code(&request, &gateway), refused(200, ""));
}

#[test]
fn tokens_that_are_no_good() {
    let gateway = start(|_| ());
    for scope in [json!({"domain": {"name": "example-domain"}}), Value::Null] {
        let mut body = Token::login(scope.clone());
        if scope.is_null() {
            body["auth"].as_object_mut().unwrap().remove("scope");
        }
        let response = Token::request(&body).send(&gateway).unwrap();
        let token = response.header("x-subject-token").unwrap();
        assert_eq!(
            code(&call(token), &gateway),
            refused(403, "ModelArts.0212"),
            "{scope}"
        );
    }
    let token = Token::fresh(&gateway);
    let mut changed = token.clone().into_bytes();
    changed[1000] ^= 1;
    let changed = String::from_utf8(changed).unwrap();
    for bad in [&changed, &token[1..], "MIIF"] {
        assert_eq!(code(&call(bad), &gateway), refused(401, "APIG.0301"));
    }
    assert_eq!(code(&call(""), &gateway), refused(401, "ModelArts.4101"));
    // A token of one gateway is none of another's.
    assert_eq!(
        code(&call(&token), &start(|_| ())),
        refused(401, "APIG.0301")
    );
    let mut without = call(&token);
    assert_eq!(
        code(without.remove("X-Auth-Token"), &gateway),
        refused(401, "APIG.0301")
    );
}

#[test]
fn a_token_lives_a_day() {
    let now = Arc::new(AtomicU64::new(NOW));
    let clock = Arc::clone(&now);
    let gateway = start(|config| {
        config.clock = Arc::new(move || {
            SystemTime::UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst))
        });
    });
    let token = Token::fresh(&gateway);
    for (age, wanted) in [
        (DAY - 1, refused(200, "")),
        (DAY, refused(401, "APIG.0307")),
        (2 * DAY, refused(401, "APIG.0307")),
    ] {
        now.store(NOW + age, Ordering::SeqCst);
        assert_eq!(code(&call(&token), &gateway), wanted, "{age}");
    }
    assert_eq!(
        code(&call(&Token::fresh(&gateway)), &gateway),
        refused(200, "")
    );
}

#[test]
fn the_first_token_ends_early_when_told_so() {
    let gateway = start(|config| config.fault = Some(Fault::TokenExpired));
    let first = Token::fresh(&gateway);
    let second = Token::fresh(&gateway);
    // A token that is none does not use the fault up.
    assert_eq!(code(&call("MIIF"), &gateway), refused(401, "APIG.0301"));
    assert_eq!(code(&call(&first), &gateway), refused(401, "APIG.0307"));
    assert_eq!(code(&call(&first), &gateway), refused(401, "APIG.0307"));
    assert_eq!(code(&call(&second), &gateway), refused(200, ""));
    assert_eq!(
        code(&call(&Token::fresh(&gateway)), &gateway),
        refused(200, "")
    );
}

#[test]
fn a_body_over_twelve_megabytes_needs_a_token() {
    let gateway = start(|_| ());
    let mut request = call(&Token::fresh(&gateway));
    request.body.resize(12 * 1024 * 1024 + 1, b' ');
    assert_eq!(code(&request, &gateway), refused(200, ""));
    request.body.resize(32 * 1024 * 1024 + 1, b' ');
    assert_eq!(code(&request, &gateway), refused(413, "APIGW.0201"));
}
