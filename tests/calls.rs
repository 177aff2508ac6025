//! What a call does by itself: which failures it tries again, where it sends, and by which clock it signs.

mod common;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cardseal::tencent::{Tencent, endpoint};
use cardseal::{
    BlockingClient, Client, Credentials, Endpoint, ErrorKind, LostAnswer, RetryPolicy,
    TransportFailure, TransportOptions,
};
use cardseal_gateway::{GatewayConfig, Running};
use common::driving::{NOON, at, call, fails, header, refusal, reply, sends, tries_again};
use http::header::DATE;
use http::{HeaderValue, Response};

fn account() -> Tencent {
    Tencent::new(Credentials::new("AKIDtest", "secret").unwrap())
}

fn unreachable() -> TransportFailure {
    TransportFailure::NotConnected {
        reason: "refused".to_owned(),
    }
}

fn broken() -> TransportFailure {
    TransportFailure::Broken {
        reason: "reset".to_owned(),
    }
}

#[test]
fn a_lost_answer_is_asked_for_again_only_where_that_is_asked_for() {
    for failure in [TransportFailure::TimedOut, broken()] {
        let mut usual = call(&account());
        sends(&mut usual, at(NOON));
        assert_eq!(
            fails(usual.settle(Err(failure.clone()))).kind(),
            ErrorKind::Transport
        );

        let mut policy = RetryPolicy::default();
        policy.lost_answer = LostAnswer::SendAgainAndMaybePayTwice;
        let mut asked = call(&account().retry(policy));
        let first = sends(&mut asked, at(NOON));
        assert!(!tries_again(asked.settle(Err(failure.clone()))).is_zero());
        let second = sends(&mut asked, at(NOON + 1));
        assert_eq!(first.body(), second.body(), "it is never sealed again");
        assert_ne!(
            header(&first, "authorization"),
            header(&second, "authorization"),
            "it is always signed again"
        );
    }
}

#[test]
fn what_no_second_attempt_can_mend_is_not_tried_again() {
    for failure in [
        TransportFailure::Tls {
            reason: "name".to_owned(),
        },
        TransportFailure::ReplyTooLarge { most: 1 },
        TransportFailure::SetUp {
            reason: "x".to_owned(),
        },
    ] {
        let mut policy = RetryPolicy::default();
        policy.lost_answer = LostAnswer::SendAgainAndMaybePayTwice;
        let mut call = call(&account().retry(policy));
        sends(&mut call, at(NOON));
        fails(call.settle(Err(failure)));
    }
}

/// What has neither a word of the service's nor a good status comes from somewhere in between; with a good status it
/// is a reply that is none.
#[test]
fn a_reply_without_a_word_of_the_services_is_judged_by_its_status() {
    for body in ["", "<html>", "[]", "{}"] {
        for (status, kind) in [
            (200, ErrorKind::Protocol),
            (302, ErrorKind::Transport),
            (403, ErrorKind::Transport),
            (429, ErrorKind::Throttled),
            (502, ErrorKind::Transport),
        ] {
            let mut call = call(&account().retry(RetryPolicy::never()));
            sends(&mut call, at(NOON));
            let error = fails(call.settle(Ok(reply(status, body))));
            // An object could be an answer, but for what is missing in it.
            let kind = if (status, body) == (200, "{}") {
                ErrorKind::Open
            } else {
                kind
            };
            assert_eq!(error.kind(), kind, "{status} {body}: {error}");
        }
    }
}

#[test]
fn a_call_goes_to_another_endpoint_only_where_one_was_named() {
    let mut alone = call(&account());
    for _ in 0..3 {
        let sent = sends(&mut alone, at(NOON));
        assert_eq!(sent.uri().host(), Some("ocr.tencentcloudapi.com"));
        alone.settle(Err(unreachable()));
    }

    let two = account()
        .endpoint(endpoint::in_region("ap-guangzhou").unwrap())
        .fallback_endpoint(endpoint::in_region("ap-shanghai").unwrap());
    let mut call = call(&two);
    // The other endpoint is not waited for; the first again, and what there is no retry for, is.
    for (region, waits) in [
        ("ap-guangzhou", Some(false)),
        ("ap-shanghai", Some(true)),
        ("ap-guangzhou", None),
    ] {
        let host = format!("ocr.{region}.tencentcloudapi.com");
        let sent = sends(&mut call, at(NOON));
        assert_eq!(sent.uri().host(), Some(host.as_str()));
        assert_eq!(
            header(&sent, "host"),
            host,
            "what is signed is what is sent"
        );
        let settled = call.settle(Err(unreachable()));
        match waits {
            Some(waits) => assert_eq!(!tries_again(settled).is_zero(), waits, "{region}"),
            None => drop(fails(settled)),
        }
    }
}

