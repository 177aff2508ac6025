//! PNG (W3C PNG, third edition): its chunks, each with its checksum.

use crate::colour::Profile;
use crate::error::PrepareError;
use cardseal_sniff::Kind;
use cardseal_sniff::bytes::{be32, part};

use super::{Container, note, orientation};

const SIGNATURE: usize = 8;
/// What gamma has to be for sRGB, times 100,000, and how far from it makes no difference.
const SRGB_GAMMA: u32 = 45_455;
const NEARLY: u32 = 1_500;

pub(super) fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    Some((be32(bytes, 16)?, be32(bytes, 20)?))
}

pub(super) fn read(bytes: &[u8]) -> Result<Container<'_>, PrepareError> {
    let damaged = |what: String| PrepareError::damaged(Kind::Png, what);
    let cut = || damaged("it ends before its end marker".to_owned());
    let (width, height) = dimensions(bytes).ok_or_else(cut)?;
    let mut bare = Vec::with_capacity(bytes.len());
    bare.extend_from_slice(bytes.get(..SIGNATURE).unwrap_or_default());
    let mut metadata = Vec::new();
    let mut exif = None;
    let (mut cicp, mut gamma, mut has_icc, mut is_srgb) = (None, None, false, false);
    let (mut has_alpha, mut deep, mut has_data) = (false, false, false);
    let mut at = SIGNATURE;
    loop {
        let length = be32(bytes, at).ok_or_else(cut)? as usize;
        let name = part(bytes, at + 4, 4).ok_or_else(cut)?;
        let body = part(bytes, at + 8, length).ok_or_else(cut)?;
        let checksum = be32(bytes, at + 8 + length).ok_or_else(cut)?;
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(name);
        hasher.update(body);
        if hasher.finalize() != checksum {
            return Err(damaged(format!(
                "the chunk at byte {at} has another checksum than it states"
            )));
        }
        let whole = part(bytes, at, length + 12).ok_or_else(cut)?;
        if (at == SIGNATURE) != (name == b"IHDR") {
            return Err(damaged(
                "its header is not its first chunk, or not its only one".to_owned(),
            ));
        }
        at += whole.len();
        let mut keep = true;
        match name {
            b"IHDR" => {
                deep = body.get(8) == Some(&16);
                has_alpha = matches!(body.get(9), Some(4 | 6));
            }
            b"IDAT" => has_data = true,
            b"PLTE" | b"IEND" | b"sBIT" | b"cHRM" | b"bKGD" | b"pHYs" => {}
            b"tRNS" => has_alpha = true,
            b"sRGB" => is_srgb = true,
            b"gAMA" => gamma = be32(body, 0),
            b"cICP" => {
                cicp = Some((
                    body.first().copied().unwrap_or(1),
                    body.get(1).copied().unwrap_or(13),
                ));
                keep = cicp == Some((1, 13));
            }
            _ => {
                keep = false;
                has_icc |= name == b"iCCP";
                if name == b"eXIf" {
                    exif = exif.or(Some(body));
                }
                note(&mut metadata, what(name, body));
            }
        }
        if keep {
            bare.extend_from_slice(whole);
        }
        if name == b"IEND" {
            break;
        }
        if name.first().is_some_and(u8::is_ascii_uppercase)
            && !matches!(name, b"IHDR" | b"PLTE" | b"IDAT")
        {
            return Err(PrepareError::unsupported(
                Kind::Png,
                "it has a chunk that must be understood and is not known",
            ));
        }
    }
    if !has_data {
        return Err(damaged("it holds no picture".to_owned()));
    }
    if at < bytes.len() {
        note(&mut metadata, "trailer");
    }
    // The newest way to say it wins, then the profile, then sRGB, then gamma.
    let profile = match (cicp, gamma) {
        (Some((1, 13)), _) => None,
        (Some((primaries, transfer)), _) => Some(Profile::Cicp(primaries, transfer)),
        (None, Some(gamma)) if !has_icc && !is_srgb && gamma.abs_diff(SRGB_GAMMA) > NEARLY => {
            Some(Profile::Gamma(gamma))
        }
        _ => None,
    };
    Ok(Container {
        width,
        height,
        orientation: orientation(exif),
        profile,
        metadata,
        bare: Some(bare),
        lossless: true,
        must_change: has_alpha || deep,
        jpeg: None,
    })
}

fn what(name: &[u8], body: &[u8]) -> &'static str {
    match name {
        b"eXIf" => "exif",
        b"iCCP" => "icc",
        b"iTXt" if body.starts_with(b"XML:com.adobe.xmp\0") => "xmp",
        b"tEXt" | b"zTXt" | b"iTXt" if body.starts_with(b"Raw profile type ") => {
            match body.get(17..20) {
                Some(b"exi" | b"APP") => "exif",
                Some(b"xmp") => "xmp",
                Some(b"ipt" | b"8bi") => "iptc",
                _ => "text",
            }
        }
        b"tEXt" | b"zTXt" | b"iTXt" => "text",
        _ => "other",
    }
}
