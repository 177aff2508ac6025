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
        // The file's length, and a header that no longer says that a profile follows.
        if let Some(field) = bare.get_mut(2..6) {
            field.copy_from_slice(&(end as u32).to_le_bytes());
        }
        if profile.is_some() {
            if let Some(field) = bare.get_mut(14 + 56..14 + 60) {
                field.copy_from_slice(b"BGRs");
            }
            if let Some(field) = bare.get_mut(14 + 112..14 + 120) {
                field.fill(0);
            }
        } else {
            note(&mut metadata, "trailer");
        }
    }
    Ok(Container {
        width,
        height,
        orientation: 1,
        profile,
        metadata,
        bare: Some(bare),
        lossless: true,
        must_change: false,
        jpeg: None,
    })
}
