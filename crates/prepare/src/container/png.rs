//! PNG (W3C PNG, third edition): its chunks, each with its checksum.

use crate::colour::Profile;
use crate::error::PrepareError;
use cardseal_sniff::Kind;
use cardseal_sniff::bytes::{be32, part};

use super::{Container, note, orientation, zlib};
use crate::limits::refuse_too_much;

const SIGNATURE: usize = 8;
/// What gamma has to be for sRGB, times 100,000, and how far from it makes no difference.
const SRGB_GAMMA: u32 = 45_455;
const NEARLY: u32 = 1_500;

/// The colour type whose pixels are numbers of a palette's entries.
const PALETTE: u8 = 3;

/// What its header says of its pixels.
#[derive(Default)]
struct Header {
    depth: u8,
    colour: u8,
    interlaced: bool,
}

impl Header {
    fn read(body: &[u8]) -> Option<Self> {
        let [depth, colour, _, _, interlace] = *body.get(8..)? else {
            return None;
        };
        Some(Self {
            depth,
            colour,
            interlaced: interlace != 0,
        })
    }

    fn channels(&self) -> u64 {
        match self.colour {
            0 | PALETTE => 1,
            4 => 2,
            2 => 3,
            _ => 4,
        }
    }

    /// Before anything is inflated.
    fn refuse_too_much(&self, width: u32, height: u32) -> Result<(), PrepareError> {
        if self.depth <= 8 && matches!(self.colour, 0 | 2 | PALETTE) {
            return Ok(());
        }
        let each = self.channels() * u64::from(self.depth).div_ceil(8);
        refuse_too_much(Kind::Png, width, height, each)
    }

    /// The bytes of all rows, each behind the number of its filter; of the seven passes, where it is interlaced.
    fn inflated(&self, width: u32, height: u32) -> u64 {
        let bits = self.channels() * u64::from(self.depth);
        let rows = |width: u64, height: u64| match width {
            0 => 0,
            _ => ((width * bits).div_ceil(8) + 1) * height,
        };
        let (width, height) = (u64::from(width), u64::from(height));
        if !self.interlaced {
            return rows(width, height);
        }
        let every = |side: u64, from: u64, step: u64| side.saturating_sub(from).div_ceil(step);
        ADAM7
            .iter()
            .map(|(x, y, across, down)| rows(every(width, *x, *across), every(height, *y, *down)))
            .sum()
    }
}

/// Where each pass begins, across and down, and its steps.
const ADAM7: [(u64, u64, u64, u64); 7] = [
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
];

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
    let (mut has_alpha, mut deep) = (false, false);
    let mut header = Header::default();
    let mut icc = None;
    let mut data: Vec<&[u8]> = Vec::new();
    let mut seen: Vec<&[u8]> = Vec::new();
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
        let is_first = !seen.contains(&name);
        if is_first {
            seen.push(name);
        }
        let mut keep = true;
        match name {
            b"IHDR" => {
                header = Header::read(body).ok_or_else(cut)?;
                header.refuse_too_much(width, height)?;
                deep = header.depth == 16;
                has_alpha = matches!(header.colour, 4 | 6);
            }
            b"IDAT" => data.push(body),
            // Nothing stands in it.
            b"IEND" if body.is_empty() => {}
            b"IEND" => return Err(damaged("its end marker holds something".to_owned())),
            b"PLTE" if is_first && header.colour == PALETTE => {}
            b"tRNS" if is_first => has_alpha = true,
            b"sRGB" if is_first && body.len() == 1 => is_srgb = true,
            b"gAMA" if is_first && body.len() == 4 => gamma = be32(body, 0),
            b"cICP" if is_first && body.len() == 4 => {
                cicp = Some((
                    body.first().copied().unwrap_or(1),
                    body.get(1).copied().unwrap_or(13),
                ));
                keep = cicp == Some((1, 13));
            }
            _ => {
                keep = false;
                if name == b"iCCP" && !has_icc {
                    has_icc = true;
                    icc = match zlib::profile(body) {
                        zlib::Profile::Read(profile) => Some(profile),
                        zlib::Profile::Broken => None,
                        zlib::Profile::TooLarge => {
                            return Err(PrepareError::unsupported(
                                Kind::Png,
                                "its colour profile has more than 4 MiB",
                            ));
                        }
                    };
                }
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
    if data.is_empty() {
        return Err(damaged("it holds no picture".to_owned()));
    }
    // It goes when the pixels are written anew.
    let holds_more = zlib::holds_more(&data, header.inflated(width, height));
    if holds_more {
        note(&mut metadata, "other");
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
        _ => icc.map(Profile::Icc),
    };
    Ok(Container {
        width,
        height,
        orientation: orientation(exif),
        profile,
        metadata,
        bare: Some(bare),
        lossless: true,
        must_change: has_alpha || deep || holds_more,
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