#[test]
fn an_endpoint_that_answers_is_not_left_for_another() {
    let two = account()
        .endpoint(endpoint::in_region("ap-guangzhou").unwrap())
        .fallback_endpoint(endpoint::in_region("ap-shanghai").unwrap());
    let mut call = call(&two);
    for _ in 0..2 {
        let sent = sends(&mut call, at(NOON));
        assert_eq!(
            sent.uri().host(),
            Some("ocr.ap-guangzhou.tencentcloudapi.com")
        );
        tries_again(call.settle(Ok(refusal("RequestLimitExceeded"))));
    }
}

fn expired(service_time: &'static str) -> Response<bytes::Bytes> {
    let mut reply = refusal("AuthFailure.SignatureExpire");
    let date = HeaderValue::from_static(service_time);
    reply.headers_mut().insert(DATE, date);
    reply
}

const SERVICE_NOON: &str = "Wed, 25 Feb 2026 00:00:00 GMT";

#[test]
fn the_services_clock_is_learnt_once_and_by_every_call_of_the_account() {
    let wrong = NOON - 3600;
    let tencent = account().retry(RetryPolicy::never());
    let mut first = call(&tencent);
    let sent = sends(&mut first, at(wrong));
    assert_eq!(header(&sent, "x-tc-timestamp"), wrong.to_string());
    let wait = tries_again(first.settle(Ok(expired(SERVICE_NOON))));
    assert!(wait.is_zero());
    let sent = sends(&mut first, at(wrong));
    assert_eq!(header(&sent, "x-tc-timestamp"), NOON.to_string());

    let sent = sends(&mut call(&tencent.clone()), at(wrong + 5));
    assert_eq!(header(&sent, "x-tc-timestamp"), (NOON + 5).to_string());
}

#[test]
fn s1_a_date_that_lies_is_forgotten_and_no_later_call_signs_by_it() {
    let tencent = account().retry(RetryPolicy::never());
    for lie in [
        "Wed, 25 Feb 2026 11:00:00 GMT",
        "Tue, 24 Feb 2026 13:00:00 GMT",
    ] {
        let mut first = call(&tencent);
        sends(&mut first, at(NOON));
        assert!(tries_again(first.settle(Ok(expired(lie)))).is_zero());
        sends(&mut first, at(NOON));
        let error = fails(first.settle(Ok(expired(lie))));
        assert_eq!(error.kind(), ErrorKind::Signing);
        let sent = sends(&mut call(&tencent), at(NOON));
        assert_eq!(header(&sent, "x-tc-timestamp"), NOON.to_string());
    }
}

/// One machine of the service's has a wrong clock; the next refuses what was signed by it, and would take the right time.
#[test]
fn s1_after_a_date_that_lies_an_honest_one_is_believed() {
    for host in [NOON, NOON - 3600] {
        let tencent = account().retry(RetryPolicy::never());
        let mut first = call(&tencent);
        sends(&mut first, at(host));
        let lie = "Wed, 25 Feb 2026 09:00:00 GMT";
        assert!(tries_again(first.settle(Ok(expired(lie)))).is_zero());
        sends(&mut first, at(host));
        assert!(tries_again(first.settle(Ok(expired(SERVICE_NOON)))).is_zero());
        let sent = sends(&mut first, at(host));
        assert_eq!(header(&sent, "x-tc-timestamp"), NOON.to_string());
        // Not for ever: a third refusal is the last.
        fails(first.settle(Ok(expired("Wed, 25 Feb 2026 05:00:00 GMT"))));
        let sent = sends(&mut call(&tencent), at(host));
        assert_eq!(header(&sent, "x-tc-timestamp"), host.to_string());
    }
}

/// The host's clock says when a key ends, whatever a reply's `Date` says.
#[test]
fn s1_a_date_that_lies_ends_no_temporary_credentials() {
    let temporary = Credentials::new("AKIDtest", "secret")
        .unwrap()
        .with_token("token")
        .unwrap()
        .expiring_at(at(NOON + 7200));
    let tencent = Tencent::new(temporary).retry(RetryPolicy::never());
    let mut first = call(&tencent);
    sends(&mut first, at(NOON));
    first.settle(Ok(expired("Wed, 25 Feb 2026 11:00:00 GMT")));
    sends(&mut first, at(NOON));
    sends(&mut call(&tencent), at(NOON + 7199));
}

#[test]
fn calls_that_were_under_way_when_another_learnt_the_clock_sign_again_too() {
    let wrong = NOON - 3600;
    let tencent = account().retry(RetryPolicy::never());
    let (mut first, mut second) = (call(&tencent), call(&tencent));
    sends(&mut first, at(wrong));
    sends(&mut second, at(wrong));
    for call in [&mut first, &mut second] {
        assert!(tries_again(call.settle(Ok(expired(SERVICE_NOON)))).is_zero());
        let sent = sends(call, at(wrong));
        assert_eq!(header(&sent, "x-tc-timestamp"), NOON.to_string());
    }
}

