//! Calls under a rate limit, against the embedded gateway.

mod common;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cardseal::tencent::Tencent;
use cardseal::{
    BlockingClient, Client, Credentials, Endpoint, ErrorKind, RateLimits, RetryPolicy,
    TransportOptions,
};
use cardseal_gateway::{GatewayConfig, Running};
use common::driving::call;

fn gateway() -> Running {
    let config = GatewayConfig::new(Vec::new(), "AKIDtest", "secret");
    Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap()
}

fn at_gateway(gateway: &Running) -> Tencent {
    Tencent::new(Credentials::new("AKIDtest", "secret").unwrap())
        .endpoint(Endpoint::custom(&gateway.url()).unwrap())
        .retry(RetryPolicy::never())
}

fn options() -> TransportOptions {
    TransportOptions::default().deadline(Duration::from_secs(5))
}

#[test]
fn limited_calls_wait_their_turn() {
    let gateway = gateway();
    let limits = RateLimits::none().limit("RecognizeEncryptedIDCardOCR", 20.0);
    let client = BlockingClient::with_options(&options())
        .unwrap()
        .rate_limits(Arc::new(limits));
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| client.run(call(&at_gateway(&gateway))).unwrap_err());
        }
    });
    assert!(
        started.elapsed() >= Duration::from_millis(100),
        "three turns are two gaps of 50 ms"
    );
}

#[tokio::test]
async fn a_turn_that_comes_too_late_is_an_error_before_anything_is_sent() {
    let gateway = gateway();
    let limits = RateLimits::none().limit("RecognizeEncryptedIDCardOCR", 0.01);
    let client = Client::with_options(&options())
        .unwrap()
        .rate_limits(Arc::new(limits));
    let first = client.run(call(&at_gateway(&gateway))).await.unwrap_err();
    assert_eq!(first.kind(), ErrorKind::Service);
    let started = Instant::now();
    let second = client.run(call(&at_gateway(&gateway))).await.unwrap_err();
    assert_eq!(second.kind(), ErrorKind::Transport);
    assert!(second.to_string().contains("deadline"), "{second}");
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "100 seconds off"
    );
}
