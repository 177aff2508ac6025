//! A picture's coefficients turned and mirrored as EXIF's orientation asks: blocks change places, and within them the
//! frequencies across and down; a mirrored frequency that is odd changes its sign.

use crate::search::Source;
use crate::upright::{mirrored, swaps_sides};

use super::codes::BitWriter;
use super::requantise::{Coefficients, one_of, write};
use super::style::{Style, Tables};

/// Which of eight by eight, rows from the top, stands where in zigzag order (ITU-T T.81, Figure 5).
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

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
    /// `None` where a side that is mirrored does not end with an MCU: what fills it up would come to lie inside.
    pub(crate) fn of(stored: &Coefficients<'_>, orientation: u8) -> Option<Self> {
        let (width, height) = stored.size;
        let swaps = swaps_sides(orientation);
        let (mirrored_down, mirrored_across) = mirrored(orientation);
        let side = 8 * stored.parts.first()?.side as u16;
        if (mirrored_across && width % side != 0) || (mirrored_down && height % side != 0) {
            return None;
        }
        let (across, down) = (stored.scan.mcus_across as usize, stored.scan.rows.len());
        let order = order(mirrored_down, mirrored_across, swaps);
        let mut parts: Vec<_> = stored
            .parts
            .iter()
            .map(|part| {
                let side = part.side as usize;
                Part {
                    side,
                    steps: order.map(|(from, _)| part.steps.get(from).copied().unwrap_or(0)),
                    blocks: vec![[0; 64]; across * down * side * side],
                }
            })
            .collect();
        let mut means = [0_i32; 3];
        for (mcu_y, row) in stored.scan.rows.iter().enumerate() {
            // The block of its component in this row of MCUs.
            let mut counts = [0; 3];
            stored.row(row, |number, (mut values, _), begins| {
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
                *mean = mean.wrapping_add(values[0]);
                values[0] = *mean;
                let side = part.side;
                let (mcu, block) = (*count / (side * side), *count % (side * side));
                *count += 1;
                let (mut x, mut y) = (mcu * side + block % side, mcu_y * side + block / side);
                if mirrored_across {
                    x = across * side - 1 - x;
                }
                if mirrored_down {
                    y = down * side - 1 - y;
                }
                let place = if swaps {
                    x * down * side + y
                } else {
                    y * across * side + x
                };
                if let Some(place) = part.blocks.get_mut(place) {
                    for (to, (from, sign)) in place.iter_mut().zip(&order) {
                        *to = (values.get(*from).copied().unwrap_or(0) * sign) as i16;
                    }
                }
            });
            // A mean that is no number of a baseline picture cannot be kept.
            if means.iter().any(|mean| i16::try_from(*mean).is_err()) {
                return None;
            }
        }
        Some(Self {
            size: if swaps {
                (height, width)
            } else {
                (width, height)
            },
            mcus: if swaps {
                (down, across)
            } else {
                (across, down)
            },
            parts,
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

/// By place in zigzag order: which number comes there, and its sign.
fn order(mirrored_down: bool, mirrored_across: bool, swaps: bool) -> [(usize, i32); 64] {
    ZIGZAG.map(|place| {
        let (row, column) = (place / 8, place % 8);
        let (row, column) = if swaps { (column, row) } else { (row, column) };
        let from = ZIGZAG.iter().position(|other| *other == row * 8 + column);
        let turns = (mirrored_down && row % 2 == 1) != (mirrored_across && column % 2 == 1);
        (from.unwrap_or(0), if turns { -1 } else { 1 })
    })
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
