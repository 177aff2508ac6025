//! RecognizeEncryptedIDCardOCR: IDCardOCR inside an envelope.
//!
//! Source: the API page of RecognizeEncryptedIDCardOCR 2018-11-19 and "敏感数据加密指引"
//! (cloud.tencent.com/document/product/866/106048). Whatever is wrong with an envelope is answered by one code, as the
//! real service was seen to do.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::actions::Call;
use super::ciphers::{self, Cipher, Sealed};
use super::errors::{self, ServiceError};
use super::faults;
use super::id_card::{self, CardReply};
use super::members::{self, Kind, Known, Object};
use crate::registry::Gateway;
use crate::{IvMode, entropy, strict_json};

/// The one name that EncryptList may hold.
const WHOLE_BODY: &str = "EncryptedBody";

const OUTER: &[Known] = &[("EncryptedBody", Kind::Text), ("Encryption", Kind::Object)];

const ENCRYPTION: &[Known] = &[
    ("CiphertextBlob", Kind::Text),
    ("Iv", Kind::Text),
    ("Algorithm", Kind::Text),
    ("TagList", Kind::Texts),
    ("EncryptList", Kind::Texts),
];

/// The action RecognizeEncryptedIDCardOCR.
pub(super) fn recognize_encrypted(
    call: &Call<'_>,
    request: &Object,
) -> Result<String, ServiceError> {
    members::check(request, &[OUTER, id_card::MEMBERS])?;
    // The API knows these members only for show; an image that comes in clear is a leak its sender should hear of.
    for image in ["ImageBase64", "ImageUrl"] {
        if members::text(request, image).is_some() {
            return Err(errors::image_in_clear());
        }
    }
    let body = members::required_text(request, "EncryptedBody")?;
    let encryption = match request.get("Encryption") {
        Some(Value::Object(encryption)) => encryption,
        _ => return Err(errors::missing_parameter("Encryption")),
    };
    members::check(encryption, &[ENCRYPTION])?;
    let blob = members::required_text(encryption, "CiphertextBlob")?;
    members::required_text(encryption, "Iv")?;

    let (session, plaintext) =
        open(call.gateway, encryption, body).map_err(|_| errors::bad_envelope())?;
    let inner = strict_json::parse_object(&plaintext).map_err(|_| errors::bad_envelope())?;
    members::check(&inner, &[id_card::MEMBERS])?;
    let card = id_card::recognize(&call.gateway.fixture, &inner)?;
    answer(call, &session, blob, card)
}

/// The data key and IV of one request.
pub(super) struct Session {
    pub cipher: &'static Cipher,
    pub key: Zeroizing<Vec<u8>>,
    pub iv: Vec<u8>,
}

/// The envelope cannot be opened. Nothing says why, on purpose.
struct Garbled;

fn open(
    gateway: &Gateway,
    encryption: &Object,
    body: &str,
) -> Result<(Session, Zeroizing<Vec<u8>>), Garbled> {
    let cipher = match members::text(encryption, "Algorithm") {
        None => ciphers::default(),
        Some(name) => ciphers::named(name).ok_or(Garbled)?,
    };
    let list = members::text_list(encryption, "EncryptList");
    if list.is_some_and(|names| names != [WHOLE_BODY]) {
        return Err(Garbled);
    }
    let decoded = |name| {
        let text = members::text(encryption, name).ok_or(Garbled)?;
        STANDARD.decode(text).map_err(|_| Garbled)
    };
    let iv = decoded("Iv")?;
    let blob = decoded("CiphertextBlob")?;
    let tag = tag(cipher, encryption)?;
    let body = STANDARD.decode(body).map_err(|_| Garbled)?;
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
    let plaintext = (cipher.open)(&key, &iv, body, &tag).map_err(|_| Garbled)?;
    Ok((Session { cipher, key, iv }, plaintext))
}

/// The tag, empty for a cipher that has none: exactly one entry of the full length, or none at all.
fn tag(cipher: &Cipher, encryption: &Object) -> Result<Vec<u8>, Garbled> {
    let tags = members::text_list(encryption, "TagList").unwrap_or_default();
    match (cipher.tag_len, tags.as_slice()) {
        (0, []) => Ok(Vec::new()),
        (0, _) => Err(Garbled),
        (length, [tag]) => {
            let tag = STANDARD.decode(tag).map_err(|_| Garbled)?;
            (tag.len() == length).then_some(tag).ok_or(Garbled)
        }
        _ => Err(Garbled),
    }
}

/// The encrypted answer. In the page's example the fields outside are all empty, and `Encryption` echoes the request's.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Answer {
    #[serde(flatten)]
    pub card: CardReply,
    pub encrypted_body: String,
    pub encryption: Option<Encryption>,
    pub request_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Encryption {
    pub encrypt_list: Vec<&'static str>,
    pub ciphertext_blob: String,
    pub iv: String,
    pub algorithm: &'static str,
    pub tag_list: Option<Vec<String>>,
}

fn answer(
    call: &Call<'_>,
    session: &Session,
    blob: &str,
    card: CardReply,
) -> Result<String, ServiceError> {
    let fault = call.gateway.config.fault;
    let mut iv = session.iv.clone();
    if call.gateway.config.iv_mode == IvMode::Fresh {
        entropy::fill(&mut iv).map_err(|_| errors::internal())?;
    }
    let plaintext = serde_json::to_vec(&card).map_err(|_| errors::internal())?;
    let plaintext = Zeroizing::new(faults::spoil_plaintext(fault, plaintext));
    let Sealed { body, tag } =
        faults::seal(fault, session, &iv, &plaintext).map_err(|_| errors::internal())?;

    let mut answer = Answer {
        card: CardReply::default(),
        encrypted_body: STANDARD.encode(body),
        encryption: Some(Encryption {
            encrypt_list: vec![WHOLE_BODY],
            ciphertext_blob: blob.to_owned(),
            iv: STANDARD.encode(&iv),
            algorithm: session.cipher.algorithm,
            tag_list: tag.map(|tag| vec![STANDARD.encode(tag)]),
        }),
        request_id: call.request_id.to_owned(),
    };
    faults::spoil_answer(fault, &mut answer, card);
    Ok(faults::spoil_text(fault, errors::to_body(&answer)))
}
