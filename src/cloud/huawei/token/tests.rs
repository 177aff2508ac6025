//! Logins without a network: what is sent, what is read, and when.

use std::time::UNIX_EPOCH;

use http::StatusCode;

use super::*;
use crate::clock::ClockOffset;
use crate::credential::{Provide, Provided, Renewal};

/// 2024-01-02T03:04:05Z.
const NOW: u64 = 1_704_164_645;
const HOUR: u64 = 3600;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn login() -> IamLogin {
    let endpoint = endpoint::iam_in_region("cn-north-4").unwrap();
    IamLogin::new(endpoint, "bank", "用户", "pass\"word\\ 1", "cn-north-4").unwrap()
}

fn created(token: &str, body: &str) -> Response<Bytes> {
    Response::builder()
        .status(StatusCode::CREATED)
        .header("x-SUBJECT-token", token)
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap()
}

/// What fetching at this time gives, once it is answered with `reply`.
fn fetch(login: &IamLogin, now: u64, reply: Response<Bytes>) -> Result<(), Error> {
    let Provided::Fetch(mut fetch) = login.tokens().provide(at(now)).unwrap() else {
        panic!("nothing is fetched");
    };
    fetch.request(at(now)).unwrap();
    let read = fetch.read(&Ok(reply), at(now));
    fetch
        .conclude(read, at(now), &ClockOffset::default())
        .map(drop)
}

fn ready(login: &IamLogin, now: u64) -> Arc<Credentials> {
    match login.tokens().provide(at(now)).unwrap() {
        Provided::Ready(credentials) => credentials,
        other => panic!("not ready: {other:?}"),
    }
}

fn token_of(credentials: &Credentials) -> &str {
    credentials.token().unwrap().expose_secret()
}

#[test]
fn the_login_is_the_documented_one() {
    let tokens = login().without_catalog();
    let Provided::Fetch(mut fetch) = tokens.tokens().provide(at(NOW)).unwrap() else {
        panic!("nothing is fetched");
    };
    let request = fetch.request(at(NOW)).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.uri(),
        "https://iam.cn-north-4.myhuaweicloud.com/v3/auth/tokens?nocatalog=true"
    );
    assert_eq!(request.headers()[HOST], "iam.cn-north-4.myhuaweicloud.com");
    let sent: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    let documented = json!({"auth": {
        "identity": {
            "methods": ["password"],
            "password": {"user": {
                "name": "用户",
                "password": "pass\"word\\ 1",
                "domain": {"name": "bank"},
            }},
        },
        "scope": {"project": {"name": "cn-north-4"}},
    }});
    assert_eq!(sent, documented);
}

#[test]
fn the_body_never_outgrows_its_room() {
    let endpoint = endpoint::iam();
    // Each of these is escaped to two characters.
    let login = IamLogin::new(endpoint, "d", "u", "\"".repeat(1000), "p").unwrap();
    let body = login.login.body().unwrap();
    assert!(body.len() > 2000);
    let room = 6 * 1000 + (body.len() - 2000) + PASSWORD.len() + 5;
    assert_eq!(body.capacity(), room, "the buffer was moved");
}

#[test]
fn a_token_is_kept_until_forty_minutes_before_its_end() {
    let tokens = login();
    assert_eq!(tokens.expires_at(), None);
    let body = r#"{"token":{"expires_at":"2024-01-03T03:04:05.678000Z","issued_at":"x"}}"#;
    let large = "A".repeat(20_000);
    fetch(&tokens, NOW, created(&large, body)).unwrap();
    let end = NOW + 24 * HOUR;
    let exactly = at(end) + Duration::from_millis(678);
    assert_eq!(tokens.expires_at(), Some(exactly));
    for now in [NOW, NOW + 12 * HOUR, end - 40 * 60] {
        assert_eq!(token_of(&ready(&tokens, now)), large, "{now}");
    }

    // One call refreshes; the others go on with the old one.
    let soon = end - 40 * 60 + 1;
    let Provided::Fetch(refresh) = tokens.tokens().provide(at(soon)).unwrap() else {
        panic!("it is not refreshed");
    };
    assert_eq!(token_of(&ready(&tokens, soon)), large);
    drop(refresh);
    fetch(&tokens, soon, created("new", "{}")).unwrap();
    assert_eq!(token_of(&ready(&tokens, soon)), "new");
    // The body did not say when it ends.
    assert_eq!(tokens.expires_at(), Some(at(soon + 24 * HOUR)));
}

#[test]
fn a_refused_token_is_dropped_and_one_that_came_meanwhile_is_not() {
    let tokens = login();
    fetch(&tokens, NOW, created("old", "{}")).unwrap();
    let old = ready(&tokens, NOW);
    assert_eq!(tokens.tokens().refused(&old), Renewal::Possible);
    assert_eq!(tokens.expires_at(), None);
    fetch(&tokens, NOW, created("new", "{}")).unwrap();
    assert_eq!(tokens.tokens().refused(&old), Renewal::Possible);
    assert_eq!(token_of(&ready(&tokens, NOW)), "new");
}

#[test]
fn iams_no_says_whose_fault_it_is() {
    for (status, body, kind, code) in [
        (
            401,
            r#"{"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}"#,
            ErrorKind::Credential,
            Some("401"),
        ),
        (
            429,
            r#"{"error":{"code":429,"message":"","title":""}}"#,
            ErrorKind::Throttled,
            Some("429"),
        ),
        (
            400,
            r#"{"error_code":"IAM.0011","error_msg":"x"}"#,
            ErrorKind::Service,
            Some("IAM.0011"),
        ),
        (502, "<html>", ErrorKind::Transport, None),
        (302, "", ErrorKind::Transport, None),
        // A good status, and no token.
        (201, "{}", ErrorKind::Protocol, None),
    ] {
        let reply = Response::builder()
            .status(status)
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap();
        let error = fetch(&login(), NOW, reply).unwrap_err();
        assert_eq!(error.kind(), kind, "{status}: {error}");
        assert_eq!(error.service_code(), code, "{status}");
        assert!(!format!("{error:?}").contains("pass\""));
    }
}

#[test]
fn a_token_that_has_ended_or_cannot_be_sent_is_refused() {
    let past = r#"{"token":{"expires_at":"2024-01-02T03:04:05Z"}}"#;
    for (reply, why) in [
        (created("t", past), "expired"),
        (created("a b", "{}"), "token contains a space"),
        (created("", "{}"), "token is empty"),
    ] {
        let error = fetch(&login(), NOW, reply).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert!(error.message().contains(why), "{error}");
    }
}

#[test]
fn what_is_no_login_is_refused_and_never_printed() {
    let endpoint = || endpoint::iam();
    for (domain, user, password, project) in [
        ("", "u", "p", "r"),
        ("d", "", "p", "r"),
        ("d", "u", "", "r"),
        ("d", "u", "p", ""),
        ("d\n", "u", "p", "r"),
        ("d", "u\0", "p", "r"),
        ("d", "u", "p\r", "r"),
        ("d", "u", "p", "r\u{7f}"),
    ] {
        let error = IamLogin::new(endpoint(), domain, user, password, project).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
    }
    let shown = format!("{:?}", login());
    assert!(
        !shown.contains("word") && !shown.contains("用户"),
        "{shown}"
    );
}
