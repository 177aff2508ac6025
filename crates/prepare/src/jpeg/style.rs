//! How the encoder writes a JPEG of a quality: its steps, its Huffman tables, its head. Taken from a small picture that
//! it writes, so that a quality means the same whether pixels or coefficients are written.

use cardseal_sniff::bytes::{be16, part};

use crate::encode;
use crate::pixels::{Channels, Pixels};

use super::codes::Codes;

/// How a picture is written.
pub(super) struct Style {
    /// By component.
    pub tables: Vec<Tables>,
    /// JFIF's segment.
    jfif: Vec<u8>,
    /// The steps of brightness and of colours, in zigzag order.
    steps: Vec<[u8; 64]>,
    /// The segments of Huffman tables.
    huffman: Vec<u8>,
}

/// What a component is written with.
pub(super) struct Tables {
    pub dc: Codes,
    pub ac: Codes,
    /// The steps that it has, in 65536ths of those that it gets.
    pub scales: [u32; 64],
}

impl Style {
    /// For a picture whose components have these steps, in zigzag order: none gets finer ones, which would cost bytes and
    /// show nothing. `None` if its own are coarser than a baseline JPEG has.
    pub(super) fn of(quality: u8, own: &[&[u16; 64]]) -> Option<Self> {
        let channels = if own.len() == 1 {
            Channels::Grey
        } else {
            Channels::Rgb
        };
        let small = encode::jpeg(
            &Pixels {
                width: 1,
                height: 1,
                channels,
                data: vec![0; channels.count()],
            },
            quality,
        )?;
        let (mut jfif, mut huffman) = (Vec::new(), Vec::new());
        let (mut steps, mut codes) = (Vec::new(), Vec::new());
        let mut at = 2;
        loop {
            let length = usize::from(be16(&small, at + 2)?);
            let segment = part(&small, at, length + 2)?;
            match segment {
                [_, 0xE0, ..] => jfif.extend_from_slice(segment),
                [_, 0xDB, _, _, _, table @ ..] => steps.push(*table.first_chunk::<64>()?),
                [_, 0xC4, _, _, _, table @ ..] => {
                    let (counts, symbols) = table.split_first_chunk::<16>()?;
                    codes.push(Codes::new(counts, symbols));
                    huffman.extend_from_slice(segment);
                }
                [_, 0xDA, ..] => break,
                _ => {}
            }
            at += segment.len();
        }
        // The two components of colours share their tables.
        steps.truncate(own.len().min(2));
        for (number, own) in own.iter().enumerate() {
            for (step, own) in steps.get_mut(number.min(1))?.iter_mut().zip(*own) {
                *step = (*step).max(u8::try_from(*own).ok()?);
            }
        }
        let codes = codes.as_chunks::<2>().0;
        let tables = own.iter().enumerate().map(|(number, own)| {
            let (steps, codes) = (steps.get(number.min(1))?, codes.get(number.min(1))?);
            let [dc, ac] = codes.clone();
            let mut scales = [0; 64];
            for (scale, (own, step)) in scales.iter_mut().zip(own.iter().zip(steps)) {
                *scale = (u32::from(*own) * 0x1_0000 + u32::from(*step) / 2) / u32::from(*step);
            }
            Some(Tables { dc, ac, scales })
        });
        Some(Self {
            tables: tables.collect::<Option<_>>()?,
            jfif,
            steps,
            huffman,
        })
    }

    /// All before the codes, with room for `more` bytes behind it.
    pub(super) fn head(&self, (width, height): (u16, u16), more: usize) -> Vec<u8> {
        let mut head = Vec::with_capacity(1024 + more);
        head.extend_from_slice(b"\xFF\xD8");
        head.extend_from_slice(&self.jfif);
        for (number, steps) in (0..).zip(&self.steps) {
            head.extend_from_slice(b"\xFF\xDB\x00\x43");
            head.push(number);
            head.extend_from_slice(steps);
        }
        let count = self.tables.len() as u8;
        head.extend_from_slice(&[0xFF, 0xC0, 0, 8 + 3 * count, 8]);
        head.extend_from_slice(&height.to_be_bytes());
        head.extend_from_slice(&width.to_be_bytes());
        head.push(count);
        for number in 0..count {
            let factors = if number == 0 && count > 1 { 0x22 } else { 0x11 };
            head.extend_from_slice(&[number + 1, factors, number.min(1)]);
        }
        head.extend_from_slice(&self.huffman);
        head.extend_from_slice(&[0xFF, 0xDA, 0, 6 + 2 * count, count]);
        for number in 0..count {
            head.extend_from_slice(&[number + 1, number.min(1) * 0x11]);
        }
        head.extend_from_slice(&[0, 63, 0]);
        head
    }
}
