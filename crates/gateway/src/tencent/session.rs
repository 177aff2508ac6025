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
use crate::{IvMode, KeyPair, entropy};

/// The members of a request's `Encryption`.
pub(super) const MEMBERS: &[Known] = &[
    ("CiphertextBlob", Kind::Text),
    ("Iv", Kind::Text),
    ("Algorithm", Kind::Text),
    ("TagList", Kind::Texts),
    ("EncryptList", Kind::Texts),
];

/// The data key and IV of one request.
pub(super) struct Session<'g> {
    pub cipher: &'static Cipher,
    pub key: Zeroizing<Vec<u8>>,
    pub iv: Vec<u8>,
    /// What was unwrapped, and by which key: asked again where a text does not open.
    blob: Vec<u8>,
    private: &'g KeyPair,
}

/// The envelope cannot be opened, and the step that failed. The log says it; the answer never does, on purpose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Garbled(pub(super) &'static str);

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

impl<'g> Session<'g> {
    /// The session of a request that encrypts something: `Iv` is needed.
    pub(super) fn of_request(gateway: &'g Gateway, encryption: &Object) -> Result<Self, Garbled> {
        let iv = decoded(encryption, "Iv", "Iv: it is no strict Base64")?;
        Session::with_iv(gateway, encryption, iv)
    }

    /// The session of a request that only wants its answer encrypted: without an `Iv`, one is drawn.
    pub(super) fn of_answer(gateway: &'g Gateway, encryption: &Object) -> Result<Self, Garbled> {
        if members::text(encryption, "Iv").is_some() {
            return Session::of_request(gateway, encryption);
        }
        let mut iv = vec![0; cipher(encryption)?.iv_len];
        entropy::fill(&mut iv).map_err(|_| NO_ENTROPY)?;
        Session::with_iv(gateway, encryption, iv)
    }

    fn with_iv(gateway: &'g Gateway, encryption: &Object, iv: Vec<u8>) -> Result<Self, Garbled> {
        let cipher = cipher(encryption)?;
        let blob = decoded(
            encryption,
            "CiphertextBlob",
            "CiphertextBlob: it is no strict Base64",
        )?;
        if iv.len() != cipher.iv_len {
            return Err(Garbled(
                "Iv: it has not the length that the Algorithm takes",
            ));
        }
        let private = gateway.key(cipher.suite).ok_or(Garbled(
            "Algorithm: the gateway has no private key of this suite; give --keys",
        ))?;
        let key = match private.unwrap_key(&blob) {
            Ok(key) if key.len() == cipher.key_len => key,
            // A key that will not fit: going on with a random one makes a bad wrap look like a bad body.
            _ => {
                let mut key = Zeroizing::new(vec![0; cipher.key_len]);
                entropy::fill(&mut key).map_err(|_| NO_ENTROPY)?;
                key
            }
        };
        Ok(Session {
            cipher,
            key,
            iv,
            blob,
            private,
        })
    }

    /// Opens one text; `tag` is one of [`Session::tags`].
    pub(super) fn open(&self, text: &str, tag: &[u8]) -> Result<Zeroizing<Vec<u8>>, Garbled> {
        let body = STANDARD
            .decode(text)
            .map_err(|_| Garbled("the ciphertext is no strict Base64"))?;
        let opened = (self.cipher.open)(&self.key, &self.iv, body, tag);
        opened.map_err(|_| Garbled(self.why_not(text, tag)))
    }

    /// Whether the key is to blame, or else what is.
    fn why_not(&self, text: &str, tag: &[u8]) -> &'static str {
        if let Some(why) = self.private.why_not(&self.blob, self.cipher.key_len) {
            return why;
        }
        let body = STANDARD.decode(text).unwrap_or_default();
        if self.cipher.tag_len == 0 {
            return match body.len() % 16 {
                0 => {
                    "padding: it is not PKCS#7's; the text was sealed under another key or Iv, padded otherwise, or cut"
                }
                _ => "padding: the ciphertext has no whole number of 16-byte blocks",
            };
        }
        let without_tag = body.strip_suffix(tag).map(<[u8]>::to_vec);
        let opens = |body: Vec<u8>| (self.cipher.open)(&self.key, &self.iv, body, tag).is_ok();
        match without_tag.is_some_and(opens) {
            true => {
                "tag: it was left on the ciphertext's end, and given again in TagList; cut it off the ciphertext"
            }
            false => {
                "tag: it does not match; the text was sealed under another key or Iv, with associated data, or changed"
            }
        }
    }

    /// One tag for each of `count` texts, empty for a cipher that has none: exactly so many of the full length, or
    /// none at all.
    pub(super) fn tags(&self, encryption: &Object, count: usize) -> Result<Vec<Vec<u8>>, Garbled> {
        let tags = members::text_list(encryption, "TagList").unwrap_or_default();
        let wanted = if self.cipher.tag_len == 0 { 0 } else { count };
        if tags.len() != wanted {
            return Err(Garbled(match wanted {
                0 => "TagList: the Algorithm has no tags",
                _ => "TagList: it has not one tag for each text",
            }));
        }
        if wanted == 0 {
            return Ok(vec![Vec::new(); count]);
        }
        let decoded = tags.iter().map(|tag| {
            let tag = STANDARD
                .decode(tag)
                .map_err(|_| Garbled("TagList: a tag is no strict Base64"))?;
            let fits = tag.len() == self.cipher.tag_len;
            fits.then_some(tag)
                .ok_or(Garbled("TagList: a tag has not 16 bytes"))
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

/// Cannot be: tags are counted before.
pub(super) const NO_TAG: Garbled = Garbled("TagList: it has no tag");

const NO_ENTROPY: Garbled = Garbled("the operating system's generator failed");

fn cipher(encryption: &Object) -> Result<&'static Cipher, Garbled> {
    match members::text(encryption, "Algorithm") {
        None => Ok(ciphers::default()),
        Some(name) => {
            ciphers::named(name).ok_or(Garbled("Algorithm: it names no suite of the service's"))
        }
    }
}

fn decoded(encryption: &Object, name: &str, step: &'static str) -> Result<Vec<u8>, Garbled> {
    let text = members::text(encryption, name).ok_or(Garbled(step))?;
    STANDARD.decode(text).map_err(|_| Garbled(step))
}
