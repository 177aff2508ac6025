//! The service, in a process of its own, since it knows every secret in clear: it unwraps the session key of each
//! request, makes up an ID number, answers, and tells the masked secrets to its parent.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cardseal_gateway::KeyPair;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::common::child::{Again, asked, tell, wait_for_the_end};
use super::common::http::read_request;
use super::common::{self, b64, text, unb64};
use super::making::{self, MASK, masked};

/// What becomes of a request: each on a port of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// The answer, as it should be.
    Answers,
    /// The answer with a tag or a block changed.
    Damages,
    /// The service's refusal.
    Refuses,
    /// Half of the answer, and no more.
    BreaksOff,
    /// Nothing.
    IsSilent,
}

pub(crate) const MANNERS: [Manner; 5] = [
    Manner::Answers,
    Manner::Damages,
    Manner::Refuses,
    Manner::BreaksOff,
    Manner::IsSilent,
];

/// Nothing, unless this process is the service's.
#[test]
fn serves_when_it_is_asked_to() {
    if asked(SERVES).is_none() {
        return;
    }
    let (keys, _) = common::service_keys();
    let recipients: Vec<String> = keys.iter().map(KeyPair::public_b64).collect();
    let secret = making::random_secret();
    let keys = Arc::new(keys);
    let ports = MANNERS.map(|manner| listen(manner, &keys));
    // A day that ends meanwhile has another key.
    let derived: Vec<String> = [0, 86_400]
        .into_iter()
        .flat_map(|seconds| {
            let day = Timestamp::now() + Duration::from_secs(seconds);
            making::tc3_keys(&secret, &day.strftime("%Y-%m-%d").to_string())
        })
        .map(|key| b64(&masked(&key)))
        .collect();
    let service = json!({
        "ports": ports,
        "recipients": recipients,
        "secret": b64(&masked(secret.as_bytes())),
        "derived": derived,
    });
    tell(&service.to_string());
    wait_for_the_end();
}
const SERVES: &str = "service::serves_when_it_is_asked_to";

fn listen(manner: Manner, keys: &Arc<Vec<KeyPair>>) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let keys = Arc::clone(keys);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let keys = Arc::clone(&keys);
            thread::spawn(move || while serve(&stream, manner, &keys).is_some() {});
        }
    });
    port
}

/// One request of a connection. None where there will be no other.
fn serve(mut stream: &TcpStream, manner: Manner, keys: &[KeyPair]) -> Option<()> {
    let (_, request) = read_request(&mut stream)?;
    let request: Value = serde_json::from_slice(&request).unwrap();
    let encryption = &request["Encryption"];
    let suite = usize::from(text(encryption, "Algorithm") == "SM4-GCM");
    let blob = unb64(text(encryption, "CiphertextBlob"));
    let key = keys[suite].unwrap_key(&blob).unwrap();
    let iv = unb64(text(encryption, "Iv"));
    let id_number = making::random_id_number();
    let answer = making::sealed_answer(suite, &id_number, &[&iv, &key]);
    tell(
        &json!({"key": b64(&masked(&key)), "id_number": b64(&masked(id_number.as_bytes()))})
            .to_string(),
    );

    let mut inner: Value = match manner {
        Manner::Damages => serde_json::from_str(&making::damaged(&answer, suite)).unwrap(),
        Manner::Refuses => json!({"Error": {"Code": "FailedOperation.ImageBlur", "Message": "m"}}),
        _ => serde_json::from_str(&answer).unwrap(),
    };
    inner["RequestId"] = Value::from("a-request");
    let body = json!({"Response": inner}).to_string();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    let reply = [head, body].concat().into_bytes();
    match manner {
        Manner::IsSilent => {
            let _ = stream.read(&mut [0]);
            None
        }
        Manner::BreaksOff => {
            let _ = stream.write_all(&reply[..reply.len() / 2]);
            None
        }
        _ => stream.write_all(&reply).ok(),
    }
}

/// The service, seen from the process that is looked through.
pub(crate) struct Service {
    process: Again,
    pub ports: Vec<u16>,
    /// Public keys as they are handed out.
    pub recipients: Vec<String>,
    /// The account's secret key, masked, and the keys that TC3 derives from it, masked.
    pub secret: Vec<u8>,
    pub derived: Vec<Vec<u8>>,
}

/// What one request was sealed under, and what its answer says or would have said, masked.
pub(crate) struct Served {
    pub key: Vec<u8>,
    pub id_number: Vec<u8>,
}

impl Service {
    pub(crate) fn start() -> Self {
        let mut process = Again::start(SERVES, "secrets");
        let told: Value = serde_json::from_str(&process.line()).unwrap();
        let list = |name: &str| told[name].as_array().unwrap().clone();
        Self {
            process,
            ports: list("ports")
                .iter()
                .map(|port| port.as_u64().unwrap() as u16)
                .collect(),
            recipients: list("recipients")
                .iter()
                .map(|key| key.as_str().unwrap().to_owned())
                .collect(),
            secret: unb64(text(&told, "secret")),
            derived: list("derived")
                .iter()
                .map(|key| unb64(key.as_str().unwrap()))
                .collect(),
        }
    }

    /// The secret key in clear, which only the library may hold.
    pub(crate) fn secret_in_clear(&self) -> String {
        let mut secret = String::with_capacity(self.secret.len());
        secret.extend(self.secret.iter().map(|byte| char::from(byte ^ MASK)));
        secret
    }

    /// The next request that was served.
    pub(crate) fn served(&mut self) -> Served {
        let told: Value = serde_json::from_str(&self.process.line()).unwrap();
        Served {
            key: unb64(text(&told, "key")),
            id_number: unb64(text(&told, "id_number")),
        }
    }
}
