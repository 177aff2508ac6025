//! A watch on a call: what it is told of each request, what it can hold back, and how long a limited rate is borne.

mod common;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{
    Attempt, BlockingClient, Client, Credentials, Endpoint, Error, ErrorKind, Image, IvPolicy,
    RetryPolicy, Settled, Watch,
};
use cardseal_gateway::{Fault, GatewayConfig, Running};
use common::driving::{NOON, at, call, refusal, sends};

const SECRET: &str = "a-secret-that-must-never-show";

/// What it was told, a line each.
#[derive(Default)]
struct Told {
    lines: Vec<String>,
    under_way: Vec<String>,
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

    fn sends(&mut self, attempt: &Attempt<'_>) {
        assert_eq!((attempt.elapsed, attempt.received), (Duration::ZERO, 0));
        assert!(attempt.error.is_none() && attempt.sent > 100);
        // One at a time: the one before is over.
        assert_eq!(self.under_way.len(), self.lines.len());
        self.under_way.push(format!(
            "{} {:?} {}",
            attempt.action, attempt.region, attempt.credential_id
        ));
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
    let client = BlockingClient::new().unwrap();
    client.run_watched(encrypted(endpoint), told).map(drop)
}

fn encrypted(endpoint: &str) -> cardseal::Call<cardseal::tencent::Recognized> {
    let account = Tencent::new(Credentials::new("AKIDtest", SECRET).unwrap())
        .endpoint(Endpoint::custom(endpoint).unwrap())
        .region("ap-guangzhou")
        .unwrap();
    let card = IdCardRequest::new(Image::from_bytes_unchecked("BM picture").unwrap());
    account
        .recognize_encrypted_id_card(&common::sm2(), &card, IvPolicy::BySuite)
        .unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
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
    let under_way = r#"RecognizeEncryptedIDCardOCR "ap-guangzhou" AKIDtest"#;
    assert_eq!(told.under_way, [under_way; 2]);
    assert!(!told.shown.contains(SECRET), "{}", told.shown);

    // The other client tells the same, and waits by itself.
    let (_gateway, url) = gateway(Some(Fault::ThrottledOnce));
    let mut same = Told::default();
    let client = Client::new().unwrap();
    let outcome = runtime().block_on(client.run_watched(encrypted(&url), &mut same));
    outcome.unwrap_err();
    assert_eq!((same.lines, same.under_way), (told.lines, told.under_way));
    assert_eq!((same.asked, same.paused.len()), (2, 0));
}

#[test]
fn a_call_that_is_dropped_on_its_way_has_been_told() {
    let service = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", service.local_addr().unwrap());
    let mut told = Told::default();
    service.set_nonblocking(true).unwrap();
    runtime().block_on(async {
        let client = Client::new().unwrap();
        let call = client.run_watched(encrypted(&url), &mut told);
        // Nobody answers there. It is dropped once a byte of it has come.
        let came = async {
            let service = tokio::net::TcpListener::from_std(service).unwrap();
            let (stream, _) = service.accept().await.unwrap();
            stream.readable().await.unwrap();
        };
        tokio::select! {
            ended = call => panic!("ended first: {:?}", ended.err()),
            () = came => {}
        }
    });
    assert_eq!((told.under_way.len(), told.lines.len()), (1, 0));
}

#[test]
fn what_met_no_connection_was_not_sent() {
    let nobody = common::nobody::Nobody::new();
    let url = format!("http://{}", nobody.address());
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
