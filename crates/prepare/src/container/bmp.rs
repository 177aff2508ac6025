//! Windows bitmaps: their headers, and where the pixels end.

use crate::colour::Profile;
use crate::error::PrepareError;
use cardseal_sniff::Kind;
use cardseal_sniff::bytes::{le16, le32};

use super::{Container, note};

/// The colour space of a version 5 header whose profile is in the file.
const EMBEDDED: u32 = u32::from_be_bytes(*b"MBED");

pub(super) fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    if le32(bytes, 14)? == 12 {
        return Some((le16(bytes, 18)?.into(), le16(bytes, 20)?.into()));
    }
    let side = |at| le32(bytes, at).map(|side| side.cast_signed().unsigned_abs());
    Some((side(18)?, side(22)?))
}

pub(super) fn read(bytes: &[u8]) -> Result<Container<'_>, PrepareError> {
    let cut = || PrepareError::damaged(Kind::Bmp, "it ends within its header");
    let (width, height) = dimensions(bytes).ok_or_else(cut)?;
    let header = le32(bytes, 14).ok_or_else(cut)?;
    let pixels_at = u64::from(le32(bytes, 10).ok_or_else(cut)?);
    if pixels_at < 14 + u64::from(header) {
        return Err(PrepareError::damaged(
            Kind::Bmp,
            "its pixels would begin within its headers",
        ));
    }
    let (bits, compression) = if header == 12 {
        (le16(bytes, 24).ok_or_else(cut)?, 0)
    } else {
        (
            le16(bytes, 28).ok_or_else(cut)?,
            le32(bytes, 30).ok_or_else(cut)?,
        )
    };
    // 1, 2: run lengths; 4, 5: a JPEG or PNG within.
    let length = match compression {
        1 | 2 | 4 | 5 => u64::from(le32(bytes, 34).ok_or_else(cut)?),
        _ => (u64::from(width) * u64::from(bits)).div_ceil(32) * 4 * u64::from(height),
    };
    let mut end = pixels_at + length;
    if length == 0 {
        end = bytes.len() as u64;
    }
    if end > bytes.len() as u64 {
        return Err(PrepareError::damaged(
            Kind::Bmp,
            "it ends before its pixels do",
        ));
    }
    let mut metadata = Vec::new();
    let mut profile = None;
    if header == 124 && le32(bytes, 14 + 56) == Some(EMBEDDED) {
        let (at, size) = (
            le32(bytes, 14 + 112).ok_or_else(cut)?,
            le32(bytes, 14 + 116).ok_or_else(cut)?,
        );
        let icc = cardseal_sniff::bytes::part(bytes, 14 + at as usize, size as usize).ok_or_else(
            || PrepareError::damaged(Kind::Bmp, "it ends before its colour profile does"),
        )?;
        profile = Some(Profile::Icc(icc.to_vec()));
        note(&mut metadata, "icc");
    }
    let mut bare = bytes.to_vec();
    if end < bytes.len() as u64 {
        bare.truncate(end as usize);
        if profile.is_none() {
            note(&mut metadata, "trailer");
        }
    }
    if profile.is_some() {
        // A header that no longer says that a profile is there.
        set(&mut bare, 14 + 56, b"BGRs");
        set(&mut bare, 14 + 112, &[0; 8]);
    }
    let shape = Shape {
        header,
        width,
        bits,
        compression,
    };
    if shape.clean(&mut bare, pixels_at as usize) {
        note(&mut metadata, "other");
    }
    // The file's length by the header.
    let length = (bare.len() as u32).to_le_bytes();
    set(&mut bare, 2, &length);
    Ok(Container {
        width,
        height,
        orientation: 1,
        profile,
        metadata,
        bare: Some(bare),
        lossless: true,
        // What is not drawn of run lengths, or beside a JPEG or PNG within, shows only to who decodes it.
        must_change: matches!(compression, 1 | 2 | 4 | 5),
        jpeg: None,
    })
}

fn set(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + value.len()) {
        place.copy_from_slice(value);
    }
}

/// Where what is drawn stands.
struct Shape {
    header: u32,
    width: u32,
    bits: u16,
    compression: u32,
}

impl Shape {
    /// Takes out what is not drawn: what is reserved, what stands between the headers and the pixels, and what fills rows
    /// and pixels up. `true` where something was there.
    fn clean(&self, bytes: &mut Vec<u8>, pixels_at: usize) -> bool {
        let mut found = bytes.get(6..10).is_some_and(|reserved| reserved != [0; 4]);
        set(bytes, 6, &[0; 4]);
        let from = self.headers_end(bytes).min(pixels_at);
        if from < pixels_at {
            found = true;
            bytes.drain(from..pixels_at);
            set(bytes, 10, &(from as u32).to_le_bytes());
            if self.bits > 8 && self.header >= 40 {
                // The palette that went.
                set(bytes, 14 + 32, &[0; 8]);
            }
        }
        if self.compression == 0 || self.compression == 3 {
            let used = u64::from(self.width) * u64::from(self.bits);
            let stride = (used.div_ceil(32) * 4) as usize;
            let rows = bytes.get_mut(from..).unwrap_or_default();
            for row in rows.chunks_exact_mut(stride.max(1)) {
                found |= self.clean_row(row, used as usize);
            }
        }
        found
    }

    /// The headers, the masks and the palette, as far as pixels refer to it.
    fn headers_end(&self, bytes: &[u8]) -> usize {
        let masks = match (self.header, self.compression) {
            (40, 3) => 12,
            (40, 6) => 16,
            _ => 0,
        };
        let entries = match self.bits {
            1..=8 => 1_usize << self.bits,
            _ => 0,
        };
        let palette = match self.header {
            12 => entries * 3,
            _ => {
                let stated = le32(bytes, 14 + 32).unwrap_or_default() as usize;
                let fewer = (1..entries).contains(&stated);
                4 * if fewer { stated } else { entries }
            }
        };
        14 + self.header as usize + masks + palette
    }

    /// Sets to 0 what stands in a row behind its `used` bits, and the fourth byte of pixels that have three colours.
    fn clean_row(&self, row: &mut [u8], used: usize) -> bool {
        let mut found = false;
        if let Some(last) = row.get_mut(used / 8).filter(|_| !used.is_multiple_of(8)) {
            let kept = *last & !(0xFF >> (used % 8));
            found |= kept != *last;
            *last = kept;
        }
        let padding = row.get_mut(used.div_ceil(8)..).unwrap_or_default();
        found |= padding.iter().any(|byte| *byte != 0);
        padding.fill(0);
        if self.bits == 32 && self.compression == 0 {
            // All of them 255 is how some write pixels that hide nothing.
            let (pixels, _) = row.as_chunks_mut::<4>();
            let is_more = |pixel: &[u8; 4]| !matches!(pixel, [_, _, _, 0 | 0xFF]);
            if pixels.iter().any(is_more) {
                found = true;
                pixels.iter_mut().for_each(|[_, _, _, fourth]| *fourth = 0);
            }
        }
        found
    }
}
