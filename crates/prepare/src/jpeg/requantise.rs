//! The same picture at a lower quality: its coefficients are rounded to coarser steps, and no pixel is computed.
//!
//! That is nearer to the picture than decoding and encoding it again, which also rounds pixels and blurs colours, and
//! takes less time.

use crate::search::{JUDGED_PIXELS, Source};

use super::bits::Bits;
use super::codes::BitWriter;
use super::huffman::Huffman;
use super::kept::Jpeg;
use super::style::{Style, Tables};
use super::whole_scan::{Row, WholeScan};

/// A picture whose coefficients can be rounded.
pub(crate) struct Coefficients<'a> {
    bytes: &'a [u8],
    pub(super) size: (u16, u16),
    pub(super) scan: &'a WholeScan<'a>,
    pub(super) parts: Vec<Part<'a>>,
}

/// A component.
pub(super) struct Part<'a> {
    /// Blocks of an MCU, across and as many down.
    pub side: u32,
    pub steps: [u16; 64],
    dc: &'a Huffman,
    ac: &'a Huffman,
}

/// The numbers of a block in zigzag order, and which are not 0.
pub(super) type Block = ([i32; 64], u64);

/// What a component's last block left: the mean that was read, and the one that was written.
type Means = [(i32, i32); 3];

impl<'a> Coefficients<'a> {
    /// `None` where the picture is not what cameras write: one scan, and grey or YCbCr with colours at half the size.
    pub(crate) fn of(jpeg: &'a Jpeg<'a>) -> Option<Self> {
        let scan = jpeg.whole_scan.as_ref()?;
        let components = &jpeg.frame.components;
        let factors: Vec<_> = components.iter().map(|c| (c.h, c.v)).collect();
        let ids: Vec<_> = components.iter().map(|c| c.id).collect();
        match (factors.as_slice(), jpeg.adobe) {
            ([(1, 1)], _) => {}
            ([(2, 2), (1, 1), (1, 1)], None | Some(1)) if ids != b"RGB" => {}
            _ => return None,
        }
        let parts = components.iter().zip(&scan.tables);
        let parts = parts
            .map(|(component, (dc, ac))| {
                Some(Part {
                    side: component.h,
                    steps: jpeg.steps(component.quantised_by)?,
                    dc,
                    ac,
                })
            })
            .collect::<Option<_>>()?;
        Some(Self {
            bytes: jpeg.bytes,
            size: (
                u16::try_from(jpeg.frame.width).ok()?,
                u16::try_from(jpeg.frame.height).ok()?,
            ),
            scan,
            parts,
        })
    }

    fn style(&self, quality: u8) -> Option<Style> {
        let steps: Vec<_> = self.parts.iter().map(|part| &part.steps).collect();
        Style::of(quality, &steps)
    }

    /// Reads a row of MCUs, block by block: which component it is of, and its numbers but for the mean, which is the
    /// difference from the one before.
    #[inline]
    pub(super) fn row(&self, row: &Row<'a>, mut each: impl FnMut(usize, Block, bool)) {
        let mut bits = row.bits.clone();
        let mut until_restart = row.until_restart;
        let mut begins = false;
        for _ in 0..self.scan.mcus_across {
            if self.scan.restart_every != 0 {
                if until_restart == 0 {
                    bits = Bits::new(self.bytes, bits.end() + 2);
                    begins = true;
                    until_restart = self.scan.restart_every;
                }
                until_restart -= 1;
            }
            for (number, part) in self.parts.iter().enumerate() {
                for block in 0..part.side * part.side {
                    each(number, read(&mut bits, part), begins && block == 0);
                }
            }
            begins = false;
        }
    }
}

