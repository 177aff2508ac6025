//! `GeneralBasicOCR` (ocr, 2018-11-19): every line of text in a picture or a page of a PDF, in clear.
//!
//! Source: the service's API page, and its data types `TextDetection`, `DetectedWords`, `DetectedWordCoordPoint`,
//! `Coord` and `ItemCoord`. The answer has both `Angel` and `Angle`.

use serde::{Deserialize, Serialize};

use crate::call::Reader;
use crate::cloud::image::Image;
use crate::cloud::raw::RawJson;
use crate::cloud::tencent::action::Action;
use crate::cloud::tencent::image_json::ImageJson;
use crate::cloud::tencent::reply;
use crate::error::Error;
use crate::personal::Personal;
use crate::unsigned::HashedBody;
use crate::wire::{json, lenient};

/// The action on the wire.
pub(crate) const GENERAL_BASIC: Action = Action::of("ocr", "GeneralBasicOCR", "2018-11-19");

/// A request for `GeneralBasicOCR`.
#[derive(Debug, Clone)]
pub struct TextRequest {
    image: Image,
    beside: Beside,
}

/// The members beside the image, as the service spells them; what was not asked for is left out.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Beside {
    #[serde(skip_serializing_if = "Option::is_none")]
    scene: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_pdf: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pdf_page_number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_words: Option<bool>,
}

impl TextRequest {
    /// Recognises the text in this image.
    pub fn new(image: Image) -> Self {
        Self {
            image,
            beside: Beside::default(),
        }
    }

    /// Sets `Scene`, which the service reserves.
    #[must_use]
    pub fn scene(mut self, scene: &str) -> Self {
        self.beside.scene = Some(scene.to_owned());
        self
    }

    /// Sets the language to recognise: `zh` (the service's default: Chinese, English, digits), `zh_rare`, `auto`,
    /// `mix`, `jap`, `kor` and others; an open set.
    #[must_use]
    pub fn language(mut self, language: &str) -> Self {
        self.beside.language_type = Some(language.to_owned());
        self
    }

    /// Declares the file to be a PDF (use [`Image::from_bytes_unchecked`]) and sets the page to read, counted from 1.
    ///
    /// # Errors
    /// `Input` for page 0.
    pub fn pdf_page(mut self, page: u32) -> Result<Self, Error> {
        if page == 0 {
            return Err(Error::input("pages of a PDF count from 1"));
        }
        self.beside.is_pdf = Some(true);
        self.beside.pdf_page_number = Some(page);
        Ok(self)
    }

    /// Requests every character with its position.
    #[must_use]
    pub fn with_words(mut self) -> Self {
        self.beside.is_words = Some(true);
        self
    }

    pub(crate) fn body(&self) -> Result<HashedBody, Error> {
        ImageJson::of(&self.image, &self.beside)?
            .to_body()
            .map(HashedBody::wiped)
    }
}

/// What was read.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "serialize-personal-data", derive(Serialize))]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct RecognizedText {
    /// The lines, top to bottom.
    #[serde(rename = "TextDetections", deserialize_with = "lenient::objects")]
    pub lines: Vec<TextLine>,
    /// The recognised language, as in [`TextRequest::language`].
    #[serde(deserialize_with = "lenient::text")]
    pub language: String,
    /// The clockwise rotation of the picture in degrees. On the wire it is `Angel`, an old misspelling that the service
    /// keeps.
    #[serde(deserialize_with = "lenient::number")]
    pub angel: f64,
    /// The same under its correct name. `None` if the service sends only the old name.
    #[serde(deserialize_with = "lenient::some_number")]
    pub angle: Option<f64>,
    /// Pages of the PDF; 0 for a picture.
    #[serde(deserialize_with = "lenient::integer")]
    pub pdf_page_size: i64,
    /// The service's request id.
    #[serde(deserialize_with = "lenient::text")]
    pub request_id: String,
    /// The reply's text, unchanged: including members that are unknown here or have an unexpected type.
    #[serde(skip)]
    pub raw: RawJson,
}

/// A line of text.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "serialize-personal-data", derive(Serialize))]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct TextLine {
    /// Its text.
    #[serde(rename = "DetectedText", deserialize_with = "lenient::personal")]
    pub text: Personal,
    /// 0 to 100.
    #[serde(deserialize_with = "lenient::number")]
    pub confidence: f64,
    /// Its four corners, clockwise from the top left.
    #[serde(deserialize_with = "lenient::objects")]
    pub polygon: Vec<Point>,
    /// A string that holds JSON: the paragraph it belongs to.
    #[serde(deserialize_with = "lenient::personal")]
    pub advanced_info: Personal,
    /// Its position in the upright picture.
    #[serde(deserialize_with = "lenient::object")]
    pub item_polygon: Option<Area>,
    /// Its characters, if requested.
    #[serde(deserialize_with = "lenient::objects")]
    pub words: Vec<Word>,
    /// The positions of the characters, in their order.
    #[serde(rename = "WordCoordPoint", deserialize_with = "lenient::objects")]
    pub word_places: Vec<WordPlace>,
}

/// A character.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "serialize-personal-data", derive(Serialize))]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct Word {
    /// The character.
    #[serde(deserialize_with = "lenient::personal")]
    pub character: Personal,
    /// 0 to 100.
    #[serde(deserialize_with = "lenient::number")]
    pub confidence: f64,
}

