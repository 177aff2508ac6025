//! The frame header: how large the picture is and how its components lie.

use crate::error::PrepareError;
use cardseal_sniff::Kind;
use cardseal_sniff::bytes::be16;

/// What a frame header says.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub progressive: bool,
    pub width: u32,
    pub height: u32,
    pub components: Vec<Component>,
    /// The greatest sampling factors.
    pub h_max: u32,
    pub v_max: u32,
}

/// One of up to four components.
#[derive(Debug, Clone)]
pub(crate) struct Component {
    pub id: u8,
    /// Blocks of an MCU, across and down.
    pub h: u32,
    pub v: u32,
    /// The number of its quantisation table.
    pub quantised_by: u8,
}

impl Frame {
    /// Reads the header that follows marker `FF marker`.
    pub(super) fn parse(marker: u8, body: &[u8]) -> Result<Self, PrepareError> {
        let short = || PrepareError::damaged(Kind::Jpeg, "its frame header is too short");
        let unsupported = |what: &str| PrepareError::unsupported(Kind::Jpeg, what);
        match marker {
            0xC0..=0xC2 => {}
            0xC3 | 0xC7 | 0xCB | 0xCF => return Err(unsupported("lossless JPEG")),
            0xC9 | 0xCA | 0xCD | 0xCE => return Err(unsupported("arithmetic coding")),
            _ => return Err(unsupported("hierarchical JPEG")),
        }
        let [precision, _, _, _, _, count, components @ ..] = body else {
            return Err(short());
        };
        let height = u32::from(be16(body, 1).ok_or_else(short)?);
        let width = u32::from(be16(body, 3).ok_or_else(short)?);
        if *precision != 8 {
            return Err(unsupported("more than 8 bits a sample"));
        }
        if height == 0 {
            return Err(unsupported("the height is not in its header"));
        }
        if width == 0 {
            return Err(PrepareError::damaged(
                Kind::Jpeg,
                "its header states a width of 0",
            ));
        }
        if !matches!(count, 1 | 3 | 4) {
            return Err(unsupported("neither 1, 3 nor 4 components"));
        }
        if components.len() != usize::from(*count) * 3 {
            return Err(short());
        }
        let components: Vec<_> = components
            .chunks_exact(3)
            .filter_map(|part| {
                let [id, factors, quantised_by] = *part else {
                    return None;
                };
                let (h, v) = (u32::from(factors >> 4), u32::from(factors & 15));
                Some(Component {
                    id,
                    h,
                    v,
                    quantised_by,
                })
            })
            .collect();
        if components
            .iter()
            .any(|c| !(1..=4).contains(&c.h) || !(1..=4).contains(&c.v))
        {
            return Err(PrepareError::damaged(
                Kind::Jpeg,
                "its sampling factors are none",
            ));
        }
        Ok(Self {
            progressive: marker == 0xC2,
            width,
            height,
            h_max: components.iter().map(|c| c.h).max().unwrap_or(1),
            v_max: components.iter().map(|c| c.v).max().unwrap_or(1),
            components,
        })
    }

    /// Whole MCUs across and down.
    pub(super) fn mcus(&self) -> (u32, u32) {
        (
            self.width.div_ceil(8 * self.h_max),
            self.height.div_ceil(8 * self.v_max),
        )
    }

    /// The blocks of a component that hold pixels, across and down.
    pub(super) fn blocks(&self, component: &Component) -> (u32, u32) {
        let side =
            |length: u32, factor: u32, most: u32| (length * factor).div_ceil(most).div_ceil(8);
        (
            side(self.width, component.h, self.h_max),
            side(self.height, component.v, self.v_max),
        )
    }
}

/// Width and height by the first frame header, where the bytes reach that far.
pub(crate) fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let marker = loop {
            match (bytes.get(at)?, bytes.get(at + 1)?) {
                (0xFF, 0xFF) | (0..=0xFE, _) => at += 1,
                (_, marker) => break *marker,
            }
        };
        match marker {
            0x00 | 0x01 | 0xD0..=0xD8 => at += 2,
            0xD9 | 0xDA => return None,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Some((be16(bytes, at + 7)?.into(), be16(bytes, at + 5)?.into()));
            }
            _ => at += 2 + usize::from(be16(bytes, at + 2)?),
        }
    }
}
