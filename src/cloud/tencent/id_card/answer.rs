//! The result: the card's data and the service's findings on the picture.

use serde::{Deserialize, Deserializer};

use crate::cloud::raw::RawJson;
use crate::personal::Personal;
use crate::wire::json::Members;
use crate::wire::{json, lenient};

/// The result of an opened reply.
#[derive(Debug)]
#[non_exhaustive]
pub struct Recognized {
    /// The card's data.
    pub card: IdCard,
    /// The service's request id, which is not sealed.
    pub request_id: String,
    /// True if the reply was sealed under the request's IV; with SM4-GCM that repeats a nonce.
    pub iv_reused: bool,
    /// True if a tag authenticated the reply (SM4-GCM); AES-256-CBC has no tag.
    pub authenticated: bool,
    /// The opened text, unchanged: including members that are unknown here or have an unexpected type.
    pub raw: RawJson,
}

/// The result of a reply in clear.
#[derive(Debug)]
#[non_exhaustive]
pub struct RecognizedInClear {
    /// The card's data.
    pub card: IdCard,
    /// The service's request id.
    pub request_id: String,
    /// The reply's text, unchanged: including members that are unknown here or have an unexpected type.
    pub raw: RawJson,
}

/// What a card says. The members of the side that was not shown are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serialize-personal-data",
    derive(serde::Serialize),
    serde(rename_all = "PascalCase")
)]
#[non_exhaustive]
pub struct IdCard {
    /// Front: the name.
    pub name: Personal,
    /// Front: `男` or `女`.
    pub sex: Personal,
    /// Front: the ethnic group.
    pub nation: Personal,
    /// Front: the date of birth, `1987/1/1`, not padded.
    pub birth: Personal,
    /// Front: the address.
    pub address: Personal,
    /// Front: the citizen's number, 18 characters.
    pub id_num: Personal,
    /// Back: the issuing authority.
    pub authority: Personal,
    /// Back: `2018.08.12-2038.08.12`, or ending in `长期`.
    pub valid_date: Personal,
    /// The additional results that `Config` requested.
    pub advanced_info: AdvancedInfo,
    /// Where reflections are.
    #[cfg_attr(
        feature = "serialize-personal-data",
        serde(rename = "ReflectDetailInfos")
    )]
    pub reflect_details: Vec<ReflectDetail>,
}

/// What `Config` asked for: cut-outs, scores, warnings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serialize-personal-data", derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct AdvancedInfo {
    /// Base64 of the cropped card.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::some_personal"
    )]
    pub id_card: Option<Personal>,
    /// Base64 of the portrait.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::some_personal"
    )]
    pub portrait: Option<Personal>,
    /// 0 to 100; 50 or more is good. A fraction is rounded.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::some_integer"
    )]
    pub quality: Option<i64>,
    /// 0 to 100; 50 or less is good. A fraction is rounded.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::some_integer"
    )]
    pub border_code_value: Option<i64>,
    /// The faults of the picture.
    #[serde(rename = "WarnInfos", deserialize_with = "lenient::integers")]
    pub warnings: Vec<Warning>,
}

/// A warning code. The set is open: the service adds codes, and has two for some meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[cfg_attr(feature = "serialize-personal-data", derive(serde::Serialize))]
#[serde(transparent)]
pub struct Warning(pub i64);

impl From<i64> for Warning {
    fn from(code: i64) -> Self {
        Self(code)
    }
}

impl Warning {
    /// The meaning of the code, if this library knows it.
    ///
    /// Source: the pages of `RecognizeEncryptedIDCardOCR` and `IDCardOCR`, which differ on -9100 and -9109.
    pub fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            -9100 | -9109 => "invalid date",
            -9101 => "incomplete border",
            -9102 => "copy",
            -9103 => "picture of a screen",
            -9104 => "temporary card",
            -9105 => "covered",
            -9106 => "retouched",
            -9107 => "reflection",
            -9108 => "black-and-white copy",
            -9110 => "electronic card",
            -9111 => "watermark",
            _ => return None,
        })
    }
}

/// Where a reflection is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serialize-personal-data", derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ReflectDetail {
    /// `NationalEmblem`, `Portrait`, `RecognitionField`, `Others`; an open set. Empty if the service does not say.
    #[serde(deserialize_with = "lenient::text")]
    pub position: String,
}

