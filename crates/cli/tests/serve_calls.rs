//! `serve`: the record of its calls, and the rate that it keeps to.
#![cfg(all(feature = "gateway", feature = "serve", unix))]

mod common;
#[path = "common/sidecar.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod sidecar;

use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;

use common::{GatewayProcess, Scratch};
use rustix::process::Signal;
use sidecar::{ask, expect_ok, scratch};

/// A sidecar for Tencent's card that calls this endpoint, not started yet.
fn serving(scratch: &Scratch, endpoint: &str, more: &[&str]) -> std::process::Command {
    let card = ["--cloud", "tencent", "--key", "sm4-gcm/public.b64"];
    let all = [&card[..], &["--endpoint", endpoint], more].concat();
    sidecar::serving(scratch, "127.0.0.1:0", &all)
}

fn calling(scratch: &Scratch, endpoint: &str, more: &[&str]) -> GatewayProcess {
    GatewayProcess::start(serving(scratch, endpoint, more))
}

/// Asks for a card; gives the whole answer.
fn recognise(host: &str) -> String {
    let body = r#"{"url":"https://h.example/card.jpg"}"#;
    let stream = TcpStream::connect(host).unwrap();
    ask(stream, host, "POST", "/v1/recognize", body)
}

#[test]
fn every_call_is_in_the_ledger_that_was_asked_for_and_none_elsewhere() {
    let scratch = scratch();
    let gateway = scratch.gateway(&[]);
    let usage = || {
        let usage = scratch.run(&["usage", "--json", "--ledger", "ledger"], "");
        usage.expect_code(0).json()
    };
    let sidecar = calling(&scratch, &gateway.url, &["--ledger", "ledger"]);
    for _ in 0..3 {
        expect_ok(&recognise(sidecar.address()));
    }
    assert_eq!(sidecar.end(Signal::TERM), (Some(0), String::new()));
    let recorded = usage();
    assert_eq!(
        (&recorded["calls"], &recorded["billed"]),
        (&3.into(), &3.into()),
        "{recorded}"
    );
    assert_eq!(common::mode(&scratch.path("ledger")), 0o600);
    scratch
        .run(&["usage", "--ledger", "ledger", "--csv", "calls.csv"], "")
        .expect_code(0);
    let rows = scratch.read("calls.csv");
    let of_the_action = rows
        .lines()
        .filter(|row| row.contains("RecognizeEncryptedIDCardOCR"));
    assert_eq!(of_the_action.count(), 3, "{rows}");

    // A card that the service refuses is a call, too.
    let other = scratch.gateway(&["--fault", "internal-error"]);
    let sidecar = calling(
        &scratch,
        &other.url,
        &["--ledger", "ledger", "--retries", "0"],
    );
    let refused = recognise(sidecar.address());
    assert!(!refused.starts_with("HTTP/1.1 200"), "{refused}");
    assert_eq!(sidecar.end(Signal::TERM).0, Some(0));
    assert_eq!(
        (&usage()["calls"], &usage()["failed"]),
        (&4.into(), &1.into())
    );

    let sidecar = calling(&scratch, &gateway.url, &["--no-ledger"]);
    expect_ok(&recognise(sidecar.address()));
    assert_eq!(sidecar.end(Signal::TERM), (Some(0), String::new()));
    assert_eq!(usage()["calls"], 4);

    scratch.write("text", "no database");
    let sidecar = calling(&scratch, &gateway.url, &["--ledger", "text"]);
    expect_ok(&recognise(sidecar.address()));
    let (code, said) = sidecar.end(Signal::TERM);
    assert_eq!(code, Some(0));
    assert!(said.contains("will not be recorded"), "{said}");
    assert_eq!(scratch.read("text"), "no database");
}

#[test]
fn a_call_on_its_way_when_the_sidecar_is_told_to_end_is_in_the_ledger() {
    let scratch = scratch();
    let service = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).unwrap();
    let endpoint = format!("http://{}", service.local_addr().unwrap());
    let more = ["--ledger", "ledger", "--timeout", "5"];
    let sidecar = calling(&scratch, &endpoint, &more);
    let address = sidecar.address().to_owned();
    let caller = std::thread::spawn(move || recognise(&address));
    // The service takes the request and never answers.
    let (mut connection, _) = service.accept().unwrap();
    connection.read_exact(&mut [0; 64]).unwrap();
    assert_eq!(sidecar.end(Signal::TERM).0, Some(0));
    let told = caller.join().unwrap();
    assert!(!told.starts_with("HTTP/1.1 200"), "{told}");
    let usage = scratch.run(&["usage", "--json", "--ledger", "ledger"], "");
    let usage = usage.expect_code(0).json();
    assert_eq!(
        (&usage["calls"], &usage["by_code"]["transport"]),
        (&1.into(), &1.into()),
        "{usage}"
    );
}

#[test]
fn a_rate_is_kept_to_by_all_requests_together() {
    let scratch = scratch();
    let gateway = scratch.gateway(&[]);
    let sidecar = calling(&scratch, &gateway.url, &["--max-rps", "2", "--no-ledger"]);
    let started = std::time::Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| expect_ok(&recognise(sidecar.address())));
        }
    });
    // At once, and then one each half second.
    assert!(
        started.elapsed() >= Duration::from_millis(1400),
        "{:?}",
        started.elapsed()
    );
    for rate in ["0", "-1", "fast", "NaN"] {
        let refused = serving(&scratch, &gateway.url, &[&format!("--max-rps={rate}")]);
        common::finish(refused, b"")
            .expect_error(2)
            .says("calls a second");
    }
}
