//! Turning and mirroring pixels as EXIF's orientation asks.

use crate::pixels::{Channels, Pixels};

/// Tiles keep both the rows that are read and those that are written in the cache.
const TILE: usize = 32;

/// The picture as it is to be seen. Orientation is EXIF's, 1 to 8; any other is 1.
pub(crate) fn upright(pixels: Pixels, orientation: u8) -> Pixels {
    match pixels.channels {
        Channels::Grey => turn::<1>(pixels, orientation),
        Channels::Rgb => turn::<3>(pixels, orientation),
    }
}

/// Whether width and height change places.
pub(crate) fn swaps_sides(orientation: u8) -> bool {
    (5..=8).contains(&orientation)
}

/// Whether the picture is mirrored down and across; for 5 to 8 before its rows become columns.
pub(crate) fn mirrored(orientation: u8) -> (bool, bool) {
    match orientation {
        2 | 8 => (false, true),
        3 | 7 => (true, true),
        4 | 6 => (true, false),
        _ => (false, false),
    }
}

fn turn<const N: usize>(mut pixels: Pixels, orientation: u8) -> Pixels {
    let stride = pixels.stride();
    if stride == 0 {
        return pixels;
    }
    let (mirrored_down, mirrored_across) = mirrored(orientation);
    if swaps_sides(orientation) {
        return transpose::<N>(&pixels, mirrored_down, mirrored_across);
    }
    if mirrored_across {
        for row in pixels.data.chunks_exact_mut(stride) {
            let (row, _) = row.as_chunks_mut::<N>();
            row.reverse();
        }
    }
    if mirrored_down {
        let half = (pixels.height / 2) as usize * stride;
        let rest = pixels.data.len() - half;
        let (top, bottom) = pixels.data.split_at_mut(half);
        let bottom = bottom.get_mut(rest - half..).unwrap_or_default();
        for (above, below) in top
            .chunks_exact_mut(stride)
            .zip(bottom.rchunks_exact_mut(stride))
        {
            above.swap_with_slice(below);
        }
    }
    pixels
}

/// Row `y` of the outcome is column `y` of the source, read downwards; the source mirrored first where asked.
fn transpose<const N: usize>(
    source: &Pixels,
    mirrored_down: bool,
    mirrored_across: bool,
) -> Pixels {
    let (width, height) = (source.width as usize, source.height as usize);
    let (from, _) = source.data.as_chunks::<N>();
    let mut data = vec![0; source.data.len()];
    let (to, _) = data.as_chunks_mut::<N>();
    // A tile is turned by itself and then laid down: both are fast where its size is known. The rows that are written
    // stay in the cache.
    let mut tile = [[[0; N]; TILE]; TILE];
    for top in (0..width).step_by(TILE) {
        for left in (0..height).step_by(TILE) {
            let lines = TILE.min(height - left);
            for x in 0..lines {
                let line = if mirrored_down {
                    height - 1 - left - x
                } else {
                    left + x
                };
                let part = from.get(line * width + top..(line + 1) * width);
                for (row, pixel) in tile.iter_mut().zip(part.unwrap_or_default()) {
                    if let Some(place) = row.get_mut(x) {
                        *place = *pixel;
                    }
                }
            }
            for (column, row) in (top..width).zip(&tile) {
                let y = if mirrored_across {
                    width - 1 - column
                } else {
                    column
                };
                let place = to.get_mut(y * height + left..).unwrap_or_default();
                for (pixel, found) in place.iter_mut().zip(row).take(lines) {
                    *pixel = *found;
                }
            }
        }
    }
    Pixels {
        width: source.height,
        height: source.width,
        channels: source.channels,
        data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the corners go, as EXIF 2.32 draws it: a letter F stored in each of the eight ways.
    #[test]
    fn each_of_the_eight_orientations_comes_upright() {
        // Upright: 1 2 3 / 4 5 6.
        let stored: [(u8, u32, u32, [u8; 6]); 8] = [
            (1, 3, 2, [1, 2, 3, 4, 5, 6]),
            (2, 3, 2, [3, 2, 1, 6, 5, 4]),
            (3, 3, 2, [6, 5, 4, 3, 2, 1]),
            (4, 3, 2, [4, 5, 6, 1, 2, 3]),
            (5, 2, 3, [1, 4, 2, 5, 3, 6]),
            (6, 2, 3, [3, 6, 2, 5, 1, 4]),
            (7, 2, 3, [6, 3, 5, 2, 4, 1]),
            (8, 2, 3, [4, 1, 5, 2, 6, 3]),
        ];
        for (orientation, width, height, grey) in stored {
            let pixels = Pixels {
                width,
                height,
                channels: Channels::Grey,
                data: grey.to_vec(),
            };
            let turned = upright(pixels, orientation);
            assert_eq!((turned.width, turned.height), (3, 2), "{orientation}");
            assert_eq!(turned.data, [1, 2, 3, 4, 5, 6], "{orientation}");
            let data = grey.iter().flat_map(|value| [*value, 0, 9]).collect();
            let turned = upright(
                Pixels {
                    width,
                    height,
                    channels: Channels::Rgb,
                    data,
                },
                orientation,
            );
            assert_eq!(turned.data[..6], [1, 0, 9, 2, 0, 9], "{orientation}");
        }
    }
}
