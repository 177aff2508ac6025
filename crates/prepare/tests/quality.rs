//! A JPEG that is only too long is no worse afterwards than one that is decoded and encoded again.

use cardseal_prepare::{Limits, Prepared, prepare};
use image::DynamicImage;
use image::metadata::Orientation;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;

const WIDTH: u16 = 1000;
const HEIGHT: u16 = 709;

fn scene(channels: usize) -> Vec<u8> {
    scene_of(channels, WIDTH, HEIGHT)
}

/// Waves with noise upon them, of this many bytes a pixel.
fn scene_of(channels: usize, width: u16, height: u16) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut data = Vec::new();
    for y in 0..height {
        for x in 0..width {
            for channel in 0..channels {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let wave = (f64::from(x) / 29.0 + channel as f64).sin()
                    + (f64::from(y) / (17.0 + 11.0 * channel as f64)).cos();
                let noise = (state % 31) as f64 - 15.0;
                data.push((128.0 + 50.0 * wave + noise).clamp(0.0, 255.0) as u8);
            }
        }
    }
    data
}

fn encoded(data: &[u8], quality: u8, set: impl Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    encoded_of(data, (WIDTH, HEIGHT), quality, set)
}

fn encoded_of(
    data: &[u8],
    (width, height): (u16, u16),
    quality: u8,
    set: impl Fn(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let colour = match data.len() / usize::from(width) / usize::from(height) {
        1 => ColorType::Luma,
        _ => ColorType::Rgb,
    };
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, quality);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    set(&mut encoder);
    encoder.encode(data, width, height, colour).unwrap();
    out
}

/// A JPEG's pixels, RGB also where it is grey.
fn pixels(jpeg: &[u8]) -> Vec<u8> {
    JpegDecoder::new(ZCursor::new(jpeg)).decode().unwrap()
}

/// The mean of the squares of what differs.
fn difference(one: &[u8], other: &[u8]) -> f64 {
    assert_eq!(one.len(), other.len());
    let squares = one.iter().zip(other);
    let squares = squares.map(|(one, other)| f64::from(one.abs_diff(*other)).powi(2));
    squares.sum::<f64>() / one.len() as f64
}

fn within(bytes: &[u8], most: usize) -> Prepared {
    let prepared = prepare(bytes, &Limits::default().max_bytes(most)).unwrap();
    let output = &prepared.report.output;
    assert!(output.bytes <= most, "{output:?}");
    assert_eq!((output.width, output.height), (WIDTH.into(), HEIGHT.into()));
    prepared
}

#[test]
fn it_is_nearer_to_the_original_than_one_of_as_many_bytes_encoded_from_pixels() {
    for channels in [1, 3] {
        let scene = scene(channels);
        for restarts in [0, 7] {
            let bytes = encoded(&scene, 92, |e| e.set_restart_interval(restarts));
            let original = pixels(&bytes);
            for hundredths in [80, 60, 45] {
                let prepared = within(&bytes, bytes.len() * hundredths / 100);
                let same_length = (1..90)
                    .map(|quality| encoded(&original, quality, |_| ()))
                    .rfind(|other| other.len() <= prepared.image.len())
                    .unwrap();
                let own = difference(&pixels(&prepared.image), &original);
                let other = difference(&pixels(&same_length), &original);
                assert!(
                    own <= other * 1.01,
                    "{channels} {hundredths}: {own} {other}"
                );
            }
        }
    }
}

/// EXIF with an orientation, and nothing else.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0, 0]);
    exif
}

/// The library that turns the reference is not the one under test. Sides of whole MCUs, of whole blocks, of whole samples
/// of colour, and of none of these; and grey.
#[test]
fn one_that_lies_on_its_side_is_as_near() {
    for (channels, width, height) in [
        (3, 960, 544),
        (3, 1000, 712),
        (3, 1000, 708),
        (3, 1001, 709),
        (1, 968, 552),
        (1, 965, 551),
    ] {
        let scene = scene_of(channels, width, height);
        for orientation in 1..=8 {
            let bytes = encoded_of(&scene, (width, height), 92, |encoder| {
                encoder.set_restart_interval(9);
                encoder.add_exif_metadata(&exif(orientation)).unwrap();
            });
            let limits = Limits::default().max_bytes(bytes.len() * 6 / 10);
            let prepared = prepare(&bytes, &limits).unwrap();
            assert_eq!(prepared.report.input.orientation, orientation);
            let (wide, high) = (u32::from(width), u32::from(height));
            let stored = pixels(&bytes);
            let mut upright = image::RgbImage::from_raw(wide, high, stored)
                .map(DynamicImage::from)
                .unwrap();
            upright.apply_orientation(Orientation::from_exif(orientation).unwrap());
            let output = &prepared.report.output;
            let size = (upright.width(), upright.height());
            assert_eq!((output.width, output.height), size);
            let size = (size.0 as u16, size.1 as u16);
            let same_length = (1..90)
                .map(|quality| encoded_of(upright.as_bytes(), size, quality, |_| ()))
                .rfind(|other| other.len() <= prepared.image.len())
                .unwrap();
            let own = difference(&pixels(&prepared.image), upright.as_bytes());
            let other = difference(&pixels(&same_length), upright.as_bytes());
            assert!(
                own <= other * 1.01,
                "{channels} {width} {orientation}: {own} {other}"
            );
        }
    }
}

