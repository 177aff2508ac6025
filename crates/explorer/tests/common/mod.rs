//! A gateway with a recorder before it, and what the programs are asked to carry through.
#![allow(dead_code)] // each test file uses its part

#[path = "../../../../tests/common/skip.rs"]
mod skip;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::mpsc::{Receiver, Sender, channel};

use cardseal_gateway::{GatewayConfig, Running};
use serde_json::{Value, json};
#[allow(unused_imports, reason = "every test file uses its own part")]
pub(crate) use skip::{skip, whole};

pub(crate) const ID: &str = "AKIDprogram";
/// Longer than a block of SHA-256, as no real one is: a program that makes HMAC by hand must cope.
pub(crate) const KEY: &str =
    "a-secret-that-must-never-show/with+signs=and-some-more-of-them-than-one-block-of-a-hash";
pub(crate) const TOKEN: &str = "token-of-temporary-credentials";

/// What some language or other takes for its own.
pub(crate) const NASTY: &str = r##"' '' ''' " """ \ \\ \n \u0041 \' ` ${HOME} $HOME $(id) %s %d %% */ /* // # -- <!-- ?> <?php }} {{body}} {{$guid}} )json" "# ??/ ??= !x 张三 ｶﾅ é 😀"##;

/// What no editor shows, and what ends a line.
pub(crate) const HIDDEN: &str = "\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}\u{2029}\u{85}\u{7f}\u{0}\r\n\t\u{1b}[31m👨\u{200d}👩\u{200d}👧\u{fe0f}\u{e0041}\u{fffe}\u{10ffff} 末";

/// A call: the action, its version, and a body with nasty texts in it.
pub(crate) struct Case {
    pub action: &'static str,
    pub version: &'static str,
    pub service: &'static str,
    pub body: String,
    /// What an answer has, and a refusal has not.
    pub answer: &'static str,
}

/// Three actions: one text without escapes over many lines, one with what is hidden, one in the service of another name.
pub(crate) fn cases() -> Vec<Case> {
    let url = format!("https://example.com/{NASTY}");
    let everything = format!("{NASTY}{HIDDEN}");
    vec![
        Case {
            action: "IDCardOCR",
            version: "2018-11-19",
            service: "ocr",
            body: serde_json::to_string_pretty(
                &json!({"ImageUrl": url, "CardSide": "FRONT", "Config": r#"{"Quality":true}"#}),
            )
            .unwrap(),
            answer: "IdNum",
        },
        Case {
            action: "GeneralBasicOCR",
            version: "2018-11-19",
            service: "ocr",
            body: json!({"ImageBase64": "/9j/4AAQSkZJRg==", "Scene": everything}).to_string(),
            answer: "TextDetections",
        },
        Case {
            action: "IdCardVerification",
            version: "2018-03-01",
            service: "faceid",
            // Blanks, a tab and both kinds of line end between the members, and escapes that need not be.
            body: format!(
                "{{\r\n\t\"IdCard\" : \"\\u0031\\/2\",\n  \"Name\":{}\r}}",
                Value::from(everything.as_str())
            ),
            answer: "Description",
        },
    ]
}

/// A picture that no single literal of some languages holds.
pub(crate) fn long_case() -> Case {
    Case {
        action: "GeneralBasicOCR",
        version: "2018-11-19",
        service: "ocr",
        body: json!({"ImageBase64": format!("/9j/{}", "4AAQ".repeat(75_000))}).to_string(),
        answer: "TextDetections",
    }
}

/// A request as it came over the wire.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Recorded {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn is(&self, case: &Case, host: &str) {
        assert_eq!(self.line, "POST / HTTP/1.1", "{self:?}");
        assert_eq!(String::from_utf8_lossy(&self.body), case.body);
        assert_eq!(self.header("X-TC-Action"), Some(case.action));
        assert_eq!(self.header("X-TC-Version"), Some(case.version));
        assert_eq!(self.header("Host"), Some(host));
        let scope = format!(
            "/{}/tc3_request, SignedHeaders=content-type;host",
            case.service
        );
        let authorization = self.header("Authorization").unwrap_or_default();
        assert!(authorization.contains(&scope), "{authorization}");
        let signed = ["Authorization", "Host", "Content-Type", "X-TC-Timestamp"];
        for name in signed {
            let times = self
                .headers
                .iter()
                .filter(|(found, _)| found.eq_ignore_ascii_case(name))
                .count();
            assert_eq!(times, 1, "{name}: {self:?}");
        }
    }
}

/// A gateway, and before it a listener that records each request and hands it on as it is.
pub(crate) struct Stage {
    pub address: SocketAddr,
    recorded: Receiver<Recorded>,
    _gateway: Running,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let mut config = GatewayConfig::new(Vec::new(), ID, KEY);
        config.session_token = Some(TOKEN.into());
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let gateway = Running::start(config, loopback).unwrap();
        let behind = gateway.addr();
        let listener = TcpListener::bind(loopback).unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, recorded) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that goes away is the test's to notice.
                let _ = stream.and_then(|stream| pass_on(stream, behind, &sender));
            }
        });
        Self {
            address,
            recorded,
            _gateway: gateway,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What came since the last time this was asked.
    pub(crate) fn recorded(&self) -> Vec<Recorded> {
        self.recorded.try_iter().collect()
    }
}

fn pass_on(
    mut client: TcpStream,
    gateway: SocketAddr,
    recorder: &Sender<Recorded>,
) -> std::io::Result<()> {
    let (head, body) = read_message(&mut client)?;
    let mut behind = TcpStream::connect(gateway)?;
    behind.write_all(head.as_bytes())?;
    behind.write_all(&body)?;
    let (reply_head, reply) = read_message(&mut behind)?;
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default().to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    // Before the answer, since the program ends once it has that. Nobody may ask any more.
    let _ = recorder.send(Recorded {
        line,
        headers: headers.collect(),
        body,
    });
    client.write_all(reply_head.as_bytes())?;
    client.write_all(&reply)
}

/// Head and body of a message that says how long it is, or comes in chunks.
fn read_message(stream: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok());
    let mut body = vec![0; length.expect("a message that does not say how long it is")];
    reader.read_exact(&mut body)?;
    Ok((head, body))
}

/// Runs a shell command in a folder, with these variables and hardly any others.
pub(crate) fn shell(folder: &Path, command: &str, variables: &[(&str, &str)]) -> Output {
    let mut shell = Command::new("bash");
    shell.args(["-c", command]).current_dir(folder).env_clear();
    // No locale: a compiler that reads its source in the machine's encoding reads ASCII.
    for kept in ["PATH", "HOME", "RUSTUP_HOME", "CARGO_HOME", "NODE_PATH"] {
        if let Some(value) = std::env::var_os(kept) {
            shell.env(kept, value);
        }
    }
    shell.env("TZ", zone_of_another_date());
    shell.envs(variables.iter().copied()).output().unwrap()
}

/// A zone where it is not the date that it is in UTC.
pub(crate) fn zone_of_another_date() -> &'static str {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let hour = now.unwrap().as_secs() / 3600 % 24;
    // The signs of these names are turned round: the first is twelve hours behind, the second fourteen ahead.
    if hour < 11 {
        "Etc/GMT+12"
    } else {
        "Etc/GMT-14"
    }
}
