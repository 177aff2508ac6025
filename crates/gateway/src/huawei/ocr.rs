//! The request's picture, which all APIs share; general text, and the licences.
//!
//! Source: the request schemas of the official SDK's OCR package, 3.1.219: exactly one of `image` and `url`.

use serde_json::{Map, Value, json};

use super::errors::{self, ServiceError};
use crate::fixture::License;
use crate::gateway::Gateway;
use crate::picture::{self, Alphabet, NotAPicture};

/// The most characters of a picture's Base64: 10 MB.
const PICTURE_LIMIT: usize = 10 * 1024 * 1024;

/// The picture is looked at no further than its first bytes, and a URL is not fetched.
pub(super) fn check_picture(request: &Map<String, Value>) -> Result<(), ServiceError> {
    match (text(request, "image")?, text(request, "url")?) {
        (Some(image), None) => check_image(image),
        (None, Some(url)) if url.starts_with("https://") || url.starts_with("http://") => Ok(()),
        (None, Some(_)) => Err(errors::image_not_fetched()),
        (None, None) => Err(errors::bad_parameter("One of image and url is needed.")),
        (Some(_), Some(_)) => Err(errors::bad_parameter(
            "Only one of image and url may be sent.",
        )),
    }
}

fn check_image(image: &str) -> Result<(), ServiceError> {
    if image.len() > PICTURE_LIMIT {
        return Err(errors::image_too_large());
    }
    picture::check(image, Alphabet::Standard, picture::WITH_TIFF).map_err(|error| match error {
        NotAPicture::Base64 => errors::image_not_base64(),
        NotAPicture::Format => errors::image_not_supported(),
    })
}

/// A text member; null and the empty text count as absent.
pub(super) fn text<'a>(
    request: &'a Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'a str>, ServiceError> {
    match request.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(errors::bad_parameter(format!("{name} must be a string."))),
    }
}

pub(super) fn general_text(
    gateway: &Gateway,
    request: &Map<String, Value>,
) -> Result<Value, ServiceError> {
    check_picture(request)?;
    let lines = gateway.fixture.text().iter().enumerate();
    let blocks: Vec<Value> = lines
        .map(|(at, line)| {
            let (top, bottom) = (40 * at, 40 * at + 32);
            let corners = [[0, top], [400, top], [400, bottom], [0, bottom]];
            json!({"words": line, "location": corners, "confidence": 0.99})
        })
        .collect();
    Ok(json!({
        "direction": -1,
        "words_block_count": blocks.len(),
        "words_block_list": blocks,
    }))
}

pub(super) fn business_license(
    gateway: &Gateway,
    request: &Map<String, Value>,
) -> Result<Value, ServiceError> {
    license(gateway, request, License::Business)
}

pub(super) fn driver_license(
    gateway: &Gateway,
    request: &Map<String, Value>,
) -> Result<Value, ServiceError> {
    license(gateway, request, License::Driver)
}

pub(super) fn vehicle_license(
    gateway: &Gateway,
    request: &Map<String, Value>,
) -> Result<Value, ServiceError> {
    license(gateway, request, License::Vehicle)
}

fn license(
    gateway: &Gateway,
    request: &Map<String, Value>,
    kind: License,
) -> Result<Value, ServiceError> {
    check_picture(request)?;
    Ok(Value::Object(gateway.fixture.license(kind).clone()))
}
