//! Where time can run out: the right failure for each phase, in time, and another endpoint where nothing was sent.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::ops::Range;
use std::thread::sleep;
use std::time::Duration;

use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{Image, IvPolicy, Proxy, RetryPolicy, TransportFailure, TransportOptions};

use super::common;
use super::common::http::read_message;
use super::drivers::{BOTH, Driver, Runner, account, endpoint, failure, one_retry};
use super::server::{Dropping, HELD, Server, mute, refusal};

const CONNECT: Duration = Duration::from_secs(1);
const GRACE: Duration = Duration::from_secs(1);
const AT_ONCE: Range<Duration> = Duration::ZERO..Duration::from_millis(250);

/// Checks that something takes so long. The machine may stop for a moment, so it has three tries: what a client does
/// wrongly it does every time.
#[track_caller]
fn takes(times: Range<Duration>, mut once: impl FnMut() -> Duration) {
    let mut all = Vec::new();
    while all.len() < 3 {
        let took = once();
        if times.contains(&took) {
            return;
        }
        all.push(took);
    }
    panic!("{all:?} and not {times:?}");
}

fn hasty() -> TransportOptions {
    TransportOptions::default().connect_timeout(CONNECT)
}

/// Checks that connecting to `url` ends in time as `NotConnected` that says what was not reached, and that a fallback
/// endpoint is then asked.
#[track_caller]
pub(crate) fn is_not_connected(url: &str, options: &TransportOptions, says: &str) {
    for driver in BOTH {
        let runner = Runner::new(driver, options);
        takes(CONNECT - CONNECT / 10..CONNECT + GRACE, || {
            let (error, took) = runner.error(&account(url));
            let shown = format!("{driver:?}, {took:?}: {error}");
            assert!(
                matches!(failure(&error), Some(TransportFailure::NotConnected { .. })),
                "{shown}"
            );
            assert!(error.to_string().contains(says), "{shown}");
            took
        });

        let fallback = Server::answering(refusal());
        let tencent = account(url)
            .fallback_endpoint(endpoint(&fallback.url()))
            .retry(RetryPolicy::default());
        takes(Duration::ZERO..CONNECT + GRACE, || {
            runner.is_answered(&tencent)
        });
    }
}

#[test]
fn s3_an_address_that_drops_every_packet_is_not_connected() {
    let dropping = Dropping::start(Ipv4Addr::LOCALHOST.into());
    let url = format!("http://{}", dropping.address);
    is_not_connected(&url, &hasty(), "was not reached within 1s");
}

#[test]
fn s3_tls_that_is_not_answered_is_not_connected() {
    let mute = mute();
    let url = format!("https://localhost:{}", mute.address.port());
    let options = hasty().resolve("localhost", Ipv4Addr::LOCALHOST.into());
    is_not_connected(&url, &options, "TLS could not be negotiated within 1s");
}

#[test]
fn s3_tls_that_stops_half_way_is_not_connected() {
    // The head of a ServerHello record, a byte at a time: each byte would start a socket's own limit anew.
    let dripping = Server::start(|mut stream| {
        for byte in [0x16, 3, 3, 0x40, 0]
            .into_iter()
            .chain(std::iter::repeat(2))
        {
            if stream.write_all(&[byte]).is_err() {
                return;
            }
            sleep(Duration::from_millis(300));
        }
    });
    let url = format!("https://localhost:{}", dripping.address.port());
    let options = hasty().resolve("localhost", Ipv4Addr::LOCALHOST.into());
    is_not_connected(&url, &options, "TLS could not be negotiated within 1s");
}

#[test]
fn s3_a_proxy_that_is_silent_is_not_connected() {
    let silent = mute();
    let proxied = Server::answering(refusal());
    let proxy = Proxy::parse(&silent.url()).unwrap();
    for driver in BOTH {
        let runner = Runner::new(driver, &hasty().proxy(proxy.clone()));
        takes(Duration::ZERO..CONNECT + GRACE, || {
            let (error, took) = runner.error(&account(&proxied.url()));
            assert!(
                error.to_string().contains("opened no tunnel within 1s"),
                "{driver:?}: {error}"
            );
            took
        });
    }
    assert_eq!(proxied.connections(), 0);
}

/// The attempt's own time may be shorter than the time for connecting.
#[test]
fn an_attempt_that_ends_while_connecting_has_sent_nothing() {
    let dropping = Dropping::start(Ipv4Addr::LOCALHOST.into());
    let url = format!("http://{}", dropping.address);
    for driver in BOTH {
        let options = TransportOptions::default().attempt_timeout(Duration::from_millis(500));
        let runner = Runner::new(driver, &options);
        takes(Duration::ZERO..Duration::from_millis(1500), || {
            let (error, took) = runner.error(&account(&url));
            let failure = failure(&error);
            assert!(
                matches!(failure, Some(TransportFailure::NotConnected { .. })),
                "{driver:?}: {error}"
            );
            took
        });
    }
}

