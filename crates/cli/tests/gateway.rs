//! `gateway` and `demo`; and a request sealed to a file, sent by a client that is not `recognize`, and its reply
//! opened from a file.
#![cfg(feature = "gateway")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::SystemTime;

use cardseal::Credentials;
use cardseal::signing::by_scheme;
use cardseal::signing::{Payload, SigningInput};
use common::{SECRET_ID, SECRET_KEY, SUITES, Scratch, seal};
use http::header::{HeaderMap, HeaderValue};

const URL: &str = "https://h.example/card.jpg";

/// POSTs a body to the gateway, signed, and gives the reply's body.
fn post(address: &str, body: &str) -> String {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("host", HeaderValue::from_str(address).unwrap());
    let signed = by_scheme("tc3-hmac-sha256")
        .unwrap()
        .sign(
            &SigningInput {
                method: &http::Method::POST,
                path: "/",
                query: "",
                headers: &headers,
                payload: Payload::Bytes(body.as_bytes()),
                service: "ocr",
                region: "",
                signed_headers: None,
            },
            &Credentials::new(SECRET_ID, SECRET_KEY).unwrap(),
            SystemTime::now(),
        )
        .unwrap();
    headers.extend(signed.headers);
    let mut request = "POST / HTTP/1.1\r\nconnection: close\r\n".to_owned();
    for (name, value) in &headers {
        request += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    request += "x-tc-action: RecognizeEncryptedIDCardOCR\r\nx-tc-version: 2018-11-19\r\n";
    request += &format!("content-length: {}\r\n\r\n{body}", body.len());
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[test]
fn a_request_and_its_reply_go_through_files() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    for suite in SUITES {
        let sealed = seal(&scratch, suite, &[], common::PLAINTEXT).expect_code(0);
        let reply = post(gateway.address(), sealed.stdout.trim_end());
        scratch.write("request", &sealed.stdout);
        scratch.write("reply", &reply);
        let seen = scratch
            .run(&["inspect", "reply", "--request", "request", "--json"], "")
            .expect_code(0)
            .json();
        assert_eq!(seen["kind"], "reply");
        assert_eq!(seen["facts"]["iv_reused"], true);
        let opened = scratch
            .run(&["open", "--opener", "opener"], &reply)
            .expect_code(0)
            .json();
        assert_eq!(opened["IdNum"], "11010119900307002X");
        assert!(!scratch.exists("opener"));
    }
}

#[test]
fn the_demo_shows_both_suites_or_one() {
    let scratch = Scratch::new();
    let text = scratch.run(&["demo"], "").expect_code(0);
    assert_eq!(text.stderr, "");
    for words in [
        "RSA-1024",
        "SM2",
        "AES-256-CBC",
        "SM4-GCM",
        "证件样本",
        "request id",
    ] {
        assert!(text.stdout.contains(words), "no {words} in {text:?}");
    }
    let json = scratch.run(&["demo", "--json"], "").expect_code(0).json();
    let suites: Vec<_> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["suite"])
        .collect();
    assert_eq!(suites, SUITES);
    for (one, authenticated) in json.as_array().unwrap().iter().zip([false, true]) {
        assert_eq!(one["result"]["Sex"], "女");
        assert_eq!(one["iv_reused"], true);
        assert_eq!(one["authenticated"], authenticated);
        assert!(one["request_id"].is_string());
    }
    let one = scratch
        .run(&["demo", "--suite", "sm4-gcm", "--json"], "")
        .expect_code(0)
        .json();
    assert_eq!(one.as_array().unwrap().len(), 1);
    assert!(scratch.files().is_empty(), "the demo wrote files");
}

#[test]
fn the_gateway_refuses_what_it_cannot_be_started_with() {
    let scratch = Scratch::with_keys();
    let start = |more: &[&str]| {
        let usual = ["gateway", "--secret-id", "i", "--secret-key-file", "secret"];
        scratch.run(&[&usual[..], more].concat(), "")
    };
    let local = ["--listen", "127.0.0.1:0"];
    let with = |more: &[&str]| start(&[&local[..], more].concat());
    with(&["--keys", "nowhere"]).expect_error(2);
    with(&["--keys", "sm4-gcm", "--keys", "sm4-gcm"]).expect_error(2);
    with(&["--keys", "sm4-gcm", "--fault", "x"])
        .expect_error(2)
        .says("wrong-tag");
    with(&["--keys", "sm4-gcm", "--qps", "0"]).expect_error(2);
    with(&["--keys", "sm4-gcm", "--fixture", "secret"])
        .expect_error(2)
        .says("fixture");
    start(&["--listen", "nonsense", "--keys", "sm4-gcm"]).expect_error(2);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let held = TcpListener::bind(&taken);
    let taken_again = start(&["--listen", &taken, "--keys", "sm4-gcm"]);
    drop(held);
    taken_again.expect_error(5).says("cannot listen");
    scratch.write("secret", "\n");
    with(&["--keys", "sm4-gcm"]).expect_error(4);
    scratch.write("sm4-gcm/private.pem", "-----BEGIN PRIVATE KEY-----\n");
    scratch.write("secret", SECRET_KEY);
    with(&["--keys", "sm4-gcm"]).expect_error(3);
}

#[test]
fn ready_is_one_line_of_json_too() {
    let scratch = Scratch::with_keys();
    let mut command = scratch.command(&["gateway", "--listen", "127.0.0.1:0", "--keys", "."]);
    command.args(["--secret-id", "i", "--secret-key-file", "secret", "--json"]);
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
    let url = ready["listening"].as_str().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{line}");
}

#[test]
fn the_gateway_limits_the_rate() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&["--qps", "1"]);
    let arguments = [
        "--key",
        "sm4-gcm/public.b64",
        "--endpoint",
        &gateway.url,
        "--url",
        URL,
        "--retries",
        "0",
    ];
    // Eight together, and again: a machine that is busy may take a second for each.
    let mut codes = Vec::new();
    while codes.len() < 80 && !(codes.contains(&Some(0)) && codes.contains(&Some(6))) {
        std::thread::scope(|scope| {
            let run = || scratch.recognize(&arguments).code;
            let together: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
            codes.extend(together.into_iter().map(|one| one.join().unwrap()));
        });
    }
    assert!(
        codes.contains(&Some(0)) && codes.contains(&Some(6)),
        "{codes:?}"
    );
}
