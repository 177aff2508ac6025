//! GIF (89a): its blocks, up to the trailer.

use crate::error::PrepareError;
use crate::limits::Limits;
use crate::limits::refuse_too_many;
use cardseal_sniff::Kind;
use cardseal_sniff::bytes::{le16, part};

use super::{Container, note};

pub(super) fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    Some((le16(bytes, 6)?.into(), le16(bytes, 8)?.into()))
}

pub(super) fn read(bytes: &[u8]) -> Result<Container<'_>, PrepareError> {
    let cut = || PrepareError::damaged(Kind::Gif, "it ends before its end marker");
    let (width, height) = dimensions(bytes).ok_or_else(cut)?;
    let mut metadata = Vec::new();
    let table = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    };
    let mut at = 13 + table(*bytes.get(10).ok_or_else(cut)?);
    loop {
        match bytes.get(at).ok_or_else(cut)? {
            0x3B => break,
            0x2C => {
                let side = |at| le16(bytes, at).map(u32::from).ok_or_else(cut);
                refuse_too_many(side(at + 5)?, side(at + 7)?, Limits::MAX_PIXELS)?;
                at += 11 + table(*bytes.get(at + 9).ok_or_else(cut)?);
            }
            0x21 => {
                match (bytes.get(at + 1).ok_or_else(cut)?, part(bytes, at + 3, 8)) {
                    (0xFE, _) => note(&mut metadata, "comment"),
                    (0x01, _) => note(&mut metadata, "text"),
                    (0xFF, Some(b"XMP Data")) => note(&mut metadata, "xmp"),
                    (0xFF, Some(b"ICCRGBG1")) => note(&mut metadata, "icc"),
                    (0xFF, Some(b"NETSCAPE" | b"ANIMEXTS")) | (0xF9, _) => {}
                    _ => note(&mut metadata, "other"),
                }
                at += 2;
            }
            _ => {
                let what = format!("no block begins at byte {at}");
                return Err(PrepareError::damaged(Kind::Gif, what));
            }
        }
        // The block's data, in pieces of up to 255 bytes, the last of them empty.
        loop {
            let length = usize::from(*bytes.get(at).ok_or_else(cut)?);
            at += 1 + length;
            if length == 0 {
                break;
            }
        }
    }
    if at + 1 < bytes.len() {
        note(&mut metadata, "trailer");
    }
    Ok(Container {
        width,
        height,
        orientation: 1,
        profile: None,
        metadata,
        bare: None,
        lossless: true,
        must_change: true,
        jpeg: None,
    })
}
