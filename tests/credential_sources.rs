//! Credentials that are fetched: the machine's role, an assumed role; fetched once, kept, renewed, refused.

mod common;

use cardseal::tencent::{CvmRole, Role, Tencent};
use cardseal::{
    Credentials, CredentialsProvider, Endpoint, ErrorKind, RetryPolicy, Settled, TransportFailure,
};
use cardseal_gateway::SignedRequest;
use common::driving::{
    NOON, at, call, fails, fetches, header, refusal, reply, sends, tries_again, waits,
};
use secrecy::SecretString;

/// A temporary key that ends in two hours.
const KEY: &str = r#"{"TmpSecretId":"AKIDtmp","TmpSecretKey":"tmpsecret","ExpiredTime":1771984800,
    "Expiration":"2026-02-25T02:00:00Z","Token":"tmptoken","Code":"Success"}"#;
const END: u64 = NOON + 7200;

fn with(source: impl Into<CredentialsProvider>) -> Tencent {
    Tencent::new(source).retry(RetryPolicy::never())
}

#[test]
fn the_machines_role_is_asked_for_and_then_its_key() {
    let tencent = with(CvmRole::new());
    let mut call = call(&tencent);
    let asked = fetches(&mut call, at(NOON));
    let base = "http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/";
    assert_eq!(asked.uri(), base);
    assert!(asked.body().is_empty());
    assert!(matches!(
        call.settle(Ok(reply(200, "the-role\n"))),
        Settled::Retry { .. }
    ));
    let asked = fetches(&mut call, at(NOON));
    assert_eq!(asked.uri(), format!("{base}the-role").as_str());
    assert!(matches!(
        call.settle(Ok(reply(200, KEY))),
        Settled::Retry { .. }
    ));
    let sent = sends(&mut call, at(NOON));
    assert!(header(&sent, "authorization").contains("Credential=AKIDtmp/"));
    assert_eq!(header(&sent, "x-tc-token"), "tmptoken");
}

#[test]
fn one_call_fetches_and_the_others_wait() {
    let tencent = with(CvmRole::named("r").unwrap());
    let (mut first, mut second) = (call(&tencent), call(&tencent));
    fetches(&mut first, at(NOON));
    assert!(waits(&mut second, at(NOON)));
    first.settle(Ok(reply(200, KEY)));
    sends(&mut second, at(NOON));
    sends(&mut first, at(NOON));
    // And nobody asks again while the key is good.
    sends(&mut call(&tencent), at(END - 301));
}

#[test]
fn who_gives_up_lets_another_fetch() {
    let tencent = with(CvmRole::named("r").unwrap());
    let (mut first, mut second) = (call(&tencent), call(&tencent));
    fetches(&mut first, at(NOON));
    assert!(waits(&mut second, at(NOON)));
    drop(first);
    fetches(&mut second, at(NOON));
}

#[test]
fn a_key_is_renewed_before_it_ends_and_used_until_then() {
    let role = CredentialsProvider::from(CvmRole::named("r").unwrap());
    assert_eq!(role.expires_at(), None);
    let tencent = Tencent::new(role.clone()).retry(RetryPolicy::never());
    fetch(&tencent, NOON);
    assert_eq!(role.expires_at(), Some(at(END)));

    let soon = END - 299;
    let (mut renewing, mut other) = (call(&tencent), call(&tencent));
    fetches(&mut renewing, at(soon));
    assert!(header(&sends(&mut other, at(soon)), "authorization").contains("AKIDtmp"));
    // The renewal fails: the old one will do, and for a minute nobody tries again.
    let settled = renewing.settle(Err(TransportFailure::TimedOut));
    assert!(matches!(settled, Settled::Retry { .. }));
    sends(&mut renewing, at(soon));
    sends(&mut call(&tencent), at(soon + 59));
    fetches(&mut call(&tencent), at(soon + 60));
    // Once it has ended it is not used.
    fetches(&mut call(&tencent), at(END));
}

fn fetch(tencent: &Tencent, now: u64) {
    let mut call = call(tencent);
    fetches(&mut call, at(now));
    call.settle(Ok(reply(200, KEY)));
    sends(&mut call, at(now));
}

