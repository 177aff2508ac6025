//! The request: an image and options.

use std::collections::BTreeSet;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::cloud::image::Image;
use crate::cloud::switches::switches;
use crate::cloud::tencent::image_json::ImageJson;
use crate::error::Error;

/// A request for either of the ID card's actions. For `RecognizeEncryptedIDCardOCR` it is sealed before it is sent.
#[derive(Debug, Clone)]
pub struct IdCardRequest {
    image: Image,
    side: Option<CardSide>,
    config: Config,
    rectify: Option<bool>,
    reflect_detail: Option<bool>,
    warning_level: Option<WarningLevel>,
}

/// Which side the picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CardSide {
    /// `FRONT`: the side with the portrait.
    Front,
    /// `BACK`: the side with the national emblem.
    Back,
}

/// How many kinds of warning the service checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WarningLevel {
    /// `Basic`, the service's default.
    Basic,
    /// `Advanced`.
    Advanced,
}

impl IdCardRequest {
    /// Recognises the card in this image; the service detects the side.
    pub fn new(image: Image) -> Self {
        Self {
            image,
            side: None,
            config: Config::default(),
            rectify: None,
            reflect_detail: None,
            warning_level: None,
        }
    }

    /// Sets which side the picture shows; the service refuses the other side.
    #[must_use]
    pub fn side(mut self, side: CardSide) -> Self {
        self.side = Some(side);
        self
    }

    /// Switches on cropping, warnings and quality scores.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Returns number, birth date and sex as they were read. By default the service corrects them to be consistent.
    #[must_use]
    pub fn without_rectification(mut self) -> Self {
        self.rectify = Some(false);
        self
    }

    /// Requests the positions of reflections. Needs [`Switch::ReflectWarn`].
    #[must_use]
    pub fn with_reflect_detail(mut self) -> Self {
        self.reflect_detail = Some(true);
        self
    }

    /// Sets how many kinds of warning the service checks.
    #[must_use]
    pub fn warning_level(mut self, level: WarningLevel) -> Self {
        self.warning_level = Some(level);
        self
    }

    /// Rejects what the service would refuse, before anything is sealed.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.reflect_detail == Some(true) && !self.config.0.contains(&Switch::ReflectWarn) {
            return Err(Error::input(
                "EnableReflectDetail needs the Config switch ReflectWarn; add it",
            ));
        }
        Ok(())
    }

    pub(in crate::cloud::tencent) fn json(&self) -> Result<ImageJson<'_>, Error> {
        ImageJson::of(&self.image, &Shape(self))
    }
}

/// The members beside the image, in the service's spelling; options that are not set are left out.
struct Shape<'a>(&'a IdCardRequest);

impl Serialize for Shape<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let card = self.0;
        let mut map = serializer.serialize_map(None)?;
        if !card.config.0.is_empty() {
            map.serialize_entry("Config", &card.config.to_json())?;
        }
        if let Some(side) = card.side {
            let side = match side {
                CardSide::Front => "FRONT",
                CardSide::Back => "BACK",
            };
            map.serialize_entry("CardSide", side)?;
        }
        if let Some(on) = card.rectify {
            map.serialize_entry("EnableRecognitionRectify", &on)?;
        }
        if let Some(on) = card.reflect_detail {
            map.serialize_entry("EnableReflectDetail", &on)?;
        }
        if let Some(level) = card.warning_level {
            let level = match level {
                WarningLevel::Basic => "Basic",
                WarningLevel::Advanced => "Advanced",
            };
            map.serialize_entry("CardWarnType", level)?;
        }
        map.end()
    }
}

/// The switches of `Config` that are on; all others are off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config(BTreeSet<Switch>);

impl Config {
    /// A `Config` with these switches on.
    pub fn of(switches: impl IntoIterator<Item = Switch>) -> Self {
        Self(switches.into_iter().collect())
    }

    /// `{"CopyWarn":true,…}`: the text that the request contains as a string.
    pub fn to_json(&self) -> String {
        let members: Vec<String> = self
            .0
            .iter()
            .map(|switch| format!("\"{}\":true", switch.name()))
            .collect();
        format!("{{{}}}", members.join(","))
    }
}

switches! {
    /// One switch of [`Config`].
    "Config switch"

    /// Return the cropped card.
    CropIdCard "CropIdCard",
    /// Return the portrait.
    CropPortrait "CropPortrait",
    /// Warn of copies.
    CopyWarn "CopyWarn",
    /// Warn of incomplete borders and covered parts.
    BorderCheckWarn "BorderCheckWarn",
    /// Warn of pictures of a screen.
    ReshootWarn "ReshootWarn",
    /// Warn of retouching.
    DetectPsWarn "DetectPsWarn",
    /// Warn of temporary cards.
    TempIdWarn "TempIdWarn",
    /// Warn of invalid dates.
    InvalidDateWarn "InvalidDateWarn",
    /// Return a quality score.
    Quality "Quality",
    /// Recognise both sides in one picture.
    MultiCardDetect "MultiCardDetect",
    /// Warn of reflections.
    ReflectWarn "ReflectWarn",
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(card: &IdCardRequest) -> String {
        String::from_utf8(card.json().unwrap().to_body().unwrap().to_vec()).unwrap()
    }

    #[test]
    fn the_documented_request() {
        let image = Image::from_url(
            "https://ocr-demo-1254418846.cos.ap-guangzhou.myqcloud.com/card/IDCardOCR/IDCardOCR1.jpg",
        )
        .unwrap();
        let card = IdCardRequest::new(image)
            .side(CardSide::Front)
            .config(Config::of([Switch::TempIdWarn]));
        // The documented plaintext (156 bytes) has blanks after two colons; its members and values are these.
        let documented: serde_json::Value = serde_json::from_str(
            r#"{"ImageUrl":"https://ocr-demo-1254418846.cos.ap-guangzhou.myqcloud.com/card/IDCardOCR/IDCardOCR1.jpg","Config": "{\"TempIdWarn\":true}","CardSide": "FRONT"}"#,
        )
        .unwrap();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&json(&card)).unwrap(),
            documented
        );
        assert_eq!(json(&card).len(), 154);
    }

    #[test]
    fn every_member_is_spelt_as_the_service_spells_it() {
        let card = IdCardRequest::new(Image::from_bytes_unchecked(b"abc").unwrap())
            .side(CardSide::Back)
            .config(Config::of(Switch::ALL.iter().copied()))
            .without_rectification()
            .with_reflect_detail()
            .warning_level(WarningLevel::Advanced);
        assert_eq!(
            json(&card),
            concat!(
                r#"{"ImageBase64":"YWJj","Config":"{\"CropIdCard\":true,\"CropPortrait\":true,\"CopyWarn\":true,"#,
                r#"\"BorderCheckWarn\":true,\"ReshootWarn\":true,\"DetectPsWarn\":true,\"TempIdWarn\":true,"#,
                r#"\"InvalidDateWarn\":true,\"Quality\":true,\"MultiCardDetect\":true,\"ReflectWarn\":true}","#,
                r#""CardSide":"BACK","EnableRecognitionRectify":false,"EnableReflectDetail":true,"#,
                r#""CardWarnType":"Advanced"}"#
            )
        );
        assert!(card.check().is_ok());
    }

    #[test]
    fn reflect_detail_needs_its_switch() {
        let card =
            IdCardRequest::new(Image::from_bytes_unchecked(b"abc").unwrap()).with_reflect_detail();
        assert!(card.check().is_err());
    }
}
