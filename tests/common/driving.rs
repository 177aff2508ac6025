//! Driving a call by hand: no network, and whatever time it is said to be.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cardseal::tencent::{IdCardRequest, Recognized, Tencent};
use cardseal::{Call, Image, IvPolicy, Next, Settled};
use http::{Request, Response};

/// 2026-02-25T00:00:00Z.
pub(crate) const NOON: u64 = 1_771_977_600;

pub(crate) fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

pub(crate) fn call(tencent: &Tencent) -> Call<Recognized> {
    let card = IdCardRequest::new(Image::from_url("https://example.com/a.jpg").unwrap());
    tencent
        .recognize_encrypted_id_card(&super::sm2(), &card, IvPolicy::BySuite)
        .unwrap()
}

/// What is to be sent now, which is the call itself.
#[track_caller]
pub(crate) fn sends<T>(call: &mut Call<T>, now: SystemTime) -> Request<Bytes> {
    match call.next(now).unwrap() {
        Next::Send(request) => request,
        Next::Fetch { request, .. } => panic!("fetches {} first", request.uri()),
        _ => panic!("waits"),
    }
}

/// What is to be sent now, which asks for credentials.
#[track_caller]
pub(crate) fn fetches<T>(call: &mut Call<T>, now: SystemTime) -> Request<Bytes> {
    match call.next(now).unwrap() {
        Next::Fetch { request, .. } => request,
        Next::Send(_) => panic!("sends the call itself"),
        _ => panic!("waits"),
    }
}

/// True where the call waits for somebody else's fetch.
pub(crate) fn waits<T>(call: &mut Call<T>, now: SystemTime) -> bool {
    matches!(call.next(now).unwrap(), Next::Wait(time) if !time.is_zero())
}

pub(crate) fn reply(status: u16, body: &str) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap()
}

pub(crate) fn refusal(code: &str) -> Response<Bytes> {
    reply(
        200,
        &format!(r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"m"}},"RequestId":"r"}}}}"#),
    )
}

/// The error that ends the call.
#[track_caller]
pub(crate) fn fails<T>(settled: Settled<T>) -> cardseal::Error {
    match settled {
        Settled::Fail(error) => error,
        Settled::Retry { .. } => panic!("tries again"),
        _ => panic!("is done"),
    }
}

/// How long until the next attempt.
#[track_caller]
pub(crate) fn tries_again<T>(settled: Settled<T>) -> Duration {
    match settled {
        Settled::Retry { after } => after,
        Settled::Fail(error) => panic!("fails: {error}"),
        _ => panic!("is done"),
    }
}

pub(crate) fn header<'r>(request: &'r Request<Bytes>, name: &str) -> &'r str {
    request
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}
