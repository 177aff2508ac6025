//! The pictures: files of 300 KiB at most, as a phone's camera would leave them after `prepare`.

use std::fs;
use std::path::Path;

use cardseal_prepare::{Limits, prepare};
use tempfile::TempDir;

pub const CARDS: usize = 2_000;

const MOST: usize = 300 * 1024;

/// A folder of pictures.
pub struct Pictures {
    folder: TempDir,
    pub bytes: usize,
}

impl Pictures {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for pictures");
        let prepared = prepare(&bitmap(1600, 1000), &Limits::default().max_bytes(MOST));
        let mut picture = prepared.expect("a picture that fits").image;
        fill(&mut picture);
        for number in 0..CARDS {
            let path = folder.path().join(format!("{number:05}.jpg"));
            fs::write(path, &picture).expect("room for the pictures");
        }
        Self {
            folder,
            bytes: picture.len(),
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Fills a JPEG up to the full size by comments behind its first marker.
fn fill(picture: &mut Vec<u8>) {
    while MOST - picture.len() > 4 {
        let length = (MOST - picture.len() - 2).min(65_535);
        let mut comment = vec![0xff, 0xfe];
        comment.extend((length as u16).to_be_bytes());
        comment.resize(length + 2, b' ');
        drop(picture.splice(2..2, comment));
    }
}

/// Waves with a little noise, as a photograph has it, uncompressed.
fn bitmap(width: u32, height: u32) -> Vec<u8> {
    let pixels = width * height * 3;
    let mut file = Vec::with_capacity(54 + pixels as usize);
    file.extend(b"BM");
    for number in [
        54 + pixels,
        0,
        54,
        40,
        width,
        height,
        1 | 24 << 16,
        0,
        pixels,
        0,
        0,
        0,
        0,
    ] {
        file.extend(number.to_le_bytes());
    }
    let mut noise = 1_u64;
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                // Knuth's MMIX: the same in every run.
                noise = noise
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let wave = 90.0 * f64::sin(f64::from(x + 40 * channel) / 97.0)
                    + 25.0 * f64::cos(f64::from(y) / 13.0);
                let value = 128.0 + wave + (noise >> 59) as f64 - 16.0;
                file.push(value.clamp(0.0, 255.0) as u8);
            }
        }
    }
    file
}