#[test]
fn s3_a_dead_address_of_two_costs_no_more_than_its_head_start() {
    let dead: IpAddr = [127, 0, 0, 2].into();
    for driver in BOTH {
        let dropping = Dropping::start(dead);
        let port = dropping.address.port();
        let alive = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let alive = Server::answering_at(alive, refusal());
        let options = TransportOptions::default()
            .resolve("localhost", dead)
            .resolve("localhost", alive.address.ip());
        let url = format!("http://localhost:{port}");
        takes(Duration::from_millis(200)..Duration::from_secs(1), || {
            // A new one: the first would have a connection by then.
            Runner::new(driver, &options).is_answered(&account(&url))
        });
    }
}

#[test]
fn an_address_that_refuses_costs_nothing() {
    for driver in BOTH {
        let alive = Server::answering(refusal());
        let options = TransportOptions::default()
            .resolve("localhost", [127, 0, 0, 3].into())
            .resolve("localhost", [127, 0, 0, 4].into())
            .resolve("localhost", alive.address.ip());
        let url = format!("http://localhost:{}", alive.address.port());
        takes(AT_ONCE, || {
            // A new one: the first would have a connection by then.
            Runner::new(driver, &options).is_answered(&account(&url))
        });
    }
}

/// Checks that a call ends by its deadline as one whose answer was lost, and that no other endpoint is asked.
#[track_caller]
fn is_timed_out(server: &Server, large: bool) {
    const DEADLINE: Duration = Duration::from_secs(2);
    for driver in BOTH {
        let fallback = Server::answering(refusal());
        let tencent = account(&server.url())
            .fallback_endpoint(endpoint(&fallback.url()))
            .retry(one_retry());
        let runner = Runner::new(driver, &hasty().deadline(DEADLINE));
        takes(DEADLINE - GRACE..DEADLINE + GRACE, || {
            let (error, took) = if large {
                run_large(&runner, &tencent)
            } else {
                runner.error(&tencent)
            };
            assert_eq!(
                failure(&error),
                Some(TransportFailure::TimedOut),
                "{driver:?}: {error}"
            );
            took
        });
        assert_eq!(fallback.connections(), 0, "{driver:?}");
    }
}

/// More than the system's buffers hold, so that sending has to wait for the other side.
fn run_large(runner: &Runner, tencent: &Tencent) -> (cardseal::Error, Duration) {
    let mut png = common::unb64(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    );
    let end = png.split_off(png.len() - 12);
    // One more chunk that nobody reads.
    let filler = vec![7; 5_000_000];
    png.extend(u32::try_from(filler.len()).unwrap().to_be_bytes());
    png.extend(b"tEXt");
    png.extend(filler);
    png.extend([0; 4]);
    png.extend(end);
    let card = IdCardRequest::new(Image::from_bytes(png).unwrap());
    let call = tencent
        .recognize_encrypted_id_card(&common::sm2(), &card, IvPolicy::BySuite)
        .unwrap();
    runner.run(call)
}

#[test]
fn s3_a_request_that_is_not_read_is_timed_out() {
    let server = Server::start(|stream| {
        sleep(HELD);
        drop(stream);
    });
    is_timed_out(&server, true);
}

#[test]
fn s3_a_request_that_is_not_answered_is_timed_out() {
    let server = Server::start(|mut stream| {
        let _ = read_message(&mut stream);
        let _ = stream.read(&mut [0]);
    });
    is_timed_out(&server, false);
}

#[test]
fn s3_a_reply_that_stops_is_timed_out() {
    let server = Server::start(|mut stream| {
        let _ = read_message(&mut stream);
        let reply = refusal();
        let _ = stream.write_all(&reply[..reply.len() - 1]);
        let _ = stream.read(&mut [0]);
    });
    is_timed_out(&server, false);
}

/// While one call connects, the thread of its runtime does other work.
#[test]
fn the_async_driver_leaves_its_runtime_free() {
    let dropping = Dropping::start(Ipv4Addr::LOCALHOST.into());
    let url = format!("http://{}", dropping.address);
    let patient = TransportOptions::default().connect_timeout(20 * CONNECT);
    let Runner::Async(client, runtime) = Runner::new(Driver::Async, &patient) else {
        unreachable!()
    };
    runtime.block_on(async {
        let call = client.run(common::driving::call(&account(&url)));
        let ticks = async {
            let mut count = 0;
            loop {
                tokio::time::sleep(Duration::from_millis(10)).await;
                count += 1;
                if count == 50 {
                    return;
                }
            }
        };
        tokio::select! {
            ended = call => panic!("ended first: {:?}", ended.err()),
            () = ticks => {}
        }
    });
}
