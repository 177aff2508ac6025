//! Pictures of other programs, whole and cut at every place; and files that are no pictures.

use std::fs;
use std::path::PathBuf;

use cardseal_sniff::{Kind, NotTaken, check};

/// The pictures that `cardseal-prepare` is tested with, written by other programs.
fn pictures() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../prepare/tests/images");
    let is_picture = |path: &PathBuf| {
        let extension = path.extension().unwrap();
        extension != "md" && extension != "py"
    };
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(is_picture)
        .collect();
    paths.sort();
    let read = |path: PathBuf| (path.clone(), fs::read(path).unwrap());
    paths.into_iter().map(read).collect()
}

#[test]
fn pictures_are_taken_whole_and_refused_cut_anywhere() {
    let mut taken = 0;
    for (path, bytes) in pictures() {
        let name = path.display();
        let kind = match path.extension().unwrap().to_str().unwrap() {
            "jpg" => Kind::Jpeg,
            "png" => Kind::Png,
            "bmp" => Kind::Bmp,
            _ => {
                let other = check(&bytes);
                assert!(matches!(other, Err(NotTaken::Other(_))), "{name}");
                continue;
            }
        };
        taken += 1;
        assert_eq!(check(&bytes), Ok(kind), "{name}");
        // Some programs write something behind the end.
        let trailed = [&bytes[..], b"trailer"].concat();
        assert_eq!(check(&trailed), Ok(kind), "{name}");
        let step = (bytes.len() / 200).max(1);
        let len = bytes.len();
        for at in (26..len).filter(|at| at % step == 0 || len - at < 100) {
            let cut = check(&bytes[..at]);
            if path.ends_with("phone.jpg") && len - at < 300 && cut.is_ok() {
                // It has a trailer, as telephones write.
                continue;
            }
            assert_eq!(
                cut,
                Err(NotTaken::Truncated(kind)),
                "{name}, {at} bytes of {len}"
            );
        }
    }
    assert!(taken > 12, "{taken} pictures");
}

#[test]
fn what_is_no_picture_is_named_with_what_to_do() {
    let base64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk";
    for (bytes, kind, words) in [
        (&b"GIF89a\x01\0\x01\0"[..], Kind::Gif, "GIF"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", Kind::WebP, "WebP"),
        (b"II*\0\x08\0\0\0", Kind::Tiff, "TIFF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind::Heic, "HEIC"),
        (b"%PDF-1.7\n", Kind::Pdf, "PDF"),
        (b"<!DOCTYPE html><title>sign in</title>", Kind::Html, "HTML"),
        (b"just words", Kind::Text, "text"),
        (base64.as_bytes(), Kind::Base64Text, "Base64"),
        (b"-----BEGIN PRIVATE KEY-----\nMIG", Kind::Key, "key"),
        (b"", Kind::Empty, "empty"),
        (b"\0\x01\x02\x03", Kind::Unknown, "unknown"),
    ] {
        let error = check(bytes).unwrap_err();
        assert_eq!(error, NotTaken::Other(kind));
        let said = error.to_string();
        assert!(
            said.contains(words) && said.contains(kind.advice()),
            "{said}"
        );
        assert!(!said.contains('\n'));
    }
}

/// The lengths that a hostile file states lead nowhere.
#[test]
fn lengths_that_lie_end() {
    let (png, jpeg) = (&b"\x89PNG\r\n\x1a\n"[..], &b"\xff\xd8"[..]);
    let vast = [
        &b"BM\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\x28\0\0\0"[..],
        &[0xff; 8],
        &[1, 0, 0xff, 0xff],
        &[0; 8],
    ];
    for bytes in [
        [png, b"\xff\xff\xff\xffIDAT"].concat(),
        [png, b"\0\0\0\0IEND\0\0\0\0"].concat(),
        [jpeg, b"\xff\xda\0\0"].concat(),
        [jpeg, b"\xff\xd9"].concat(),
        [jpeg, &[0xff; 100_000]].concat(),
        [jpeg, &b"\xff\xfe\0\0".repeat(10_000)].concat(),
        vast.concat(),
    ] {
        let start = &bytes[..bytes.len().min(20)];
        assert!(
            matches!(check(&bytes), Err(NotTaken::Truncated(_))),
            "{start:?}"
        );
    }
}