/// Reads a block. The scan was walked before: each code is there, and no block is too long.
#[inline]
#[allow(clippy::indexing_slicing)] // by numbers below 64
fn read(bits: &mut Bits<'_>, part: &Part<'_>) -> Block {
    let (mut values, mut others) = ([0; 64], 0_u64);
    bits.fill();
    let (size, length) = part.dc.look(bits).unwrap_or((0, 0));
    bits.skip(length);
    values[0] = bits.number(u32::from(size));
    let mut at = 1_u32;
    while at < 64 {
        bits.fill();
        let Some((symbol, length)) = part.ac.look(bits) else {
            break;
        };
        bits.skip(length);
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 && run < 15 {
            break;
        }
        at += run;
        let place = (at & 63) as usize;
        values[place] = bits.number(size);
        others |= u64::from(size != 0) << place;
        at += 1;
    }
    (values, others)
}

/// Writes a block, its numbers rounded to the coarser steps; gives the mean that was written.
#[inline]
#[allow(clippy::indexing_slicing)] // by numbers below 64
pub(super) fn write(
    (mut values, mut others): Block,
    before: i32,
    tables: &Tables,
    out: &mut BitWriter,
) -> i32 {
    let mean = rounded(values[0], tables.scales[0]);
    out.number(&tables.dc, 0, mean.wrapping_sub(before));
    let mut left = 0_u64;
    while others != 0 {
        let at = (others.trailing_zeros() & 63) as usize;
        others &= others - 1;
        let value = rounded(values[at], tables.scales[at]);
        values[at] = value;
        left |= u64::from(value != 0) << at;
    }
    let mut last = 0;
    while left != 0 {
        let at = left.trailing_zeros();
        left &= left - 1;
        let mut zeros = at - last - 1;
        while zeros > 15 {
            out.symbol(&tables.ac, 0xF0);
            zeros -= 16;
        }
        out.number(&tables.ac, zeros, values[(at & 63) as usize]);
        last = at;
    }
    if last < 63 {
        out.symbol(&tables.ac, 0);
    }
    mean
}

/// A number of steps in coarser steps, `scale` of them to 65536 of its own. What lies in the middle goes to the smaller
/// one: it is as far from the other, and that is longer.
#[inline]
fn rounded(value: i32, scale: u32) -> i32 {
    let steps = (u64::from(value.unsigned_abs()) * u64::from(scale) + 0x7FFF) >> 16;
    let sign = value >> 31;
    (steps as i32 ^ sign) - sign
}

/// Writes rows of MCUs behind a head.
fn written(
    coefficients: &Coefficients<'_>,
    rows: &[&Row<'_>],
    tables: &[Tables],
    head: Vec<u8>,
) -> Option<Vec<u8>> {
    let mut out = BitWriter::new(head);
    let mut means = Means::default();
    for row in rows {
        coefficients.row(row, |number, (mut values, others), begins| {
            if let (Some(tables), Some((read, mean))) = (tables.get(number), means.get_mut(number))
            {
                if begins {
                    *read = 0;
                }
                *read = read.wrapping_add(values[0]);
                values[0] = *read;
                *mean = write((values, others), *mean, tables, &mut out);
            }
        });
    }
    out.finish()
}

impl Source for Coefficients<'_> {
    fn jpeg(&self, quality: u8) -> Option<Vec<u8>> {
        let style = self.style(quality)?;
        let rows: Vec<_> = self.scan.rows.iter().collect();
        let head = style.head(self.size, self.bytes.len());
        let mut jpeg = written(self, &rows, &style.tables, head)?;
        jpeg.extend_from_slice(b"\xFF\xD9");
        Some(jpeg)
    }

    fn judge(&self, quality: u8) -> f64 {
        let rows: Vec<_> = self.scan.rows.iter().step_by(one_of(self.size)).collect();
        let share = rows.len() as f64 / self.scan.rows.len() as f64;
        let judged = self
            .style(quality)
            .and_then(|style| written(self, &rows, &style.tables, Vec::new()));
        judged.map_or(f64::INFINITY, |judged| judged.len() as f64 / share)
    }
}

/// Of so many rows of MCUs one is enough to judge by.
pub(super) fn one_of((width, height): (u16, u16)) -> usize {
    let pixels = u64::from(width) * u64::from(height);
    (pixels / JUDGED_PIXELS).max(1) as usize
}
