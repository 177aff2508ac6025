//! GeneralBasicOCR: the lines of the fixture.
//!
//! Source: the API page of GeneralBasicOCR 2018-11-19 (cloud.tencent.com/document/product/866/33526). It really has both
//! `Angel` and `Angle`. Positions are made up, one line below another.

use serde_json::{Value, json};

use super::action::Call;
use super::errors::{self, ServiceError};
use super::id_card;
use super::members::{self, Kind, Known, Object};

pub(super) const MEMBERS: &[Known] = &[
    ("ImageBase64", Kind::Text),
    ("ImageUrl", Kind::Text),
    ("Scene", Kind::Text),
    ("LanguageType", Kind::Text),
    ("IsPdf", Kind::Switch),
    ("PdfPageNumber", Kind::Number),
    ("IsWords", Kind::Switch),
];

/// The action GeneralBasicOCR.
pub(super) fn recognize(call: &Call<'_>, request: &Object) -> Result<String, ServiceError> {
    id_card::check_image(request)?;
    let language = members::text(request, "LanguageType").unwrap_or("zh");
    let lines = call.gateway.fixture.text().iter().enumerate();
    let detections: Vec<Value> = lines.map(|(at, line)| detection(at, line)).collect();
    Ok(errors::to_body(&json!({
        "TextDetections": detections,
        "Language": language,
        "Angel": 0.0,
        "Angle": 0.0,
        "PdfPageSize": 0,
        "RequestId": call.request_id,
    })))
}

fn detection(at: usize, line: &str) -> Value {
    let (top, bottom) = (40 * at, 40 * at + 32);
    let corner = |x: usize, y: usize| json!({"X": x, "Y": y});
    json!({
        "DetectedText": line,
        "Confidence": 99,
        "Polygon": [corner(0, top), corner(400, top), corner(400, bottom), corner(0, bottom)],
        "AdvancedInfo": json!({"Parag": {"ParagNo": 1}}).to_string(),
        "ItemPolygon": {"X": 0, "Y": top, "Width": 400, "Height": 32},
        "Words": [],
        "WordCoordPoint": [],
    })
}
