//! The faceid actions that take the envelope, and the verdict of those that take single fields in it.
//!
//! Source: the API pages and the machine-readable specification of faceid 2018-03-01. The actions themselves are data, in
//! `faceid/table.rs`. A verdict compares the name and number of the fixture's front with those that were sent, so that a
//! caller sees whether its fields arrived as they were meant; numbers of banks and phones only have to be digits.

mod fake_faces;
mod results;
mod table;

use serde_json::{Map, Value, json};

use super::action::Call;
use super::errors::{self, ServiceError};
use super::members::{self, Known, Object};
use super::session::{self, Garbled, Session};
use crate::fixture::Side;
use crate::gateway::Gateway;

pub(super) use table::ACTIONS;

/// An action that takes named fields, any of them encrypted.
pub(super) struct Fields {
    /// The fields that may be encrypted, all of them texts.
    pub encryptable: &'static [Known],
    pub envelope: Place,
    pub verdict: Verdict,
}

/// Where the request says how its fields are encrypted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the member `Encryption`.
    Member,
    /// Among the fields themselves, and with AES-256-CBC only: the oldest form.
    Flat,
}

/// The shape of the answer.
#[derive(Clone, Copy)]
pub(super) enum Verdict {
    /// `Result` is `0` or `-1`.
    Match,
    /// `Result` is `Success` or a code, and `Sim` a number.
    Likeness,
    /// The members named here hold a token or a URL.
    Tokens(&'static [&'static str]),
}

/// Opens what is encrypted and gives the verdict.
pub(super) fn verify(
    call: &Call<'_>,
    request: &Object,
    fields: &Fields,
) -> Result<String, ServiceError> {
    let mut opened = request.clone();
    let encryption = match fields.envelope {
        Place::Member => session::encryption(request)?.cloned(),
        Place::Flat => flat_encryption(request),
    };
    if let Some(encryption) = encryption {
        open_fields(call.gateway, fields, &encryption, &mut opened)?;
    }
    let names = fields.encryptable.iter().map(|(name, _)| *name);
    let sent: Vec<(&str, &str)> = names
        .filter_map(|name| Some((name, members::text(&opened, name)?)))
        .collect();
    if sent.is_empty() && !matches!(fields.verdict, Verdict::Tokens(_)) {
        let (first, _) = fields.encryptable.first().ok_or_else(errors::internal)?;
        return Err(errors::missing_parameter(first));
    }
    let holds = sent
        .iter()
        .all(|(name, value)| is_right(call.gateway, name, value));
    let mut answer = answer(fields.verdict, holds, call.request_id);
    answer.insert("RequestId".to_owned(), Value::from(call.request_id));
    Ok(errors::to_body(&answer))
}

/// The flat form as the member it later became.
fn flat_encryption(request: &Object) -> Option<Object> {
    let members = ["CiphertextBlob", "Iv", "EncryptList"];
    let members = members.iter().filter_map(|name| {
        let value = request.get(*name)?;
        Some(((*name).to_owned(), value.clone()))
    });
    let encryption: Object = members.filter(|(_, value)| !value.is_null()).collect();
    (!encryption.is_empty()).then_some(encryption)
}

/// Replaces each field that EncryptList names by what it says. One key and one IV serve them all; tags come in the
/// list's order.
fn open_fields(
    gateway: &Gateway,
    fields: &Fields,
    encryption: &Object,
    request: &mut Object,
) -> Result<(), ServiceError> {
    let names = members::text_list(encryption, "EncryptList").unwrap_or_default();
    if names.is_empty() {
        return Err(errors::missing_parameter("EncryptList"));
    }
    for name in &names {
        let known = fields.encryptable.iter().any(|(known, _)| known == name);
        let once = names.iter().filter(|other| *other == name).count() == 1;
        if !known || !once {
            return Err(errors::field_not_encryptable());
        }
    }
    let opened = open_each(gateway, encryption, &names, request);
    for (name, text) in opened.map_err(|step| errors::cannot_decrypt().at(step.0))? {
        request.insert(name, Value::from(text));
    }
    Ok(())
}

fn open_each(
    gateway: &Gateway,
    encryption: &Object,
    names: &[&str],
    request: &Object,
) -> Result<Vec<(String, String)>, Garbled> {
    let session = Session::of_request(gateway, encryption)?;
    let tags = session.tags(encryption, names.len())?;
    let pairs = names.iter().zip(&tags).map(|(name, tag)| {
        let text = members::text(request, name).ok_or(Garbled(
            "EncryptList: it names a member that the request has not",
        ))?;
        let plaintext = session.open(text, tag)?;
        let plaintext = std::str::from_utf8(&plaintext)
            .map_err(|_| Garbled("plaintext: it opened, and is no UTF-8"))?;
        Ok(((*name).to_owned(), plaintext.to_owned()))
    });
    pairs.collect()
}

fn is_right(gateway: &Gateway, name: &str, value: &str) -> bool {
    let front = gateway.fixture.card(Side::Front);
    match name {
        "Name" => front.is_some_and(|card| card.name == value),
        "IdCard" => front.is_some_and(|card| card.id_num == value),
        "ImageBase64" => true,
        _ => value.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

fn answer(verdict: Verdict, holds: bool, request_id: &str) -> Map<String, Value> {
    let answer = match (verdict, holds) {
        (Verdict::Match, true) => json!({"Result": "0", "Description": "一致"}),
        (Verdict::Match, false) => json!({"Result": "-1", "Description": "不一致"}),
        (Verdict::Likeness, true) => {
            json!({"Result": "Success", "Description": "成功", "Sim": 99.0})
        }
        (Verdict::Likeness, false) => json!({
            "Result": "FailedOperation.IdNameMisMatch", "Description": "不一致", "Sim": 0.0,
        }),
        // Every token is of use for nothing, and different.
        (Verdict::Tokens(names), _) => names
            .iter()
            .map(|name| match *name {
                "Url" => ("Url".to_owned(), Value::from("https://example.com/faceid")),
                name => (name.to_owned(), Value::from(request_id)),
            })
            .collect(),
    };
    match answer {
        Value::Object(answer) => answer,
        _ => Map::new(),
    }
}