/// The inner object, as it is sealed. Unknown members are ignored.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Inner {
    #[serde(deserialize_with = "lenient::personal")]
    name: Personal,
    #[serde(deserialize_with = "lenient::personal")]
    sex: Personal,
    #[serde(deserialize_with = "lenient::personal")]
    nation: Personal,
    #[serde(deserialize_with = "lenient::personal")]
    birth: Personal,
    #[serde(deserialize_with = "lenient::personal")]
    address: Personal,
    #[serde(deserialize_with = "lenient::personal")]
    id_num: Personal,
    #[serde(deserialize_with = "lenient::personal")]
    authority: Personal,
    #[serde(deserialize_with = "lenient::personal")]
    valid_date: Personal,
    #[serde(deserialize_with = "advanced")]
    advanced_info: AdvancedInfo,
    #[serde(deserialize_with = "lenient::objects")]
    reflect_detail_infos: Vec<ReflectDetail>,
}

/// The members of a card. An object with none of them is not a card.
pub(super) const MEMBERS: &[&str] = &[
    "Name",
    "Sex",
    "Nation",
    "Birth",
    "Address",
    "IdNum",
    "Authority",
    "ValidDate",
    "AdvancedInfo",
    "ReflectDetailInfos",
];

/// Reads the inner object.
pub(super) fn read_card(json: &str) -> Result<IdCard, serde_json::Error> {
    let mut inner: Inner = json::read_object(json)?;
    let members = Members::parse(json)?;
    let texts = [
        ("Name", &mut inner.name),
        ("Sex", &mut inner.sex),
        ("Nation", &mut inner.nation),
        ("Birth", &mut inner.birth),
        ("Address", &mut inner.address),
        ("IdNum", &mut inner.id_num),
        ("Authority", &mut inner.authority),
        ("ValidDate", &mut inner.valid_date),
    ];
    lenient::keep_digits(&members, texts);
    Ok(IdCard {
        name: inner.name,
        sex: inner.sex,
        nation: inner.nation,
        birth: inner.birth,
        address: inner.address,
        id_num: inner.id_num,
        authority: inner.authority,
        valid_date: inner.valid_date,
        advanced_info: inner.advanced_info,
        reflect_details: inner.reflect_detail_infos,
    })
}

/// A string that contains JSON; or, although not documented, the object itself.
fn advanced<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AdvancedInfo, D::Error> {
    let (text, object) = lenient::personal_or_object::<AdvancedInfo, _>(deserializer)?;
    Ok(object.unwrap_or_else(|| read_advanced(text.expose())))
}

/// Parts that cannot be read, or have duplicate members, are left out.
fn read_advanced(text: &str) -> AdvancedInfo {
    match json::check_unique(text) {
        Ok(()) => json::read_object(text).unwrap_or_default(),
        Err(_) => AdvancedInfo::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advanced_info_is_read() {
        let info = read_advanced(
            r#"{"IdCard":"QUJD","Portrait":"REVG","Quality":87,"BorderCodeValue":12,"WarnInfos":[-9102,-9999]}"#,
        );
        assert_eq!(info.id_card.unwrap().expose(), "QUJD");
        assert_eq!(info.portrait.unwrap().expose(), "REVG");
        assert_eq!((info.quality, info.border_code_value), (Some(87), Some(12)));
        assert_eq!(info.warnings, [Warning(-9102), Warning(-9999)]);
        assert_eq!(info.warnings[0].name(), Some("copy"));
        assert_eq!(info.warnings[1].name(), None);
        let null = read_advanced(r#"{"Quality":50,"WarnInfos":null}"#);
        assert_eq!((null.quality, null.warnings.len()), (Some(50), 0));
        for nothing in [
            r#"{"WarnInfos":[]}"#,
            "",
            " ",
            "{",
            "[]",
            "x",
            r#"{"Quality":1,"Quality":2}"#,
        ] {
            assert_eq!(read_advanced(nothing), AdvancedInfo::default(), "{nothing}");
        }
    }

    #[test]
    fn s11_every_digit_of_a_number_is_kept() {
        for number in [
            "110105194912310029",
            "110105194912310029.0",
            "1.10105194912310029e17",
        ] {
            let card = read_card(&format!(r#"{{"Name":"a","IdNum":{number}}}"#)).unwrap();
            assert_eq!(card.id_num.expose(), "110105194912310029", "{number}");
            assert_eq!(card.name.expose(), "a");
        }
    }

    /// The codes of the two actions' pages, and what they say of each.
    #[test]
    fn every_published_warning_has_a_name() {
        let named: Vec<_> = (-9200..0)
            .filter_map(|code| Some((code, Warning(code).name()?)))
            .collect();
        let published = [
            (-9111, "watermark"),
            (-9110, "electronic card"),
            (-9109, "invalid date"),
            (-9108, "black-and-white copy"),
            (-9107, "reflection"),
            (-9106, "retouched"),
            (-9105, "covered"),
            (-9104, "temporary card"),
            (-9103, "picture of a screen"),
            (-9102, "copy"),
            (-9101, "incomplete border"),
            (-9100, "invalid date"),
        ];
        assert_eq!(named, published);
    }
}
