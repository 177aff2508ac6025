//! Pixels into files.

use image::codecs::bmp::BmpEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder};

use crate::pixels::{Channels, Pixels};

/// A baseline JPEG of this quality; `None` if a side is longer than a JPEG's can be.
pub(crate) fn jpeg(pixels: &Pixels, quality: u8) -> Option<Vec<u8>> {
    let width = u16::try_from(pixels.width).ok()?;
    let height = u16::try_from(pixels.height).ok()?;
    let colour = match pixels.channels {
        Channels::Grey => ColorType::Luma,
        Channels::Rgb => ColorType::Rgb,
    };
    let mut out = Vec::with_capacity(pixels.data.len() / 8 + 1024);
    let mut encoder = Encoder::new(&mut out, quality);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.encode(&pixels.data, width, height, colour).ok()?;
    Some(out)
}

/// A PNG.
pub(crate) fn png(pixels: &Pixels) -> Option<Vec<u8>> {
    let colour = match pixels.channels {
        Channels::Grey => ExtendedColorType::L8,
        Channels::Rgb => ExtendedColorType::Rgb8,
    };
    let mut out = Vec::new();
    PngEncoder::new_with_quality(&mut out, CompressionType::Default, FilterType::Adaptive)
        .write_image(&pixels.data, pixels.width, pixels.height, colour)
        .ok()?;
    Some(out)
}

/// A BMP.
pub(crate) fn bmp(pixels: &Pixels) -> Option<Vec<u8>> {
    let colour = match pixels.channels {
        Channels::Grey => ExtendedColorType::L8,
        Channels::Rgb => ExtendedColorType::Rgb8,
    };
    let mut out = Vec::new();
    BmpEncoder::new(&mut out)
        .encode(&pixels.data, pixels.width, pixels.height, colour)
        .ok()?;
    Some(out)
}
