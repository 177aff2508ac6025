//! DetectAIFakeFaces: the whole request may come as one encrypted body; the answer is in clear.
//!
//! Source: the API page of DetectAIFakeFaces, whose example names the body `EncryptionBody` in EncryptList while the member
//! is called `EncryptedBody`.

use serde_json::{Value, json};

use crate::picture::{self, Alphabet};
use crate::strict_json;
use crate::tencent::action::Call;
use crate::tencent::errors::{self, ServiceError};
use crate::tencent::members::{self, Kind, Known, Object};
use crate::tencent::session::{self, Garbled, NO_TAG, Session};

const WHOLE_BODY: &str = "EncryptionBody";

const INNER: &[Known] = &[("FaceInput", Kind::Text), ("FaceInputType", Kind::Number)];

pub(super) const MEMBERS: &[&[Known]] = &[
    INNER,
    &[("EncryptedBody", Kind::Text), ("Encryption", Kind::Object)],
];

/// `FaceInputType` of a picture; 2 is a video, which is not looked at.
const PICTURE: i64 = 1;
const VIDEO: i64 = 2;

pub(super) fn detect(call: &Call<'_>, request: &Object) -> Result<String, ServiceError> {
    match session::encryption(request)? {
        None => judge(call, request),
        Some(encryption) => {
            let body = members::required_text(request, "EncryptedBody")?;
            let inner =
                open(call, encryption, body).map_err(|step| errors::cannot_decrypt().at(step.0))?;
            members::check(&inner, &[INNER])?;
            judge(call, &inner)
        }
    }
}

fn open(call: &Call<'_>, encryption: &Object, body: &str) -> Result<Object, Garbled> {
    let list = members::text_list(encryption, "EncryptList");
    if list.as_deref() != Some(&[WHOLE_BODY]) {
        return Err(Garbled(
            "EncryptList: it names something else than the whole body",
        ));
    }
    let session = Session::of_request(call.gateway, encryption)?;
    let tags = session.tags(encryption, 1)?;
    let plaintext = session.open(body, tags.first().ok_or(NO_TAG)?)?;
    strict_json::parse_object(&plaintext)
        .map_err(|_| Garbled("plaintext: it opened, and is no JSON object or has a member twice"))
}

fn judge(call: &Call<'_>, request: &Object) -> Result<String, ServiceError> {
    let input = members::required_text(request, "FaceInput")?;
    let kind = request.get("FaceInputType").and_then(Value::as_i64);
    match kind {
        Some(PICTURE) => picture::check(input, Alphabet::Standard, picture::COMMON)
            .map_err(|_| errors::image_not_decodable())?,
        Some(VIDEO) => {}
        Some(_) => return Err(errors::value_not_allowed("FaceInputType")),
        None => return Err(errors::missing_parameter("FaceInputType")),
    }
    Ok(errors::to_body(&json!({
        "AttackRiskLevel": "Low",
        "AttackRiskDetailList": [],
        "ExtraInfo": null,
        "RequestId": call.request_id,
    })))
}
