//! `POST /v2/{project_id}/ocr/id-card`: the checks of the request, and what the fixture makes of it.
//!
//! Source: the request and result schemas of the official SDK's OCR package, 3.1.219. Positions and scores are not
//! answered: nothing is measured here.

use serde_json::{Map, Value, json};

use super::errors::{self, ServiceError};
use super::ocr;
use crate::fixture::{Card, Side};
use crate::gateway::Gateway;

/// The switches; what is not said is off.
const SWITCHES: &[&str] = &[
    "return_verification",
    "return_text_location",
    "return_portrait_location",
    "return_portrait_image",
    "return_adjusted_image",
];

/// The detections, and the fixture's warnings that each of them finds.
const DETECTIONS: &[(&str, &[i64])] = &[
    ("detect_reproduce", &[-9103]),
    ("detect_copy", &[-9102, -9108]),
    ("detect_tampering", &[-9106]),
    ("detect_border_integrity", &[-9101]),
    ("detect_blocking_within_border", &[-9105]),
    ("detect_blur", &[]),
    ("detect_interim", &[-9104]),
    ("detect_glare", &[-9107]),
];

/// Below this a picture is blurred: the fixture's quality is good from here on.
const GOOD_QUALITY: u8 = 50;

pub(super) fn recognize(
    gateway: &Gateway,
    request: &Map<String, Value>,
) -> Result<Value, ServiceError> {
    check_members(request)?;
    ocr::check_picture(request)?;
    let read = |side| {
        let card = gateway.fixture.card(side);
        let card = card.ok_or_else(errors::no_such_side)?;
        match &card.error {
            Some(code) => Err(errors::from_fixture(code)),
            None => Ok(read(card, request)),
        }
    };
    match ocr::text(request, "side")? {
        None => read(Side::Any),
        Some("front") => read(Side::Front),
        Some("back") => read(Side::Back),
        Some("double_side") => Ok(json!({"front": read(Side::Front)?, "back": read(Side::Back)?})),
        Some(_) => Err(errors::bad_parameter(
            "side must be front, back or double_side.",
        )),
    }
}

fn check_members(request: &Map<String, Value>) -> Result<(), ServiceError> {
    for (name, value) in request {
        if matches!(name.as_str(), "image" | "url" | "side") {
            continue;
        }
        let detections = DETECTIONS.iter().map(|(name, _)| name);
        let known = SWITCHES
            .iter()
            .chain(detections)
            .find(|known| *known == name);
        let name = known.ok_or_else(|| errors::bad_parameter("A member is not known."))?;
        if !value.is_boolean() && !value.is_null() {
            let message = format!("{name} must be true or false.");
            return Err(errors::bad_parameter(message));
        }
    }
    Ok(())
}

/// What is empty on this side is left out, as the service does.
fn read(card: &Card, request: &Map<String, Value>) -> Value {
    let mut result = Map::new();
    let (valid_from, valid_to) = card.valid_date.split_once('-').unwrap_or_default();
    for (name, value) in [
        ("name", card.name.clone()),
        ("sex", card.sex.clone()),
        ("birth", card.birth.replace('/', "-")),
        ("ethnicity", card.nation.clone()),
        ("address", card.address.clone()),
        ("number", card.id_num.clone()),
        ("issue", card.authority.clone()),
        ("valid_from", valid_from.replace('.', "-")),
        ("valid_to", valid_to.replace('.', "-")),
    ] {
        if !value.is_empty() {
            result.insert(name.to_owned(), Value::from(value));
        }
    }
    if is_on(request, "return_verification") {
        let valid = json!({"valid_number": has_check_digit(&card.id_num)});
        result.insert("verification_result".to_owned(), valid);
    }
    for (switch, member, image) in [
        ("return_portrait_image", "portrait_image", &card.portrait),
        ("return_adjusted_image", "adjusted_image", &card.id_card),
    ] {
        if let Some(image) = image.as_ref().filter(|_| is_on(request, switch)) {
            result.insert(member.to_owned(), Value::from(image.as_str()));
        }
    }
    for (name, warnings) in DETECTIONS {
        if is_on(request, name) {
            let blurred = *name == "detect_blur"
                && card.quality.is_some_and(|quality| quality < GOOD_QUALITY);
            let found = blurred || card.warn_infos.iter().any(|code| warnings.contains(code));
            result.insert(format!("{name}_result"), Value::Bool(found));
        }
    }
    Value::Object(result)
}

fn is_on(request: &Map<String, Value>, name: &str) -> bool {
    request.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// GB 11643-1999: ISO 7064 MOD 11-2 over 17 digits and a check character.
fn has_check_digit(number: &str) -> bool {
    let values: Option<Vec<u32>> = number
        .char_indices()
        .map(|(at, character)| match character {
            'X' if at == 17 => Some(10),
            digit => digit.to_digit(10),
        })
        .collect();
    let Some(values) = values.filter(|values| values.len() == 18) else {
        return false;
    };
    values.iter().fold(0, |sum, value| (sum * 2 + value) % 11) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        for (number, wanted) in [
            ("11010119900307002X", true),
            ("110101199003070020", false),
            ("1101011990030700X2", false),
            ("11010119900307002", false),
            ("", false),
        ] {
            assert_eq!(has_check_digit(number), wanted, "{number}");
        }
    }
}
