//! Finding the size and the quality at which a picture fits.
//!
//! Quality goes first, from 85 down to 60, where text still reads well; then pixels, down to 500×800; then quality again.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use crate::encode;
use crate::error::PrepareError;
use crate::limits::Limits;
use crate::pixels::{Channels, Pixels};
use crate::search::{Source, search};
use cardseal_sniff::Kind;

/// Where the search begins, as in the sample code of the service's guide.
const FIRST_QUALITY: u8 = 85;
/// Below it pixels go before quality does.
const LEAST_QUALITY: u8 = 60;
/// A picture that only must not grow, and was no JPEG, is not made worse than this for it.
const LEAST_TO_NOT_GROW: u8 = 40;

/// What a picture came as.
pub(crate) struct Came {
    pub kind: Kind,
    pub bytes: usize,
    /// Whether it was stored without loss, so that a PNG may be made of it.
    pub lossless: bool,
}

/// A picture that fits.
pub(crate) struct Fitted {
    pub image: Vec<u8>,
    pub format: Kind,
    pub width: u32,
    pub height: u32,
    pub quality: Option<u8>,
}

/// Encodes the picture so that it meets the limits and, where that can be done decently, is no longer than it came.
pub(crate) fn fit(original: &Pixels, came: &Came, limits: &Limits) -> Result<Fitted, PrepareError> {
    let floor = Floor::of(original);
    let most = limits.max_bytes;
    let first = match limits.max_side {
        Some(side) => floor.within_side(side)?,
        None => (original.width, original.height),
    };
    let resized = resize(original, first);
    let current = resized.as_ref().unwrap_or(original);
    // What becomes a JPEG because somebody asked for one may be longer than it was.
    let not_longer = match limits.format {
        Some(format) if format != came.kind => most,
        _ => most.min(came.bytes),
    };

    if let Some(format @ (Kind::Png | Kind::Bmp)) = limits.format {
        return without_loss(current, format, most);
    }
    let mut second_best = None;
    if limits.format.is_none()
        && came.lossless
        && limits.quality.is_none()
        && came.bytes / 2 <= most.saturating_mul(2)
    {
        match encode::png(current) {
            Some(png) if png.len() <= not_longer => return Ok(fitted(png, current, None)),
            png => second_best = png.filter(|png| png.len() <= most),
        }
    }

    let (high, low) = qualities(limits);
    if let Some((jpeg, quality)) = search(current, not_longer, high, low) {
        return Ok(fitted(jpeg, current, Some(quality)));
    }
    if not_longer < most {
        // It fits; it only should not be longer than it came.
        let least = match (limits.quality, came.kind) {
            (Some(quality), _) => quality,
            (None, Kind::Jpeg) => 1,
            (None, _) => LEAST_TO_NOT_GROW,
        };
        if least < low
            && let Some((jpeg, quality)) = search(current, not_longer, low - 1, least)
        {
            return Ok(fitted(jpeg, current, Some(quality)));
        }
        if let Some(png) = second_best {
            return Ok(fitted(png, current, None));
        }
        if let Some((jpeg, quality)) = search(current, most, high, low) {
            return Ok(fitted(jpeg, current, Some(quality)));
        }
    }

    shrink(original, first, most, (high, low), limits.quality, &floor)
}

/// The best and the least quality before pixels go.
fn qualities(limits: &Limits) -> (u8, u8) {
    match limits.quality {
        Some(quality) => (quality, quality),
        None => (FIRST_QUALITY, LEAST_QUALITY),
    }
}

/// A JPEG within the limits at the size that it has, and its quality.
pub(crate) fn by_quality(source: &impl Source, limits: &Limits) -> Option<(Vec<u8>, u8)> {
    let (high, low) = qualities(limits);
    search(source, limits.max_bytes, high, low)
}

/// In a format that has no quality to give up, at the size that it has.
fn without_loss(pixels: &Pixels, format: Kind, most: usize) -> Result<Fitted, PrepareError> {
    let image = match format {
        Kind::Bmp => encode::bmp(pixels),
        _ => encode::png(pixels),
    };
    let image = image.ok_or_else(|| PrepareError::damaged(format, "it cannot be written"))?;
    if image.len() > most {
        return Err(PrepareError::TooLongAs {
            format,
            bytes: image.len(),
            most,
        });
    }
    Ok(Fitted {
        format,
        ..fitted(image, pixels, None)
    })
}

