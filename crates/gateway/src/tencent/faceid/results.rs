//! The faceid actions whose answer comes encrypted when it is asked for: as a whole, or the personal fields of it.
//!
//! Source: the API pages of CheckIdCardInformation, GetDetectInfoEnhanced and GetFaceIdResult. `IsEncryptResponse` puts the
//! inner object into `EncryptedBody`; `IsEncrypt` encrypts single fields, whose paths from `Response` down stand in
//! EncryptList. No page shows what EncryptList says of a whole answer: here it is faceid's own name for a whole body.

use serde_json::{Value, json};

use crate::fixture::{Card, Side};
use crate::tencent::action::Call;
use crate::tencent::answer::Encryption;
use crate::tencent::errors::{self, ServiceError};
use crate::tencent::faults;
use crate::tencent::id_card;
use crate::tencent::members::{self, Kind, Known, Object};
use crate::tencent::session::{self, Session};

const WHOLE_BODY: &str = "EncryptionBody";

const WHOLE: &[Known] = &[
    ("IsEncryptResponse", Kind::Switch),
    ("Encryption", Kind::Object),
];
const FIELDS: &[Known] = &[("IsEncrypt", Kind::Switch)];

pub(super) const CARD_MEMBERS: &[&[Known]] = &[
    &[
        ("ImageBase64", Kind::Text),
        ("ImageUrl", Kind::Text),
        ("Config", Kind::Text),
    ],
    WHOLE,
    FIELDS,
];

pub(super) const DETECTION_MEMBERS: &[&[Known]] = &[
    &[
        ("BizToken", Kind::Text),
        ("RuleId", Kind::Text),
        ("InfoType", Kind::Text),
        ("BestFramesCount", Kind::Number),
        ("IsCutIdCardImage", Kind::Switch),
        ("IsNeedIdCardAvatar", Kind::Switch),
        ("IsReturnAllVideo", Kind::Switch),
    ],
    WHOLE,
    FIELDS,
];

pub(super) const FACE_ID_MEMBERS: &[&[Known]] = &[
    &[
        ("FaceIdToken", Kind::Text),
        ("IsNeedVideo", Kind::Switch),
        ("IsNeedBestFrame", Kind::Switch),
    ],
    WHOLE,
];

/// A personal field: where JSON pointers find it in the inner object, and what EncryptList calls it.
type Path = (&'static str, &'static str);

pub(super) fn check_id_card(call: &Call<'_>, request: &Object) -> Result<String, ServiceError> {
    const PATHS: &[Path] = &[("/IdNum", "Response.IdNum"), ("/Name", "Response.Name")];
    id_card::check_image(request)?;
    let card = front(call)?;
    let inner = json!({
        "Result": "Success",
        "Description": "成功",
        "Sim": 99.0,
        "Name": card.name,
        "Sex": card.sex,
        "Nation": card.nation,
        "Birth": card.birth,
        "Address": card.address,
        "IdNum": card.id_num,
        "Portrait": card.portrait.as_deref().unwrap_or_default(),
        "Warnings": "",
        "Quality": 99.0,
    });
    answer(call, request, inner, PATHS)
}

pub(super) fn detection(call: &Call<'_>, request: &Object) -> Result<String, ServiceError> {
    const PATHS: &[Path] = &[
        ("/Text/IdCard", "Response.Text.IdCard"),
        ("/Text/Name", "Response.Text.Name"),
        (
            "/Text/LivenessDetail/0/Idcard",
            "Response.Text.LivenessDetail[0].Idcard",
        ),
        (
            "/Text/LivenessDetail/0/Name",
            "Response.Text.LivenessDetail[0].Name",
        ),
    ];
    members::required_text(request, "BizToken")?;
    members::required_text(request, "RuleId")?;
    let card = front(call)?;
    let inner = json!({
        "Text": {
            "ErrCode": 0,
            "ErrMsg": "成功",
            "IdCard": card.id_num,
            "Name": card.name,
            "LiveStatus": 0,
            "LiveMsg": "成功",
            "Sim": "99.00",
            "LivenessDetail": [
                {"Errcode": 0, "Errmsg": "成功", "Idcard": card.id_num, "Name": card.name, "Sim": "99.00"},
            ],
        },
        "IdCardData": null,
        "BestFrame": null,
        "VideoData": null,
    });
    answer(call, request, inner, PATHS)
}

pub(super) fn face_id(call: &Call<'_>, request: &Object) -> Result<String, ServiceError> {
    members::required_text(request, "FaceIdToken")?;
    let card = front(call)?;
    let inner = json!({
        "Result": "0",
        "Description": "成功",
        "IdCard": card.id_num,
        "Name": card.name,
        "Similarity": 99.0,
        "Extra": "",
    });
    answer(call, request, inner, &[])
}

fn front<'a>(call: &Call<'a>) -> Result<&'a Card, ServiceError> {
    let card = call.gateway.fixture.card(Side::Front);
    let card = card.ok_or_else(errors::no_such_side)?;
    match &card.error {
        Some(code) => Err(errors::from_fixture(code)),
        None => Ok(card),
    }
}

/// The answer in clear, or encrypted as the request asks for it; as a whole if it asks for both.
fn answer(
    call: &Call<'_>,
    request: &Object,
    mut inner: Value,
    paths: &[Path],
) -> Result<String, ServiceError> {
    let whole = members::is_on(request, "IsEncryptResponse");
    let fields = members::is_on(request, "IsEncrypt");
    let encryption = match session::encryption(request)? {
        Some(encryption) if whole || fields => encryption,
        None if whole || fields => return Err(errors::missing_parameter("Encryption")),
        _ => return Ok(finish(call, inner, "", None)),
    };
    members::required_text(encryption, "CiphertextBlob")?;
    let session = Session::of_answer(call.gateway, encryption)
        .map_err(|step| errors::cannot_decrypt().at(step.0))?;
    if whole {
        let plaintext = inner.to_string();
        let (bodies, encryption) = session.seal(
            call.gateway,
            encryption,
            &[WHOLE_BODY],
            &[plaintext.as_bytes()],
        )?;
        return Ok(finish(call, json!({}), &bodies.concat(), Some(encryption)));
    }
    let names: Vec<&'static str> = paths.iter().map(|(_, name)| *name).collect();
    let texts: Vec<String> = paths
        .iter()
        .filter_map(|(pointer, _)| inner.pointer(pointer)?.as_str().map(str::to_owned))
        .collect();
    let plaintexts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    let (bodies, encryption) = session.seal(call.gateway, encryption, &names, &plaintexts)?;
    for ((pointer, _), body) in paths.iter().zip(bodies) {
        if let Some(value) = inner.pointer_mut(pointer) {
            *value = Value::from(body);
        }
    }
    Ok(finish(call, inner, "", Some(encryption)))
}

fn finish(
    call: &Call<'_>,
    mut answer: Value,
    encrypted_body: &str,
    mut encryption: Option<Encryption>,
) -> String {
    if let (Some(fault), Some(encryption)) = (call.gateway.config.fault, &mut encryption) {
        faults::spoil_encryption(fault, encryption);
    }
    if let Some(members) = answer.as_object_mut() {
        members.insert("EncryptedBody".to_owned(), Value::from(encrypted_body));
        members.insert("Encryption".to_owned(), json!(encryption));
        members.insert("RequestId".to_owned(), Value::from(call.request_id));
    }
    errors::to_body(&answer)
}
