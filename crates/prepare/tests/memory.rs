//! A short file may state a picture whose decoding takes more memory than any that is wanted.

use cardseal_prepare::{Limits, PrepareError, prepare};

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16 + 2).to_be_bytes();
    [&[0xFF, marker][..], &length, body].concat()
}

/// Bits of a scan, filled up with ones, and a 0 behind each byte of ones.
fn packed(bits: impl Iterator<Item = bool>) -> Vec<u8> {
    let bits: Vec<bool> = bits.collect();
    let bytes = bits.chunks(8).map(|bits| {
        let byte = bits
            .iter()
            .fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit));
        let fill = 8 - bits.len();
        byte << fill | ((1_u16 << fill) - 1) as u8
    });
    let stuffed = bytes.flat_map(|byte| [Some(byte), (byte == 0xFF).then_some(0)]);
    stuffed.flatten().collect()
}

/// All but the scans of a grey plane for each component. One code of one bit says: no difference; the other: so many blocks
/// of nothing.
fn head(marker: u8, (width, height): (u16, u16), components: u8, nothing: u8) -> Vec<u8> {
    let mut frame = vec![8];
    frame.extend(height.to_be_bytes());
    frame.extend(width.to_be_bytes());
    frame.push(components);
    (1..=components).for_each(|id| frame.extend([id, 0x11, 0]));
    let table = |class: u8, symbol: u8| [&[class, 1][..], &[0; 15], &[symbol]].concat();
    let mut jpeg = b"\xFF\xD8".to_vec();
    jpeg.extend(segment(0xDB, &[&[0][..], &[1; 64]].concat()));
    jpeg.extend(segment(marker, &frame));
    jpeg.extend(segment(0xC4, &table(0, 0)));
    jpeg.extend(segment(0xC4, &table(0x10, nothing)));
    jpeg
}

fn scan(ids: impl Iterator<Item = u8>, band: [u8; 2], data: &[u8]) -> Vec<u8> {
    let ids: Vec<u8> = ids.collect();
    let mut body = vec![ids.len() as u8];
    ids.iter().for_each(|id| body.extend([*id, 0]));
    body.extend(band);
    body.push(0);
    [&segment(0xDA, &body)[..], data].concat()
}

fn blocks((width, height): (u16, u16)) -> usize {
    usize::from(width).div_ceil(8) * usize::from(height).div_ceil(8)
}

/// Three components, progressive: a scan of means, and for each component one of all else.
fn progressive(size: (u16, u16)) -> Vec<u8> {
    let blocks = blocks(size);
    let means = packed(std::iter::repeat_n(false, blocks * 3));
    // A run is of 16,384 blocks, and of as many more as 14 bits say.
    let mut runs = vec![32_767; blocks / 32_767];
    runs.push(blocks % 32_767);
    let nothing = packed(runs.iter().flat_map(|run| {
        assert!(*run >= 16_384, "{blocks} blocks are no such runs");
        let more = run - 16_384;
        std::iter::once(false).chain((0..14).rev().map(move |bit| more >> bit & 1 == 1))
    }));
    let mut jpeg = head(0xC2, size, 3, 0xE0);
    jpeg.extend(scan(1..=3, [0, 0], &means));
    (1..=3).for_each(|id| jpeg.extend(scan(id..=id, [1, 63], &nothing)));
    jpeg.extend(b"\xFF\xD9");
    jpeg
}

/// Four inks, baseline.
fn inks(size: (u16, u16)) -> Vec<u8> {
    let mut jpeg = head(0xC0, size, 4, 0);
    let data = packed(std::iter::repeat_n(false, blocks(size) * 8));
    jpeg.extend(scan(1..=4, [0, 63], &data));
    jpeg.extend(b"\xFF\xD9");
    jpeg
}

#[test]
fn a_jpeg_that_would_take_too_much_memory_is_refused_by_name() {
    // Nine bytes a pixel, and seven.
    for (bytes, mebi) in [
        (progressive((10_000, 10_000)), 859),
        (inks((10_000, 10_000)), 668),
    ] {
        let error = prepare(&bytes, &Limits::default()).unwrap_err();
        assert!(
            matches!(error, PrepareError::TooMuchMemory { needed, most: 320, .. } if needed == mebi),
            "{error}"
        );
        assert!(error.to_string().contains("ordinary JPEG"), "{error}");
    }
    // As large as cameras write them: nothing is wrong with these.
    let bytes = progressive((6_400, 4_096));
    assert!(!prepare(&bytes, &Limits::default()).unwrap().report.changed);
    let inks = prepare(&inks((4_000, 3_000)), &Limits::default()).unwrap();
    assert_eq!(inks.report.output.width, 4_000);
}
