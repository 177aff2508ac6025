//! What is in a file and not drawn is metadata, wherever it stands: it goes, and no pixel changes.

mod common;

use std::io::Write;

use cardseal_prepare::{Limits, PrepareError, Prepared, prepare};
use common::{contains, image};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

const SECRET: &[u8] = b"SECRETTRAIL";

/// The picture is said to hold more than it shows, and what comes of it holds no more of that, and is left alone next time.
fn cleaned(bytes: &[u8], what: &str) -> Prepared {
    let prepared =
        prepare(bytes, &Limits::default()).unwrap_or_else(|error| panic!("{what}: {error}"));
    let report = &prepared.report;
    assert!(report.changed, "{what}: {report:?}");
    assert_eq!(report.input.metadata, ["other"], "{what}");
    assert!(!contains(&prepared.image, SECRET), "{what}");
    assert!(!contains(&inflated(&prepared.image), SECRET), "{what}");
    let again = prepare(&prepared.image, &Limits::default()).unwrap();
    assert!(!again.report.changed, "{what}: {:?}", again.report);
    assert!(again.report.input.metadata.is_empty(), "{what}");
    prepared
}

fn chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
    let named = [name, body].concat();
    let length = (body.len() as u32).to_be_bytes();
    [&length[..], &named, &crc32fast::hash(&named).to_be_bytes()].concat()
}

/// The chunks of a PNG: name and body.
fn chunks(png: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut all = Vec::new();
    let mut left = &png[8..];
    while let Some((length, rest)) = left.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        all.push((rest[..4].to_vec(), rest[4..4 + length].to_vec()));
        left = &rest[8 + length..];
    }
    all
}

