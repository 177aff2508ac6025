//! `explorer` as a process: its one line, what it refuses, how it ends. What its page does, its own crate tests.
#![cfg(feature = "explorer")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Child;

use common::{SECRET_ID, SECRET_KEY, Scratch};
use serde_json::{Value, json};

struct Explorer {
    child: Child,
    line: String,
}

impl Explorer {
    fn start(scratch: &Scratch, more: &[&str]) -> Self {
        let mut child = scratch
            .command(&[&["explorer"], more].concat())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self { child, line }
    }
}

impl Drop for Explorer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The answer to a GET.
fn get(url: &str) -> String {
    let (host, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_prints_one_line_and_serves_the_page_there() {
    let scratch = Scratch::new();
    let mut explorer = Explorer::start(&scratch, &[]);
    let url = explorer.line.trim_end().to_owned();
    let (address, token) = url.split_once("/?token=").unwrap();
    assert!(address.starts_with("http://127.0.0.1:"), "{url}");
    assert!(token.len() >= 20, "{url}");
    assert!(get(&url).starts_with("HTTP/1.1 200"), "{url}");
    assert!(get(&format!("{address}/")).starts_with("HTTP/1.1 403"));
    #[cfg(unix)]
    {
        let id = rustix::process::Pid::from_child(&explorer.child);
        rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
        assert_eq!(explorer.child.wait().unwrap().code(), Some(0));
    }
    let json = Explorer::start(&scratch, &["--json", "--listen", "127.0.0.1:0"]);
    let said: serde_json::Value = serde_json::from_str(&json.line).unwrap();
    assert!(
        said["url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );
}

#[test]
fn what_others_could_reach_is_refused() {
    let scratch = Scratch::new();
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "127.0.0.1", ""] {
        let finished = scratch.run(&["explorer", "--listen", listen], "");
        finished.expect_error(2).says("127.0.0.1");
    }
    // A word alone may be a secret; it is not shown, and nobody is asked for it.
    let finished = scratch.run(&["explorer", "--listen", "nowhere"], "");
    let finished = finished.expect_error(2).says("not a host's name");
    assert!(!finished.stderr.contains("nowhere"), "{finished:?}");
    for endpoint in ["http://example.com", "ftp://127.0.0.1", "https://a@b"] {
        let finished = scratch.run(&["explorer", "--endpoint", endpoint], "");
        finished.expect_error(2);
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let holder = Explorer::start(&scratch, &["--listen", &taken]);
    let finished = scratch.run(&["explorer", "--listen", &taken], "");
    finished.expect_error(5).says("another port");
    drop(holder);
}

#[test]
fn the_demo_says_how_to_see_each_step() {
    let scratch = Scratch::new();
    let finished = scratch
        .run(&["demo", "--suite", "sm4-gcm"], "")
        .expect_code(0);
    assert!(
        finished.stdout.contains("cardseal explorer"),
        "{finished:?}"
    );
}

#[test]
fn the_demo_and_the_page_begin_in_the_language_of_the_process() {
    let scratch = Scratch::new();
    let mut demo = scratch.command(&["demo", "--suite", "sm4-gcm"]);
    let demo = demo.env("CARDSEAL_LANG", "zh-CN").output().unwrap();
    let said = String::from_utf8(demo.stdout).unwrap();
    for english in ["The service side", "over HTTP", "To see each step"] {
        assert!(!said.contains(english), "{said}");
    }
    assert!(said.contains("cardseal explorer"), "{said}");
    for (language, begins) in [("zh-CN", true), ("en", false)] {
        let mut child = scratch
            .command(&["explorer"])
            .env("CARDSEAL_LANG", language)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let explorer = Explorer { child, line };
        let page = get(explorer.line.trim_end());
        assert_eq!(page.contains("data-tongue=\"zh\""), begins, "{language}");
    }
}

/// A request of the page, on its way.
fn post(url: &str, path: &str, body: &Value) -> TcpStream {
    let (address, token) = url.split_once("/?token=").unwrap();
    let host = address.strip_prefix("http://").unwrap();
    let body = body.to_string();
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!(
        "POST /api/{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Cardseal-Token: {token}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// What the page is answered.
fn ask(url: &str, path: &str, body: &Value) -> Value {
    let mut answer = String::new();
    post(url, path, body).read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

/// A call in clear to a real endpoint: what is sent, signed.
fn signed(url: &str) -> Value {
    let mut call = json!({"cloud": "tencent", "action": "IDCardOCR", "target": "endpoint"});
    let inner = json!(r#"{"ImageUrl":"https://example.com/a.jpg"}"#);
    let mut asked = call.clone();
    asked["inner"] = inner;
    let sealed = ask(url, "seal", &asked);
    assert!(sealed["signed_request"].is_string(), "{sealed}");
    call["signed_request"] = sealed["signed_request"].clone();
    call
}

#[cfg(unix)]
#[test]
fn a_call_on_its_way_when_a_signal_ends_the_explorer_is_in_the_ledger() {
    use rustix::process::{Pid, Signal, kill_process};

    common::heed_signals();
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT] {
        let scratch = Scratch::new();
        let service = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let endpoint = format!("http://{}", service.local_addr().unwrap());
        let mut child = scratch
            .command(&["explorer", "--endpoint", &endpoint, "--ledger", "ledger"])
            .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
            .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let mut explorer = Explorer { child, line };
        let url = explorer.line.trim_end().to_owned();
        let page = post(&url, "send", &signed(&url));
        // The service takes the request and never answers.
        let (mut connection, _) = service.accept().unwrap();
        connection.read_exact(&mut [0; 64]).unwrap();
        kill_process(Pid::from_child(&explorer.child), signal).unwrap();
        let status = explorer.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{signal:?}: {status:?}");
        let usage = ["usage", "--json", "--ledger", "ledger"];
        let usage = scratch.run(&usage, "").expect_code(0).json();
        assert_eq!(
            (
                &usage["calls"],
                &usage["failed"],
                &usage["by_code"]["transport"]
            ),
            (&json!(1), &json!(1), &json!(1)),
            "{signal:?}: {usage}"
        );
        drop(page);
    }
}

#[test]
fn a_profile_that_is_named_signs_and_the_environment_does_not() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    scratch.write("secret", SECRET_KEY);
    let profile = format!("[mine]\nsecret_id = {SECRET_ID}\nsecret_key = {SECRET_KEY}\n");
    scratch.write("profiles", &profile);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let own = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(scratch.path("profiles"), own).unwrap();
    }
    for (more, is_signed_right) in [(&["--profile", "mine"][..], true), (&[], false)] {
        let usual = ["explorer", "--endpoint", &gateway.url, "--no-ledger"];
        let mut child = scratch
            .command(&[&usual[..], more].concat())
            .env("TENCENTCLOUD_CREDENTIALS_FILE", scratch.path("profiles"))
            .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
            .env("TENCENTCLOUD_SECRET_KEY", "of-somebody-else")
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let explorer = Explorer { child, line };
        let url = explorer.line.trim_end();
        let sent = signed(url);
        let reply = ask(url, "send", &sent);
        assert_eq!(reply["refused"].is_null(), is_signed_right, "{reply}");
        for said in [&sent, &reply] {
            let said = said.to_string();
            assert!(
                !said.contains(SECRET_KEY) && !said.contains(SECRET_ID),
                "{said}"
            );
        }
    }
    let absent = ["explorer", "--profile", "nobody"];
    let mut command = scratch.command(&absent);
    command.env("TENCENTCLOUD_CREDENTIALS_FILE", scratch.path("profiles"));
    common::finish(command, b"")
        .expect_error(4)
        .says("`nobody` is nowhere");
}