#[test]
fn s4_no_connection_may_be_tried_again_by_the_call_and_by_its_caller() {
    let mut patient = call(&account());
    sends(&mut patient, at(NOON));
    tries_again(patient.settle(Err(unreachable())));

    let mut call = call(&account().retry(RetryPolicy::never()));
    sends(&mut call, at(NOON));
    let error = fails(call.settle(Err(unreachable())));
    assert!(error.is_retryable(), "nothing was sent: {error}");
}

#[test]
fn s4_where_no_time_is_left_the_last_real_error_is_told() {
    for (outcome, kind, code) in [
        (
            Ok(refusal("RequestLimitExceeded")),
            ErrorKind::Throttled,
            Some("RequestLimitExceeded"),
        ),
        (Err(unreachable()), ErrorKind::Transport, None),
    ] {
        let mut call = call(&account());
        sends(&mut call, at(NOON));
        tries_again(call.settle(outcome));
        let error = call.out_of_time();
        assert_eq!((error.kind(), error.service_code()), (kind, code));
        assert!(error.is_retryable());
        assert_eq!(error.request_id(), code.map(|_| "r"));
        let text = error.to_string();
        assert!(
            text.contains("no time was left for another attempt"),
            "{text}"
        );
        assert!(call.next(at(NOON)).is_err(), "it is over");
    }
}

/// Both drivers, against a service that throttles: a deadline too short for the next attempt hides nothing.
#[tokio::test(flavor = "multi_thread")]
async fn s4_throttling_is_told_as_that_where_the_deadline_comes_first() {
    let gateway = gateway(|config| config.fault = Some(cardseal_gateway::Fault::Throttled));
    let options = TransportOptions::default().deadline(Duration::from_secs(60));
    let mut policy = RetryPolicy::default();
    policy.first_delay = Duration::from_secs(120);
    policy.longest_delay = Duration::from_secs(120);
    let tencent = account()
        .endpoint(Endpoint::custom(&gateway.url()).unwrap())
        .retry(policy);
    let client = Client::with_options(&options).unwrap();
    let one = client.run(call(&tencent)).await.unwrap_err();
    let other = tokio::task::spawn_blocking(move || {
        let client = BlockingClient::with_options(&options).unwrap();
        client.run(call(&tencent)).unwrap_err()
    });
    for error in [one, other.await.unwrap()] {
        assert_eq!(error.kind(), ErrorKind::Throttled, "{error}");
        assert_eq!(error.service_code(), Some("RequestLimitExceeded"));
        assert!(error.request_id().is_some());
        assert!(error.to_string().contains("no time was left"), "{error}");
    }
}

#[test]
fn a2_a_service_that_asks_to_be_left_alone_is() {
    let mut call = call(&account());
    sends(&mut call, at(NOON));
    let mut throttled = refusal("RequestLimitExceeded");
    let seven = HeaderValue::from_static("7");
    throttled
        .headers_mut()
        .insert(http::header::RETRY_AFTER, seven);
    assert_eq!(
        tries_again(call.settle(Ok(throttled))),
        Duration::from_secs(7)
    );
    assert_eq!(
        call.out_of_time().retry_after(),
        Some(Duration::from_secs(7))
    );
}

#[test]
fn a_clock_that_is_right_or_absurd_is_not_learnt() {
    for service_time in [
        SERVICE_NOON,
        "Wed, 25 Feb 2026 00:00:59 GMT",
        "Wed, 25 Feb 2026 12:00:01 GMT",
        "Thu, 25 Feb 2027 00:00:00 GMT",
        "noon",
    ] {
        let mut call = call(&account());
        sends(&mut call, at(NOON));
        let error = fails(call.settle(Ok(expired(service_time))));
        assert_eq!(error.kind(), ErrorKind::Signing, "{service_time}");
    }
}

/// The gateway's clock, and so the `Date` of its replies, is an hour ahead.
#[test]
fn a_wrong_clock_is_overcome_against_the_gateway() {
    let gateway = gateway(|config| {
        config.clock = Arc::new(|| SystemTime::now() + Duration::from_secs(3600));
    });
    let error = run_one(&gateway, &blocking());
    // The demo key is not the gateway's, so the envelope does not open; but the signature was good.
    assert_eq!(error.service_code(), Some("FailedOperation.UnKnowError"));
}

fn gateway(change: impl FnOnce(&mut GatewayConfig)) -> Running {
    let mut config = GatewayConfig::new(Vec::new(), "AKIDtest", "secret");
    change(&mut config);
    Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap()
}

fn blocking() -> BlockingClient {
    BlockingClient::with_options(&TransportOptions::default().deadline(Duration::from_secs(60)))
        .unwrap()
}

fn at_gateway(gateway: &Running) -> Tencent {
    account()
        .endpoint(Endpoint::custom(&gateway.url()).unwrap())
        .retry(RetryPolicy::never())
}

fn run_one(gateway: &Running, client: &BlockingClient) -> cardseal::Error {
    client.run(call(&at_gateway(gateway))).unwrap_err()
}
