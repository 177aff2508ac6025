//! A small client for the gateway's tests: it signs, seals and speaks HTTP by hand, so that it can also do all of it wrong.
#![allow(dead_code, reason = "every test file uses its own part")]

mod envelope;
pub(crate) mod huawei;
mod signers;
#[path = "../../../../tests/common/skip.rs"]
mod skip;
pub(crate) mod vectors;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use cardseal_gateway::{GatewayConfig, KeyPair, Running, Suite};
#[allow(unused_imports, reason = "every test file uses its own part")]
pub(crate) use envelope::{Envelope, encrypt, wrap};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
#[allow(unused_imports, reason = "every test file uses its own part")]
pub(crate) use signers::{Eop, SdkHmac, Token, faceid, sign_v1};
#[allow(unused_imports, reason = "every test file uses its own part")]
pub(crate) use skip::skip;

pub(crate) const SECRET_ID: &str = "AKID-of-the-tests";
pub(crate) const SECRET_KEY: &str = "secret-key-of-the-tests";

/// The moment at which all tests take place: 2019-02-25 16:44:25 UTC.
pub(crate) const NOW: u64 = 1_551_113_065;

/// An inner request that is answered with the front of the specimen.
pub(crate) fn good_inner() -> Value {
    json!({"ImageUrl": "https://example.com/card.jpg", "CardSide": "FRONT"})
}

/// RSA key generation takes long in debug builds, so the tests of one process share their keys.
pub(crate) fn key_pem(suite: Suite) -> &'static (String, String) {
    static RSA: OnceLock<(String, String)> = OnceLock::new();
    static SM2: OnceLock<(String, String)> = OnceLock::new();
    let cell = if suite == Suite::Aes256CbcRsa {
        &RSA
    } else {
        &SM2
    };
    cell.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let pair = KeyPair::generate(suite).unwrap();
        pair.write_to(dir.path()).unwrap();
        let private = std::fs::read_to_string(dir.path().join("private.pem")).unwrap();
        (private, pair.public_pem())
    })
}

/// A gateway with both keys whose clock stands at [`NOW`].
pub(crate) fn config() -> GatewayConfig {
    let keys = Suite::ALL
        .iter()
        .map(|suite| KeyPair::from_private_pem(&key_pem(*suite).0).unwrap())
        .collect();
    let mut config = GatewayConfig::new(keys, SECRET_ID, SECRET_KEY);
    config.clock = Arc::new(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW));
    config
}

pub(crate) fn start(change: impl FnOnce(&mut GatewayConfig)) -> Running {
    let mut config = config();
    change(&mut config);
    Running::start(config, SocketAddr::from(([127, 0, 0, 1], 0))).unwrap()
}

