//! What is seen of calls from outside: each event and series by name, with the right values, and nothing beside the list
//! in docs/observability.md. `tracing` events are read as log lines.

mod common;

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{
    BlockingClient, Client, Credentials, Endpoint, Image, IvPolicy, Recipient, RetryPolicy,
};
use cardseal_gateway::{Fault, GatewayConfig, KeyPair, Running, Suite};
use log::{LevelFilter, Log, Metadata, Record};
use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata as Described,
    Recorder, SharedString, Unit,
};

/// What was seen, line by line: events as they are logged, series as `name{label="value",…} +amount`.
static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn see(line: String) {
    SEEN.lock().unwrap().push(line);
}

struct Logger;

impl Log for Logger {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &Record<'_>) {
        // Spans that begin and end are logged under another target.
        if record.target() == "cardseal" {
            see(format!("{} {}", record.level(), record.args()));
        }
    }
    fn flush(&self) {}
}

struct Series;

struct Named(String);

impl CounterFn for Named {
    fn increment(&self, value: u64) {
        see(format!("{} +{value}", self.0));
    }
    fn absolute(&self, value: u64) {
        see(format!("{} ={value}", self.0));
    }
}

impl HistogramFn for Named {
    fn record(&self, value: f64) {
        assert!((0.0..60.0).contains(&value), "{} {value}", self.0);
        see(self.0.clone());
    }
}

fn named(key: &Key) -> Arc<Named> {
    let labels: Vec<String> = key
        .labels()
        .map(|label| format!("{}={:?}", label.key(), label.value()))
        .collect();
    Arc::new(Named(format!("{}{{{}}}", key.name(), labels.join(","))))
}

impl Recorder for Series {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Described<'_>) -> Counter {
        Counter::from_arc(named(key))
    }
    fn register_gauge(&self, key: &Key, _: &Described<'_>) -> Gauge {
        panic!("no gauge is told of: {key}")
    }
    fn register_histogram(&self, key: &Key, _: &Described<'_>) -> Histogram {
        Histogram::from_arc(named(key))
    }
}

/// What both drivers show of one call each; the tests take turns, since what sees is the process's.
fn seen_of(fault: Option<Fault>, attempts: usize, runs: impl Fn(&Tencent, &Recipient)) -> String {
    static ONE: Mutex<()> = Mutex::new(());
    static INSTALLED: OnceLock<()> = OnceLock::new();
    let _turn = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    INSTALLED.get_or_init(|| {
        log::set_logger(&Logger).unwrap();
        log::set_max_level(LevelFilter::Debug);
        metrics::set_global_recorder(Series).unwrap();
    });
    let pair = KeyPair::generate(Suite::Sm4GcmSm2).unwrap();
    let recipient = Recipient::parse(pair.public_pem().as_bytes()).unwrap();
    let mut config = GatewayConfig::new(vec![pair], ID, SECRET);
    config.fault = fault;
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let gateway = Running::start(config, address).unwrap();
    let mut retry = RetryPolicy::default();
    retry.retries = attempts - 1;
    retry.first_delay = Duration::from_millis(5);
    let tencent = Tencent::new(Credentials::new(ID, SECRET.to_owned()).unwrap())
        .endpoint(Endpoint::custom(&gateway.url()).unwrap())
        .region("ap-guangzhou")
        .unwrap()
        .retry(retry);
    SEEN.lock().unwrap().clear();
    runs(&tencent, &recipient);
    let seen = SEEN.lock().unwrap().join("\n");
    for secret in [
        ID,
        SECRET,
        "李明",
        "440524188001010014",
        "ImageBase64",
        "EncryptedBody",
    ] {
        assert!(!seen.contains(secret), "{secret}: {seen}");
    }
    seen
}

const ID: &str = "AKIDplanted";
const SECRET: &str = "planted-hunter2";

