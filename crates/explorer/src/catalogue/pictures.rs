//! What an action takes where a picture goes.

use cardseal_sniff::{Kind, NotTaken};

use super::Action;

/// Where pictures go, by the names that the three clouds have for it.
pub const PICTURES: [&str; 5] = ["ImageBase64", "image", "data", "ImageData", "FaceInput"];

impl Action {
    /// Whether it takes a file in a picture's place that is none: a PDF, a TIFF, a video.
    pub fn takes(&self, file: &NotTaken) -> bool {
        match file {
            NotTaken::Other(Kind::Pdf) => self.parameter("IsPdf").is_some(),
            NotTaken::Other(Kind::Tiff) => self.says("TIFF"),
            // A video.
            NotTaken::Other(Kind::Unknown) => self.parameter("FaceInputType").is_some(),
            _ => false,
        }
    }

    /// Whether the limits of its picture name a format.
    fn says(&self, format: &str) -> bool {
        let pictures = PICTURES.iter().filter_map(|name| self.parameter(name));
        let limits = pictures.filter_map(|parameter| parameter.limits);
        limits.into_iter().any(|limits| limits.en.contains(format))
    }
}
