//! A cut or damaged picture is an error, wherever it is cut; so is one that states too many pixels.

mod common;

use cardseal_prepare::{Limits, PrepareError, check_size, prepare};
use common::{PICTURES, image};

fn refused(bytes: &[u8], what: &str) -> PrepareError {
    match prepare(bytes, &Limits::default()) {
        Err(error) => error,
        Ok(prepared) => panic!("{what}: taken, {:?}", prepared.report),
    }
}

/// Where a file may be cut without a loss: only in a TIFF that keeps something behind its pixels, and in nothing here.
#[test]
fn a_picture_cut_anywhere_is_refused() {
    for name in PICTURES {
        let bytes = image(name);
        let step = (bytes.len() / 400).max(1);
        for length in (0..bytes.len())
            .step_by(step)
            .chain(bytes.len().saturating_sub(12)..bytes.len())
        {
            refused(
                &bytes[..length],
                &format!("{name} cut at {length} of {}", bytes.len()),
            );
        }
    }
}

#[test]
fn an_end_marker_does_not_make_a_cut_jpeg_whole() {
    for name in PICTURES.iter().filter(|name| name.ends_with(".jpg")) {
        let bytes = image(name);
        // The last bytes of data may hold nothing but padding bits.
        for length in (2..bytes.len() - 4).step_by(3) {
            let cut = [&bytes[..length], b"\xFF\xD9"].concat();
            refused(
                &cut,
                &format!("{name} cut at {length} of {} and ended", bytes.len()),
            );
        }
    }
}

#[test]
fn a_jpeg_with_a_hole_is_refused() {
    for name in [
        "plain.jpg",
        "progressive.jpg",
        "restarts.jpg",
        "grey.jpg",
        "cmyk.jpg",
    ] {
        let bytes = image(name);
        let from = bytes.len() / 2;
        refused(&[&bytes[..from], &bytes[from + 60..]].concat(), name);
        let mut blank = bytes.clone();
        blank[from..from + 60].fill(0);
        refused(&blank, name);
    }
}

#[test]
fn a_png_with_one_bit_turned_is_refused() {
    let bytes = image("plain.png");
    for at in 8..bytes.len() {
        let mut turned = bytes.clone();
        turned[at] ^= 4;
        refused(&turned, &format!("byte {at}"));
    }
}

#[test]
fn too_many_pixels_are_refused_by_the_header() {
    let side = |value: u32| value.to_be_bytes();
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend([side(10_001), side(10_000)].concat());
    png.extend(b"\x08\x02\0\0\0");
    let gif = b"GIF89a\xFF\xFF\xFF\xFF\0\0\0".to_vec();
    let mut bmp = common::noise(1, 1);
    bmp[18..26].copy_from_slice(&[0, 0, 0, 0x80, 0, 0, 0, 0x80]);
    let mut jpeg = image("plain.jpg");
    let frame = jpeg
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap();
    jpeg[frame + 5..frame + 9].fill(0xFF);
    let webp = b"RIFF\x16\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF".to_vec();
    let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
    tiff.extend(b"\0\x01\x04\0\x01\0\0\0\xFF\xFF\0\0\x01\x01\x04\0\x01\0\0\0\xFF\xFF\0\0\0\0\0\0");
    for (name, bytes) in [
        ("png", png),
        ("gif", gif),
        ("bmp", bmp),
        ("jpeg", jpeg),
        ("webp", webp),
        ("tiff", tiff),
    ] {
        let error = check_size(&bytes).expect_err(name);
        assert!(
            matches!(error, PrepareError::TooManyPixels { .. }),
            "{name}: {error}"
        );
        assert_eq!(refused(&bytes, name), error);
    }
}

/// A decoder would take the headers for pixels.
#[test]
fn a_bitmap_whose_pixels_begin_within_its_headers_is_refused() {
    for offset in [0_u32, 1, 53] {
        let mut bytes = image("plain.bmp");
        bytes[10..14].copy_from_slice(&offset.to_le_bytes());
        let error = refused(&bytes, &format!("offset {offset}"));
        assert!(error.to_string().contains("within its headers"), "{error}");
    }
}

#[test]
fn what_is_no_picture_is_named_with_what_to_do() {
    for (bytes, name) in [
        (&b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..], "HEIC"),
        (b"%PDF-1.4\n", "PDF"),
        (b"-----BEGIN PRIVATE KEY-----\nMIIC", "key"),
        (b"<html><body>404", "HTML"),
        (b"/9j/4AAQSkZJRgABAQAAAQABAAD", "Base64"),
        (b"", "empty"),
    ] {
        let said = refused(bytes, name).to_string();
        assert!(said.contains(name), "{said}");
        assert!(!said.contains("MIIC"), "{said}");
    }
}