/// All that a PNG's pixels inflate to; nothing for what is no PNG.
fn inflated(file: &[u8]) -> Vec<u8> {
    if !file.starts_with(b"\x89PNG") {
        return Vec::new();
    }
    let data = chunks(file).into_iter().filter(|(name, _)| name == b"IDAT");
    let data = data.flat_map(|(_, body)| body).collect::<Vec<_>>();
    let mut out = Vec::new();
    std::io::Read::read_to_end(&mut ZlibDecoder::new(&data[..]), &mut out).unwrap();
    out
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// `plain.png` with these chunks between its header and its end.
fn png(between: &[(&[u8], &[u8])]) -> Vec<u8> {
    let plain = image("plain.png");
    let mut bytes = plain[..33].to_vec();
    for (name, body) in between {
        bytes.extend(chunk(name, body));
    }
    bytes.extend(chunk(b"IEND", b""));
    bytes
}

#[test]
fn nothing_stands_behind_the_pixels_of_a_png() {
    let rows = inflated(&image("plain.png"));
    let stream = deflated(&rows);
    let behind = png(&[(b"IDAT", &[&stream[..], SECRET].concat())]);
    let apart = png(&[(b"IDAT", &stream), (b"IDAT", SECRET)]);
    let further = png(&[(
        b"IDAT",
        &deflated(&[&rows[..], &SECRET.repeat(10)].concat()),
    )]);
    for (bytes, what) in [
        (behind, "behind the stream"),
        (apart, "in a chunk of its own"),
        (further, "in rows of no picture"),
    ] {
        let prepared = cleaned(&bytes, what);
        let same = common::pixels(&prepared.image) == common::pixels(&image("plain.png"));
        assert!(same, "{what}: a pixel changed");
    }
    // In several chunks, one of them empty, is how others write the same.
    let (first, second) = stream.split_at(stream.len() / 2);
    let parted = png(&[(b"IDAT", first), (b"IDAT", b""), (b"IDAT", second)]);
    assert!(!prepare(&parted, &Limits::default()).unwrap().report.changed);
}

#[test]
fn a_png_keeps_no_chunk_that_draws_nothing() {
    let stream = deflated(&inflated(&image("plain.png")));
    let palette = [SECRET, b"x"].concat();
    for (name, body) in [
        (&b"PLTE"[..], &palette[..]),
        (b"pHYs", b"SECRETTRA"),
        (b"cHRM", b"SECRETTRAILSECRETTRAILSECRETTRAI"),
        (b"sRGB", SECRET),
        (b"gAMA", SECRET),
    ] {
        let bytes = png(&[(name, body), (b"IDAT", &stream)]);
        cleaned(&bytes, &String::from_utf8_lossy(name));
    }
}

#[test]
fn a_bitmap_has_no_room_beside_its_pixels() {
    let plain = image("plain.bmp");
    let start = u32::from_le_bytes(plain[10..14].try_into().unwrap());
    let at = start as usize;
    let mut gap = plain.clone();
    gap.splice(at..at, SECRET.iter().copied());
    let length = (gap.len() as u32).to_le_bytes();
    gap[2..6].copy_from_slice(&length);
    gap[10..14].copy_from_slice(&(start + SECRET.len() as u32).to_le_bytes());
    assert!(cleaned(&gap, "gap").image == plain);

    let mut reserved = plain.clone();
    reserved[6..10].copy_from_slice(b"SECR");
    assert!(cleaned(&reserved, "reserved").image == plain);

    // 3 pixels of 3 bytes leave 3 bytes of each row.
    let row = |padding: &[u8]| [&[1, 2, 3, 4, 5, 6, 7, 8, 9], padding].concat();
    let small = |padding: &[u8]| {
        let mut bytes = common::noise(3, 2)[..54].to_vec();
        bytes.extend([row(padding), row(padding)].concat());
        bytes
    };
    assert!(cleaned(&small(b"SEC"), "padding").image == small(&[0; 3]));
}

#[test]
fn a_jpeg_keeps_no_table_that_no_scan_uses() {
    let plain = image("plain.jpg");
    let quantisation = [&[3][..], &[b'S'; 64]].concat();
    let mut huffman = vec![0x13, 1];
    huffman.extend([0; 15]);
    huffman.push(b'S');
    for (marker, body) in [(0xDB, &quantisation), (0xC4, &huffman)] {
        let length = (body.len() as u16 + 2).to_be_bytes();
        let segment = [&[0xFF, marker][..], &length, body].concat();
        let bytes = [&plain[..2], &segment, &plain[2..]].concat();
        let prepared = cleaned(&bytes, &format!("{marker:X}"));
        assert!(prepared.image == plain);
    }
    // Behind a table that is used, in one segment, and once more under its number before a scan comes.
    let first = plain
        .windows(2)
        .position(|two| two == [0xFF, 0xDB])
        .unwrap();
    let mut joined = plain.clone();
    let length = u16::from_be_bytes([plain[first + 2], plain[first + 3]]);
    let end = first + 2 + usize::from(length);
    joined.splice(end..end, quantisation.iter().copied());
    joined[first + 2..first + 4].copy_from_slice(&(length + 65).to_be_bytes());
    assert!(cleaned(&joined, "joined").image == plain);
    let mut twice = plain[first..first + 69].to_vec();
    twice[2..4].copy_from_slice(&67_u16.to_be_bytes());
    twice[5..].fill(b'S');
    let twice = [&plain[..first], &twice, &plain[first..]].concat();
    assert!(cleaned(&twice, "twice").image == plain);
}

/// The header is enough, or a few MiB, and what to do is told.
#[test]
fn what_would_take_too_much_memory_is_refused_by_name() {
    let header = |width: u32, height: u32, rest: &[u8]| {
        let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
        let header = chunk(b"IHDR", &[&sides, rest].concat());
        [b"\x89PNG\r\n\x1a\n", &header[..]].concat()
    };
    for (rest, most) in [(&[16, 6, 0, 0, 0], 5_000), (&[8, 6, 0, 0, 0], 7_500)] {
        let mut bytes = header(most + 2_000, most, rest);
        bytes.extend(chunk(b"IDAT", &deflated(&[0; 1000])));
        bytes.extend(chunk(b"IEND", b""));
        let error = prepare(&bytes, &Limits::default()).unwrap_err();
        assert!(
            matches!(error, PrepareError::TooMuchMemory { .. }),
            "{error}"
        );
        assert!(error.to_string().contains("make it smaller"), "{error}");
    }
    let plain = image("plain.png");
    let profile = |length: usize| {
        let body = [b"p\0\0", &deflated(&vec![0; length])[..]].concat();
        [&plain[..33], &chunk(b"iCCP", &body), &plain[33..]].concat()
    };
    let error = prepare(&profile((4 << 20) + 1), &Limits::default()).unwrap_err();
    assert!(matches!(error, PrepareError::Unsupported { .. }), "{error}");
    assert!(error.to_string().contains("colour profile"), "{error}");
    // A smaller one that is none is dropped and told.
    let prepared = prepare(&profile(4 << 20), &Limits::default()).unwrap();
    assert!(prepared.image == plain);
    assert_eq!(prepared.report.input.metadata, ["icc"]);
}
