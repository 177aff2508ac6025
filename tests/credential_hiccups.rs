//! Fetches of credentials that fail for a moment.

mod common;

use cardseal::tencent::{CvmRole, Role, Tencent};
use cardseal::{Credentials, RetryPolicy, TransportFailure};
use common::driving::{NOON, at, call, fails, fetches, reply, sends, tries_again};

/// A temporary key that ends in two hours.
const KEY: &str = r#"{"TmpSecretId":"AKIDtmp","TmpSecretKey":"tmpsecret","ExpiredTime":1771984800,
    "Expiration":"2026-02-25T02:00:00Z","Token":"tmptoken","Code":"Success"}"#;

#[test]
fn a_fetch_is_tried_again_where_that_may_help() {
    let patient = || Tencent::new(CvmRole::named("r").unwrap());
    let broken = TransportFailure::Broken { reason: "".into() };
    for lost in [TransportFailure::TimedOut, broken] {
        let mut call = call(&patient());
        fetches(&mut call, at(NOON));
        assert!(!tries_again(call.settle(Err(lost))).is_zero());
        fetches(&mut call, at(NOON + 1));
        call.settle(Ok(reply(200, KEY)));
        sends(&mut call, at(NOON + 1));
    }
    // What is no answer of the service comes from something in between, and may be gone the next moment.
    let mut other = call(&patient());
    fetches(&mut other, at(NOON));
    assert!(!tries_again(other.settle(Ok(reply(200, "not json")))).is_zero());
    let mut none = call(&patient());
    fetches(&mut none, at(NOON));
    fails(none.settle(Ok(reply(404, ""))));
}

/// One hiccup of the service that hands out keys is tried again; and where there is no further attempt, the error says
/// that nothing of the call was sent, so that whoever has many calls makes this one later.
#[test]
fn s2_a_hiccup_of_the_service_that_hands_out_keys_is_no_failure() {
    let role = || {
        let role = Role::new("qcs::cam::uin/1:roleName/Name", "session").unwrap();
        role.assumed_by(Credentials::new("AKIDbase", "secret").unwrap())
    };
    let hiccups = [
        r#"{"Response":{"Error":{"Code":"InternalError","Message":"x"},"RequestId":"r"}}"#,
        r#"{"Response":{"Error":{"Code":"InternalError.DbError","Message":null},"RequestId":"r"}}"#,
        "",
        "<html>",
    ];
    for body in hiccups {
        let patient = Tencent::new(role());
        let mut again = call(&patient);
        fetches(&mut again, at(NOON));
        assert!(
            !tries_again(again.settle(Ok(reply(200, body)))).is_zero(),
            "{body}"
        );

        let hasty = Tencent::new(role()).retry(RetryPolicy::never());
        let mut once = call(&hasty);
        fetches(&mut once, at(NOON));
        let error = fails(once.settle(Ok(reply(200, body))));
        assert!(error.is_retryable(), "{body}: {error}");
    }
    let refused = r#"{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"x"},"RequestId":"r"}}"#;
    let mut call = call(&Tencent::new(role()));
    fetches(&mut call, at(NOON));
    assert!(!fails(call.settle(Ok(reply(200, refused)))).is_retryable());
}
