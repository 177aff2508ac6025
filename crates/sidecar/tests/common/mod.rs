//! A sidecar for one test, and requests written byte by byte.
#![allow(dead_code)] // each test file uses its part

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use cardseal::tencent::Tencent;
use cardseal::{Credentials, Endpoint, Recipient};
use cardseal_gateway::{GatewayConfig, KeyPair};
use cardseal_sidecar::{Accounts, Config, Listen, Running, Served, Sidecar, Tokens};
use serde_json::{Value, json};

pub(crate) const TOKEN: &str = "the-token-of-this-test-0";
pub(crate) const OTHER_TOKEN: &str = "the-token-of-another-one";
pub(crate) const SECRET_KEY: &str = "a-secret-that-must-never-show";

/// Public keys that the service publishes; nobody here has their private ones.
pub(crate) const KEY: &str = include_str!("../../../../vectors/keys/tencent-demo-sm2.b64");

/// Longer than anything takes that is not stuck.
const STUCK: Duration = Duration::from_secs(60);

pub(crate) fn config() -> Config {
    let tokens = Tokens::parse(&format!("{TOKEN}\n{OTHER_TOKEN}\n")).unwrap();
    let mut config = Config::new("127.0.0.1:0".parse().unwrap(), tokens);
    config.key = Some(Recipient::parse(KEY.as_bytes()).unwrap());
    config
}

pub(crate) fn start(config: Config) -> (Running, SocketAddr) {
    let running = Sidecar::start(config).unwrap();
    let Listen::Loopback(address) = *running.listen() else {
        panic!("a socket file")
    };
    (running, address)
}

/// A gateway with this key pair.
pub(crate) fn gateway(pair: KeyPair) -> cardseal_gateway::Running {
    let config = GatewayConfig::new(vec![pair], "test-id", SECRET_KEY);
    cardseal_gateway::Running::start(config, "127.0.0.1:0".parse().unwrap()).unwrap()
}

/// The account at that gateway.
pub(crate) fn accounts(url: &str) -> Accounts {
    let credentials = || Credentials::new("test-id", SECRET_KEY).unwrap();
    let account = Tencent::new(credentials()).endpoint(Endpoint::custom(url).unwrap());
    Accounts {
        tencent: Some(Served {
            account,
            credentials: Some(credentials().into()),
        }),
        ..Accounts::default()
    }
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// An error of this kind, and of the form that every error has.
    #[track_caller]
    pub(crate) fn expect_error(self, status: u16, kind: &str) -> Self {
        let error = self.json()["error"].clone();
        assert_eq!(
            (self.status, &error["kind"]),
            (status, &json!(kind)),
            "{self:?}"
        );
        assert!(error["message"].as_str().is_some_and(|it| it.len() > 20));
        self
    }
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(STUCK)).unwrap();
    stream.set_write_timeout(Some(STUCK)).unwrap();
    stream
}

/// What comes until the other side closes.
pub(crate) fn read(mut stream: impl Read) -> Reply {
    let mut bytes = Vec::new();
    // One that refuses what it did not read resets, once it has answered.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    Reply {
        status: head.get(9..12).map_or(0, |status| status.parse().unwrap()),
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}

/// The head of a POST, with more headers, each ended by its line's end.
pub(crate) fn head(address: SocketAddr, path: &str, length: usize, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{more}\r\n"
    )
}

pub(crate) fn usual(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n")
}

pub(crate) fn post_with(address: SocketAddr, path: &str, more: &str, body: &str) -> Reply {
    let mut stream = connect(address);
    let text = head(address, path, body.len(), more) + body;
    // One that is refused early may be cut off while it still writes.
    let _ = stream.write_all(text.as_bytes());
    read(stream)
}

pub(crate) fn post(address: SocketAddr, path: &str, body: &Value) -> Reply {
    post_with(address, path, &usual(TOKEN), &body.to_string())
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Reply {
    let mut stream = connect(address);
    let text = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(text.as_bytes()).unwrap();
    read(stream)
}

/// The name of an opener of a fresh request.
pub(crate) fn sealed(address: SocketAddr) -> String {
    let reply = post(address, "/v1/seal", &json!({"json": {"CardSide": "FRONT"}})).expect(200);
    reply.json()["opener"].as_str().unwrap().to_owned()
}
