//! The cards a gateway "recognises". [`Fixture`] describes the format.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The cards of one gateway; [`Fixture::default`] is the built-in specimen.
///
/// A fixture is a JSON object with a `FRONT` object, a `BACK` object, or both. The request selects the side; the
/// default is the front. Every member is optional:
///
/// ```json
/// {
///   "FRONT": {
///     "Name": "…", "Sex": "女", "Nation": "汉", "Birth": "1990/3/7", "Address": "…", "IdNum": "…",
///     "WarnInfos": [-9102, -9107],
///     "Quality": 87, "BorderCodeValue": 4, "IdCard": "<Base64>", "Portrait": "<Base64>",
///     "ReflectDetailInfos": [{"Position": "Portrait"}]
///   },
///   "BACK": {"Authority": "…", "ValidDate": "2020.01.01-2040.01.01", "Error": "FailedOperation.ImageBlur"},
///   "TEXT": ["first line", "second line"],
///   "BUSINESS_LICENSE": {}, "DRIVER_LICENSE": {}, "VEHICLE_LICENSE": {}
/// }
/// ```
///
/// - Text members are strings, copied into the answer.
/// - `WarnInfos` are the card's warning codes; the answer contains those whose switch the request's `Config` turns on.
/// - `Quality` and `BorderCodeValue` are 0 to 100; they, `IdCard` and `Portrait` appear only if requested.
/// - `Position` is `NationalEmblem`, `Portrait`, `RecognitionField` or `Others`.
/// - `Error` is an error code that is answered instead of the card, in the cloud's own format.
/// - `TEXT` has the lines for general text recognition; the three licences are answered unchanged. Missing parts are
///   taken from the specimen.
///
/// Huawei's and Ctyun's answers are made from the same cards.
///
/// Unknown and duplicate members are an error.
#[derive(Clone, Debug)]
pub struct Fixture {
    front: Option<Card>,
    back: Option<Card>,
    text: Vec<String>,
    business_license: Map<String, Value>,
    driver_license: Map<String, Value>,
    vehicle_license: Map<String, Value>,
}

impl Fixture {
    /// Reads a fixture in the format described above.
    pub fn from_json(text: &str) -> Result<Self, FixtureError> {
        let file: File =
            serde_json::from_str(text).map_err(|error| FixtureError::Format(error.to_string()))?;
        if file.front.is_none() && file.back.is_none() {
            return Err(FixtureError::NoSide);
        }
        for (side, card) in [("FRONT", &file.front), ("BACK", &file.back)] {
            if let Some(card) = card {
                card.check(side)?;
            }
        }
        let specimen = Fixture::default();
        Ok(Fixture {
            front: file.front,
            back: file.back,
            text: file.text.unwrap_or(specimen.text),
            business_license: file.business_license.unwrap_or(specimen.business_license),
            driver_license: file.driver_license.unwrap_or(specimen.driver_license),
            vehicle_license: file.vehicle_license.unwrap_or(specimen.vehicle_license),
        })
    }

    /// The lines that general text recognition finds.
    pub(crate) fn text(&self) -> &[String] {
        &self.text
    }

    /// What a licence of this kind says.
    pub(crate) fn license(&self, kind: License) -> &Map<String, Value> {
        match kind {
            License::Business => &self.business_license,
            License::Driver => &self.driver_license,
            License::Vehicle => &self.vehicle_license,
        }
    }

    /// The card on this side, if there is one.
    pub(crate) fn card(&self, side: Side) -> Option<&Card> {
        match side {
            Side::Front => self.front.as_ref(),
            Side::Back => self.back.as_ref(),
            Side::Any => self.front.as_ref().or(self.back.as_ref()),
        }
    }
}

impl Default for Fixture {
    /// A specimen: every text says so, and the number has only a valid check digit.
    fn default() -> Self {
        Fixture {
            front: Some(Card {
                name: "证件样本".into(),
                sex: "女".into(),
                nation: "汉".into(),
                birth: "1990/3/7".into(),
                address: "北京市东城区样本路0号（仅供测试）".into(),
                id_num: "11010119900307002X".into(),
                quality: Some(99),
                border_code_value: Some(0),
                ..Card::default()
            }),
            back: Some(Card {
                authority: "样本市公安局（仅供测试）".into(),
                valid_date: "2020.01.01-2040.01.01".into(),
                quality: Some(99),
                border_code_value: Some(0),
                ..Card::default()
            }),
            text: vec!["样本第一行".into(), "SPECIMEN, second line".into()],
            business_license: specimen(&[
                ("name", "样本有限公司（仅供测试）"),
                ("number", "00000000000000000X"),
            ]),
            driver_license: specimen(&[("name", "证件样本"), ("number", "11010119900307002X")]),
            vehicle_license: specimen(&[("plate", "京A00000"), ("owner", "证件样本")]),
        }
    }
}

fn specimen(members: &[(&str, &str)]) -> Map<String, Value> {
    let members = members.iter().copied();
    members
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect()
}

/// A document beside the identity card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum License {
    Business,
    Driver,
    Vehicle,
}

/// Which side of a card a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Front,
    Back,
    /// Not said: the service finds out by itself.
    Any,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "FRONT")]
    front: Option<Card>,
    #[serde(rename = "BACK")]
    back: Option<Card>,
    #[serde(rename = "TEXT")]
    text: Option<Vec<String>>,
    #[serde(rename = "BUSINESS_LICENSE")]
    business_license: Option<Map<String, Value>>,
    #[serde(rename = "DRIVER_LICENSE")]
    driver_license: Option<Map<String, Value>>,
    #[serde(rename = "VEHICLE_LICENSE")]
    vehicle_license: Option<Map<String, Value>>,
}

