//! IDCardOCR: the checks of the request and the "recognised" card.
//!
//! Source: the API page of IDCardOCR 2018-11-19 (cloud.tencent.com/document/product/866/33524). Pictures are looked at
//! no further than their first bytes, and a URL is not fetched.

use serde::Serialize;
use serde_json::{Map, Value};

use super::action::Call;
use super::errors::{self, ServiceError};
use super::members::{self, Kind, Known, Object};
use crate::fixture::{Card, Fixture, Reflection, Side};
use crate::picture::{self, Alphabet};
use crate::strict_json;

/// The members that IDCardOCR and its encrypted twin share.
pub(super) const MEMBERS: &[Known] = &[
    ("ImageBase64", Kind::Text),
    ("ImageUrl", Kind::Text),
    ("CardSide", Kind::Text),
    ("Config", Kind::Own),
    ("EnableRecognitionRectify", Kind::Switch),
    ("EnableReflectDetail", Kind::Switch),
    ("CardWarnType", Kind::Text),
];

/// Disabled by the service, but still accepted; the encrypted twin does not have it.
pub(super) const CLEAR_ONLY: &[Known] = &[("EnableDateVerify", Kind::Switch)];

/// The switches that `Config` may hold.
const SWITCHES: &[&str] = &[
    "CropIdCard",
    "CropPortrait",
    "CopyWarn",
    "BorderCheckWarn",
    "ReshootWarn",
    "DetectPsWarn",
    "TempIdWarn",
    "InvalidDateWarn",
    "Quality",
    "MultiCardDetect",
    "ReflectWarn",
];

/// Which switch makes the service report which warnings. Codes not listed here are always reported.
const WARNINGS: &[(&str, &[i64])] = &[
    ("InvalidDateWarn", &[-9100, -9109]),
    ("BorderCheckWarn", &[-9101, -9105]),
    ("CopyWarn", &[-9102, -9108]),
    ("ReshootWarn", &[-9103]),
    ("TempIdWarn", &[-9104]),
    ("DetectPsWarn", &[-9106]),
    ("ReflectWarn", &[-9107]),
];

/// Warnings (electronic card, watermark) that only `CardWarnType: Advanced` reports.
const ADVANCED_WARNINGS: &[i64] = &[-9110, -9111];

/// The most characters of ImageBase64: the documented "10M", taken as 10^7.
const IMAGE_LIMIT: usize = 10_000_000;

/// The action IDCardOCR.
pub(super) fn recognize_clear(call: &Call<'_>, request: &Object) -> Result<String, ServiceError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer<'a> {
        #[serde(flatten)]
        card: CardReply,
        request_id: &'a str,
    }

    let card = recognize(&call.gateway.fixture, request)?;
    let request_id = call.request_id;
    Ok(errors::to_body(&Answer { card, request_id }))
}

/// Checks the business members, whose names and types have been checked, and finds the card.
pub(super) fn recognize(fixture: &Fixture, request: &Object) -> Result<CardReply, ServiceError> {
    let side = side(request)?;
    let asked = asked(request)?;
    check_image(request)?;
    let card = fixture.card(side).ok_or_else(errors::no_such_side)?;
    if let Some(code) = &card.error {
        return Err(errors::from_fixture(code));
    }
    Ok(asked.of(card))
}

/// The answer's business members.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CardReply {
    name: String,
    sex: String,
    nation: String,
    birth: String,
    address: String,
    id_num: String,
    authority: String,
    valid_date: String,
    /// A string that holds a JSON object.
    advanced_info: String,
    reflect_detail_infos: Vec<Reflection>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AdvancedInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    id_card: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    portrait: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    border_code_value: Option<u8>,
    warn_infos: Vec<i64>,
}

fn side(request: &Object) -> Result<Side, ServiceError> {
    match members::text(request, "CardSide") {
        None => Ok(Side::Any),
        Some("FRONT") => Ok(Side::Front),
        Some("BACK") => Ok(Side::Back),
        Some(_) => Err(errors::value_not_allowed("CardSide")),
    }
}