/// A soft picture hides no fault: at an edge, where a mirrored side is cut into blocks anew, any row amiss is seen.
#[test]
fn every_pixel_of_one_that_lies_on_its_side_is_in_its_place() {
    for (width, height) in [(320, 208), (328, 200), (322, 206), (321, 207), (317, 203)] {
        let soft: Vec<u8> = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| {
                [
                    x * 255 / width,
                    y * 255 / height,
                    (x + y) * 255 / (width + height),
                ]
            })
            .map(|value| value as u8)
            .collect();
        for orientation in 1..=8 {
            let (wide, high) = (width as u16, height as u16);
            let bytes = encoded_of(&soft, (wide, high), 99, |encoder| {
                encoder.set_sampling_factor(SamplingFactor::F_2_2);
                encoder.add_exif_metadata(&exif(orientation)).unwrap();
            });
            let limits = Limits::default().max_bytes(bytes.len() - 1).quality(98);
            let prepared = prepare(&bytes, &limits).unwrap();
            let mut upright = image::RgbImage::from_raw(width, height, soft.clone())
                .map(DynamicImage::from)
                .unwrap();
            upright.apply_orientation(Orientation::from_exif(orientation).unwrap());
            let output = &prepared.report.output;
            assert_eq!(
                (output.width, output.height),
                (upright.width(), upright.height())
            );
            let got = pixels(&prepared.image);
            let most = got.iter().zip(upright.as_bytes());
            let most = most.map(|(one, other)| one.abs_diff(*other)).max();
            assert!(most <= Some(8), "{width}x{height} {orientation}: {most:?}");
        }
    }
}

#[test]
fn steps_do_not_become_finer_than_they_were() {
    let bytes = encoded(&scene(3), 70, |_| ());
    let width = |quality| {
        let limits = Limits::default().max_bytes(bytes.len() - 1);
        let prepared = prepare(&bytes, &limits.quality(quality)).unwrap();
        prepared.report.output.width
    };
    assert_eq!(width(50), WIDTH.into());
    // Coefficients have nothing to give at a better quality than theirs, so pixels go.
    assert!(width(95) < WIDTH.into());
}

#[test]
fn what_cameras_do_not_write_is_encoded_from_pixels() {
    let scene = scene(3);
    for set in [
        |e: &mut Encoder<&mut Vec<u8>>| e.set_progressive(true),
        |e: &mut Encoder<&mut Vec<u8>>| e.set_sampling_factor(SamplingFactor::F_2_1),
    ] {
        let bytes = encoded(&scene, 92, set);
        let prepared = within(&bytes, bytes.len() * 6 / 10);
        let difference = difference(&pixels(&prepared.image), &pixels(&bytes));
        assert!(difference < 60.0, "{difference}");
    }
}

/// Smaller than a block, a block, a little more; and with bits turned, which may be codes of other numbers: never a panic,
/// and what comes is of the right size.
#[test]
fn small_and_broken_ones_that_lie_on_their_side_are_turned_or_refused() {
    let mut turned = 0;
    for (width, height) in [(7, 5), (8, 9), (16, 17), (33, 15), (40, 24)] {
        for channels in [1, 3] {
            let scene = scene_of(channels, width, height);
            for orientation in 1..=8 {
                let bytes = encoded_of(&scene, (width, height), 100, |encoder| {
                    encoder.set_sampling_factor(SamplingFactor::F_2_2);
                    encoder.add_exif_metadata(&exif(orientation)).unwrap();
                });
                let head = bytes
                    .windows(2)
                    .position(|two| two == [0xFF, 0xDA])
                    .unwrap()
                    + 14;
                for at in head - 1..bytes.len() - 2 {
                    let mut broken = bytes.clone();
                    if at >= head {
                        broken[at] ^= 1 << (at % 8);
                    }
                    let limits = Limits::default().max_bytes(bytes.len() - 60);
                    let Ok(prepared) = prepare(&broken, &limits) else {
                        assert!(at >= head, "{width}x{height} {channels} {orientation}");
                        continue;
                    };
                    turned += 1;
                    let (wide, high) = (u32::from(width), u32::from(height));
                    let size = match orientation {
                        5..=8 => (high, wide),
                        _ => (wide, high),
                    };
                    let output = &prepared.report.output;
                    assert_eq!((output.width, output.height), size);
                    let made = pixels(&prepared.image).len() as u32;
                    assert_eq!(made, wide * high * 3);
                }
            }
        }
    }
    assert!(turned > 1_000, "{turned}");
}
