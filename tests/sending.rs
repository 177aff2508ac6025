//! A request that is sent as it is: once, whatever the answer says.

mod common;

use std::net::Ipv4Addr;
use std::time::SystemTime;

use bytes::Bytes;
use cardseal::tencent::{RawCall, Tencent};
use cardseal::{BlockingClient, Client, Credentials, Endpoint, Settled, TransportFailure};
use cardseal_gateway::{GatewayConfig, Running};
use common::driving::sends;
use http::{HeaderValue, Request, Response};

/// Sends with both drivers.
fn both(request: &Request<Bytes>) -> [Result<Response<Bytes>, TransportFailure>; 2] {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let blocking = BlockingClient::new().unwrap().send(request.clone());
    let awaited = runtime.block_on(Client::new().unwrap().send(request.clone()));
    [blocking, awaited]
}

#[test]
fn a_request_is_sent_as_it_is_and_its_answer_is_the_calls() {
    let config = GatewayConfig::new(Vec::new(), "AKIDtest", "secret");
    let gateway = Running::start(config, (Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let tencent = Tencent::new(Credentials::new("AKIDtest", "secret").unwrap())
        .endpoint(Endpoint::custom(&gateway.url()).unwrap());
    let call = || {
        let request = RawCall::new("ocr", "IDCardOCR", "2018-11-19").unwrap();
        let body = r#"{"ImageUrl":"https://example.com/card.jpg"}"#;
        tencent.call(request.json(body).unwrap()).unwrap()
    };

    let request = sends(&mut call(), SystemTime::now());
    for reply in both(&request) {
        let mut asked = call();
        sends(&mut asked, SystemTime::now());
        match asked.settle(reply) {
            Settled::Done(answer) => assert!(answer.json.expose().contains("IdNum")),
            Settled::Fail(error) => panic!("{error}"),
            _ => panic!("it is to be sent again"),
        }
    }

    // The service's refusal is a reply like any other, and nothing signs the request again.
    let mut tampered = request;
    let action = HeaderValue::from_static("GeneralBasicOCR");
    tampered.headers_mut().insert("x-tc-action", action);
    *tampered.body_mut() = Bytes::from_static(b"{}");
    for reply in both(&tampered) {
        let body = String::from_utf8(reply.unwrap().body().to_vec()).unwrap();
        assert!(body.contains("AuthFailure.SignatureFailure"), "{body}");
    }

    drop(gateway);
    for reply in both(&tampered) {
        let failure = reply.unwrap_err();
        assert!(
            matches!(failure, TransportFailure::NotConnected { .. }),
            "{failure}"
        );
    }
}
