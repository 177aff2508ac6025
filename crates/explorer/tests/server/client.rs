//! One side of HTTP by hand, so that anything can be sent.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;

use cardseal_explorer::{Explorer, ExplorerConfig};
use secrecy::SecretString;
use serde_json::{Value, json};

pub(crate) struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(&self.body));
        })
    }
}

pub(crate) struct Page {
    pub explorer: Explorer,
}

impl Page {
    /// Without any credentials.
    pub(crate) fn new() -> Self {
        Self::with(None, Vec::new())
    }

    pub(crate) fn with(endpoint: Option<String>, variables: Vec<(&'static str, String)>) -> Self {
        let mut config = ExplorerConfig::new(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        config.endpoint = endpoint;
        config.variable = Arc::new(move |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| SecretString::from(value.as_str()))
        });
        Self {
            explorer: Explorer::start(config).unwrap(),
        }
    }

    pub(crate) fn host(&self) -> String {
        self.explorer.address().to_string()
    }

    pub(crate) fn token(&self) -> &str {
        self.explorer.url().split_once("token=").unwrap().1
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.explorer.address()).unwrap()
    }

    /// Sends these bytes and reads to the end.
    pub(crate) fn raw(&self, request: &[u8]) -> Reply {
        let mut stream = self.connect();
        // Whoever refuses early may close before all is written.
        let _ = stream.write_all(request);
        read(&mut stream)
    }

    /// A request with these headers, and a body where there is one.
    pub(crate) fn send(&self, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut text = format!("{line} HTTP/1.1\r\n");
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        text.push_str("Connection: close\r\n\r\n");
        self.raw(&[text.as_bytes(), body].concat())
    }

    /// What the page's own script would get.
    pub(crate) fn ask(&self, path: &str, body: &Value) -> Value {
        let reply = self.send(
            &format!("POST /api/{path}"),
            &[
                ("Host", &self.host()),
                ("Origin", &format!("http://{}", self.host())),
                ("X-Cardseal-Token", self.token()),
            ],
            body.to_string().as_bytes(),
        );
        assert_eq!(
            reply.status,
            200,
            "{}",
            String::from_utf8_lossy(&reply.body)
        );
        reply.json()
    }
}

pub(crate) fn read(stream: &mut TcpStream) -> Reply {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let at = at.unwrap_or_else(|| panic!("no reply: {:?}", String::from_utf8_lossy(&bytes)));
    let head = String::from_utf8(bytes[..at].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut body = bytes[at + 4..].to_vec();
    if head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked")
    {
        body = unchunked(&body);
    }
    Reply { status, head, body }
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let at = bytes.windows(2).position(|two| two == b"\r\n").unwrap();
        let length = usize::from_str_radix(std::str::from_utf8(&bytes[..at]).unwrap(), 16).unwrap();
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&bytes[at + 2..at + 2 + length]);
        bytes = &bytes[at + 4 + length..];
    }
}

/// The encrypted call to the embedded gateway.
pub(crate) fn called(action: &str, target: &str) -> Value {
    json!({"cloud": "tencent", "action": action, "region": "", "target": target})
}

pub(crate) fn and(mut value: Value, more: Value) -> Value {
    for (name, member) in more.as_object().unwrap() {
        value[name] = member.clone();
    }
    value
}
