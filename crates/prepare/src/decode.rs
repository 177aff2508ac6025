//! Decoding what is no JPEG: 8 bits a channel, without alpha.

use std::io::Cursor;

use image::codecs::{
    bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, tiff::TiffDecoder, webp::WebPDecoder,
};
use image::error::{ImageError, LimitErrorKind};
use image::{DynamicImage, ImageDecoder, Limits};

use crate::error::PrepareError;
use crate::limits::refuse_too_many;
use crate::pixels::{Channels, Pixels};
use cardseal_sniff::Kind;

/// The most memory a decoder may take: 100 million pixels of 16-bit RGBA.
const MOST_MEMORY: u64 = 900 * 1024 * 1024;

/// What comes out of a decoder.
pub(crate) enum Decoded {
    /// Grey or RGB.
    Pixels(Pixels),
    /// Cyan, magenta, yellow and black, a byte each; 255 is all of it.
    Inks {
        width: u32,
        height: u32,
        data: Vec<u8>,
    },
}

/// A picture, its colour profile, and whether its pixels had more to them than 8 bits of grey or RGB.
pub(crate) struct Plain {
    pub pixels: Pixels,
    pub icc: Option<Vec<u8>>,
    pub was_more: bool,
}

/// Decodes a PNG, BMP, GIF (first frame), WebP (first frame) or TIFF (first page).
pub(crate) fn decode(kind: Kind, bytes: &[u8]) -> Result<Plain, PrepareError> {
    let input = Cursor::new(bytes);
    let failed = |error| failure(kind, &error);
    match kind {
        Kind::Png => read(
            kind,
            PngDecoder::with_limits(input, limits()).map_err(failed)?,
        ),
        Kind::Bmp => read(kind, BmpDecoder::new(input).map_err(failed)?),
        Kind::Gif => read(kind, GifDecoder::new(input).map_err(failed)?),
        Kind::WebP => read(kind, WebPDecoder::new(input).map_err(failed)?),
        Kind::Tiff => read(kind, TiffDecoder::new(input).map_err(failed)?),
        _ => Err(PrepareError::NotReadable(kind)),
    }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    limits
}

fn read(kind: Kind, mut decoder: impl ImageDecoder) -> Result<Plain, PrepareError> {
    let failed = |error| failure(kind, &error);
    let (width, height) = decoder.dimensions();
    refuse_too_many(width, height, crate::Limits::MAX_PIXELS)?;
    decoder.set_limits(limits()).map_err(failed)?;
    // A profile that cannot be read is none.
    let icc = decoder.icc_profile().unwrap_or_default();
    let image = DynamicImage::from_decoder(decoder).map_err(failed)?;
    let was_more = !matches!(
        image,
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_)
    );
    Ok(Plain {
        pixels: plain(image),
        icc,
        was_more,
    })
}

/// Alpha laid on white, 16 bits rounded to 8.
fn plain(image: DynamicImage) -> Pixels {
    let (width, height) = (image.width(), image.height());
    let image = match image {
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageLuma8(image.to_luma8()),
        DynamicImage::ImageLumaA16(_) => DynamicImage::ImageLumaA8(image.to_luma_alpha8()),
        DynamicImage::ImageRgba16(_) | DynamicImage::ImageRgba32F(_) => {
            DynamicImage::ImageRgba8(image.to_rgba8())
        }
        other => other,
    };
    let (channels, data) = match image {
        DynamicImage::ImageLuma8(buffer) => (Channels::Grey, buffer.into_raw()),
        DynamicImage::ImageLumaA8(buffer) => (Channels::Grey, on_white::<2>(buffer.into_raw())),
        DynamicImage::ImageRgb8(buffer) => (Channels::Rgb, buffer.into_raw()),
        DynamicImage::ImageRgba8(buffer) => (Channels::Rgb, on_white::<4>(buffer.into_raw())),
        other => (Channels::Rgb, other.to_rgb8().into_raw()),
    };
    Pixels {
        width,
        height,
        channels,
        data,
    }
}

/// Lays pixels of `N` bytes, the last of them alpha, on white.
fn on_white<const N: usize>(with_alpha: Vec<u8>) -> Vec<u8> {
    let mut out = Vec::with_capacity(with_alpha.len() / N * (N - 1));
    for pixel in with_alpha.chunks_exact(N) {
        let Some((alpha, colours)) = pixel.split_last() else {
            continue;
        };
        let alpha = u32::from(*alpha);
        out.extend(colours.iter().map(|colour| {
            let laid = u32::from(*colour) * alpha + 255 * (255 - alpha);
            ((laid + 127) / 255) as u8
        }));
    }
    out
}

fn failure(kind: Kind, error: &ImageError) -> PrepareError {
    match error {
        ImageError::Unsupported(_) => PrepareError::unsupported(kind, said(error)),
        ImageError::Limits(limit) if matches!(limit.kind(), LimitErrorKind::InsufficientMemory) => {
            PrepareError::unsupported(kind, "it would take more memory than a picture may")
        }
        _ => PrepareError::damaged(kind, said(error)),
    }
}

/// What a decoder says, on one line and short: it may quote the file.
fn said(error: &ImageError) -> String {
    let text = error.to_string();
    text.chars()
        .filter(|c| c.is_ascii() && !c.is_control())
        .take(120)
        .collect()
}
