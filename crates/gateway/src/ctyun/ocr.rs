//! General text, and the licences: the checks of the request, and what the fixture says.
//!
//! Source: the product's pages 10022648, 10048693 and 10048698 for the licences; public scripts for general text. The
//! pages call for "safe" Base64 and show its URL-safe alphabet, the vendor's samples send the standard one: both are
//! taken. The `Action` of the vehicle licence is on no page, so any will do.

use serde_json::{Map, Value, json};

use super::errors::{self, ServiceError};
use crate::fixture::License;
use crate::gateway::Gateway;
use crate::picture::{self, Alphabet, NotAPicture};

/// The most pictures in `data`.
const MOST_PICTURES: usize = 50;

/// The most characters of one picture in `data`: 10 MB.
const PICTURE_LIMIT: usize = 10 * 1024 * 1024;

/// The most characters of a licence's `ImageData`: 7 MB.
const LICENSE_LIMIT: usize = 7 * 1024 * 1024;

pub(super) fn general_text(
    gateway: &Gateway,
    request: &Map<String, Value>,
) -> Result<Value, ServiceError> {
    let pictures = pictures(request)?;
    let lines = gateway.fixture.text().iter().enumerate();
    let lines: Vec<Value> = lines
        .map(|(at, line)| {
            let (top, bottom) = (40 * at, 40 * at + 32);
            let corners = [[0, top], [400, top], [400, bottom], [0, bottom]];
            let detail = json!({"name": "text", "text": line, "box": corners});
            json!({"text_line": line, "detail": [detail]})
        })
        .collect();
    let each = pictures.iter().flat_map(|_| lines.iter().cloned());
    Ok(each.collect())
}

pub(super) fn business_license(
    gateway: &Gateway,
    request: &Map<String, Value>,
) -> Result<Value, ServiceError> {
    license(gateway, request, Some("BusinessCardOCR"), License::Business)
}

pub(super) fn driver_license(
    gateway: &Gateway,
    request: &Map<String, Value>,
) -> Result<Value, ServiceError> {
    license(gateway, request, Some("DriversLicense"), License::Driver)
}

pub(super) fn vehicle_license(
    gateway: &Gateway,
    request: &Map<String, Value>,
) -> Result<Value, ServiceError> {
    license(gateway, request, None, License::Vehicle)
}

fn license(
    gateway: &Gateway,
    request: &Map<String, Value>,
    action: Option<&str>,
    kind: License,
) -> Result<Value, ServiceError> {
    let said = request.get("Action").and_then(Value::as_str);
    let said = said.filter(|said| !said.is_empty());
    let fits = match action {
        Some(action) => said == Some(action),
        None => said.is_some(),
    };
    if !fits {
        return Err(errors::bad_request("Action is missing or another API's"));
    }
    let image = request.get("ImageData").and_then(Value::as_str);
    let image = image.ok_or_else(|| errors::bad_request("ImageData is missing"))?;
    check(image, LICENSE_LIMIT)?;
    Ok(Value::Object(gateway.fixture.license(kind).clone()))
}

/// The pictures in `data`, each of them checked.
pub(super) fn pictures(request: &Map<String, Value>) -> Result<&[Value], ServiceError> {
    let data = request.get("data").and_then(Value::as_array);
    let data = data.ok_or_else(|| errors::bad_request("data must be a list of pictures"))?;
    if data.is_empty() || data.len() > MOST_PICTURES {
        return Err(errors::bad_request("data must hold 1 to 50 pictures"));
    }
    for picture in data {
        let text = picture.as_str();
        let text = text.ok_or_else(|| errors::bad_request("data must hold texts only"))?;
        check(text, PICTURE_LIMIT)?;
    }
    Ok(data)
}

fn check(image: &str, limit: usize) -> Result<(), ServiceError> {
    if image.len() > limit {
        return Err(errors::bad_image("the picture is too large"));
    }
    picture::check(image, Alphabet::Either, picture::COMMON).map_err(|error| match error {
        NotAPicture::Base64 => errors::bad_image("the picture is not Base64"),
        NotAPicture::Format => errors::bad_image("the picture is no PNG, JPEG or BMP"),
    })
}
