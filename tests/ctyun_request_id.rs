//! A15: the id that a request to Ctyun is sent under is the id of its result and of its error, since the vendor finds a
//! call by it.

mod common;

use std::io::Write;
use std::net::TcpListener;
use std::thread::JoinHandle;

use cardseal::ctyun::{Ctyun, RawCall};
use cardseal::{BlockingClient, Credentials, Endpoint, RetryPolicy};

/// Answers one request with this body, and gives the id that it was sent under.
fn answering(status: &'static str, body: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // To its last byte: a connection that is closed before takes the answer with it.
        let (head, _) = common::http::read_message(&mut stream).unwrap();
        let mut lines = head.lines();
        let id = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_id = name.eq_ignore_ascii_case("ctyun-eop-request-id");
            is_id.then(|| value.trim().to_owned())
        });
        if !status.is_empty() {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(body.as_bytes()).unwrap();
        }
        id.unwrap()
    });
    (url, serving)
}

fn account(url: &str) -> Ctyun {
    let credentials = Credentials::new("ak", "sk".to_owned()).unwrap();
    Ctyun::new(credentials.with_app_key("app").unwrap())
        .endpoint(Endpoint::custom(url).unwrap())
        .retry(RetryPolicy::never())
}

fn call(url: &str) -> Result<String, cardseal::Error> {
    let call = account(url)
        .call(RawCall::post("/v1/x", "{}").unwrap())
        .unwrap();
    let answer = BlockingClient::new().unwrap().run(call)?;
    Ok(answer.request_id)
}

#[test]
fn a15_the_id_it_was_sent_under_is_the_results() {
    let (url, serving) = answering("200 OK", r#"{"statusCode":800,"returnObj":{"a":1}}"#);
    let id = call(&url).unwrap();
    assert_eq!(id.len(), 36);
    assert_eq!(id, serving.join().unwrap());
}

#[test]
fn a15_the_services_own_id_comes_first() {
    let body = r#"{"statusCode":800,"returnObj":{"a":1},"requestId":"theirs"}"#;
    let (url, _) = answering("200 OK", body);
    assert_eq!(call(&url).unwrap(), "theirs");
}

#[test]
fn a15_it_is_the_id_of_errors_too() {
    for (status, body) in [
        // A refusal without an id, a gateway's page, an answer of nobody's, and silence.
        ("200 OK", r#"{"statusCode":"CTAPI_10009","message":"m"}"#),
        ("502 Bad Gateway", "<html></html>"),
        ("200 OK", "{}"),
        ("", ""),
    ] {
        let (url, serving) = answering(status, body);
        let error = call(&url).unwrap_err();
        assert_eq!(
            error.request_id(),
            Some(serving.join().unwrap().as_str()),
            "{error}"
        );
    }
}

#[test]
fn a15_what_was_never_sent_has_no_id() {
    let nobody = common::nobody::Nobody::new();
    let url = format!("http://{}", nobody.address());
    assert_eq!(call(&url).unwrap_err().request_id(), None);
}
