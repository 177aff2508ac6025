//! The result: the card's data and the service's findings on the picture.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Deserialize;

use crate::cloud::huawei::error_codes;
use crate::cloud::huawei::reply::{self, Reply};
use crate::cloud::raw::RawJson;
use crate::error::{Error, ErrorKind};
use crate::personal::Personal;
use crate::wire::json::{self, Members};
use crate::wire::lenient;
use crate::wire::unlike;

/// The result.
#[derive(Debug)]
#[non_exhaustive]
pub struct Recognized {
    /// The card's data.
    pub card: IdCard,
    /// `result` unchanged.
    pub raw: RawJson,
    /// The service's request id.
    pub request_id: String,
}

/// What a card says. What was not shown, not read or not asked for is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serialize-personal-data", derive(serde::Serialize))]
#[serde(default)]
#[non_exhaustive]
pub struct IdCard {
    /// Front: the name.
    #[serde(deserialize_with = "lenient::personal")]
    pub name: Personal,
    /// Front: `男` or `女`.
    #[serde(deserialize_with = "lenient::personal")]
    pub sex: Personal,
    /// Front: the date of birth, `1990-03-07`.
    #[serde(deserialize_with = "lenient::personal")]
    pub birth: Personal,
    /// Front: the ethnic group.
    #[serde(deserialize_with = "lenient::personal")]
    pub ethnicity: Personal,
    /// Front: the address.
    #[serde(deserialize_with = "lenient::personal")]
    pub address: Personal,
    /// Front: the citizen's number, 18 characters.
    #[serde(deserialize_with = "lenient::personal")]
    pub number: Personal,
    /// Back: the issuing authority.
    #[serde(deserialize_with = "lenient::personal")]
    pub issue: Personal,
    /// Back: the first day of validity.
    #[serde(deserialize_with = "lenient::personal")]
    pub valid_from: Personal,
    /// Back: the last day of validity, or `长期`.
    #[serde(deserialize_with = "lenient::personal")]
    pub valid_to: Personal,
    /// Whether the card's data are consistent.
    #[serde(
        rename = "verification_result",
        skip_serializing_if = "Option::is_none"
    )]
    #[serde(deserialize_with = "lenient::object")]
    pub verification: Option<Verification>,
    /// The position of each text: the corners in pixels, by the text's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "lenient::named_corners")]
    pub text_location: Option<BTreeMap<String, Option<Vec<Vec<i64>>>>>,
    /// The position of the portrait: its corners in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "lenient::corners")]
    pub portrait_location: Option<Vec<Vec<i64>>>,
    /// Base64 of the portrait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "lenient::some_personal")]
    pub portrait_image: Option<Personal>,
    /// Base64 of the card, cropped and straightened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "lenient::some_personal")]
    pub adjusted_image: Option<Personal>,
    /// The faults of the picture.
    #[serde(flatten)]
    pub detections: Detections,
    /// The confidence of each detection, 0 to 100, by the score's name.
    #[serde(rename = "score_info", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "lenient::named_integers")]
    pub scores: Option<BTreeMap<String, Option<i64>>>,
    /// The front, if both sides were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "lenient::object")]
    pub front: Option<Box<IdCard>>,
    /// The back, if both sides were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "lenient::object")]
    pub back: Option<Box<IdCard>>,
}

/// Whether what a card says is consistent; `None` where it was not looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serialize-personal-data", derive(serde::Serialize))]
#[serde(default)]
#[non_exhaustive]
pub struct Verification {
    /// The number's check digit.
    #[serde(deserialize_with = "lenient::flag")]
    pub valid_number: Option<bool>,
    /// The number and the date of birth.
    #[serde(deserialize_with = "lenient::flag")]
    pub valid_birth: Option<bool>,
    /// The number and the sex.
    #[serde(deserialize_with = "lenient::flag")]
    pub valid_sex: Option<bool>,
    /// The card is valid today.
    #[serde(deserialize_with = "lenient::flag")]
    pub valid_date: Option<bool>,
    /// The period of validity is one that cards are issued for.
    #[serde(deserialize_with = "lenient::flag")]
    pub valid_validity_period: Option<bool>,
}