/// Makes it smaller, step by step, until it fits.
fn shrink(
    original: &Pixels,
    first: (u32, u32),
    most: usize,
    (high, low): (u8, u8),
    quality: Option<u8>,
    floor: &Floor,
) -> Result<Fitted, PrepareError> {
    let wanted = quality.unwrap_or(u8::midpoint(FIRST_QUALITY, LEAST_QUALITY));
    let mut size = first;
    loop {
        let resized = resize(original, size);
        let current = resized.as_ref().unwrap_or(original);
        let lowest = if size == floor.size() { 1 } else { low };
        // The first size was tried already.
        let highest = if size == first {
            low.saturating_sub(1)
        } else {
            high
        };
        if highest >= lowest
            && let Some((jpeg, quality)) = search(current, most, highest, lowest)
        {
            return Ok(fitted(jpeg, current, Some(quality)));
        }
        if size == floor.size() {
            return Err(floor.too_tight(format!("{most} bytes")));
        }
        size = floor.smaller(size, most, current.judge(wanted));
    }
}

fn fitted(image: Vec<u8>, pixels: &Pixels, quality: Option<u8>) -> Fitted {
    Fitted {
        image,
        format: if quality.is_some() {
            Kind::Jpeg
        } else {
            Kind::Png
        },
        width: pixels.width,
        height: pixels.height,
        quality,
    }
}

/// The least size of a picture: short side 500 and long side 800, or its own where that is less; and its shape.
struct Floor {
    width: u32,
    height: u32,
    scale: f64,
}

impl Floor {
    fn of(pixels: &Pixels) -> Self {
        let (width, height) = (pixels.width, pixels.height);
        let (short, long) = (width.min(height), width.max(height));
        let of_short = f64::from(short.min(Limits::FLOOR.0)) / f64::from(short.max(1));
        let of_long = f64::from(long.min(Limits::FLOOR.1)) / f64::from(long.max(1));
        Self {
            width,
            height,
            scale: of_short.max(of_long),
        }
    }

    fn size(&self) -> (u32, u32) {
        self.at(self.scale)
    }

    /// The size at a scale, never below the floor.
    fn at(&self, scale: f64) -> (u32, u32) {
        let scale = scale.clamp(self.scale, 1.0);
        let side = |length: u32| {
            let least = if self.width.min(self.height) == length {
                Limits::FLOOR.0
            } else {
                1
            };
            let scaled = (f64::from(length) * scale).round() as u32;
            scaled.max(least.min(length)).clamp(1, length.max(1))
        };
        let (width, height) = (side(self.width), side(self.height));
        // The long side may have been rounded below its own least.
        let long = |length: u32, scaled: u32| scaled.max(Limits::FLOOR.1.min(length));
        if self.width >= self.height {
            (long(self.width, width), height)
        } else {
            (width, long(self.height, height))
        }
    }

    /// The size whose long side is at most `most`.
    fn within_side(&self, most: u32) -> Result<(u32, u32), PrepareError> {
        let long = self.width.max(self.height);
        if long <= most {
            return Ok((self.width, self.height));
        }
        let scale = f64::from(most) / f64::from(long);
        let (width, height) = self.at(scale);
        if width.max(height) > most || scale + 1e-9 < self.scale {
            return Err(self.too_tight(format!("sides of {most} pixels")));
        }
        Ok((width, height))
    }

    /// A smaller size that should come to `most` bytes, where this one comes to `bytes`.
    fn smaller(&self, current: (u32, u32), most: usize, bytes: f64) -> (u32, u32) {
        let now = f64::from(current.0) / f64::from(self.width.max(1));
        let step = (most as f64 / bytes.max(1.0)).sqrt().clamp(0.1, 0.9);
        let size = self.at(now * step);
        if size.0 < current.0 || size.1 < current.1 {
            size
        } else {
            self.size()
        }
    }

    fn too_tight(&self, limit: String) -> PrepareError {
        let (floor_width, floor_height) = self.size();
        PrepareError::CannotFit {
            width: self.width,
            height: self.height,
            floor_width,
            floor_height,
            limit,
        }
    }
}

/// The picture in another size by Lanczos' filter; `None` if it has that size.
fn resize(pixels: &Pixels, size: (u32, u32)) -> Option<Pixels> {
    if size == (pixels.width, pixels.height) {
        return None;
    }
    let data = match pixels.channels {
        Channels::Grey => resized::<U8>(pixels, size),
        Channels::Rgb => resized::<U8x3>(pixels, size),
    }?;
    Some(Pixels {
        width: size.0,
        height: size.1,
        channels: pixels.channels,
        data,
    })
}

/// Named by its kind of pixel, so that the resizer is compiled for the two kinds that there are.
fn resized<P: PixelTrait>(pixels: &Pixels, (width, height): (u32, u32)) -> Option<Vec<u8>> {
    let mut data = vec![0; width as usize * height as usize * P::size()];
    let source = TypedImageRef::<P>::from_buffer(pixels.width, pixels.height, &pixels.data).ok()?;
    let mut target = TypedImage::<P>::from_buffer(width, height, &mut data).ok()?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new()
        .resize_typed(&source, &mut target, &options)
        .ok()?;
    Some(data)
}
