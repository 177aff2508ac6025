//! The pictures of `images/`, and finding bytes in bytes.
#![allow(dead_code)] // each test file uses its part

use cardseal_prepare::{Limits, Prepared, prepare};

/// A picture of `images/`.
pub(crate) fn image(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/images")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// It, prepared with the usual limits.
pub(crate) fn prepared(name: &str) -> Prepared {
    prepare(&image(name), &Limits::default()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(crate) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// All pictures that hold one.
pub(crate) const PICTURES: [&str; 20] = [
    "plain.jpg",
    "progressive.jpg",
    "restarts.jpg",
    "grey.jpg",
    "rgb.jpg",
    "cmyk.jpg",
    "ycck.jpg",
    "p3.jpg",
    "srgb.jpg",
    "plain.png",
    "adobe-rgb.png",
    "alpha.png",
    "deep.png",
    "palette.png",
    "texts.png",
    "plain.bmp",
    "alpha.webp",
    "lossy.webp",
    "two-frames.gif",
    "lzw.tif",
];

/// A BMP of noise, which no encoder makes small, without a library.
pub(crate) fn noise(width: u32, height: u32) -> Vec<u8> {
    let row = (width as usize * 3).div_ceil(4) * 4;
    let mut bytes = Vec::new();
    bytes.extend_from_slice(b"BM");
    bytes.extend_from_slice(&((54 + row * height as usize) as u32).to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&54_u32.to_le_bytes());
    bytes.extend_from_slice(&40_u32.to_le_bytes());
    bytes.extend_from_slice(&width.to_le_bytes());
    bytes.extend_from_slice(&height.to_le_bytes());
    bytes.extend_from_slice(&[1, 0, 24, 0]);
    bytes.extend_from_slice(&[0; 24]);
    let mut state = 88_172_645_463_325_252_u64;
    for _ in 0..height {
        for _ in 0..row {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.push(state as u8);
        }
    }
    bytes
}

/// A picture's pixels as RGB.
pub(crate) fn pixels(bytes: &[u8]) -> Vec<u8> {
    ::image::load_from_memory(bytes)
        .unwrap()
        .into_rgb8()
        .into_raw()
}