#[test]
fn a_failed_fetch_is_an_error_for_whoever_waited() {
    let tencent = with(CvmRole::named("r").unwrap());
    let (mut first, mut second) = (call(&tencent), call(&tencent));
    fetches(&mut first, at(NOON));
    assert!(waits(&mut second, at(NOON)));
    let error = fails(first.settle(Ok(reply(404, ""))));
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert!(error.to_string().contains("metadata service"), "{error}");
    let shared = second.next(at(NOON)).expect_err("the same error");
    assert_eq!(
        (shared.kind(), shared.to_string()),
        (error.kind(), error.to_string())
    );
    // A later call tries for itself.
    fetches(&mut call(&tencent), at(NOON + 5));
}

#[test]
fn a_reply_that_is_no_key_is_an_error_that_quotes_nothing() {
    for body in [
        "",
        "not json: hunter2",
        r#"{"TmpSecretId":"hunter2"}"#,
        r#"{"TmpSecretId":"a","TmpSecretKey":"hunter2","Token":"","ExpiredTime":1}"#,
        r#"{"TmpSecretId":"a","TmpSecretKey":"hun\nter2","Token":"t","ExpiredTime":1}"#,
        r#"{"TmpSecretId":"a","TmpSecretKey":"hunter2","Token":"t","ExpiredTime":-1}"#,
    ] {
        let mut call = call(&with(CvmRole::named("r").unwrap()));
        fetches(&mut call, at(NOON));
        let error = fails(call.settle(Ok(reply(200, body))));
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{body}");
    }
    for role in ["", "../../user-data", "a/b", "a?b", "a b", ".."] {
        assert!(CvmRole::named(role).is_err(), "{role:?}");
        let mut call = call(&with(CvmRole::new()));
        fetches(&mut call, at(NOON));
        let error = fails(call.settle(Ok(reply(200, role))));
        assert_eq!(error.kind(), ErrorKind::Protocol, "{role:?}");
    }
}

#[test]
fn another_metadata_service_may_be_asked() {
    let relay = Endpoint::custom("http://127.0.0.1:8123").unwrap();
    let mut call = call(&with(CvmRole::named("r").unwrap().endpoint(&relay)));
    let asked = fetches(&mut call, at(NOON));
    assert_eq!(
        asked.uri(),
        "http://127.0.0.1:8123/latest/meta-data/cam/security-credentials/r"
    );
}

fn base() -> Credentials {
    Credentials::new("AKIDbase", "base-secret").unwrap()
}

fn role() -> Role {
    Role::new("qcs::cam::uin/12345678:roleName/Reader", "cardseal").unwrap()
}

const ASSUMED: &str = r#"{"Response":{"Credentials":{"Token":"tmptoken","TmpSecretId":"AKIDtmp",
    "TmpSecretKey":"tmpsecret"},"ExpiredTime":1771984800,"Expiration":"2026-02-25T02:00:00Z","RequestId":"r"}}"#;

#[test]
fn a_role_is_assumed_by_a_signed_request() {
    let role = role()
        .duration(std::time::Duration::from_secs(3600))
        .unwrap()
        .external_id("e")
        .region("ap-guangzhou")
        .unwrap();
    let tencent = with(role.assumed_by(base()));
    let mut call = call(&tencent);
    let asked = fetches(&mut call, at(NOON));
    assert_eq!(asked.uri(), "https://sts.tencentcloudapi.com/");
    assert_eq!(header(&asked, "x-tc-action"), "AssumeRole");
    assert_eq!(header(&asked, "x-tc-version"), "2018-08-13");
    assert_eq!(header(&asked, "x-tc-region"), "ap-guangzhou");
    let body: serde_json::Value = serde_json::from_slice(asked.body()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({
            "RoleArn": "qcs::cam::uin/12345678:roleName/Reader", "RoleSessionName": "cardseal",
            "DurationSeconds": 3600, "ExternalId": "e"
        })
    );
    // The signature is right by code that shares nothing with the signer.
    let signed = SignedRequest {
        method: "POST",
        path: "/",
        query: "",
        headers: asked.headers(),
        body: asked.body(),
    };
    let secret = SecretString::from("base-secret");
    let verified =
        cardseal_gateway::tencent::verify(&signed, "AKIDbase", &secret, at(NOON)).unwrap();
    assert_eq!(verified.service, "sts");

    call.settle(Ok(reply(200, ASSUMED)));
    let sent = sends(&mut call, at(NOON));
    assert!(header(&sent, "authorization").contains("Credential=AKIDtmp/"));
    assert_eq!(header(&sent, "x-tc-token"), "tmptoken");
    fetches(&mut self::call(&tencent), at(END - 600));
}

