//! Whoever keeps the server busy, or waiting, keeps nobody else from it.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cardseal_explorer::{CallMade, Explorer, ExplorerConfig, Usage, UsageSource};
use secrecy::SecretString;
use serde_json::json;

use crate::client::{Page, and, called};
use crate::service::service;

#[test]
fn nobody_without_the_token_keeps_the_page_out() {
    let page = Page::new();
    let host = page.host();
    // More than there are places for, and none reads or says anything any more.
    let pipeline = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").repeat(200);
    let mut held = Vec::new();
    for at in 0..300 {
        let mut stream = page.connect();
        if at % 2 == 0 {
            let _ = stream.write_all(pipeline.as_bytes());
        }
        held.push(stream);
    }
    for _ in 0..20 {
        assert!(page.ask("catalogue", &json!({}))["clouds"].is_array());
    }
    drop(held);
}

#[test]
fn a_refusal_without_the_token_ends_the_connection() {
    let page = Page::new();
    let mut stream = page.connect();
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", page.host());
    stream.write_all(request.as_bytes()).unwrap();
    let limit = Some(Duration::from_secs(5));
    stream.set_read_timeout(limit).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

#[test]
fn bodies_that_come_slowly_keep_no_others_from_being_worked_on() {
    let page = Page::new();
    let begun = format!(
        "POST /api/seal HTTP/1.1\r\nHost: {}\r\nX-Cardseal-Token: {}\r\nContent-Length: 10\r\n\r\n{{",
        page.host(),
        page.token()
    );
    let mut held = Vec::new();
    for _ in 0..8 {
        let mut stream = page.connect();
        stream.write_all(begun.as_bytes()).unwrap();
        held.push(stream);
    }
    let started = Instant::now();
    assert!(page.ask("catalogue", &json!({}))["clouds"].is_array());
    let took = started.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn a_body_of_many_marks_is_written_at_once() {
    let page = Page::new();
    let body = json!({"ImageBase64": "#".repeat(400_000)}).to_string();
    let started = Instant::now();
    let asked = json!({"language": "rust", "body": body});
    let written = page.ask("code", &and(called("IDCardOCR", "embedded"), asked));
    assert!(
        written["body"].as_str().unwrap().contains("####"),
        "{written}"
    );
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn a_canonical_request_of_many_headers_is_refused() {
    let page = Page::new();
    let headers: String = (0..40_000).map(|at| format!("x-{at}:1\n")).collect();
    let canonical = format!("POST\n/\n\n{headers}\nhost\n{}", "0".repeat(64));
    let asked = json!({"body": "{}", "canonical_request": canonical});
    let refused = page.ask("sign", &and(called("IDCardOCR", "embedded"), asked));
    assert_eq!(refused["refused"]["check"], "canonical", "{refused}");
}

/// Keeps what is recorded.
#[derive(Default)]
struct Record(Mutex<Vec<String>>);

impl UsageSource for Record {
    fn read(&self) -> Result<Usage, String> {
        Ok(Usage::default())
    }

    fn record(&self, call: &CallMade<'_>) -> Result<(), String> {
        let said = call
            .error
            .map_or(call.request_id, |error| error.kind().name());
        self.0.lock().unwrap().push(said.to_owned());
        Ok(())
    }
}

/// A page whose service answers after this time, and its signed request, ready to be sent.
fn page_of_a_slow_service(time: Duration) -> (Page, String, Arc<Record>) {
    let record = Arc::new(Record::default());
    let mut config = ExplorerConfig::new("127.0.0.1:0".parse().unwrap());
    config.endpoint = Some(service(move |_| {
        std::thread::sleep(time);
        r#"{"Response":{"RequestId":"late"}}"#.to_owned()
    }));
    config.variable = Arc::new(|name| {
        let known = ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"];
        let found = known.contains(&name);
        found.then(|| SecretString::from("credentials-of-this-test"))
    });
    config.usage = Some(Arc::clone(&record) as Arc<dyn UsageSource>);
    let page = Page {
        explorer: Explorer::start(config).unwrap(),
    };
    let call = called("IDCardOCR", "endpoint");
    let inner = json!({"inner": r#"{"ImageUrl":"https://example.com/a.jpg"}"#});
    let sealed = page.ask("seal", &and(call.clone(), inner));
    let body = and(call, json!({"signed_request": sealed["signed_request"]})).to_string();
    let request = format!(
        "POST /api/send HTTP/1.1\r\nHost: {}\r\nX-Cardseal-Token: {}\r\nContent-Length: {}\r\n\r\n{body}",
        page.host(),
        page.token(),
        body.len()
    );
    (page, request, record)
}

#[test]
fn services_that_hang_keep_nobody_waiting_and_a_page_that_is_closed_leaves_its_call_recorded() {
    let (page, request, record) = page_of_a_slow_service(Duration::from_millis(2_000));
    let mut waiting = Vec::new();
    for _ in 0..6 {
        let mut stream = page.connect();
        stream.write_all(request.as_bytes()).unwrap();
        waiting.push(stream);
    }
    // Six wait for a service that takes them one after the other.
    let started = Instant::now();
    assert!(page.ask("catalogue", &json!({}))["clouds"].is_array());
    let took = started.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
    drop(waiting);
    let started = Instant::now();
    while record.0.lock().unwrap().len() < 6 && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(*record.0.lock().unwrap(), ["late"; 6]);
}

#[test]
fn a_call_on_its_way_when_the_explorer_ends_is_recorded_and_does_not_keep_it_from_ending() {
    let (page, request, record) = page_of_a_slow_service(Duration::from_secs(50));
    let mut stream = page.connect();
    stream.write_all(request.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let started = Instant::now();
    drop(page);
    let took = started.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(*record.0.lock().unwrap(), ["transport"]);
}
