//! What a picture may be at most.

use cardseal_sniff::Kind;

use crate::error::PrepareError;

/// What a picture may be at most. The default is what a sealed request can carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub(crate) max_bytes: usize,
    pub(crate) max_side: Option<u32>,
    pub(crate) quality: Option<u8>,
    pub(crate) format: Option<Kind>,
    pub(crate) max_pixels: u64,
}

impl Limits {
    /// What a sealed request can carry: its body has 10 MiB at most and holds the picture in Base64 twice.
    pub const MAX_BYTES: usize = 5_898_009;

    /// A picture of more pixels is refused by its header.
    pub const MAX_PIXELS: u64 = 100_000_000;

    /// The least of the short and of the long side that a picture is shrunk to: below 500×800 cards are misread.
    pub const FLOOR: (u32, u32) = (500, 800);

    /// At most this many bytes.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Neither side longer than this many pixels.
    #[must_use]
    pub fn max_side(mut self, pixels: u32) -> Self {
        self.max_side = Some(pixels);
        self
    }

    /// The JPEG quality, 1 to 100, that a picture is written with where it has to be written. It is left only where the
    /// least size would not fit otherwise. Without it 85 is tried first, and lower ones down to 60 before pixels go.
    #[must_use]
    pub fn quality(mut self, quality: u8) -> Self {
        self.quality = Some(quality);
        self
    }

    /// Written in this format: JPEG, PNG or BMP. Without it, whichever suits the picture.
    #[must_use]
    pub fn format(mut self, format: Kind) -> Self {
        self.format = Some(format);
        self
    }

    /// Pictures that come with more pixels than this are refused by their header. It cannot be more than
    /// [`Limits::MAX_PIXELS`].
    #[must_use]
    pub fn max_pixels(mut self, pixels: u64) -> Self {
        self.max_pixels = pixels.min(Self::MAX_PIXELS);
        self
    }

    pub(crate) fn check(&self) -> Result<(), PrepareError> {
        if self.quality.is_some_and(|q| !(1..=100).contains(&q)) {
            return Err(PrepareError::BadLimit("the quality must be 1 to 100"));
        }
        let is_written = |format| matches!(format, Kind::Jpeg | Kind::Png | Kind::Bmp);
        if !self.format.is_none_or(is_written) {
            return Err(PrepareError::BadLimit(
                "a picture is written as JPEG, PNG or BMP; choose one of them",
            ));
        }
        if self.max_bytes == 0 || self.max_side == Some(0) {
            return Err(PrepareError::BadLimit(
                "a limit of 0 leaves no picture; allow more",
            ));
        }
        Ok(())
    }
}

/// Refuses more pixels than are read.
pub(crate) fn refuse_too_many(width: u32, height: u32, most: u64) -> Result<(), PrepareError> {
    if u64::from(width) * u64::from(height) > most {
        return Err(PrepareError::TooManyPixels {
            width,
            height,
            most,
        });
    }
    Ok(())
}

/// The most memory for decoding pixels that are more than 8 bits of grey or RGB, whose number is limit enough. With what the
/// process itself takes it stays below 220 MiB.
const MOST_MEMORY: u64 = 200 * MEBI;
const MEBI: u64 = 1024 * 1024;

/// The most memory for decoding a JPEG: with the pixels that baseline ones have at most, and no more.
const MOST_FOR_JPEG: u64 = 320 * MEBI;

/// Refuses pixels that take too much memory while they are decoded, `each` bytes apiece.
pub(crate) fn refuse_too_much(
    kind: Kind,
    width: u32,
    height: u32,
    each: u64,
) -> Result<(), PrepareError> {
    let needed = u64::from(width) * u64::from(height) * each;
    let most = match kind {
        Kind::Jpeg => MOST_FOR_JPEG,
        _ => MOST_MEMORY,
    };
    if needed > most {
        return Err(PrepareError::TooMuchMemory {
            kind,
            width,
            height,
            needed: needed.div_ceil(MEBI),
            most: most / MEBI,
        });
    }
    Ok(())
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: Self::MAX_BYTES,
            max_side: None,
            quality: None,
            format: None,
            max_pixels: Self::MAX_PIXELS,
        }
    }
}
