//! What is deflated in a PNG, inflated no further than it may go.

use flate2::{Decompress, FlushDecompress, Status};

/// A profile has a few KiB; those of printers have some hundred, and the largest known 2 MiB.
pub(super) const MOST_PROFILE: usize = 4 * 1024 * 1024;

/// What a profile came to.
pub(super) enum Profile {
    Read(Vec<u8>),
    /// It is no zlib stream, or not a whole one: as if there were none.
    Broken,
    TooLarge,
}

/// The body of an `iCCP`: a name, a method, and the deflated profile.
pub(super) fn profile(body: &[u8]) -> Profile {
    let name = body.iter().position(|byte| *byte == 0);
    let Some(deflated) = name.and_then(|end| body.get(end + 2..)) else {
        return Profile::Broken;
    };
    let mut inflate = Decompress::new(true);
    // One byte more shows that there is more.
    let mut room = vec![0; MOST_PROFILE + 1];
    let status = inflate.decompress(deflated, &mut room, FlushDecompress::Finish);
    let length = inflate.total_out() as usize;
    if length > MOST_PROFILE {
        return Profile::TooLarge;
    }
    match status {
        Ok(Status::StreamEnd) => {
            room.truncate(length);
            room.shrink_to_fit();
            Profile::Read(room)
        }
        _ => Profile::Broken,
    }
}

/// Whether more than the pixels is in there: more bytes inflated than they have, or anything behind the stream. A stream
/// that is broken or too short is left to the decoder.
pub(super) fn holds_more(parts: &[&[u8]], pixels: u64) -> bool {
    let mut inflate = Decompress::new(true);
    let mut room = vec![0; 64 * 1024];
    let mut parts = parts.iter();
    while let Some(part) = parts.next() {
        let mut left = *part;
        loop {
            let before = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(left, &mut room, FlushDecompress::None);
            let read = inflate.total_in() - before.0;
            left = left.get(read as usize..).unwrap_or_default();
            if inflate.total_out() > pixels {
                return true;
            }
            match status {
                Ok(Status::StreamEnd) => {
                    return !left.is_empty() || parts.any(|part| !part.is_empty());
                }
                Err(_) => return false,
                Ok(_) if left.is_empty() && inflate.total_out() - before.1 < room.len() as u64 => {
                    break;
                }
                Ok(_) if (inflate.total_in(), inflate.total_out()) == before => break,
                Ok(_) => {}
            }
        }
    }
    false
}
