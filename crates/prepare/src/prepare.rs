//! The steps, from a stranger's file to one that can be sent.

use crate::colour::{self, Conversion, Profile};
use crate::container::{self, Container};
use crate::decode::{self, Decoded};
use crate::error::PrepareError;
use crate::fit::{self, Came, Fitted};
use crate::jpeg::{self, Coefficients, Turned};
use crate::limits::{Limits, refuse_too_many};
use crate::pixels::{Channels, Pixels};
use crate::report::{Input, Output, Prepared, Report};
use crate::upright::{swaps_sides, upright};
use cardseal_sniff::{Kind, sniff};

/// Makes a picture one that the service takes: upright by EXIF's orientation, without metadata, in sRGB, and within the
/// limits. A picture that needs nothing keeps its bytes; one that only loses metadata keeps its pixels bit for bit.
///
/// # Errors
///
/// [`PrepareError`], where the bytes are no picture that is read, are cut or damaged, state more than
/// [`Limits::MAX_PIXELS`], take too much memory to decode, or cannot be brought within the limits without going below
/// [`Limits::FLOOR`].
pub fn prepare(bytes: &[u8], limits: &Limits) -> Result<Prepared, PrepareError> {
    limits.check()?;
    let kind = sniff(bytes);
    check_header(kind, bytes, limits.max_pixels)?;
    let container = container::read(kind, bytes)?;
    let (width, height) = (container.width, container.height);
    if width == 0 || height == 0 {
        return Err(PrepareError::damaged(kind, "its header states no pixels"));
    }
    refuse_too_many(width, height, limits.max_pixels)?;
    let input = Input {
        format: kind,
        width,
        height,
        bytes: bytes.len(),
        orientation: container.orientation,
        metadata: container.metadata.clone(),
    };
    if let Some(fitted) = at_lower_quality(&container, limits) {
        return Ok(changed(input, fitted));
    }
    let coloured = decode(kind, bytes, &container)?;
    let turned = container.orientation != 1;
    let too_large = limits.max_side.is_some_and(|most| width.max(height) > most);
    let is_as_asked = limits.format.is_none_or(|format| format == kind);
    let keeps_pixels = !(container.must_change || coloured.changes || turned || too_large);
    if let Some(bare) = container
        .bare
        .filter(|bare| is_as_asked && keeps_pixels && bare.len() <= limits.max_bytes)
    {
        return Ok(Prepared {
            report: Report {
                input,
                output: Output {
                    format: kind,
                    width,
                    height,
                    bytes: bare.len(),
                    quality: None,
                },
                changed: bare != bytes,
            },
            image: bare,
        });
    }
    let pixels = coloured.into_srgb();
    let pixels = upright(pixels, container.orientation);
    debug_assert_eq!(
        pixels.width == height && pixels.height == width,
        swaps_sides(container.orientation) || width == height
    );
    let came = Came {
        kind,
        bytes: bytes.len(),
        lossless: container.lossless,
    };
    Ok(changed(input, fit::fit(&pixels, &came, limits)?))
}

fn changed(input: Input, fitted: Fitted) -> Prepared {
    Prepared {
        report: Report {
            input,
            output: Output {
                format: fitted.format,
                width: fitted.width,
                height: fitted.height,
                bytes: fitted.image.len(),
                quality: fitted.quality,
            },
            changed: true,
        },
        image: fitted.image,
    }
}

/// A JPEG that only is too long, at a quality at which it is not.
fn at_lower_quality(container: &Container<'_>, limits: &Limits) -> Option<Fitted> {
    let jpeg = container.jpeg.as_ref()?;
    let (width, height) = (container.width, container.height);
    let channels = match jpeg.frame.components.len() {
        1 => Channels::Grey,
        _ => Channels::Rgb,
    };
    let is_too_long = container.bare.as_ref()?.len() > limits.max_bytes;
    let is_too_large = limits.max_side.is_some_and(|most| width.max(height) > most);
    let changes_colour = || {
        let profile = container.profile.as_ref();
        profile.is_some_and(|profile| Conversion::of(profile, channels).is_some())
    };
    let others = limits.format.is_some_and(|format| format != Kind::Jpeg);
    if !is_too_long || is_too_large || others || container.must_change || changes_colour() {
        return None;
    }
    let source = Coefficients::of(jpeg)?;
    let (image, quality) = if container.orientation == 1 {
        fit::by_quality(&source, limits)
    } else {
        fit::by_quality(&Turned::of(&source, container.orientation)?, limits)
    }?;
    let (width, height) = match swaps_sides(container.orientation) {
        true => (height, width),
        false => (width, height),
    };
    Some(Fitted {
        image,
        format: Kind::Jpeg,
        width,
        height,
        quality: Some(quality),
    })
}

/// Refuses by a file's first bytes what [`prepare`] would refuse for its kind or its number of pixels, so that the rest
/// need not be read. A header that lies beyond these bytes is no error.
///
/// # Errors
///
/// [`PrepareError::NotReadable`] and [`PrepareError::TooManyPixels`].
pub fn check_size(first_bytes: &[u8]) -> Result<(), PrepareError> {
    check_header(sniff(first_bytes), first_bytes, Limits::MAX_PIXELS)
}

fn check_header(kind: Kind, bytes: &[u8], most: u64) -> Result<(), PrepareError> {
    if !kind.is_readable() {
        return Err(PrepareError::NotReadable(kind));
    }
    match container::dimensions(kind, bytes) {
        Some((width, height)) => refuse_too_many(width, height, most),
        None => Ok(()),
    }
}

/// Pixels, and what is still to do to their colours.
struct Coloured {
    decoded: Decoded,
    conversion: Option<Conversion>,
    inks_icc: Option<Vec<u8>>,
    /// Whether the pixels to send are others than those stored.
    changes: bool,
}

impl Coloured {
    fn into_srgb(self) -> Pixels {
        match (self.decoded, self.conversion) {
            (Decoded::Pixels(pixels), Some(conversion)) => conversion.apply(pixels),
            (Decoded::Pixels(pixels), None) => pixels,
            (
                Decoded::Inks {
                    width,
                    height,
                    data,
                },
                _,
            ) => colour::inks_to_srgb(width, height, &data, self.inks_icc.as_deref()),
        }
    }
}

fn decode(kind: Kind, bytes: &[u8], container: &Container<'_>) -> Result<Coloured, PrepareError> {
    let (decoded, found, was_more) = match &container.jpeg {
        Some(jpeg) => (jpeg::decode(jpeg)?, None, false),
        None => {
            // Without what a PNG holds beside its pixels: a decoder would inflate it as far as it goes.
            let lean = container.bare.as_deref().filter(|_| kind == Kind::Png);
            let plain = decode::decode(kind, lean.unwrap_or(bytes))?;
            (
                Decoded::Pixels(plain.pixels),
                plain.icc.map(Profile::Icc),
                plain.was_more,
            )
        }
    };
    let profile = container.profile.clone().or(found);
    let (conversion, inks_icc) = match (&decoded, profile) {
        (Decoded::Pixels(pixels), Some(profile)) => {
            (Conversion::of(&profile, pixels.channels), None)
        }
        (Decoded::Inks { .. }, Some(Profile::Icc(icc))) => (None, Some(icc)),
        _ => (None, None),
    };
    let is_inks = matches!(decoded, Decoded::Inks { .. });
    Ok(Coloured {
        changes: was_more || is_inks || conversion.is_some(),
        decoded,
        conversion,
        inks_icc,
    })
}
