//! What was done to a picture.

use cardseal_sniff::Kind;

/// A picture that is ready, and what was done to it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prepared {
    /// The picture's file: JPEG, PNG or BMP.
    pub image: Vec<u8>,
    /// What was done to it.
    pub report: Report,
}

/// The picture is somebody's card and is not shown.
impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared")
            .field("image", &format_args!("{} bytes", self.image.len()))
            .field("report", &self.report)
            .finish()
    }
}

/// What came, what goes, and whether they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The picture as it came.
    pub input: Input,
    /// The picture as it goes.
    pub output: Output,
    /// Whether the bytes differ.
    pub changed: bool,
}

/// A picture as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Input {
    /// Its format.
    pub format: Kind,
    /// Pixels across, as stored.
    pub width: u32,
    /// Pixels down, as stored.
    pub height: u32,
    /// The file's length.
    pub bytes: usize,
    /// EXIF's orientation, 1 to 8; 1 is upright.
    pub orientation: u8,
    /// The kinds of metadata it holds: `exif`, `xmp`, `iptc`, `icc`, `comment`, `text`, `thumbnail`, `trailer`, `other`.
    pub metadata: Vec<&'static str>,
}

/// A picture as it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Output {
    /// Its format: JPEG, PNG or BMP.
    pub format: Kind,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The file's length.
    pub bytes: usize,
    /// The JPEG quality it was encoded with; `None` if it was not encoded again, or without loss.
    pub quality: Option<u8>,
}
