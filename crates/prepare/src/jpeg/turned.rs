//! A picture's coefficients turned and mirrored as EXIF's orientation asks: blocks change places, and within them the
//! frequencies across and down; a mirrored frequency that is odd changes its sign. Where a mirrored side does not end with
//! a block, the samples of that component are cut into blocks anew.

use crate::search::Source;

use super::codes::BitWriter;
use super::dct::Dct;
use super::requantise::{Coefficients, one_of, write};
use super::style::{Style, Tables};
use super::turning::{Size, Turn, Turning};

/// Upright coefficients.
pub(crate) struct Turned {
    size: (u16, u16),
    /// MCUs, across and down.
    mcus: (usize, usize),
    parts: Vec<Part>,
}

/// A component.
struct Part {
    /// Blocks of an MCU, across and as many down.
    side: usize,
    steps: [u16; 64],
    /// Row by row.
    blocks: Vec<[i16; 64]>,
}

impl Turned {
    /// `None` where a number of it is none of a baseline picture.
    pub(crate) fn of(stored: &Coefficients<'_>, orientation: u8) -> Option<Self> {
        let turn = Turn::of(orientation);
        let dct = Dct::new();
        let (mcus_across, mcus_down) = (stored.scan.mcus_across as usize, stored.scan.rows.len());
        let most = stored.parts.first()?.side as usize;
        let (width, height) = stored.size;
        let mut parts: Vec<_> = stored
            .parts
            .iter()
            .map(|part| {
                let side = part.side as usize;
                let samples = |length: u16| (usize::from(length) * side).div_ceil(most);
                let half = |length: u16| !(usize::from(length) * side).is_multiple_of(most);
                let size = Size {
                    side,
                    blocks: (mcus_across * side, mcus_down * side),
                    samples: (samples(width), samples(height)),
                    half: (half(width), half(height)),
                };
                Turning::new(size, part.steps, &turn)
            })
            .collect();
        let mut means = [0_i32; 3];
        for (mcu_y, row) in stored.scan.rows.iter().enumerate() {
            // The block of its component in this row of MCUs.
            let mut counts = [0; 3];
            stored.row(row, |number, mut block, begins| {
                let (Some(part), Some(mean), Some(count)) = (
                    parts.get_mut(number),
                    means.get_mut(number),
                    counts.get_mut(number),
                ) else {
                    return;
                };
                if begins {
                    *mean = 0;
                }
                *mean = mean.wrapping_add(block.0[0]);
                block.0[0] = *mean;
                let side = part.size.side;
                let (mcu, within) = (*count / (side * side), *count % (side * side));
                *count += 1;
                let at = (mcu * side + within % side, mcu_y * side + within / side);
                part.put(at, &block, &turn, &dct);
            });
            // A mean that is no number of a baseline picture cannot be kept.
            if means.iter().any(|mean| i16::try_from(*mean).is_err()) {
                return None;
            }
        }
        let parts = parts.into_iter().map(|part| {
            let side = part.size.side;
            let (blocks, steps) = part.finish(&turn, &dct);
            Part {
                side,
                steps,
                blocks,
            }
        });
        Some(Self {
            size: turn.sides(stored.size),
            mcus: turn.sides((mcus_across, mcus_down)),
            parts: parts.collect(),
        })
    }

    fn style(&self, quality: u8) -> Option<Style> {
        let steps: Vec<_> = self.parts.iter().map(|part| &part.steps).collect();
        Style::of(quality, &steps)
    }

    /// Writes one of so many rows of MCUs behind a head.
    fn written(&self, one_of: usize, tables: &[Tables], head: Vec<u8>) -> Option<Vec<u8>> {
        let mut out = BitWriter::new(head);
        let mut means = [0; 3];
        let (across, down) = self.mcus;
        for mcu_y in (0..down).step_by(one_of) {
            for mcu_x in 0..across {
                for ((part, tables), mean) in self.parts.iter().zip(tables).zip(&mut means) {
                    let side = part.side;
                    for block in 0..side * side {
                        let (x, y) = (mcu_x * side + block % side, mcu_y * side + block / side);
                        let block = part.blocks.get(y * across * side + x)?;
                        let values = block.map(i32::from);
                        let others = (0..).zip(block).skip(1);
                        let others = others.fold(0, |others, (at, value)| {
                            others | u64::from(*value != 0) << at
                        });
                        *mean = write((values, others), *mean, tables, &mut out);
                    }
                }
            }
        }
        out.finish()
    }
}

impl Source for Turned {
    fn jpeg(&self, quality: u8) -> Option<Vec<u8>> {
        let style = self.style(quality)?;
        let head = style.head(self.size, self.parts.first()?.blocks.len() * 16);
        let mut jpeg = self.written(1, &style.tables, head)?;
        jpeg.extend_from_slice(b"\xFF\xD9");
        Some(jpeg)
    }

    fn judge(&self, quality: u8) -> f64 {
        let one_of = one_of(self.size);
        let share = self.mcus.1.div_ceil(one_of) as f64 / self.mcus.1 as f64;
        let judged = self
            .style(quality)
            .and_then(|style| self.written(one_of, &style.tables, Vec::new()));
        judged.map_or(f64::INFINITY, |judged| judged.len() as f64 / share)
    }
}