#[test]
fn s5_a_role_is_assumed_in_a_region_which_the_service_demands() {
    let mut call = call(&with(role().assumed_by(base())));
    let asked = fetches(&mut call, at(NOON));
    assert_eq!(header(&asked, "x-tc-region"), "ap-guangzhou");
}

#[test]
fn s5_a_role_may_be_narrowed_and_its_caller_named() {
    let policy =
        r#"{"version":"2.0","statement":[{"effect":"allow","action":["ocr:*"],"resource":["*"]}]}"#;
    let role = role().policy(policy).unwrap().source_identity("100001");
    let mut call = call(&with(role.assumed_by(base())));
    let asked = fetches(&mut call, at(NOON));
    let body: serde_json::Value = serde_json::from_slice(asked.body()).unwrap();
    assert_eq!(body["SourceIdentity"], "100001");
    let sent = body["Policy"].as_str().unwrap();
    assert!(sent.starts_with("%7B%22version%22%3A%222.0%22"), "{sent}");
    for wrong in ["", "[]", "{", "allow"] {
        assert!(self::role().policy(wrong).is_err(), "{wrong}");
    }
}

/// The host's clock is hours off: the service of the role says so first, and its time signs the role and the call.
#[test]
fn s1_the_learnt_clock_helps_to_assume_a_role_and_to_judge_its_key() {
    for wrong in [NOON - 8 * 3600, NOON + 8 * 3600] {
        let tencent = with(role().assumed_by(base()));
        let mut first = call(&tencent);
        let asked = fetches(&mut first, at(wrong));
        assert_eq!(header(&asked, "x-tc-timestamp"), wrong.to_string());
        let mut no = refusal("AuthFailure.SignatureExpire");
        let date = http::HeaderValue::from_static("Wed, 25 Feb 2026 00:00:00 GMT");
        no.headers_mut().insert("date", date);
        assert!(tries_again(first.settle(Ok(no))).is_zero());
        let asked = fetches(&mut first, at(wrong));
        assert_eq!(header(&asked, "x-tc-timestamp"), NOON.to_string());
        first.settle(Ok(reply(200, ASSUMED)));
        let sent = sends(&mut first, at(wrong));
        assert_eq!(header(&sent, "x-tc-timestamp"), NOON.to_string());
        // Two hours, by whichever clock.
        sends(&mut call(&tencent), at(wrong + 6599));
        fetches(&mut call(&tencent), at(wrong + 7200));
    }
}

/// The key was rotated or disabled: a source that can give another is asked once more.
#[test]
fn s18_a_key_that_the_service_does_not_know_any_more_is_fetched_again_once_a_call() {
    for code in [
        "AuthFailure.SecretIdNotFound",
        "AuthFailure.SignatureFailure",
        "AuthFailure.InvalidSecretId",
        "AuthFailure.TokenFailure",
    ] {
        let tencent = with(CvmRole::named("r").unwrap());
        fetch(&tencent, NOON);
        let mut refused = call(&tencent);
        sends(&mut refused, at(NOON + 60));
        assert!(tries_again(refused.settle(Ok(refusal(code)))).is_zero());
        fetches(&mut refused, at(NOON + 60));
        let new = KEY.replace("AKIDtmp", "AKIDnew");
        refused.settle(Ok(reply(200, &new)));
        let sent = sends(&mut refused, at(NOON + 60));
        assert!(header(&sent, "authorization").contains("Credential=AKIDnew/"));
        let error = fails(refused.settle(Ok(refusal(code))));
        assert_eq!(error.service_code(), Some(code));
        // And the next call does not fetch at once again, for the same refusal.
        let mut next = call(&tencent);
        sends(&mut next, at(NOON + 61));
        next.settle(Ok(refusal(code)));
        let error = next.next(at(NOON + 61)).expect_err("the same key");
        assert_eq!(error.service_code(), Some(code));
        fetches(&mut call(&tencent), at(NOON + 70));
    }
}