/// What is wrong with the picture: **true where a problem was found**, `None` where it was not looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serialize-personal-data", derive(serde::Serialize))]
#[serde(default)]
#[non_exhaustive]
pub struct Detections {
    /// It is a picture of a screen.
    #[serde(
        rename = "detect_reproduce_result",
        skip_serializing_if = "Option::is_none"
    )]
    #[serde(deserialize_with = "lenient::flag")]
    pub reproduced: Option<bool>,
    /// It is a copy.
    #[serde(rename = "detect_copy_result", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "lenient::flag")]
    pub copied: Option<bool>,
    /// It was retouched.
    #[serde(
        rename = "detect_tampering_result",
        skip_serializing_if = "Option::is_none"
    )]
    #[serde(deserialize_with = "lenient::flag")]
    pub tampered: Option<bool>,
    /// The card's border is incomplete.
    #[serde(
        rename = "detect_border_integrity_result",
        skip_serializing_if = "Option::is_none"
    )]
    #[serde(deserialize_with = "lenient::flag")]
    pub border_incomplete: Option<bool>,
    /// Parts of the card are covered.
    #[serde(
        rename = "detect_blocking_within_border_result",
        skip_serializing_if = "Option::is_none"
    )]
    #[serde(deserialize_with = "lenient::flag")]
    pub covered: Option<bool>,
    /// It is blurred.
    #[serde(rename = "detect_blur_result", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "lenient::flag")]
    pub blurred: Option<bool>,
    /// It is a temporary card.
    #[serde(
        rename = "detect_interim_result",
        skip_serializing_if = "Option::is_none"
    )]
    #[serde(deserialize_with = "lenient::flag")]
    pub temporary: Option<bool>,
    /// There is glare.
    #[serde(
        rename = "detect_glare_result",
        skip_serializing_if = "Option::is_none"
    )]
    #[serde(deserialize_with = "lenient::flag")]
    pub glaring: Option<bool>,
}

/// An object with none of these members is not a card.
const MEMBERS: &[&str] = &[
    "name",
    "sex",
    "birth",
    "ethnicity",
    "address",
    "number",
    "issue",
    "valid_from",
    "valid_to",
    "front",
    "back",
];

/// The two sides, each an object with the same members.
const SIDES: [&str; 2] = ["front", "back"];

fn part<'a>(object: &Members<'a>, side: &str) -> Option<Members<'a>> {
    Members::parse(object.find(side)?.get()).ok()
}

/// Whether one of the members is there, at the top or on a side. Null is none, and so is a side that says nothing.
fn says_something(object: &Members<'_>) -> bool {
    let has_any = |object: &Members<'_>| {
        let mut own = MEMBERS.iter().filter(|name| !SIDES.contains(name));
        own.any(|name| object.has(name))
    };
    let mut sides = SIDES.iter().filter_map(|side| part(object, side));
    has_any(object) || sides.any(|side| has_any(&side))
}

/// A citizen's number that came as a number has more digits than a float.
fn keep_digits(card: &mut IdCard, members: &Members<'_>) {
    let texts = [
        ("name", &mut card.name),
        ("sex", &mut card.sex),
        ("birth", &mut card.birth),
        ("ethnicity", &mut card.ethnicity),
        ("address", &mut card.address),
        ("number", &mut card.number),
        ("issue", &mut card.issue),
        ("valid_from", &mut card.valid_from),
        ("valid_to", &mut card.valid_to),
    ];
    lenient::keep_digits(members, texts);
}

pub(super) fn read(reply: Reply) -> Result<Recognized, Error> {
    let id = Some(reply.request_id.as_str());
    let unlike = || unlike("an answer of this service").with_request_id(id);
    let members = Members::parse(&reply.text).map_err(|_| unlike())?;
    let result = members.find("result").ok_or_else(unlike)?.get();
    let inner = Members::parse(result).map_err(|_| unlike())?;
    if !says_something(&inner) {
        if let Some(no) = SIDES
            .iter()
            .find_map(|side| reply::refusal_in(&part(&inner, side)?))
        {
            return Err(error_codes::to_error(
                StatusCode::OK,
                &no.code,
                &no.message,
                id,
            ));
        }
        return Err(Error::new(
            ErrorKind::Protocol,
            format!(
                "the answer has none of the members of an ID card ({}); it answers another API, or the service has \
                 changed: nothing was read",
                MEMBERS.join(", ")
            ),
        )
        .with_request_id(id));
    }
    let mut card: IdCard = json::read_object(result).map_err(|_| unlike())?;
    keep_digits(&mut card, &inner);
    for (name, side) in [("front", &mut card.front), ("back", &mut card.back)] {
        if let (Some(side), Some(members)) = (side, part(&inner, name)) {
            keep_digits(side, &members);
        }
    }
    Ok(Recognized {
        card,
        raw: RawJson::new(result),
        request_id: reply.request_id.clone(),
    })
}

#[cfg(test)]
mod tests;
