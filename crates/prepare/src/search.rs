//! The best quality at which a picture fits.
//!
//! What a quality comes to is judged by encoding a small part of the picture, so that the whole is encoded once or twice.

use crate::encode;
use crate::pixels::Pixels;

/// About so many pixels tell what a larger picture comes to.
pub(crate) const JUDGED_PIXELS: u64 = 500_000;
/// A quality is chosen to come a little below the limit, so that the whole picture is rarely encoded in vain.
const AIM: f64 = 0.985;
/// After so many guesses the middle is taken.
const MOST_GUESSES: u32 = 4;

/// What a JPEG of any quality can be made of.
pub(crate) trait Source {
    /// A baseline JPEG of this quality; `None` if it cannot be one.
    fn jpeg(&self, quality: u8) -> Option<Vec<u8>>;

    /// About how many bytes a JPEG of this quality has; exactly so many where the picture is small.
    fn judge(&self, quality: u8) -> f64;
}

/// The best quality, from `high` down to `low`, at which the JPEG has at most `most` bytes.
pub(crate) fn search(
    source: &impl Source,
    most: usize,
    high: u8,
    low: u8,
) -> Option<(Vec<u8>, u8)> {
    let most_bytes = most as f64;
    // How much the whole differs from what its part promised.
    let mut error = 1.0;
    let mut high = high;
    let mut promised = source.judge(high);
    if promised <= most_bytes * 1.05 {
        let jpeg = source.jpeg(high)?;
        if jpeg.len() <= most {
            return Some((jpeg, high));
        }
        error = jpeg.len() as f64 / promised;
    }
    while high > low {
        (high, promised) = below(source, most_bytes * AIM / error, (high, promised), low);
        if promised * error > most_bytes * 1.1 {
            return None;
        }
        let jpeg = source.jpeg(high)?;
        if jpeg.len() <= most {
            return Some((jpeg, high));
        }
        error = jpeg.len() as f64 / promised;
    }
    None
}

/// The best quality below one that is too long that promises at most `aim` bytes, or else `low`; and what it promises.
fn below(
    source: &impl Source,
    aim: f64,
    (mut too_long, mut too_many): (u8, f64),
    low: u8,
) -> (u8, f64) {
    let mut fits = None;
    for guesses in 0.. {
        let least = fits.map_or(low, |(quality, _)| quality + 1);
        if least >= too_long {
            break;
        }
        let guess = if guesses < MOST_GUESSES {
            guess((too_long, too_many), fits, aim)
        } else {
            u8::midpoint(least, too_long)
        };
        let quality = guess.clamp(least, too_long - 1);
        let promised = source.judge(quality);
        if promised <= aim || quality == low {
            fits = Some((quality, promised));
        } else {
            (too_long, too_many) = (quality, promised);
        }
    }
    fits.unwrap_or((low, too_many))
}

/// About which quality has `aim` bytes. Bytes grow by the same factor from each quality to the next; between two that
/// are known by theirs, and below one that is known by about a thirtieth.
fn guess((too_long, too_many): (u8, f64), fits: Option<(u8, f64)>, aim: f64) -> u8 {
    let (steps, growth) = match fits {
        Some((quality, bytes)) => (f64::from(too_long - quality), (too_many / bytes).ln()),
        None => (30.0, 1.0),
    };
    let below = steps * (too_many / aim).ln() / growth.max(0.01);
    too_long.saturating_sub(below.ceil().clamp(0.0, 255.0) as u8)
}

impl Source for Pixels {
    fn jpeg(&self, quality: u8) -> Option<Vec<u8>> {
        encode::jpeg(self, quality)
    }

    fn judge(&self, quality: u8) -> f64 {
        let one_of = (self.count() / JUDGED_PIXELS) as usize;
        let length = |pixels: &Self| {
            encode::jpeg(pixels, quality).map_or(f64::INFINITY, |jpeg| jpeg.len() as f64)
        };
        if one_of < 3 {
            return length(self);
        }
        // Bands of sixteen rows, which are a row of MCUs, from all over the picture.
        let band = self.stride() * 16;
        let data: Vec<u8> = self
            .data
            .chunks_exact(band.max(1))
            .step_by(one_of)
            .flatten()
            .copied()
            .collect();
        let height = (data.len() / self.stride().max(1)) as u32;
        let part = Self {
            width: self.width,
            height,
            channels: self.channels,
            data,
        };
        length(&part) * f64::from(self.height) / f64::from(height.max(1))
    }
}
