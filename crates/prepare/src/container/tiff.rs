//! TIFF (6.0): the fields of its first page.

use crate::error::PrepareError;
use cardseal_sniff::Kind;
use cardseal_sniff::bytes::{be16, be32, le16, le32};

use super::{Container, note, orientation};

/// Numbers in the file's own byte order.
struct Fields<'a> {
    bytes: &'a [u8],
    high_first: bool,
}

impl<'a> Fields<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            high_first: bytes.starts_with(b"MM"),
        }
    }

    fn short(&self, at: usize) -> Option<u16> {
        if self.high_first {
            be16(self.bytes, at)
        } else {
            le16(self.bytes, at)
        }
    }

    fn long(&self, at: usize) -> Option<u32> {
        if self.high_first {
            be32(self.bytes, at)
        } else {
            le32(self.bytes, at)
        }
    }

    /// Each field's tag and where it begins.
    fn all(&self) -> Option<impl Iterator<Item = (u16, usize)>> {
        let first = self.long(4)? as usize;
        let count = usize::from(self.short(first)?);
        let end = first.checked_add(2 + 12 * count)?;
        self.bytes.get(..end)?;
        Some((0..count).filter_map(move |index| {
            let at = first + 2 + 12 * index;
            Some((self.short(at)?, at))
        }))
    }

    /// A number that stands in the field itself.
    fn number(&self, at: usize) -> Option<u32> {
        match self.short(at + 2)? {
            3 => self.short(at + 8).map(u32::from),
            4 => self.long(at + 8),
            _ => None,
        }
    }

    /// Whether what the field holds, in itself or elsewhere, is in the file.
    fn is_whole(&self, at: usize) -> Option<bool> {
        let size = match self.short(at + 2)? {
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => 1,
        };
        let length = size * u64::from(self.long(at + 4)?);
        let end = u64::from(self.long(at + 8)?) + length;
        Some(length <= 4 || end <= self.bytes.len() as u64)
    }

    fn named(&self, tag: u16) -> Option<u32> {
        let (_, at) = self.all()?.find(|(found, _)| *found == tag)?;
        self.number(at)
    }
}

pub(super) fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let fields = Fields::new(bytes);
    Some((fields.named(256)?, fields.named(257)?))
}

pub(super) fn read(bytes: &[u8]) -> Result<Container<'_>, PrepareError> {
    let cut = || {
        PrepareError::damaged(
            Kind::Tiff,
            "it ends before what the fields of its first page name",
        )
    };
    let (width, height) = dimensions(bytes).ok_or_else(cut)?;
    let fields = Fields::new(bytes);
    let mut metadata = Vec::new();
    for (tag, at) in fields.all().ok_or_else(cut)? {
        if fields.is_whole(at) != Some(true) {
            return Err(cut());
        }
        match tag {
            34665 | 34853 | 40965 | 271 | 272 | 306 => note(&mut metadata, "exif"),
            700 => note(&mut metadata, "xmp"),
            33723 | 34377 => note(&mut metadata, "iptc"),
            34675 => note(&mut metadata, "icc"),
            269 | 270 | 285 | 305 | 315 | 316 | 33432 => note(&mut metadata, "text"),
            // The private ones, but for what describes pixels.
            32768.. if !matches!(tag, 32995..=32998 | 34675) => note(&mut metadata, "other"),
            _ => {}
        }
    }
    let is_jpeg_within = matches!(fields.named(259), Some(6 | 7));
    Ok(Container {
        width,
        height,
        // Its own fields are laid out as EXIF's are.
        orientation: orientation(Some(bytes)),
        profile: None,
        metadata,
        bare: None,
        lossless: !is_jpeg_within,
        must_change: true,
        jpeg: None,
    })
}
