//! RecognizeEncryptedIDCardOCR: IDCardOCR inside an envelope.
//!
//! Source: the API page of RecognizeEncryptedIDCardOCR 2018-11-19 and "敏感数据加密指引"
//! (cloud.tencent.com/document/product/866/106048). Whatever is wrong with an envelope is answered by one code, as the
//! real service was seen to do.

use serde_json::Value;
use zeroize::Zeroizing;

use super::action::Call;
use super::answer::Answer;
use super::errors::{self, ServiceError};
use super::faults;
use super::id_card::{self, CardReply};
use super::members::{self, Kind, Known, Object};
use super::session::{self, Garbled, NO_TAG, Session};
use crate::gateway::Gateway;
use crate::strict_json;

/// The one name that EncryptList may hold.
const WHOLE_BODY: &str = "EncryptedBody";

/// The members beside those of IDCardOCR, which the API knows for show only.
pub(super) const MEMBERS: &[Known] = &[("EncryptedBody", Kind::Text), ("Encryption", Kind::Object)];

/// The action RecognizeEncryptedIDCardOCR.
pub(super) fn recognize_encrypted(
    call: &Call<'_>,
    request: &Object,
) -> Result<String, ServiceError> {
    // An image that comes in clear is a leak its sender should hear of.
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
    members::check(encryption, &[session::MEMBERS])?;
    members::required_text(encryption, "CiphertextBlob")?;
    members::required_text(encryption, "Iv")?;

    let (session, plaintext) =
        open(call.gateway, encryption, body).map_err(|step| errors::bad_envelope().at(step.0))?;
    let inner = strict_json::parse_object(&plaintext).map_err(|_| {
        errors::bad_envelope().at(
            "plaintext: it opened, and is no JSON object, or has a member twice, or begins with a BOM",
        )
    })?;
    members::check(&inner, &[id_card::MEMBERS])?;
    let card = id_card::recognize(&call.gateway.fixture, &inner)?;
    answer(call, &session, encryption, card)
}

fn open<'g>(
    gateway: &'g Gateway,
    encryption: &Object,
    body: &str,
) -> Result<(Session<'g>, Zeroizing<Vec<u8>>), Garbled> {
    let list = members::text_list(encryption, "EncryptList");
    if list.is_some_and(|names| names != [WHOLE_BODY]) {
        return Err(Garbled(
            "EncryptList: it names something else than EncryptedBody",
        ));
    }
    let session = Session::of_request(gateway, encryption)?;
    let tags = session.tags(encryption, 1)?;
    let plaintext = session.open(body, tags.first().ok_or(NO_TAG)?)?;
    Ok((session, plaintext))
}

fn answer(
    call: &Call<'_>,
    session: &Session<'_>,
    request: &Object,
    card: CardReply,
) -> Result<String, ServiceError> {
    let fault = call.gateway.config.fault;
    let plaintext = serde_json::to_vec(&card).map_err(|_| errors::internal())?;
    let plaintext = Zeroizing::new(faults::spoil_plaintext(fault, plaintext));
    let (bodies, encryption) = session.seal(call.gateway, request, &[WHOLE_BODY], &[&plaintext])?;

    let mut answer = Answer {
        card: CardReply::default(),
        encrypted_body: bodies.concat(),
        encryption: Some(encryption),
        request_id: call.request_id.to_owned(),
    };
    faults::spoil_answer(fault, &mut answer, card);
    Ok(faults::spoil_text(fault, errors::to_body(&answer)))
}
