//! Checks that a picture is complete, by the lengths that it states. Bytes after the end are ignored.

use crate::bytes::{be16, be32, le16, le32, part, take};

/// A PNG: all chunks up to `IEND`, including picture data.
pub(crate) fn png(bytes: &[u8]) -> Option<()> {
    let mut at = 8_usize;
    let mut has_data = false;
    loop {
        let len = usize::try_from(be32(bytes, at)?).ok()?;
        let name: [u8; 4] = take(bytes, at.checked_add(4)?)?;
        // Length and name before the data, a checksum after it.
        let next = at.checked_add(12)?.checked_add(len)?;
        part(bytes, at, next.checked_sub(at)?)?;
        match &name {
            b"IEND" => return has_data.then_some(()),
            b"IDAT" => has_data = true,
            _ if !name.iter().all(u8::is_ascii_alphabetic) => return None,
            _ => {}
        }
        at = next;
    }
}

/// A JPEG: all segments and the data of each scan, up to the end-of-image marker. Thumbnails, which have their own
/// marker, are inside segments.
pub(crate) fn jpeg(bytes: &[u8]) -> Option<()> {
    const START_OF_SCAN: u8 = 0xDA;
    const END_OF_IMAGE: u8 = 0xD9;
    let mut at = 2_usize;
    let mut has_scan = false;
    loop {
        let marker = marker(bytes, &mut at)?;
        match marker {
            END_OF_IMAGE => return has_scan.then_some(()),
            // Markers without a length.
            0x01 | 0xD0..=0xD8 => continue,
            _ => {}
        }
        let len = usize::from(be16(bytes, at)?);
        at = at.checked_add(len.max(2))?;
        if marker == START_OF_SCAN {
            has_scan = true;
            at = behind_scan(bytes, at)?;
        }
    }
}

/// Reads the marker at a position and moves past it. Any number of `FF` may precede it.
fn marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    let [0xFF] = take::<1>(bytes, *at)? else {
        return None;
    };
    loop {
        *at = at.checked_add(1)?;
        let [byte] = take::<1>(bytes, *at)?;
        if byte != 0xFF {
            *at = at.checked_add(1)?;
            return Some(byte);
        }
    }
}

/// The position of the marker after a scan's data. In the data, `FF` is followed by 0 or by a restart number.
fn behind_scan(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at = at.checked_add(memchr::memchr(0xFF, bytes.get(at..)?)?)?;
        let [next] = take::<1>(bytes, at.checked_add(1)?)?;
        match next {
            0x00 | 0xD0..=0xD7 => at = at.checked_add(2)?,
            0xFF => at = at.checked_add(1)?,
            _ => return Some(at),
        }
    }
}

/// A BMP: its pixels, by size and depth, or by the stated length if compressed.
pub(crate) fn bmp(bytes: &[u8]) -> Option<()> {
    let offset = u64::from(le32(bytes, 10)?);
    let header = le32(bytes, 14)?;
    let (width, height, depth, stated) = if header == 12 {
        let (width, height) = (le16(bytes, 18)?, le16(bytes, 20)?);
        (width.into(), height.into(), le16(bytes, 24)?, None)
    } else {
        // A negative height means that the rows start at the top.
        let height = i32::from_le_bytes(take(bytes, 22)?).unsigned_abs();
        let stated = match le32(bytes, 30)? {
            0 | 3 | 6 => None,
            _ => Some(le32(bytes, 34)?),
        };
        (le32(bytes, 18)?, height, le16(bytes, 28)?, stated)
    };
    let row = u64::from(width)
        .checked_mul(u64::from(depth))?
        .div_ceil(32)
        .checked_mul(4)?;
    let pixels = match stated {
        Some(bytes) => u64::from(bytes),
        None => row.checked_mul(u64::from(height))?,
    };
    let end = offset.checked_add(pixels)?;
    (pixels > 0 && end <= u64::try_from(bytes.len()).ok()?).then_some(())
}