/// One side of a card, and what there is to say about its picture.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct Card {
    pub name: String,
    pub sex: String,
    pub nation: String,
    pub birth: String,
    pub address: String,
    pub id_num: String,
    pub authority: String,
    pub valid_date: String,
    pub warn_infos: Vec<i64>,
    pub quality: Option<u8>,
    pub border_code_value: Option<u8>,
    pub id_card: Option<String>,
    pub portrait: Option<String>,
    pub reflect_detail_infos: Vec<Reflection>,
    pub error: Option<String>,
}

/// Where light is reflected.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct Reflection {
    pub position: Position,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) enum Position {
    NationalEmblem,
    Portrait,
    RecognitionField,
    Others,
}

impl Card {
    fn check(&self, side: &'static str) -> Result<(), FixtureError> {
        for (member, percent) in [
            ("Quality", self.quality),
            ("BorderCodeValue", self.border_code_value),
        ] {
            if percent.is_some_and(|percent| percent > 100) {
                return Err(FixtureError::OutOfRange { side, member });
            }
        }
        for (member, image) in [("IdCard", &self.id_card), ("Portrait", &self.portrait)] {
            if image
                .as_ref()
                .is_some_and(|image| STANDARD.decode(image).is_err())
            {
                return Err(FixtureError::NotBase64 { side, member });
            }
        }
        if self.error.as_ref().is_some_and(String::is_empty) {
            return Err(FixtureError::EmptyError { side });
        }
        Ok(())
    }
}

/// What is wrong with a fixture.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FixtureError {
    /// Not JSON, or a member that is unknown, duplicate or of the wrong type.
    #[error("the fixture cannot be read: {0}")]
    Format(String),
    /// Neither side is present.
    #[error("the fixture has neither FRONT nor BACK")]
    NoSide,
    /// A number that is not 0 to 100.
    #[error("the fixture's {side}.{member} is not 0 to 100")]
    OutOfRange {
        /// `FRONT` or `BACK`.
        side: &'static str,
        /// The member's name.
        member: &'static str,
    },
    /// A picture that is not Base64.
    #[error("the fixture's {side}.{member} is not Base64")]
    NotBase64 {
        /// `FRONT` or `BACK`.
        side: &'static str,
        /// The member's name.
        member: &'static str,
    },
    /// `Error` is empty.
    #[error("the fixture's {side}.Error names no error code")]
    EmptyError {
        /// `FRONT` or `BACK`.
        side: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specimen_number_has_its_check_digit() {
        // GB 11643-1999: ISO 7064 MOD 11-2 over 17 digits.
        let number = Fixture::default().front.unwrap().id_num;
        let sum: u32 = number
            .chars()
            .take(17)
            .enumerate()
            .map(|(at, digit)| digit.to_digit(10).unwrap() * (1 << (17 - at)) % 11)
            .sum();
        let check = (12 - sum % 11) % 11;
        assert_eq!(number.len(), 18);
        assert_eq!(
            number.chars().last(),
            Some(if check == 10 {
                'X'
            } else {
                char::from(b'0' + check as u8)
            })
        );
    }

    #[test]
    fn sides_are_chosen() {
        let both = Fixture::from_json(r#"{"FRONT":{"Name":"a"},"BACK":{"Name":"b"}}"#).unwrap();
        let back = Fixture::from_json(r#"{"BACK":{"Name":"b"}}"#).unwrap();
        let name = |fixture: &Fixture, side| fixture.card(side).map(|card| card.name.clone());
        assert_eq!(name(&both, Side::Any).as_deref(), Some("a"));
        assert_eq!(name(&both, Side::Back).as_deref(), Some("b"));
        assert_eq!(name(&back, Side::Any).as_deref(), Some("b"));
        assert_eq!(name(&back, Side::Front), None);
    }

    #[test]
    fn bad_fixtures_say_why() {
        let refused = |text| Fixture::from_json(text).unwrap_err();
        for text in [
            "",
            "[]",
            r#"{"LEFT":{}}"#,
            r#"{"FRONT":{"Nmae":"x"}}"#,
            r#"{"FRONT":{"Name":1}}"#,
            r#"{"FRONT":{"Name":"a","Name":"b"}}"#,
            r#"{"FRONT":{"Quality":-1}}"#,
            r#"{"FRONT":{"ReflectDetailInfos":[{"Position":"Elsewhere"}]}}"#,
        ] {
            assert!(matches!(refused(text), FixtureError::Format(_)), "{text}");
        }
        assert_eq!(refused("{}"), FixtureError::NoSide);
        let (side, member) = ("FRONT", "Quality");
        assert_eq!(
            refused(r#"{"FRONT":{"Quality":101}}"#),
            FixtureError::OutOfRange { side, member }
        );
        let (side, member) = ("BACK", "IdCard");
        assert_eq!(
            refused(r#"{"BACK":{"IdCard":"*"}}"#),
            FixtureError::NotBase64 { side, member }
        );
        assert_eq!(
            refused(r#"{"BACK":{"Error":""}}"#),
            FixtureError::EmptyError { side }
        );
    }
}
