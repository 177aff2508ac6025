//! The request: an image, its side, and options.

use std::collections::BTreeSet;

use crate::cloud::image::{Image, Source};
use crate::cloud::switches::switches;
use crate::error::{Error, ErrorKind};
use cardseal_crypto::Wiped;

/// The maximum length of the image's base64: 10 MB.
const MOST_IMAGE: usize = 10 << 20;

/// A request for the card in one image: its base64, or a URL for the service to fetch.
#[derive(Debug, Clone)]
pub struct IdCardRequest {
    image: Image,
    side: Option<Side>,
    switches: BTreeSet<Switch>,
}

/// Which side the picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Side {
    /// `front`: the side with the portrait.
    Front,
    /// `back`: the side with the national emblem.
    Back,
    /// `double_side`: both, in one picture.
    Both,
}

impl IdCardRequest {
    /// Recognises the card in this image; the service detects the side.
    pub fn new(image: Image) -> Self {
        Self {
            image,
            side: None,
            switches: BTreeSet::new(),
        }
    }

    /// Sets which side the picture shows.
    #[must_use]
    pub fn side(mut self, side: Side) -> Self {
        self.side = Some(side);
        self
    }

    /// Turns these switches on, in addition to those that are on.
    #[must_use]
    pub fn with(mut self, switches: impl IntoIterator<Item = Switch>) -> Self {
        self.switches.extend(switches);
        self
    }

    /// The body: the image comes first and is written once, directly into the buffer to send.
    pub(crate) fn body(&self) -> Result<Wiped, Error> {
        let source = &*self.image.0;
        let member = match source {
            Source::File(_) | Source::Base64(_) => "image",
            Source::Url(_) => "url",
        };
        let characters = source.text_len();
        if member == "image" && characters > MOST_IMAGE {
            return Err(Error::input(format!(
                "the image has {characters} characters of base64, but the limit is {MOST_IMAGE}; make it smaller"
            )));
        }
        // Base64 and a checked URL need no escaping.
        let before = format!("{{\"{member}\":\"");
        let after = self.after_image();
        let room = before.len().saturating_add(characters);
        let mut body = Wiped::new(Vec::with_capacity(room.saturating_add(after.len())));
        body.extend_from_slice(before.as_bytes());
        body.resize(room, 0);
        body.get_mut(before.len()..)
            .and_then(|place| source.write_text(0, place))
            .ok_or_else(|| Error::new(ErrorKind::Bug, "the image does not fit its place"))?;
        body.extend_from_slice(after.as_bytes());
        Ok(body)
    }

    fn after_image(&self) -> String {
        let mut text = String::from("\"");
        if let Some(side) = self.side {
            text.push_str(",\"side\":\"");
            text.push_str(match side {
                Side::Front => "front",
                Side::Back => "back",
                Side::Both => "double_side",
            });
            text.push('"');
        }
        for switch in &self.switches {
            text.push_str(",\"");
            text.push_str(switch.name());
            text.push_str("\":true");
        }
        text.push('}');
        text
    }
}

switches! {
    /// An option of the service; options that are not listed are off.
    "switch"

    /// Return whether the card's data are consistent.
    Verification "return_verification",
    /// Return the position of each text.
    TextLocation "return_text_location",
    /// Return the position of the portrait.
    PortraitLocation "return_portrait_location",
    /// Return the portrait.
    PortraitImage "return_portrait_image",
    /// Return the card, cropped and straightened.
    AdjustedImage "return_adjusted_image",
    /// Detect a picture of a screen.
    DetectReproduce "detect_reproduce",
    /// Detect a copy.
    DetectCopy "detect_copy",
    /// Detect retouching.
    DetectTampering "detect_tampering",
    /// Detect an incomplete border.
    DetectBorderIntegrity "detect_border_integrity",
    /// Detect covered parts.
    DetectBlockingWithinBorder "detect_blocking_within_border",
    /// Detect blur.
    DetectBlur "detect_blur",
    /// Detect a temporary card.
    DetectInterim "detect_interim",
    /// Detect glare.
    DetectGlare "detect_glare",
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(request: &IdCardRequest) -> String {
        String::from_utf8(request.body().unwrap().to_vec()).unwrap()
    }

    #[test]
    fn every_member_is_spelt_as_the_service_spells_it() {
        let image = || Image::from_bytes_unchecked(b"hello").unwrap();
        assert_eq!(
            json(&IdCardRequest::new(image())),
            r#"{"image":"aGVsbG8="}"#
        );
        let url = Image::from_url("https://example.com/a.jpg?x=1&y=2").unwrap();
        assert_eq!(
            json(&IdCardRequest::new(url).side(Side::Both)),
            r#"{"url":"https://example.com/a.jpg?x=1&y=2","side":"double_side"}"#
        );
        assert_eq!(
            json(
                &IdCardRequest::new(image())
                    .side(Side::Front)
                    .with(Switch::ALL.iter().copied())
            ),
            concat!(
                r#"{"image":"aGVsbG8=","side":"front","return_verification":true,"return_text_location":true,"#,
                r#""return_portrait_location":true,"return_portrait_image":true,"return_adjusted_image":true,"#,
                r#""detect_reproduce":true,"detect_copy":true,"detect_tampering":true,"#,
                r#""detect_border_integrity":true,"detect_blocking_within_border":true,"detect_blur":true,"#,
                r#""detect_interim":true,"detect_glare":true}"#
            )
        );
        for switch in Switch::ALL {
            assert_eq!(switch.name().parse::<Switch>().unwrap(), *switch);
        }
        assert!("detect_all".parse::<Switch>().is_err());
    }

    #[test]
    fn the_largest_image_is_taken_and_no_larger_one() {
        let of = |len: usize| {
            IdCardRequest::new(Image::from_bytes_unchecked(vec![7; len]).unwrap()).body()
        };
        assert!(of(MOST_IMAGE / 4 * 3).is_ok());
        let error = of(MOST_IMAGE / 4 * 3 + 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(error.message().contains("make it smaller"), "{error}");
    }
}
