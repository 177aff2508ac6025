//! What an `Encryption` member holds: the data key, the IV and the tags, and the texts that open under them.
//!
//! Source: "敏感数据加密指引" (cloud.tencent.com/document/product/866/106048) and the data type Encryption of OCR and faceid.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use zeroize::Zeroizing;

use super::answer::Encryption;
use super::ciphers::{self, Cipher, Sealed};
use super::errors::{self, ServiceError};
use super::faults;
use super::members::{self, Kind, Known, Object};
use crate::gateway::Gateway;
use crate::{IvMode, entropy};

/// The members of a request's `Encryption`.
pub(super) const MEMBERS: &[Known] = &[
    ("CiphertextBlob", Kind::Text),
    ("Iv", Kind::Text),
    ("Algorithm", Kind::Text),
    ("TagList", Kind::Texts),
    ("EncryptList", Kind::Texts),
];

/// The data key and IV of one request.
pub(super) struct Session {
    pub cipher: &'static Cipher,
    pub key: Zeroizing<Vec<u8>>,
    pub iv: Vec<u8>,
}

/// The envelope cannot be opened. Nothing says why, on purpose.
#[derive(Debug)]
pub(super) struct Garbled;

/// A request's `Encryption`, its members checked; none when it is absent, null or holds nothing.
pub(super) fn encryption(request: &Object) -> Result<Option<&Object>, ServiceError> {
    let Some(Value::Object(encryption)) = request.get("Encryption") else {
        return Ok(None);
    };
    members::check(encryption, &[MEMBERS])?;
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    let holds_nothing = encryption.values().all(is_empty);
    Ok((!holds_nothing).then_some(encryption))
}

impl Session {
    /// The session of a request that encrypts something: `Iv` is needed.
    pub(super) fn of_request(gateway: &Gateway, encryption: &Object) -> Result<Self, Garbled> {
        let iv = decoded(encryption, "Iv")?;
        Session::with_iv(gateway, encryption, iv)
    }

    /// The session of a request that only wants its answer encrypted: without an `Iv`, one is drawn.
    pub(super) fn of_answer(gateway: &Gateway, encryption: &Object) -> Result<Self, Garbled> {
        if members::text(encryption, "Iv").is_some() {
            return Session::of_request(gateway, encryption);
        }
        let mut iv = vec![0; cipher(encryption)?.iv_len];
        entropy::fill(&mut iv).map_err(|_| Garbled)?;
        Session::with_iv(gateway, encryption, iv)
    }

    fn with_iv(gateway: &Gateway, encryption: &Object, iv: Vec<u8>) -> Result<Self, Garbled> {
        let cipher = cipher(encryption)?;
        let blob = decoded(encryption, "CiphertextBlob")?;
        if iv.len() != cipher.iv_len {
            return Err(Garbled);
        }
        let private = gateway.key(cipher.suite).ok_or(Garbled)?;
        let key = match private.unwrap_key(&blob) {
            Ok(key) if key.len() == cipher.key_len => key,
            // A key that will not fit: going on with a random one makes a bad wrap look like a bad body.
            _ => {
                let mut key = Zeroizing::new(vec![0; cipher.key_len]);
                entropy::fill(&mut key).map_err(|_| Garbled)?;
                key
            }
        };
        Ok(Session { cipher, key, iv })
    }

    /// Opens one text; `tag` is one of [`Session::tags`].
    pub(super) fn open(&self, text: &str, tag: &[u8]) -> Result<Zeroizing<Vec<u8>>, Garbled> {
        let body = STANDARD.decode(text).map_err(|_| Garbled)?;
        (self.cipher.open)(&self.key, &self.iv, body, tag).map_err(|_| Garbled)
    }

    /// One tag for each of `count` texts, empty for a cipher that has none: exactly so many of the full length, or
    /// none at all.
    pub(super) fn tags(&self, encryption: &Object, count: usize) -> Result<Vec<Vec<u8>>, Garbled> {
        let tags = members::text_list(encryption, "TagList").unwrap_or_default();
        let wanted = if self.cipher.tag_len == 0 { 0 } else { count };
        if tags.len() != wanted {
            return Err(Garbled);
        }
        if wanted == 0 {
            return Ok(vec![Vec::new(); count]);
        }
        let decoded = tags.iter().map(|tag| {
            let tag = STANDARD.decode(tag).map_err(|_| Garbled)?;
            let fits = tag.len() == self.cipher.tag_len;
            fits.then_some(tag).ok_or(Garbled)
        });
        decoded.collect()
    }

    /// The IV of the answer.
    pub(super) fn answer_iv(&self, gateway: &Gateway) -> Result<Vec<u8>, ServiceError> {
        let mut iv = self.iv.clone();
        if gateway.config.iv_mode == IvMode::Fresh {
            entropy::fill(&mut iv).map_err(|_| errors::internal())?;
        }
        Ok(iv)
    }

    /// Seals texts under one key and one IV, as the service does, and says so in the answer's `Encryption`.
    pub(super) fn seal(
        &self,
        gateway: &Gateway,
        request: &Object,
        names: &[&'static str],
        plaintexts: &[&[u8]],
    ) -> Result<(Vec<String>, Encryption), ServiceError> {
        let iv = self.answer_iv(gateway)?;
        let fault = gateway.config.fault;
        let mut bodies = Vec::new();
        let mut tags = Vec::new();
        for plaintext in plaintexts {
            let Sealed { body, tag } = faults::seal(fault, self.cipher, &self.key, &iv, plaintext)
                .map_err(|_| errors::internal())?;
            bodies.push(STANDARD.encode(body));
            tags.extend(tag.map(|tag| STANDARD.encode(tag)));
        }
        let encryption = Encryption {
            encrypt_list: names.to_vec(),
            ciphertext_blob: members::required_text(request, "CiphertextBlob")?.to_owned(),
            iv: STANDARD.encode(&iv),
            algorithm: self.cipher.algorithm,
            tag_list: (!tags.is_empty()).then_some(tags),
        };
        Ok((bodies, encryption))
    }
}

fn cipher(encryption: &Object) -> Result<&'static Cipher, Garbled> {
    match members::text(encryption, "Algorithm") {
        None => Ok(ciphers::default()),
        Some(name) => ciphers::named(name).ok_or(Garbled),
    }
}

fn decoded(encryption: &Object, name: &str) -> Result<Vec<u8>, Garbled> {
    let text = members::text(encryption, name).ok_or(Garbled)?;
    STANDARD.decode(text).map_err(|_| Garbled)
}
