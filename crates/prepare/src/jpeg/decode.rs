//! Decoding a JPEG that was found whole.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::decode::Decoded;
use crate::error::PrepareError;
use crate::limits::refuse_too_much;
use crate::pixels::{Channels, Pixels};
use cardseal_sniff::Kind;

use super::frame::Frame;
use super::kept::Jpeg;

/// Decodes it: grey, RGB, or the inks of a print.
pub(crate) fn decode(jpeg: &Jpeg<'_>) -> Result<Decoded, PrepareError> {
    let (width, height) = (jpeg.frame.width, jpeg.frame.height);
    refuse_too_much(Kind::Jpeg, width, height, bytes_each(&jpeg.frame))?;
    let ids: Vec<u8> = jpeg.frame.components.iter().map(|c| c.id).collect();
    // With three components the decoder takes Adobe's 0, plain RGB, for CMYK; so it is not shown Adobe's segment, and
    // gives the components as they are.
    let (with_adobe, wanted) = match (ids.as_slice(), jpeg.adobe) {
        ([_], _) => (false, ColorSpace::Luma),
        (b"RGB", _) => (false, ColorSpace::RGB),
        ([_, _, _], Some(0)) => (false, ColorSpace::YCbCr),
        ([_, _, _], _) => (false, ColorSpace::RGB),
        (_, Some(2)) => (true, ColorSpace::YCCK),
        (_, _) => (false, ColorSpace::CMYK),
    };
    let options = DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .set_strict_mode(true)
        .jpeg_set_out_colorspace(wanted);
    let whole = jpeg.bare(with_adobe);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&whole), options);
    let data = decoder
        .decode()
        .map_err(|error| PrepareError::unsupported(Kind::Jpeg, format!("{error:?}")))?;
    let channels = if wanted == ColorSpace::Luma {
        Channels::Grey
    } else {
        Channels::Rgb
    };
    match wanted {
        ColorSpace::YCCK => Ok(Decoded::Inks {
            width,
            height,
            data: ycck_to_inks(data),
        }),
        ColorSpace::CMYK => Ok(Decoded::Inks {
            width,
            height,
            data: inverted(data),
        }),
        _ => Ok(Decoded::Pixels(Pixels {
            width,
            height,
            channels,
            data,
        })),
    }
}

/// The bytes that a pixel takes: its colours, for inks what comes of them too, and in a progressive picture the numbers of
/// all its scans, of two bytes.
fn bytes_each(frame: &Frame) -> u64 {
    let colours = match frame.components.len() {
        4 => 7,
        count => count as u64,
    };
    let samples: u32 = frame.components.iter().map(|c| c.h * c.v).sum();
    let numbers = (2 * samples).div_ceil(frame.h_max * frame.v_max);
    colours
        + if frame.progressive {
            u64::from(numbers)
        } else {
            0
        }
}

/// Adobe's programs, and after them everybody, store inks inverted: 255 is none.
fn inverted(mut stored: Vec<u8>) -> Vec<u8> {
    stored.iter_mut().for_each(|value| *value = 255 - *value);
    stored
}

/// YCCK holds the inverted inks as YCbCr: what comes of it is the ink.
fn ycck_to_inks(mut stored: Vec<u8>) -> Vec<u8> {
    for pixel in stored.chunks_exact_mut(4) {
        let [y, cb, cr, k] = pixel else { continue };
        // JFIF 1.02, in sixteen bits.
        let (luma, blue, red) = (i32::from(*y), i32::from(*cb) - 128, i32::from(*cr) - 128);
        let byte = |value: i32| value.clamp(0, 255) as u8;
        let cyan = byte(luma + ((91_881 * red + 32_768) >> 16));
        let magenta = byte(luma - ((22_554 * blue + 46_802 * red + 32_768) >> 16));
        let yellow = byte(luma + ((116_130 * blue + 32_768) >> 16));
        (*y, *cb, *cr, *k) = (cyan, magenta, yellow, 255 - *k);
    }
    stored
}
