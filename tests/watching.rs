//! A watch on a call: what it is told of each request, what it can hold back, and how long a limited rate is borne.

mod common;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{
    Attempt, BlockingClient, Credentials, Endpoint, Error, ErrorKind, Image, IvPolicy, RetryPolicy,
    Settled, Watch,
};
use cardseal_gateway::{Fault, GatewayConfig, Running};
use common::driving::{NOON, at, call, refusal, sends};

const SECRET: &str = "a-secret-that-must-never-show";

/// What it was told, a line each.
#[derive(Default)]
struct Told {
    lines: Vec<String>,
    shown: String,
    asked: usize,
    refuses: bool,
    paused: Vec<Duration>,
}

impl Watch for Told {
    fn before(&mut self) -> Result<(), Error> {
        self.asked += 1;
        match self.refuses {
            true => Err(Error::transport("stopped")),
            false => Ok(()),
        }
    }

    fn after(&mut self, attempt: &Attempt<'_>) {
        let code = attempt.error.map_or("ok", |error| {
            error.service_code().unwrap_or("without a code")
        });
        assert!(attempt.sent > 100 || !attempt.was_sent());
        self.lines.push(format!(
            "{} {:?} {} {code} {} {}",
            attempt.action,
            attempt.region,
            attempt.credential_id,
            attempt.was_sent(),
            attempt.received > 0
        ));
        self.shown.push_str(&format!("{attempt:?}"));
    }

    fn pause(&mut self, time: Duration) -> Result<(), Error> {
        self.paused.push(time);
        Ok(())
    }
}

/// Runs one call at an endpoint under this watch.
fn run(endpoint: &str, told: &mut Told) -> Result<(), Error> {
    let account = Tencent::new(Credentials::new("AKIDtest", SECRET).unwrap())
        .endpoint(Endpoint::custom(endpoint).unwrap())
        .region("ap-guangzhou")
        .unwrap();
    let card = IdCardRequest::new(Image::from_bytes_unchecked("BM picture").unwrap());
    let call = account
        .recognize_encrypted_id_card(&common::sm2(), &card, IvPolicy::BySuite)
        .unwrap();
    let client = BlockingClient::new().unwrap();
    client.run_watched(call, told).map(drop)
}

fn gateway(fault: Option<Fault>) -> (Running, String) {
    let mut config = GatewayConfig::new(Vec::new(), "AKIDtest", SECRET);
    config.fault = fault;
    let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let url = format!("http://{}", gateway.addr());
    (gateway, url)
}

#[test]
fn every_request_is_told_once_with_its_outcome() {
    let (_gateway, url) = gateway(Some(Fault::ThrottledOnce));
    let mut told = Told::default();
    // The gateway has no key, and says so after it was told to wait.
    run(&url, &mut told).unwrap_err();
    assert_eq!(
        told.lines,
        [
            r#"RecognizeEncryptedIDCardOCR "ap-guangzhou" AKIDtest RequestLimitExceeded true true"#,
            r#"RecognizeEncryptedIDCardOCR "ap-guangzhou" AKIDtest FailedOperation.UnKnowError true true"#,
        ]
    );
    assert_eq!((told.asked, told.paused.len()), (2, 1));
    assert!(!told.shown.contains(SECRET), "{}", told.shown);
}

#[test]
fn what_met_no_connection_was_not_sent() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let mut told = Told::default();
    run(&url, &mut told).unwrap_err();
    let line = r#"RecognizeEncryptedIDCardOCR "ap-guangzhou" AKIDtest without a code false false"#;
    assert_eq!(told.lines, [line; 3]);
}

#[test]
fn a_watch_ends_a_call_before_anything_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut told = Told {
        refuses: true,
        ..Told::default()
    };
    let error = run(&url, &mut told).unwrap_err();
    assert_eq!(error.to_string(), "stopped");
    assert_eq!((told.lines.len(), told.asked), (0, 1));
    assert!(listener.accept().is_err(), "something was sent");
}

#[test]
fn a_limited_rate_is_borne_ever_slower_and_for_as_long_as_was_asked() {
    let patience = Duration::from_secs(120);
    let mut policy = RetryPolicy::default();
    policy.throttled_for = patience;
    policy.longest_delay = Duration::from_secs(20);
    let account = Tencent::new(Credentials::new("AKIDtest", SECRET).unwrap()).retry(policy);
    let mut call = call(&account);
    let mut delays = Vec::new();
    let error = loop {
        sends(&mut call, at(NOON));
        match call.settle(Ok(refusal("RequestLimitExceeded"))) {
            Settled::Retry { after } => delays.push(after),
            Settled::Fail(error) => break error,
            _ => panic!("an answer"),
        }
    };
    assert_eq!(error.kind(), ErrorKind::Throttled);
    let total: Duration = delays.iter().sum();
    assert!(total >= patience, "{total:?}");
    assert!(total < patience * 2, "{total:?}");
    assert!(delays[0] < Duration::from_secs(2), "{delays:?}");
    let last = *delays.last().unwrap();
    assert!(last >= Duration::from_secs(20), "{delays:?}");
}
