//! WebP (RFC 9649): the chunks of its RIFF container.

use crate::error::PrepareError;
use cardseal_sniff::Kind;
use cardseal_sniff::bytes::{le16, le32, part, take};

use super::{Container, note, orientation};

pub(super) fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    match part(bytes, 12, 4)? {
        b"VP8X" => {
            let side = |at| {
                take::<3>(bytes, at)
                    .map(|[low, middle, high]| 1 + u32::from_le_bytes([low, middle, high, 0]))
            };
            Some((side(24)?, side(27)?))
        }
        b"VP8L" => {
            let packed = le32(bytes, 21)?;
            Some((1 + (packed & 0x3FFF), 1 + ((packed >> 14) & 0x3FFF)))
        }
        b"VP8 " => Some((
            u32::from(le16(bytes, 26)? & 0x3FFF),
            u32::from(le16(bytes, 28)? & 0x3FFF),
        )),
        _ => None,
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Container<'_>, PrepareError> {
    let cut = || PrepareError::damaged(Kind::WebP, "it ends before its header says");
    let (width, height) = dimensions(bytes).ok_or_else(cut)?;
    let size = le32(bytes, 4).ok_or_else(cut)? as usize;
    let whole = part(bytes, 0, size.saturating_add(8)).ok_or_else(cut)?;
    let mut metadata = Vec::new();
    let (mut exif, mut lossless) = (None, false);
    let mut at = 12;
    while at + 8 <= whole.len() {
        let name = part(whole, at, 4).ok_or_else(cut)?;
        let length = le32(whole, at + 4).ok_or_else(cut)? as usize;
        let body = part(whole, at + 8, length).ok_or_else(cut)?;
        match name {
            b"EXIF" => {
                // Some programs put JPEG's prefix before it.
                exif = Some(body.strip_prefix(b"Exif\0\0").unwrap_or(body));
                note(&mut metadata, "exif");
            }
            b"XMP " => note(&mut metadata, "xmp"),
            b"ICCP" => note(&mut metadata, "icc"),
            b"VP8L" => lossless = true,
            b"VP8 " | b"VP8X" | b"ALPH" | b"ANIM" | b"ANMF" => {}
            _ => note(&mut metadata, "other"),
        }
        at += 8 + length + length % 2;
    }
    if whole.len() < bytes.len() {
        note(&mut metadata, "trailer");
    }
    Ok(Container {
        width,
        height,
        orientation: orientation(exif),
        profile: None,
        metadata,
        bare: None,
        lossless,
        must_change: true,
        jpeg: None,
    })
}
