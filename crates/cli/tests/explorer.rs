//! `explorer` as a process: its one line, what it refuses, how it ends. What its page does, its own crate tests.
#![cfg(feature = "explorer")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Child;

use common::Scratch;

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
    for listen in [
        "0.0.0.0:0",
        "[::]:0",
        "192.0.2.1:0",
        "127.0.0.1",
        "nowhere",
        "",
    ] {
        let finished = scratch.run(&["explorer", "--listen", listen], "");
        finished.expect_error(2).says("127.0.0.1");
    }
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
