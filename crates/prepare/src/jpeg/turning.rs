//! A component on its way from how it is stored to how it is to be seen.

use crate::upright::{mirrored, swaps_sides};

use super::dct::{Dct, Square, near};
use super::plane::Plane;
use super::requantise::Block;

/// Which of eight by eight, rows from the top, stands where in zigzag order (ITU-T T.81, Figure 5).
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// How blocks change places, and what is in them.
pub(super) struct Turn {
    mirrored_across: bool,
    mirrored_down: bool,
    pub(super) swaps: bool,
    /// By place in zigzag order: which number comes there, and its sign.
    order: [(usize, i32); 64],
}

impl Turn {
    /// As EXIF's orientation asks.
    pub(super) fn of(orientation: u8) -> Self {
        let swaps = swaps_sides(orientation);
        let (mirrored_down, mirrored_across) = mirrored(orientation);
        let order = ZIGZAG.map(|place| {
            let (row, column) = (place / 8, place % 8);
            let (row, column) = if swaps { (column, row) } else { (row, column) };
            let from = ZIGZAG.iter().position(|other| *other == row * 8 + column);
            let turns = (mirrored_down && row % 2 == 1) != (mirrored_across && column % 2 == 1);
            (from.unwrap_or(0), if turns { -1 } else { 1 })
        });
        Self {
            mirrored_across,
            mirrored_down,
            swaps,
            order,
        }
    }

    /// Across and down, as it is to be seen.
    pub(super) fn sides<T>(&self, (across, down): (T, T)) -> (T, T) {
        if self.swaps {
            (down, across)
        } else {
            (across, down)
        }
    }
}

/// A component's size.
#[derive(Clone, Copy)]
pub(super) struct Size {
    /// Blocks of an MCU, across and as many down.
    pub side: usize,
    /// Blocks, across and down, those among them that fill up the last MCUs.
    pub blocks: (usize, usize),
    /// The samples that are of the picture, across and down.
    pub samples: (usize, usize),
    /// Whether the last of them is half outside, across and down.
    pub half: (bool, bool),
}

/// A component.
pub(super) struct Turning {
    pub(super) size: Size,
    steps: [u16; 64],
    /// Turned.
    blocks: Vec<[i16; 64]>,
    /// As it is stored, where it must be cut into blocks anew.
    plane: Option<Plane>,
}

impl Turning {
    pub(super) fn new(size: Size, steps: [u16; 64], turn: &Turn) -> Self {
        let cut = |mirrored: bool, samples: usize| mirrored && !samples.is_multiple_of(8);
        let anew = cut(turn.mirrored_across, size.samples.0)
            || cut(turn.mirrored_down, size.samples.1)
            || (turn.mirrored_across && size.half.0)
            || (turn.mirrored_down && size.half.1);
        let mut new = Self {
            size,
            steps,
            blocks: Vec::new(),
            plane: anew.then(|| Plane::new(size.blocks)),
        };
        if !anew {
            new.make_room();
        }
        new
    }

    fn make_room(&mut self) {
        self.blocks = vec![[0; 64]; self.size.blocks.0 * self.size.blocks.1];
    }

    /// Takes the block that is stored there.
    #[allow(clippy::indexing_slicing)] // by numbers below 64
    pub(super) fn put(&mut self, at: (usize, usize), block: &Block, turn: &Turn, dct: &Dct) {
        let (values, others) = block;
        if let Some(plane) = &mut self.plane {
            let mut frequencies = Square::default();
            let places = frequencies.as_flattened_mut();
            // Most are 0. The mean is at 0.
            let mut left = others | 1;
            while left != 0 {
                let at = (left.trailing_zeros() & 63) as usize;
                left &= left - 1;
                let number = values[at].wrapping_mul(i32::from(self.steps[at]));
                places[usize::from(ZIGZAG[at] & 63)] = number as f32;
            }
            plane.put(at, &frequencies, dct);
            return;
        }
        let from_end = |mirrored: bool, samples: usize, at: usize| match mirrored {
            // What filled up the last MCU fills up the last one again.
            true => (samples / 8).checked_sub(at + 1).unwrap_or(at),
            false => at,
        };
        let at = (
            from_end(turn.mirrored_across, self.size.samples.0, at.0),
            from_end(turn.mirrored_down, self.size.samples.1, at.1),
        );
        if let Some(place) = self.place(at, turn) {
            for (to, (from, sign)) in place.iter_mut().zip(&turn.order) {
                *to = (values.get(*from).copied().unwrap_or(0) * sign) as i16;
            }
        }
    }

    fn place(&mut self, at: (usize, usize), turn: &Turn) -> Option<&mut [i16; 64]> {
        let (x, y) = turn.sides(at);
        let across = turn.sides(self.size.blocks).0;
        self.blocks.get_mut(y * across + x)
    }

    /// The blocks, row by row, and their steps.
    pub(super) fn finish(mut self, turn: &Turn, dct: &Dct) -> (Vec<[i16; 64]>, [u16; 64]) {
        let Some(mut plane) = self.plane.take() else {
            let steps = turn
                .order
                .map(|(from, _)| self.steps.get(from).copied().unwrap_or(0));
            return (self.blocks, steps);
        };
        let size = self.size;
        if turn.mirrored_across && size.half.0 {
            plane.move_across();
        }
        if turn.mirrored_down && size.half.1 {
            plane.move_down();
        }
        self.make_room();
        let from = |mirrored: bool, samples: usize, at: usize| match mirrored {
            true => samples as isize - 8 * (at as isize + 1),
            false => 8 * at as isize,
        };
        for y in 0..size.blocks.1 {
            for x in 0..size.blocks.0 {
                let left = from(turn.mirrored_across, size.samples.0, x);
                let top = from(turn.mirrored_down, size.samples.1, y);
                let numbers = rounded(&plane.block((left, top), dct));
                if let Some(place) = self.place((x, y), turn) {
                    for (to, (from, sign)) in place.iter_mut().zip(&turn.order) {
                        let at = usize::from(ZIGZAG.get(*from).copied().unwrap_or_default());
                        *to = numbers.get(at).copied().unwrap_or_default() * *sign as i16;
                    }
                }
            }
        }
        (self.blocks, [1; 64])
    }
}

/// Numbers of a few thousand at most, rounded.
fn rounded(frequencies: &Square) -> [i16; 64] {
    let mut out = [0; 64];
    for (to, number) in out.iter_mut().zip(frequencies.as_flattened()) {
        *to = near(*number) as i16;
    }
    out
}
