//! A component's samples. A side that is mirrored and does not end with a block is cut into blocks anew, from its end on.

use super::dct::{Dct, Square, near};

/// The samples of whole blocks, row by row.
pub(super) struct Plane {
    stride: usize,
    samples: Vec<u8>,
}

impl Plane {
    /// Of so many blocks, across and down.
    pub(super) fn new((across, down): (usize, usize)) -> Self {
        Self {
            stride: across * 8,
            samples: vec![128; across * 8 * down * 8],
        }
    }

    /// Lays down a block.
    pub(super) fn put(&mut self, (x, y): (usize, usize), frequencies: &Square, dct: &Dct) {
        let rows = self.samples.chunks_exact_mut(self.stride.max(1));
        for (row, values) in rows.skip(y * 8).zip(&dct.samples(frequencies)) {
            let place = row.get_mut(x * 8..).unwrap_or_default();
            for (place, value) in place.iter_mut().zip(values) {
                *place = near(value.clamp(-128.0, 127.0) + 128.0) as u8;
            }
        }
    }

    /// Moves the samples half of one to the right, where the picture ends in the middle of one.
    pub(super) fn move_across(&mut self) {
        for row in self.samples.chunks_exact_mut(self.stride.max(1)) {
            let mut before = row.first().copied().unwrap_or_default();
            for (at, sample) in row.iter_mut().enumerate() {
                let own = *sample;
                *sample = middle(own, before, at);
                before = own;
            }
        }
    }

    /// Moves them half of one down.
    pub(super) fn move_down(&mut self) {
        let stride = self.stride.max(1);
        for at in (stride..self.samples.len()).step_by(stride).rev() {
            let (before, rest) = self.samples.split_at_mut(at);
            let before = before.get(at - stride..).unwrap_or_default();
            for (at, (sample, before)) in rest.iter_mut().zip(before).enumerate() {
                *sample = middle(*sample, *before, at);
            }
        }
    }

    /// The block that begins at this sample. Before the first one everything is as that one.
    pub(super) fn block(&self, (left, top): (isize, isize), dct: &Dct) -> Square {
        let mut samples = Square::default();
        for (y, values) in (top..).zip(&mut samples) {
            let row = y.max(0) as usize * self.stride;
            let from = row + left.max(0) as usize;
            let outside = left.min(0).unsigned_abs().min(8);
            let stored = self.samples.get(from..).unwrap_or_default();
            let first = stored.first().copied().unwrap_or(128);
            let (before, rest) = values.split_at_mut(outside);
            before.fill(f32::from(first) - 128.0);
            for (value, sample) in rest.iter_mut().zip(stored) {
                *value = f32::from(*sample) - 128.0;
            }
        }
        dct.frequencies(&samples)
    }
}

/// Rounded up and down in turn, so that the whole becomes neither lighter nor darker.
fn middle(one: u8, other: u8, at: usize) -> u8 {
    ((u16::from(one) + u16::from(other) + (at & 1) as u16) / 2) as u8
}
