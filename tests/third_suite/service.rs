//! The service's side of the third suite: unwraps a request's key, opens its body, seals an answer. It has nothing of the
//! client's half: other calls of `aes-gcm`, on whole vectors with the tag behind.

use std::sync::OnceLock;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::sha2::{Digest, Sha256};
use rsa::traits::PublicKeyParts;
use rsa::{Oaep, PrivateKey};
use serde_json::{Value, json};

/// The name on the wire.
const ALGORITHM: &str = "AES-256-GCM";

pub(crate) struct Service {
    private: PrivateKey,
    /// PKCS#1 in DER, in base64.
    public: Vec<u8>,
}

impl Service {
    /// One key for all tests: making one takes a while.
    pub(crate) fn new() -> &'static Self {
        static SERVICE: OnceLock<Service> = OnceLock::new();
        SERVICE.get_or_init(|| {
            let private = PrivateKey::new(&mut rsa::rand_core::UnwrapErr(Os), 2048).unwrap();
            let number = |bytes: &[u8]| {
                let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(0);
                integer(&bytes[first..])
            };
            let [modulus, exponent] = [
                number(&private.n().to_be_bytes()),
                number(&private.e().to_be_bytes()),
            ];
            let public = STANDARD.encode(der(0x30, &[modulus, exponent].concat()));
            Self {
                private,
                public: public.into_bytes(),
            }
        })
    }

    pub(crate) fn public_key(&self) -> &[u8] {
        &self.public
    }

    pub(crate) fn unwrap(&self, request: &[u8]) -> ServiceSession {
        let request: Value = serde_json::from_slice(request).unwrap();
        let encryption = &request["Encryption"];
        let bytes = |value: &Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
        let blob = bytes(&encryption["CiphertextBlob"]);
        let key = self.private.decrypt(Oaep::<Sha256>::new(), &blob).unwrap();
        assert_eq!(key.len(), 32);
        let mut body = bytes(&request["EncryptedBody"]);
        body.extend(bytes(&encryption["TagList"][0]));
        ServiceSession {
            key,
            iv: bytes(&encryption["Iv"]),
            body,
        }
    }
}

/// The operating system's generator, by the library's door to it.
struct Os;

impl rsa::rand_core::TryRng for Os {
    type Error = cardseal::crypto::ProviderError;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Self::Error> {
        cardseal::crypto::SecureRandom::fill(&cardseal::crypto::OsRandom, buffer)
    }
}

impl rsa::rand_core::TryCryptoRng for Os {}

/// A request that the service has unwrapped.
pub(crate) struct ServiceSession {
    pub key: Vec<u8>,
    pub iv: Vec<u8>,
    /// With its tag behind.
    body: Vec<u8>,
}

impl ServiceSession {
    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new_from_slice(&self.key).unwrap()
    }

    pub(crate) fn open_request(&self) -> Vec<u8> {
        let iv = self.iv.as_slice().try_into().unwrap();
        self.cipher().decrypt(iv, self.body.as_slice()).unwrap()
    }

    /// Seals an answer under an IV of its own.
    pub(crate) fn seal_answer(&self, plaintext: &[u8]) -> Answer {
        let mut iv = self.iv.clone();
        iv[11] ^= 0x80;
        let nonce = iv.as_slice().try_into().unwrap();
        let mut body = self.cipher().encrypt(nonce, plaintext).unwrap();
        let tag = body.split_off(body.len() - 16);
        Answer {
            algorithm: ALGORITHM,
            iv,
            body,
            tags: vec![tag],
        }
    }

    pub(crate) fn answer(&self, plaintext: &[u8]) -> String {
        self.seal_answer(plaintext).to_text()
    }
}

/// An answer before it becomes text.
pub(crate) struct Answer {
    pub algorithm: &'static str,
    pub iv: Vec<u8>,
    pub body: Vec<u8>,
    pub tags: Vec<Vec<u8>>,
}

impl Answer {
    pub(crate) fn to_text(&self) -> String {
        let tags: Vec<String> = self.tags.iter().map(|tag| STANDARD.encode(tag)).collect();
        json!({"Response": {
            "EncryptedBody": STANDARD.encode(&self.body),
            "Encryption": {
                "Algorithm": self.algorithm,
                "Iv": STANDARD.encode(&self.iv),
                "TagList": tags,
                "EncryptList": ["EncryptedBody"],
            },
            "RequestId": "0a1b2c3d-0000-4000-8000-000000000003",
        }})
        .to_string()
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn integer(magnitude: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if magnitude[0] & 0x80 == 0 { &[] } else { &[0] };
    der(0x02, &[sign, magnitude].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..=0x7f => out.push(length as u8),
        0x80..=0xff => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend_from_slice(content);
    out
}