/// The place of a character.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "serialize-personal-data", derive(Serialize))]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct WordPlace {
    /// Its four corners, clockwise from the top left.
    #[serde(rename = "WordCoordinate", deserialize_with = "lenient::objects")]
    pub corners: Vec<Point>,
}

/// A place in the picture, in pixels from its top left; fractions are rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serialize-personal-data", derive(Serialize))]
#[serde(rename_all = "PascalCase", default)]
pub struct Point {
    /// Pixels to the right.
    #[serde(deserialize_with = "lenient::integer")]
    pub x: i64,
    /// Pixels down.
    #[serde(deserialize_with = "lenient::integer")]
    pub y: i64,
}

/// An upright rectangle, in pixels; fractions are rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serialize-personal-data", derive(Serialize))]
#[serde(rename_all = "PascalCase", default)]
pub struct Area {
    /// Left edge.
    #[serde(deserialize_with = "lenient::integer")]
    pub x: i64,
    /// Top edge.
    #[serde(deserialize_with = "lenient::integer")]
    pub y: i64,
    /// Pixels from the left edge to the right.
    #[serde(deserialize_with = "lenient::integer")]
    pub width: i64,
    /// Pixels from the top edge down.
    #[serde(deserialize_with = "lenient::integer")]
    pub height: i64,
}

/// An object with none of these members is not a recognised text.
const MEMBERS: &[&str] = &[
    "TextDetections",
    "Language",
    "Angel",
    "Angle",
    "PdfPageSize",
];

/// Reads the answer.
pub(crate) fn reader() -> Reader<RecognizedText> {
    Reader::new(reply::read_clear, |reply| {
        let id = reply.request_id.as_deref();
        let mut text = read(&reply.inner, id).map_err(|error| error.with_request_id(id))?;
        text.raw = RawJson::of(reply.inner);
        Ok(text)
    })
}

fn read(answer: &str, request_id: Option<&str>) -> Result<RecognizedText, Error> {
    let inner = reply::answer_within(answer, MEMBERS, "recognised text", request_id)?;
    json::read_object(inner).map_err(|_| reply::not_read("recognised text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(request: &TextRequest) -> String {
        String::from_utf8(request.body().unwrap().bytes.to_vec()).unwrap()
    }

    #[test]
    fn every_member_is_spelt_as_the_service_spells_it() {
        let image = || Image::from_bytes_unchecked(b"abc").unwrap();
        assert_eq!(
            body(&TextRequest::new(image())),
            r#"{"ImageBase64":"YWJj"}"#
        );
        let all = TextRequest::new(image())
            .scene("doc")
            .language("zh_rare")
            .pdf_page(2)
            .unwrap()
            .with_words();
        assert_eq!(
            body(&all),
            concat!(
                r#"{"ImageBase64":"YWJj","Scene":"doc","LanguageType":"zh_rare","#,
                r#""IsPdf":true,"PdfPageNumber":2,"IsWords":true}"#
            )
        );
        assert!(TextRequest::new(image()).pdf_page(0).is_err());
        let url = TextRequest::new(Image::from_url("https://h/a.png").unwrap());
        assert_eq!(body(&url), r#"{"ImageUrl":"https://h/a.png"}"#);
    }

    #[test]
    fn an_image_that_cannot_fit_is_refused_before_it_is_written() {
        let most = (crate::wire::MAX_BODY - r#"{"ImageBase64":""}"#.len()) / 4 * 3;
        let of =
            |bytes| TextRequest::new(Image::from_bytes_unchecked(vec![0; bytes]).unwrap()).body();
        assert!(of(most).unwrap().bytes.len() <= crate::wire::MAX_BODY);
        let error = of(most + 1).err().unwrap().to_string();
        assert!(error.contains("10 MiB") && error.contains("URL"), "{error}");
    }

    #[test]
    fn an_answer_is_read_whatever_of_it_is_null() {
        let text: RecognizedText = serde_json::from_str(
            r#"{"TextDetections":[{"DetectedText":"张三","Confidence":99,"Polygon":null,"AdvancedInfo":"{}",
                "ItemPolygon":{"X":1,"Y":2,"Width":3,"Height":4},"Words":[{"Character":"张","Confidence":98}],
                "WordCoordPoint":[{"WordCoordinate":[{"X":5,"Y":6}]}]}],
                "Language":"zh","Angel":1.5,"Angle":1.5,"PdfPageSize":0,"RequestId":"r","New":[1]}"#,
        )
        .unwrap();
        let line = &text.lines[0];
        assert_eq!(line.text.expose(), "张三");
        assert_eq!(line.words[0].character.expose(), "张");
        assert_eq!(line.word_places[0].corners, [Point { x: 5, y: 6 }]);
        assert_eq!(line.item_polygon.unwrap().height, 4);
        assert_eq!((text.angel, text.angle), (1.5, Some(1.5)));
        assert!(!format!("{text:?}").contains('张'));
        let nothing: RecognizedText = serde_json::from_str(r#"{"TextDetections":null}"#).unwrap();
        assert!(nothing.lines.is_empty());
    }
}
