//! Decoding what is no JPEG: 8 bits a channel, without alpha.

use std::io::Cursor;

use image::codecs::{
    bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, tiff::TiffDecoder, webp::WebPDecoder,
};
use image::error::{ImageError, LimitErrorKind};
use image::{ColorType, ImageDecoder, Limits};

use crate::error::PrepareError;
use crate::limits::{refuse_too_many, refuse_too_much};
use crate::pixels::{Channels, Pixels};
use cardseal_sniff::Kind;

/// The most memory a decoder may take: 100 million pixels of RGB, and what it needs beside them.
const MOST_MEMORY: u64 = 320 * 1024 * 1024;

/// What the decoder of WebP holds beside the pixels it gives out, in bytes a pixel.
const WITHIN_WEBP: u64 = 4;

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
    let colour = decoder.color_type();
    let was_more = !matches!(colour, ColorType::L8 | ColorType::Rgb8);
    if was_more || kind == Kind::WebP {
        let within = if kind == Kind::WebP { WITHIN_WEBP } else { 0 };
        let each = u64::from(colour.bytes_per_pixel()) + within;
        refuse_too_much(kind, width, height, each)?;
    }
    decoder.set_limits(limits()).map_err(failed)?;
    // A profile that cannot be read is none.
    let icc = decoder.icc_profile().unwrap_or_default();
    let length = usize::try_from(decoder.total_bytes())
        .map_err(|_| PrepareError::unsupported(kind, "it would take more memory than there is"))?;
    let mut data = vec![0; length];
    decoder.read_image(&mut data).map_err(failed)?;
    let channels = plain(colour, &mut data)
        .ok_or_else(|| PrepareError::unsupported(kind, "its pixels are of a kind of their own"))?;
    let pixels = Pixels {
        width,
        height,
        channels,
        data,
    };
    Ok(Plain {
        pixels,
        icc,
        was_more,
    })
}

/// Alpha laid on white, 16 bits and fractions rounded to 8, where they are: there is no second copy.
fn plain(colour: ColorType, data: &mut Vec<u8>) -> Option<Channels> {
    match colour {
        ColorType::L8 => return Some(Channels::Grey),
        ColorType::Rgb8 => return Some(Channels::Rgb),
        ColorType::La8 => each(data, |[grey, alpha]: [u8; 2]| [on_white(grey, alpha)]),
        ColorType::Rgba8 => each(data, |[r, g, b, alpha]: [u8; 4]| {
            [r, g, b].map(|colour| on_white(colour, alpha))
        }),
        ColorType::L16 => each(data, |[a, b]: [u8; 2]| [of_16([a, b])]),
        ColorType::La16 => each(data, |[a, b, c, d]: [u8; 4]| {
            [on_white(of_16([a, b]), of_16([c, d]))]
        }),
        ColorType::Rgb16 => each(data, |[a, b, c, d, e, f]: [u8; 6]| {
            [[a, b], [c, d], [e, f]].map(of_16)
        }),
        ColorType::Rgba16 => each(data, |[a, b, c, d, e, f, g, h]: [u8; 8]| {
            let alpha = of_16([g, h]);
            [[a, b], [c, d], [e, f]].map(|colour| on_white(of_16(colour), alpha))
        }),
        ColorType::Rgb32F => each(data, |pixel: [u8; 12]| {
            let (colours, _) = pixel.as_chunks::<4>();
            let mut of = colours.iter().map(|colour| of_fraction(*colour));
            [of.next(), of.next(), of.next()].map(Option::unwrap_or_default)
        }),
        ColorType::Rgba32F => each(data, |pixel: [u8; 16]| {
            let (colours, _) = pixel.as_chunks::<4>();
            let alpha = colours.last().map_or(255, |alpha| of_fraction(*alpha));
            let mut of = colours
                .iter()
                .map(|colour| on_white(of_fraction(*colour), alpha));
            [of.next(), of.next(), of.next()].map(Option::unwrap_or_default)
        }),
        _ => return None,
    }
    let is_grey = matches!(colour, ColorType::La8 | ColorType::L16 | ColorType::La16);
    Some(if is_grey {
        Channels::Grey
    } else {
        Channels::Rgb
    })
}

/// Makes pixels of `N` bytes pixels of `M`, which are no more, from the front on.
fn each<const N: usize, const M: usize>(data: &mut Vec<u8>, made: impl Fn([u8; N]) -> [u8; M]) {
    let count = data.len() / N;
    for number in 0..count {
        let from = data
            .get(number * N..)
            .and_then(|rest| rest.first_chunk::<N>());
        let Some(pixel) = from.map(|pixel| made(*pixel)) else {
            break;
        };
        if let Some(place) = data.get_mut(number * M..number * M + M) {
            place.copy_from_slice(&pixel);
        }
    }
    data.truncate(count * M);
    data.shrink_to_fit();
}

fn on_white(colour: u8, alpha: u8) -> u8 {
    let alpha = u32::from(alpha);
    let laid = u32::from(colour) * alpha + 255 * (255 - alpha);
    ((laid + 127) / 255) as u8
}

fn of_16(bytes: [u8; 2]) -> u8 {
    ((u32::from(u16::from_ne_bytes(bytes)) + 128) / 257) as u8
}

fn of_fraction(bytes: [u8; 4]) -> u8 {
    (f32::from_ne_bytes(bytes).clamp(0.0, 1.0) * 255.0).round() as u8
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
