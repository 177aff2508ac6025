//! Replies that a gateway on the way has compressed: none is asked for, and what comes all the same is read or named.

use std::io::Write;
use std::time::{Duration, SystemTime};

use cardseal::TransportOptions;

use super::drivers::{BOTH, Runner, account, one_retry};
use super::server::{REFUSAL, Server};

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn reply(head: &str, body: &[u8]) -> Vec<u8> {
    let mut reply =
        format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    reply.extend_from_slice(body);
    reply
}

#[test]
fn a1_no_compression_is_asked_for_and_gzip_is_read_all_the_same() {
    let server = Server::answering(reply("200 OK\r\nContent-Encoding: gzip", &gzip(REFUSAL)));
    for driver in BOTH {
        Runner::new(driver, &TransportOptions::default()).is_answered(&account(&server.url()));
    }
    for head in server.heads() {
        assert!(
            head.to_ascii_lowercase()
                .contains("\r\naccept-encoding: identity\r\n"),
            "{head}"
        );
    }
}

#[test]
fn a1_another_compression_is_named() {
    let server = Server::answering(reply(
        "200 OK\r\nContent-Encoding: br",
        b"\x0b\x02\x80{}\x03",
    ));
    for driver in BOTH {
        let runner = Runner::new(driver, &TransportOptions::default());
        let (error, _) = runner.error(&account(&server.url()));
        assert!(
            error.to_string().contains("Content-Encoding is `br`"),
            "{driver:?}: {error}"
        );
    }
}

/// The service's time is in the reply, and the call is signed again by it.
#[test]
fn a1_a_compressed_refusal_still_sets_the_clock() {
    let expired = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"m"},"RequestId":"r"}}"#;
    let ahead = SystemTime::now() + Duration::from_secs(1800);
    let date = jiff::Timestamp::try_from(ahead)
        .unwrap()
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let head = format!("200 OK\r\nContent-Encoding: gzip\r\nDate: {date}");
    for driver in BOTH {
        let server = Server::answering(reply(&head, &gzip(expired)));
        let tencent = account(&server.url()).retry(one_retry());
        Runner::new(driver, &TransportOptions::default()).error(&tencent);
        let times: Vec<i64> = server
            .heads()
            .iter()
            .filter_map(|head| {
                let head = head.to_ascii_lowercase();
                let line = head
                    .lines()
                    .find_map(|line| line.strip_prefix("x-tc-timestamp:"))?;
                line.trim().parse().ok()
            })
            .collect();
        let [first, second] = times[..] else {
            panic!("{driver:?}: {times:?}")
        };
        assert!((second - first - 1800).abs() < 60, "{driver:?}: {times:?}");
    }
}
