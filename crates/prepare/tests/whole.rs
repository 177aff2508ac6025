//! What is left alone, what loses only its metadata, and what is decoded and written anew.

mod common;

use cardseal_prepare::{Kind, Limits, prepare};
use common::{contains, image, prepared};

#[test]
fn a_picture_that_needs_nothing_keeps_its_bytes() {
    for name in [
        "plain.jpg",
        "plain.png",
        "plain.bmp",
        "progressive.jpg",
        "restarts.jpg",
        "grey.jpg",
        "rgb.jpg",
    ] {
        let bytes = image(name);
        let prepared = prepared(name);
        assert!(!prepared.report.changed, "{name}");
        assert!(prepared.image == bytes, "{name}");
        assert_eq!(prepared.report.output.quality, None, "{name}");
        assert!(prepared.report.input.metadata.is_empty(), "{name}");
    }
}

#[test]
fn metadata_goes_and_no_pixel_changes() {
    let srgb = prepared("srgb.jpg");
    assert_eq!(srgb.report.input.metadata, ["icc"]);
    assert!(srgb.image == image("plain.jpg"), "its scans bit for bit");
    let texts = prepared("texts.png");
    assert!(texts.image == image("plain.png"));
    assert!(texts.report.changed);
    for kind in ["xmp", "text", "exif"] {
        assert!(
            texts.report.input.metadata.contains(&kind),
            "{kind}: {:?}",
            texts.report
        );
    }
}

#[test]
fn bytes_behind_the_end_are_cut_off() {
    for name in ["plain.jpg", "plain.png", "plain.bmp"] {
        let mut bytes = image(name);
        bytes.extend_from_slice(b"SECRET-TRAILER");
        let prepared = prepare(&bytes, &Limits::default()).unwrap();
        assert!(prepared.image == image(name), "{name}");
        assert_eq!(prepared.report.input.metadata, ["trailer"], "{name}");
        assert!(prepared.report.changed);
    }
}

#[test]
fn a_telephones_picture_is_turned_and_tells_nothing() {
    let prepared = prepared("phone.jpg");
    let (came, goes) = (&prepared.report.input, &prepared.report.output);
    assert_eq!((came.width, came.height, came.orientation), (160, 120, 6));
    assert_eq!((goes.width, goes.height), (120, 160));
    for kind in ["exif", "xmp", "iptc", "comment", "trailer"] {
        assert!(came.metadata.contains(&kind), "{kind}: {came:?}");
    }
    assert!(contains(&image("phone.jpg"), b"SECRET"));
    for secret in [&b"SECRET"[..], b"Exif", b"Photoshop", b"adobe.com"] {
        assert!(!contains(&prepared.image, secret));
    }
    assert!(prepared.image.len() <= came.bytes);
    let again = prepare(&prepared.image, &Limits::default()).unwrap();
    assert!(!again.report.changed, "{:?}", again.report);
}

#[test]
fn every_format_becomes_one_that_is_taken() {
    let cases = [
        ("alpha.png", Kind::Png, Kind::Png),
        ("deep.png", Kind::Png, Kind::Png),
        ("palette.png", Kind::Png, Kind::Png),
        ("adobe-rgb.png", Kind::Png, Kind::Png),
        ("alpha.webp", Kind::WebP, Kind::Png),
        ("two-frames.gif", Kind::Gif, Kind::Png),
        ("lzw.tif", Kind::Tiff, Kind::Png),
        ("lossy.webp", Kind::WebP, Kind::Jpeg),
        ("cmyk.jpg", Kind::Jpeg, Kind::Jpeg),
        ("ycck.jpg", Kind::Jpeg, Kind::Jpeg),
        ("p3.jpg", Kind::Jpeg, Kind::Jpeg),
    ];
    for (name, from, to) in cases {
        let prepared = prepared(name);
        let (came, goes) = (&prepared.report.input, &prepared.report.output);
        assert_eq!((came.format, goes.format), (from, to), "{name}");
        assert_eq!((goes.width, goes.height), (160, 120), "{name}");
        assert!(prepared.report.changed, "{name}");
        assert_eq!(goes.bytes, prepared.image.len(), "{name}");
        assert_eq!(goes.quality.is_some(), to == Kind::Jpeg, "{name}");
        let again = prepare(&prepared.image, &Limits::default()).unwrap();
        assert!(!again.report.changed, "{name}: {:?}", again.report);
    }
}
