//! `POST /v1/seal`: seals a body, or members of an object, and returns the name of the opener for the reply.

use std::time::Instant;

use cardseal::{Opener, PictureFault, Recipient, SharedNonce};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::admission::Admitted;
use crate::json::Json;
use crate::problem::Problem;
use crate::text::{self, Text, present};

/// More members, or longer names, are in no documented request.
const MOST_FIELDS: usize = 64;
const LONGEST_NAME: usize = 128;

/// What to seal: `json` or `plaintext`, one of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"json": {"ImageUrl": "https://example.com/card.jpg", "CardSide": "FRONT"}}))]
pub(crate) struct SealRequest<'a> {
    /// The object to seal, byte for byte as given.
    #[serde(borrow, default, deserialize_with = "present")]
    #[schema(value_type = Object, nullable = false, required = false)]
    json: Option<&'a RawValue>,
    /// The base64 of the bytes to seal.
    #[serde(borrow, default, deserialize_with = "present")]
    #[schema(value_type = String, nullable = false, required = false)]
    plaintext: Option<Text<'a>>,
    /// Seal these members of `json` in place, and leave the others in clear.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, required = false, min_items = 1, max_items = 64)]
    fields: Option<Vec<String>>,
    /// Seal more than one member under SM4-GCM, all under one nonce: anyone who sees the request inside TLS learns the
    /// XOR of their values and can forge them.
    #[serde(default)]
    accept_repeated_gcm_nonce: bool,
    /// The service's public key, as the service delivers it; default: the sidecar's own.
    #[serde(borrow, default, deserialize_with = "present")]
    #[schema(value_type = String, nullable = false, required = false)]
    key: Option<Text<'a>>,
}

/// A sealed request.
#[derive(Serialize, ToSchema)]
pub(crate) struct SealReply<'a> {
    /// The opener's name for `/v1/open`. It opens one reply.
    opener: &'a str,
    /// How long the opener is kept, in seconds.
    expires_in: u64,
    /// The key's suite.
    algorithm: &'a str,
    /// The body to send: `{"EncryptedBody":…,"Encryption":{…}}`, or `json` with its members sealed.
    #[schema(value_type = Object)]
    sealed: &'a RawValue,
    /// What no service can read in it, or would take: it is sealed all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    warnings: Vec<String>,
}

pub(crate) fn seal(from: &Admitted) -> Result<Json, Problem> {
    let asked: SealRequest<'_> = text::read(&from.body)?;
    // Before anything is done for it.
    if from.shared.openers.is_full() {
        return Err(crate::openers::full());
    }
    let given = asked.key.as_ref();
    let given = given.map(|key| Recipient::parse(key.as_str().as_bytes()));
    let given = given.transpose()?;
    let recipient = given.as_ref().or(from.shared.key.as_ref()).ok_or_else(|| {
        Problem::input(
            "the request has no public key, and the sidecar has no default key; give key",
        )
    })?;
    let mut warnings = Vec::new();
    let (sealed, opener) = sealed(&asked, recipient, &mut warnings)?;
    let sealed: &RawValue = serde_json::from_slice(&sealed)
        .map_err(|_| Problem::bug("what was sealed is not JSON; please report it"))?;
    let openers = &from.shared.openers;
    let name = openers.keep(opener, from.caller, Instant::now())?;
    Json::write(&SealReply {
        opener: &name,
        expires_in: openers.lifetime().as_secs(),
        algorithm: recipient.algorithm(),
        sealed,
        warnings,
    })
}

fn sealed(
    asked: &SealRequest<'_>,
    recipient: &Recipient,
    warnings: &mut Vec<String>,
) -> Result<(Vec<u8>, Opener), Problem> {
    let decoded: Zeroizing<Vec<u8>>;
    let plaintext = match (asked.json, &asked.plaintext) {
        (Some(json), None) if json.get().starts_with('{') => json.get().as_bytes(),
        (Some(_), None) => return Err(malformed("json is not an object")),
        (None, Some(plaintext)) => {
            decoded = text::bytes(plaintext.as_str(), "plaintext")?;
            &decoded
        }
        _ => return Err(malformed("give either json or plaintext")),
    };
    for fault in PictureFault::in_request(plaintext) {
        if fault.is_key() {
            return Err(Problem::input(format!("{fault}; nothing was sealed")));
        }
        warnings.push(fault.to_string());
    }
    let Some(fields) = &asked.fields else {
        if let Err(fault) = cardseal::check_plaintext(plaintext) {
            warnings.push(fault.to_string());
        }
        let (sealed, opener) = recipient.seal(plaintext)?;
        return Ok((sealed.into_json(), opener));
    };
    if fields.is_empty()
        || fields.len() > MOST_FIELDS
        || fields.iter().any(|name| name.len() > LONGEST_NAME)
    {
        return Err(malformed(
            "fields holds 1 to 64 names of at most 128 bytes each",
        ));
    }
    let names: Vec<&str> = fields.iter().map(String::as_str).collect();
    let nonce = match asked.accept_repeated_gcm_nonce {
        true => SharedNonce::AcceptRepeatedGcmNonce,
        false => SharedNonce::Refuse,
    };
    let (sealed, opener) = recipient.seal_fields(plaintext, &names, nonce)?;
    Ok((sealed.into_json(), opener))
}

fn malformed(message: &str) -> Problem {
    Problem::malformed(message).with_status(StatusCode::UNPROCESSABLE_ENTITY)
}
