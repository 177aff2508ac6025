//! A small client for the gateway's tests: it signs, seals and speaks HTTP by hand, so that it can also do all of it wrong.
#![allow(dead_code, reason = "every test file uses its own part")]

mod skip;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use aes_gcm::aead::{AeadInOut, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::{GatewayConfig, KeyPair, Running, Suite};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hmac::{Hmac, Mac};
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use rsa::pkcs1::DecodeRsaPublicKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
#[allow(unused_imports, reason = "every test file uses its own part")]
pub use skip::skip;
use sm2::pkcs8::DecodePublicKey;

pub const SECRET_ID: &str = "AKID-of-the-tests";
pub const SECRET_KEY: &str = "secret-key-of-the-tests";

/// The moment at which all tests take place: 2019-02-25 16:44:25 UTC.
pub const NOW: u64 = 1_551_113_065;

/// An inner request that is answered with the front of the specimen.
pub fn good_inner() -> Value {
    json!({"ImageUrl": "https://example.com/card.jpg", "CardSide": "FRONT"})
}

/// RSA key generation takes long in debug builds, so the tests of one process share their keys.
pub fn key_pem(suite: Suite) -> &'static (String, String) {
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
pub fn config() -> GatewayConfig {
    let keys = Suite::ALL
        .iter()
        .map(|suite| KeyPair::from_private_pem(&key_pem(*suite).0).unwrap())
        .collect();
    let mut config = GatewayConfig::new(keys, SECRET_ID, SECRET_KEY);
    config.clock = Arc::new(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW));
    config
}

pub fn start(change: impl FnOnce(&mut GatewayConfig)) -> Running {
    let mut config = config();
    change(&mut config);
    Running::start(config, SocketAddr::from(([127, 0, 0, 1], 0))).unwrap()
}

/// A request in the making; every part may be changed before it is sent.
#[derive(Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A signed request as the vendor's SDKs make it.
    pub fn signed(action: &str, body: impl Into<Vec<u8>>) -> Self {
        Signer::default().sign(action, body)
    }

    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.remove(name);
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn remove(&mut self, name: &str) -> &mut Self {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    pub fn header(&self, name: &str) -> &str {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        &found.unwrap().1
    }

    pub fn send(&self, gateway: &Running) -> std::io::Result<Response> {
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
    pub fn ask(&self, gateway: &Running) -> Value {
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
    pub fn code(&self, gateway: &Running) -> String {
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

pub struct Response {
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

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// TC3-HMAC-SHA256, with every input open to change.
pub struct Signer {
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
    pub fn sign(&self, action: &str, body: impl Into<Vec<u8>>) -> Request {
        let mut request = Request {
            method: "POST".into(),
            target: "/".into(),
            headers: Vec::new(),
            body: body.into(),
        };
        request
            .set("Host", &self.host)
            .set("Content-Type", &self.content_type)
            .set("X-TC-Action", action)
            .set("X-TC-Version", "2018-11-19")
            .set("X-TC-Timestamp", &self.timestamp.to_string());

        let mut canonical = "POST\n/\n\n".to_owned();
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

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A sealed request body and the key that opens its answer.
pub struct Envelope {
    pub suite: Suite,
    pub key: Vec<u8>,
    pub iv: Vec<u8>,
    pub body: Value,
}

impl Envelope {
    pub fn seal(suite: Suite, inner: &Value) -> Self {
        Envelope::seal_bytes(suite, inner.to_string().as_bytes())
    }

    pub fn seal_bytes(suite: Suite, plaintext: &[u8]) -> Self {
        let (key, iv) = match suite {
            Suite::Aes256CbcRsa => ((0..32).collect::<Vec<u8>>(), vec![7; 16]),
            _ => ((0..16).collect::<Vec<u8>>(), vec![7; 12]),
        };
        let blob = wrap(suite, &key);
        let (body, tags) = encrypt(suite, &key, &iv, plaintext);
        let body = json!({
            "EncryptedBody": STANDARD.encode(body),
            "Encryption": {
                "CiphertextBlob": STANDARD.encode(blob),
                "Iv": STANDARD.encode(&iv),
                "Algorithm": if suite == Suite::Aes256CbcRsa { "AES-256-CBC" } else { "SM4-GCM" },
                "EncryptList": ["EncryptedBody"],
                "TagList": tags.iter().map(|tag| STANDARD.encode(tag)).collect::<Vec<_>>(),
            },
        });
        Envelope {
            suite,
            key,
            iv,
            body,
        }
    }

    pub fn request(&self) -> Request {
        Request::signed("RecognizeEncryptedIDCardOCR", self.body.to_string())
    }

    /// Opens an answer under this envelope's key, or says what is wrong with it.
    pub fn open(&self, answer: &Value) -> Result<Vec<u8>, String> {
        let encryption = &answer["Encryption"];
        let decode = |value: &Value| {
            STANDARD
                .decode(value.as_str().ok_or("no text")?)
                .map_err(|e| e.to_string())
        };
        let body = decode(&answer["EncryptedBody"])?;
        let iv = decode(&encryption["Iv"])?;
        match self.suite {
            Suite::Aes256CbcRsa => cbc::Decryptor::<aes::Aes256>::new_from_slices(&self.key, &iv)
                .map_err(|_| "IV length")?
                .decrypt_padded_vec::<Pkcs7>(&body)
                .map_err(|_| "padding".into()),
            _ => {
                let tag = decode(&encryption["TagList"][0])?;
                let cipher =
                    aes_gcm::AesGcm::<sm4::Sm4, aes_gcm::aead::consts::U12>::new_from_slice(
                        &self.key,
                    )
                    .unwrap();
                let nonce = iv.as_slice().try_into().map_err(|_| "IV length")?;
                let tag = tag.as_slice().try_into().map_err(|_| "tag length")?;
                let mut body = body;
                cipher
                    .decrypt_inout_detached(nonce, &[], body.as_mut_slice().into(), tag)
                    .map_err(|_| "tag")?;
                Ok(body)
            }
        }
    }

    pub fn open_json(&self, answer: &Value) -> Value {
        serde_json::from_slice(&self.open(answer).unwrap()).unwrap()
    }
}

pub fn wrap(suite: Suite, key: &[u8]) -> Vec<u8> {
    let pem = &key_pem(suite).1;
    match suite {
        Suite::Aes256CbcRsa => rsa::RsaPublicKey::from_pkcs1_pem(pem)
            .unwrap()
            .encrypt(&mut UnwrapErr(SysRng), rsa::Pkcs1v15Encrypt, key)
            .unwrap(),
        _ => sm2::pke::EncryptingKey::new(sm2::PublicKey::from_public_key_pem(pem).unwrap())
            .encrypt(&mut UnwrapErr(SysRng), key)
            .unwrap(),
    }
}

pub fn encrypt(suite: Suite, key: &[u8], iv: &[u8], plaintext: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    match suite {
        Suite::Aes256CbcRsa => {
            let cipher = cbc::Encryptor::<aes::Aes256>::new_from_slices(key, iv).unwrap();
            (cipher.encrypt_padded_vec::<Pkcs7>(plaintext), Vec::new())
        }
        _ => {
            let cipher =
                aes_gcm::AesGcm::<sm4::Sm4, aes_gcm::aead::consts::U12>::new_from_slice(key)
                    .unwrap();
            let mut body = plaintext.to_vec();
            let tag = cipher
                .encrypt_inout_detached(iv.try_into().unwrap(), &[], body.as_mut_slice().into())
                .unwrap();
            (body, vec![tag.to_vec()])
        }
    }
}