#[test]
fn s18_a_key_that_comes_back_as_it_was_refused_is_not_sent_again() {
    let tencent = with(CvmRole::named("r").unwrap());
    fetch(&tencent, NOON);
    let mut refused = call(&tencent);
    sends(&mut refused, at(NOON + 60));
    refused.settle(Ok(refusal("AuthFailure.SecretIdNotFound")));
    fetches(&mut refused, at(NOON + 60));
    refused.settle(Ok(reply(200, KEY)));
    let error = refused.next(at(NOON + 60)).expect_err("the same key");
    assert_eq!(error.service_code(), Some("AuthFailure.SecretIdNotFound"));
}

/// The key beneath a role may be rotated as well.
#[test]
fn s18_a_refused_key_beneath_a_role_is_fetched_again() {
    let machine = CvmRole::named("r").unwrap();
    let mut call = call(&with(role().assumed_by(machine)));
    fetches(&mut call, at(NOON));
    call.settle(Ok(reply(200, KEY)));
    fetches(&mut call, at(NOON));
    tries_again(call.settle(Ok(refusal("AuthFailure.SecretIdNotFound"))));
    let asked = fetches(&mut call, at(NOON));
    assert_eq!(asked.uri().host(), Some("metadata.tencentyun.com"));
    call.settle(Ok(reply(200, KEY)));
    let asked = fetches(&mut call, at(NOON));
    assert_eq!(asked.uri().host(), Some("sts.tencentcloudapi.com"));
    let error = fails(call.settle(Ok(refusal("AuthFailure.SecretIdNotFound"))));
    assert!(
        error.to_string().starts_with("assuming the role: "),
        "{error}"
    );
}

#[test]
fn a_role_that_may_not_be_assumed_is_the_services_no() {
    let mut call = call(&with(role().assumed_by(base())));
    fetches(&mut call, at(NOON));
    let error = fails(call.settle(Ok(refusal("UnauthorizedOperation"))));
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert_eq!(error.service_code(), Some("UnauthorizedOperation"));
    assert!(
        error.to_string().starts_with("assuming the role: "),
        "{error}"
    );
}

#[test]
fn a_role_can_be_assumed_with_credentials_that_are_fetched_too() {
    let machine = CvmRole::named("r").unwrap();
    let mut call = call(&with(role().assumed_by(machine)));
    let first = fetches(&mut call, at(NOON));
    assert_eq!(first.uri().host(), Some("metadata.tencentyun.com"));
    call.settle(Ok(reply(200, KEY)));
    let second = fetches(&mut call, at(NOON));
    assert_eq!(second.uri().host(), Some("sts.tencentcloudapi.com"));
    assert_eq!(header(&second, "x-tc-token"), "tmptoken");
    call.settle(Ok(reply(200, ASSUMED)));
    sends(&mut call, at(NOON));
}

#[test]
fn a_role_that_cannot_be_is_refused_at_once() {
    for (description, name) in [("", "name"), ("a\nb", "name"), ("a", "x"), ("a", "a b")] {
        assert!(Role::new(description, name).is_err());
    }
    for seconds in [0, 12 * 3600 + 1] {
        let time = std::time::Duration::from_secs(seconds);
        assert!(role().duration(time).is_err());
    }
    assert!(role().region("a b").is_err());
    let elsewhere = role().endpoint(Endpoint::custom("http://127.0.0.1:1").unwrap());
    let mut call = call(&with(elsewhere.assumed_by(base())));
    assert_eq!(fetches(&mut call, at(NOON)).uri(), "http://127.0.0.1:1/");
}