/// The image or its URL; the URL wins when both are there.
pub(super) fn check_image(request: &Object) -> Result<(), ServiceError> {
    if let Some(url) = members::text(request, "ImageUrl") {
        let is_http = url.starts_with("https://") || url.starts_with("http://");
        return is_http
            .then_some(())
            .ok_or_else(errors::image_not_downloadable);
    }
    let image = members::text(request, "ImageBase64").ok_or_else(errors::no_image)?;
    if image.len() > IMAGE_LIMIT {
        return Err(errors::image_too_large());
    }
    picture::check(image, Alphabet::Standard, picture::COMMON)
        .map_err(|_| errors::image_not_decodable())
}

/// What beside the text fields a request wants to know.
struct Asked {
    switches: Map<String, Value>,
    advanced_warnings: Reports,
    reflections: Reports,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reports {
    Wanted,
    Unwanted,
}

fn asked(request: &Object) -> Result<Asked, ServiceError> {
    let switches = config(request)?;
    let advanced_warnings = match members::text(request, "CardWarnType") {
        None | Some("Basic") => Reports::Unwanted,
        Some("Advanced") => Reports::Wanted,
        Some(_) => return Err(errors::value_not_allowed("CardWarnType")),
    };
    // The page: EnableReflectDetail takes effect only with Config.ReflectWarn.
    let reflections =
        members::is_on(request, "EnableReflectDetail") && members::is_on(&switches, "ReflectWarn");
    let reflections = if reflections {
        Reports::Wanted
    } else {
        Reports::Unwanted
    };
    Ok(Asked {
        switches,
        advanced_warnings,
        reflections,
    })
}

/// `Config`: a string that holds a JSON object whose members are known switches.
fn config(request: &Object) -> Result<Map<String, Value>, ServiceError> {
    let text = match request.get("Config") {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::String(text)) if text.is_empty() => return Ok(Map::new()),
        Some(Value::String(text)) => text,
        Some(_) => return Err(errors::config_format()),
    };
    let switches =
        strict_json::parse_object(text.as_bytes()).map_err(|_| errors::config_format())?;
    let known =
        |(name, value): (&String, &Value)| SWITCHES.contains(&name.as_str()) && value.is_boolean();
    if !switches.iter().all(known) {
        return Err(errors::config_format());
    }
    Ok(switches)
}

impl Asked {
    fn of(&self, card: &Card) -> CardReply {
        let info = AdvancedInfo {
            id_card: self.if_on("CropIdCard", &card.id_card),
            portrait: self.if_on("CropPortrait", &card.portrait),
            quality: self.if_on("Quality", &card.quality),
            border_code_value: self.if_on("BorderCheckWarn", &card.border_code_value),
            warn_infos: card
                .warn_infos
                .iter()
                .copied()
                .filter(|code| self.reports(*code))
                .collect(),
        };
        let reflections = match self.reflections {
            Reports::Wanted => card.reflect_detail_infos.clone(),
            Reports::Unwanted => Vec::new(),
        };
        CardReply {
            name: card.name.clone(),
            sex: card.sex.clone(),
            nation: card.nation.clone(),
            birth: card.birth.clone(),
            address: card.address.clone(),
            id_num: card.id_num.clone(),
            authority: card.authority.clone(),
            valid_date: card.valid_date.clone(),
            advanced_info: serde_json::to_string(&info).unwrap_or_default(),
            reflect_detail_infos: reflections,
        }
    }

    fn if_on<T: Clone>(&self, switch: &str, value: &Option<T>) -> Option<T> {
        value
            .clone()
            .filter(|_| members::is_on(&self.switches, switch))
    }

    fn reports(&self, code: i64) -> bool {
        if ADVANCED_WARNINGS.contains(&code) {
            return self.advanced_warnings == Reports::Wanted;
        }
        let switch = WARNINGS.iter().find(|(_, codes)| codes.contains(&code));
        switch.is_none_or(|(switch, _)| members::is_on(&self.switches, switch))
    }
}