fn blocking(tencent: &Tencent, recipient: &Recipient) {
    let call = tencent
        .recognize_encrypted_id_card(recipient, &card(), IvPolicy::BySuite)
        .unwrap();
    let _ = BlockingClient::new().unwrap().run(call);
}

fn asynchronous(tencent: &Tencent, recipient: &Recipient) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let call = tencent
        .recognize_encrypted_id_card(recipient, &card(), IvPolicy::BySuite)
        .unwrap();
    let _ = runtime.block_on(async { Client::new().unwrap().run(call).await });
}

fn card() -> IdCardRequest {
    IdCardRequest::new(Image::from_url("https://example.com/a.jpg").unwrap())
}

/// The line that has all of these.
#[track_caller]
fn has(seen: &str, parts: &[&str]) {
    let found = seen
        .lines()
        .any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(found, "no line with {parts:?} in\n{seen}");
}

#[test]
fn s20_a_call_that_succeeds_is_seen_alike_in_both_drivers() {
    for run in [blocking as fn(&Tencent, &Recipient), asynchronous] {
        let seen = seen_of(None, 1, run);
        let action = "RecognizeEncryptedIDCardOCR";
        has(
            &seen,
            &[
                "INFO",
                "call;",
                "cloud=\"tencent\"",
                action,
                "region=\"ap-guangzhou\"",
            ],
        );
        has(
            &seen,
            &[
                "DEBUG request sent",
                "attempt=1",
                "host=\"127.0.0.1\"",
                "bytes=",
            ],
        );
        has(
            &seen,
            &["DEBUG reply received", "status=200", "elapsed_ms="],
        );
        has(&seen, &["INFO call ended", "outcome=\"ok\"", "attempts=1"]);
        has(&seen, &["request_id="]);
        let series = format!(
            "cardseal_calls_total{{cloud=\"tencent\",action=\"{action}\",outcome=\"ok\",code=\"\"}} +1"
        );
        has(&seen, &[&series]);
        has(
            &seen,
            &["cardseal_requests_total{cloud=\"tencent\",what=\"call\",status=\"200\"} +1"],
        );
        has(&seen, &["cardseal_call_seconds{cloud=\"tencent\"}"]);
        has(
            &seen,
            &["cardseal_request_seconds{cloud=\"tencent\",what=\"call\"}"],
        );
        has(&seen, &["cardseal_sent_bytes_total{cloud=\"tencent\"} +"]);
        has(
            &seen,
            &["cardseal_received_bytes_total{cloud=\"tencent\"} +"],
        );
    }
}

#[test]
fn s20_attempts_and_waits_are_counted() {
    for run in [blocking as fn(&Tencent, &Recipient), asynchronous] {
        let seen = seen_of(Some(Fault::Throttled), 3, run);
        assert_eq!(seen.matches("request sent").count(), 3, "{seen}");
        assert_eq!(seen.matches("DEBUG waiting").count(), 2, "{seen}");
        has(
            &seen,
            &[
                "waiting",
                "because=\"throttled\"",
                "code=\"RequestLimitExceeded\"",
            ],
        );
        has(
            &seen,
            &["call ended", "outcome=\"throttled\"", "attempts=3"],
        );
        has(
            &seen,
            &[
                "cardseal_calls_total",
                "outcome=\"throttled\",code=\"RequestLimitExceeded\"} +1",
            ],
        );
        assert_eq!(seen.matches("cardseal_requests_total").count(), 3);
    }
}

#[test]
fn s20_a_call_without_a_reply_is_seen_as_such() {
    for run in [blocking as fn(&Tencent, &Recipient), asynchronous] {
        let seen = seen_of(Some(Fault::DropConnection), 1, run);
        has(&seen, &["DEBUG no reply", "status=0"]);
        has(&seen, &["call ended", "outcome=\"transport\""]);
        has(&seen, &["cardseal_requests_total", "status=\"0\"} +1"]);
    }
}