/// A request in the making; every part may be changed before it is sent.
#[derive(Clone)]
pub(crate) struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A signed request as the vendor's SDKs make it.
    pub(crate) fn signed(action: &str, body: impl Into<Vec<u8>>) -> Self {
        Signer::default().sign(action, body)
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.remove(name);
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn remove(&mut self, name: &str) -> &mut Self {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        &found.unwrap().1
    }

    pub(crate) fn send(&self, gateway: &Running) -> std::io::Result<Response> {
        let mut stream = TcpStream::connect(gateway.addr())?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut head = format!(
            "{} {} HTTP/1.1\r\nConnection: close\r\n",
            self.method, self.target
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        stream.write_all(head.as_bytes())?;
        stream.write_all(&self.body)?;
        let mut raw = Vec::new();
        stream.read_to_end(&mut raw)?;
        Response::parse(&raw).ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
    }

    /// Sends and returns `Response` of the JSON answer, whose form is checked.
    pub(crate) fn ask(&self, gateway: &Running) -> Value {
        let response = self.send(gateway).unwrap();
        assert_eq!(response.status, 200);
        assert_eq!(response.header("content-type"), Some("application/json"));
        assert!(response.header("date").is_some());
        let answer: Value = serde_json::from_slice(&response.body).unwrap();
        let answer = answer["Response"].clone();
        assert_eq!(answer["RequestId"].as_str().unwrap().len(), 36);
        answer
    }

    /// Sends and returns the error code, or "ok".
    pub(crate) fn code(&self, gateway: &Running) -> String {
        let answer = self.ask(gateway);
        match answer.get("Error") {
            Some(error) => {
                assert!(!error["Message"].as_str().unwrap().is_empty());
                assert_eq!(
                    answer.as_object().unwrap().len(),
                    2,
                    "an error stands alone: {answer}"
                );
                error["Code"].as_str().unwrap().to_owned()
            }
            None => "ok".into(),
        }
    }
}

pub(crate) struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    fn parse(raw: &[u8]) -> Option<Self> {
        let end = raw.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&raw[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let split = |line: &str| {
            line.split_once(": ")
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        let headers = lines.filter_map(split).collect();
        Some(Response {
            status,
            headers,
            body: raw[end + 4..].to_vec(),
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// TC3-HMAC-SHA256, with every input open to change.
pub(crate) struct Signer {
    pub method: String,
    /// As it is sent and signed, without the question mark.
    pub query: String,
    pub version: String,
    pub secret_id: String,
    pub secret_key: String,
    pub timestamp: u64,
    pub date: String,
    pub service: String,
    pub host: String,
    pub content_type: String,
    pub signed_headers: String,
    /// What stands in the body's place in the canonical request.
    pub payload: Option<Vec<u8>>,
}

impl Default for Signer {
    fn default() -> Self {
        Signer {
            method: "POST".into(),
            query: String::new(),
            version: "2018-11-19".into(),
            secret_id: SECRET_ID.into(),
            secret_key: SECRET_KEY.into(),
            timestamp: NOW,
            date: "2019-02-25".into(),
            service: "ocr".into(),
            host: "ocr.tencentcloudapi.com".into(),
            content_type: "application/json".into(),
            signed_headers: "content-type;host".into(),
            payload: None,
        }
    }
}

impl Signer {
    pub(crate) fn sign(&self, action: &str, body: impl Into<Vec<u8>>) -> Request {
        let mut request = Request {
            method: self.method.clone(),
            target: match self.query.as_str() {
                "" => "/".into(),
                query => format!("/?{query}"),
            },
            headers: Vec::new(),
            body: body.into(),
        };
        request
            .set("Host", &self.host)
            .set("Content-Type", &self.content_type)
            .set("X-TC-Action", action)
            .set("X-TC-Version", &self.version)
            .set("X-TC-Timestamp", &self.timestamp.to_string());

        let mut canonical = format!("{}\n/\n{}\n", self.method, self.query);
        for name in self.signed_headers.split(';') {
            let value = request.header(name);
            let value = if name == "x-tc-action" {
                value.to_lowercase()
            } else {
                value.to_owned()
            };
            canonical.push_str(&format!("{name}:{value}\n"));
        }
        let payload = self.payload.as_ref().unwrap_or(&request.body);
        canonical.push_str(&format!(
            "\n{}\n{}",
            self.signed_headers,
            hex(&Sha256::digest(payload))
        ));
        let Signer {
            timestamp,
            date,
            service,
            secret_id,
            signed_headers,
            ..
        } = self;
        let hashed = hex(&Sha256::digest(canonical));
        let to_sign =
            format!("TC3-HMAC-SHA256\n{timestamp}\n{date}/{service}/tc3_request\n{hashed}");
        let key = hmac(format!("TC3{}", self.secret_key).as_bytes(), date);
        let key = hmac(&hmac(&key, service), "tc3_request");
        let signature = hex(&hmac(&key, &to_sign));
        request.set("Authorization", &format!(
            "TC3-HMAC-SHA256 Credential={secret_id}/{date}/{service}/tc3_request, SignedHeaders={signed_headers}, Signature={signature}"
        ));
        request
    }
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
