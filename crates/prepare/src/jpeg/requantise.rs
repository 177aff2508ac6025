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

/// A scan that holds all of a picture, each coefficient once.
pub(super) struct WholeScan<'a> {
    /// By component, in the order of the frame.
    pub tables: Vec<(Huffman, Huffman)>,
    pub restart_every: u32,
    /// Where each row of MCUs begins.
    pub rows: Vec<Row<'a>>,
    pub mcus_across: u32,
}

/// Where a row of MCUs begins.
pub(super) struct Row<'a> {
    pub bits: Bits<'a>,
    pub until_restart: u32,
}

/// A picture whose coefficients can be rounded.
pub(crate) struct Coefficients<'a> {
    bytes: &'a [u8],
    size: (u16, u16),
    scan: &'a WholeScan<'a>,
    parts: Vec<Part<'a>>,
}

struct Part<'a> {
    blocks: u32,
    steps: [u16; 64],
    dc: &'a Huffman,
    ac: &'a Huffman,
}

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
                    blocks: component.h * component.v,
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

    /// Writes a row of MCUs.
    fn row(
        &self,
        row: &Row<'a>,
        tables: &[Tables],
        means: &mut Means,
        mut out: BitWriter,
    ) -> BitWriter {
        let mut bits = row.bits.clone();
        let mut until_restart = row.until_restart;
        for _ in 0..self.scan.mcus_across {
            if self.scan.restart_every != 0 {
                if until_restart == 0 {
                    bits = Bits::new(self.bytes, bits.end() + 2);
                    means.iter_mut().for_each(|(read, _)| *read = 0);
                    until_restart = self.scan.restart_every;
                }
                until_restart -= 1;
            }
            for ((part, tables), mean) in self.parts.iter().zip(tables).zip(means.iter_mut()) {
                for _ in 0..part.blocks {
                    block(&mut bits, part, tables, mean, &mut out);
                }
            }
        }
        out
    }
}

/// Reads a block and writes it. The scan was walked before: each code is there, and no block is too long.
#[inline]
#[allow(clippy::indexing_slicing)] // by numbers below 64
fn block(
    bits: &mut Bits<'_>,
    part: &Part<'_>,
    tables: &Tables,
    mean: &mut (i32, i32),
    out: &mut BitWriter,
) {
    bits.fill();
    let (size, length) = part.dc.look(bits).unwrap_or((0, 0));
    bits.skip(length);
    mean.0 = mean.0.wrapping_add(bits.number(u32::from(size)));
    let written = rounded(mean.0, tables.scales[0]);
    out.number(&tables.dc, 0, written.wrapping_sub(mean.1));
    mean.1 = written;
    // The numbers that are not 0, and where they are.
    let (mut values, mut others) = ([0; 64], 0_u64);
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
        let value = rounded(bits.number(size), tables.scales[place]);
        values[place] = value;
        others |= u64::from(value != 0) << place;
        at += 1;
    }
    let mut last = 0;
    while others != 0 {
        let at = others.trailing_zeros();
        others &= others - 1;
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
}

/// A number of steps in coarser steps, `scale` of them to 65536 of its own. What lies in the middle goes to the smaller
/// one: it is as far from the other, and that is longer.
#[inline]
fn rounded(value: i32, scale: u32) -> i32 {
    let steps = (u64::from(value.unsigned_abs()) * u64::from(scale) + 0x7FFF) >> 16;
    let sign = value >> 31;
    (steps as i32 ^ sign) - sign
}

impl Source for Coefficients<'_> {
    fn jpeg(&self, quality: u8) -> Option<Vec<u8>> {
        let style = self.style(quality)?;
        let mut out = BitWriter::new(style.head(self.size, self.bytes.len()));
        let mut means = Means::default();
        for row in &self.scan.rows {
            out = self.row(row, &style.tables, &mut means, out);
        }
        let mut jpeg = out.finish()?;
        jpeg.extend_from_slice(b"\xFF\xD9");
        Some(jpeg)
    }

    fn judge(&self, quality: u8) -> f64 {
        let one_of = u64::from(self.size.0) * u64::from(self.size.1) / JUDGED_PIXELS;
        let judged = || self.scan.rows.iter().step_by(one_of.max(1) as usize);
        let Some(style) = self.style(quality) else {
            return f64::INFINITY;
        };
        let mut out = BitWriter::new(Vec::new());
        for row in judged() {
            out = self.row(row, &style.tables, &mut Means::default(), out);
        }
        let head = style.head(self.size, 0).len() as f64;
        let share = self.scan.rows.len() as f64 / judged().count().max(1) as f64;
        out.finish()
            .map_or(f64::INFINITY, |judged| head + judged.len() as f64 * share)
    }
}
