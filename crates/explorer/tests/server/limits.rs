//! Large bodies, slow senders, many connections, and bytes that are no HTTP.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::client::{Page, read};

fn headers<'a>(host: &'a str, token: &'a str) -> [(&'a str, &'a str); 2] {
    [("Host", host), ("X-Cardseal-Token", token)]
}

#[test]
fn an_upload_of_fifty_megabytes_is_answered_in_one_sentence() {
    let page = Page::new();
    let (host, token) = (page.host(), page.token());
    for path in ["prepare", "seal", "catalogue"] {
        let body = vec![b'x'; 50_000_000];
        let reply = page.send(&format!("POST /api/{path}"), &headers(&host, token), &body);
        assert_eq!(reply.status, 413, "{path}");
        let refused = reply.json();
        let sentence = refused["refused"]["message"]["en"].as_str().unwrap();
        assert!(sentence.contains("32 MiB"), "{sentence}");
    }
    // Without the token not a byte of it is waited for.
    let body = vec![b'x'; 1 << 20];
    assert_eq!(
        page.send("POST /api/prepare", &[("Host", &host)], &body)
            .status,
        403
    );
    assert_eq!(
        page.ask("catalogue", &serde_json::json!({}))["actions"]
            .as_array()
            .unwrap()
            .len(),
        34
    );
}

#[test]
fn what_is_no_json_is_answered_in_one_sentence() {
    let page = Page::new();
    let (host, token) = (page.host(), page.token());
    for path in ["seal", "sign", "send", "open", "code"] {
        for body in [
            &b"not json"[..],
            b"[]",
            b"{}",
            b"\xff\xfe",
            b"{\"cloud\":1}",
            b"null",
        ] {
            let reply = page.send(&format!("POST /api/{path}"), &headers(&host, token), body);
            assert_eq!(reply.status, 200, "{path}");
            let sentence = reply.json()["refused"]["message"]["en"].to_string();
            assert!(
                sentence.contains("not what this server takes"),
                "{path}: {sentence}"
            );
        }
        let nested = format!(
            "{{\"cloud\":{}{}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        let reply = page.send(
            &format!("POST /api/{path}"),
            &headers(&host, token),
            nested.as_bytes(),
        );
        assert!(reply.json()["refused"].is_object(), "{path}");
    }
    for picture in [&b""[..], b"no picture", b"\x89PNG\r\n\x1a\n", b"GIF89a"] {
        let reply = page.send("POST /api/prepare", &headers(&host, token), picture);
        let refused = reply.json();
        assert_eq!(
            (reply.status, refused["refused"]["check"].as_str()),
            (200, Some("request"))
        );
    }
}

#[test]
fn a_head_without_end_and_bytes_that_are_no_http_are_refused() {
    let page = Page::new();
    let endless = format!(
        "GET /?token={} HTTP/1.1\r\nX: {}",
        page.token(),
        "a".repeat(1 << 20)
    );
    for bytes in [
        endless.as_bytes(),
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let mut stream = page.connect();
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
    assert!(page.ask("catalogue", &serde_json::json!({}))["clouds"].is_array());
}

#[test]
fn slow_clients_and_many_of_them_do_not_keep_the_page_from_others() {
    let page = Page::new();
    // Heads that never end, and bodies that never come.
    let host = page.host();
    let begun = format!("POST /api/seal HTTP/1.1\r\nHost: {host}\r\n");
    let waiting = format!(
        "{begun}X-Cardseal-Token: {}\r\nContent-Length: 10\r\n\r\n{{",
        page.token()
    );
    let mut held = Vec::new();
    for (at, text) in [begun.as_str(), "", "GET "]
        .iter()
        .cycle()
        .take(60)
        .enumerate()
    {
        let mut stream = page.connect();
        stream.write_all(text.as_bytes()).unwrap();
        held.push(stream);
        if at < 2 {
            let mut stream = page.connect();
            stream.write_all(waiting.as_bytes()).unwrap();
            held.push(stream);
        }
    }
    assert!(page.ask("catalogue", &serde_json::json!({}))["clouds"].is_array());

    // More than there are places for: what is too many is closed, and once some go there is room again.
    let mut refused = 0;
    for _ in 0..160 {
        let mut stream = page.connect();
        let line = format!(
            "GET /icon.svg?token={} HTTP/1.1\r\nHost: {host}\r\n\r\n",
            page.token()
        );
        let mut byte = [0];
        match stream
            .write_all(line.as_bytes())
            .and_then(|()| stream.read(&mut byte))
        {
            Ok(1) => held.push(stream),
            _ => refused += 1,
        }
    }
    assert!(refused > 0, "there is no bound");
    drop(held);
    let mut answered = false;
    let patience = Instant::now();
    while patience.elapsed() < Duration::from_secs(60) {
        let mut stream = page.connect();
        let line = format!(
            "GET /icon.svg?token={} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
            page.token()
        );
        let mut first = [0; 12];
        let sent = stream
            .write_all(line.as_bytes())
            .and_then(|()| stream.read_exact(&mut first));
        if sent.is_ok() {
            assert_eq!(&first, b"HTTP/1.1 200");
            answered = true;
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(answered);
}

#[test]
fn pipelined_requests_are_each_asked_for_their_token() {
    let page = Page::new();
    let host = page.host();
    let good = format!(
        "GET /icon.svg?token={} HTTP/1.1\r\nHost: {host}\r\n\r\n",
        page.token()
    );
    let bad = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let mut stream = page.connect();
    stream.write_all([good, bad].concat().as_bytes()).unwrap();
    let both = read(&mut stream);
    let rest = String::from_utf8_lossy(&both.body).into_owned();
    assert_eq!(both.status, 200);
    assert!(rest.contains("HTTP/1.1 403"), "{rest}");
}
