//! `prepare`: what OUT is named is what it holds.

mod common;

use std::fs;
use std::path::Path;

use common::Scratch;

/// A folder with these pictures.
fn with(names: &[&str]) -> Scratch {
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../prepare/tests/images");
    let scratch = Scratch::new();
    for name in names {
        fs::copy(pictures.join(name), scratch.path(name)).unwrap();
    }
    scratch
}

#[test]
fn out_is_what_its_name_says() {
    let scratch = with(&["plain.jpg", "plain.png"]);
    let first: [(&str, &[u8]); 3] = [
        ("jpeg", b"\xff\xd8\xff"),
        ("png", b"\x89PNG\r\n\x1a\n"),
        ("bmp", b"BM"),
    ];
    for from in ["plain.jpg", "plain.png"] {
        for (out, format) in [
            ("a.jpg", 0),
            ("a.JPEG", 0),
            ("a.png", 1),
            ("a.PNG", 1),
            ("a.bmp", 2),
        ] {
            let run = ["prepare", from, "-o", out, "--json", "--force"];
            let finished = scratch.run(&run, "").expect_code(0);
            assert_eq!(finished.stderr, "", "{from} {out}");
            let (name, begins) = first[format];
            let told = finished.json();
            assert_eq!(told["output"]["format"], name, "{from} {out}");
            assert_eq!(
                told["changed"],
                told["input"]["format"] != name,
                "{from} {out}"
            );
            let written = fs::read(scratch.path(out)).unwrap();
            assert!(written.starts_with(begins), "{from} {out}");
            // What was written is such a picture, of the same size.
            let again = ["prepare", out, "-o", "again", "--json", "--force"];
            let again = scratch.run(&again, "").expect_code(0).json();
            assert_eq!(again["changed"], false, "{from} {out}");
            for side in ["width", "height"] {
                assert_eq!(again["input"][side], told["output"][side], "{from} {out}");
            }
        }
        // Any other name leaves it as it is.
        for out in ["plain", "out.bin"] {
            let finished = scratch.run(&["prepare", from, "-o", out, "--json", "--force"], "");
            assert_eq!(finished.expect_code(0).json()["changed"], false, "{out}");
        }
    }
    for out in ["b.webp", "b.gif", "b.tiff", "b.heic", "b.pdf"] {
        // Before the picture is read.
        let finished = scratch.run(&["prepare", "none.jpg", "-o", out], "");
        finished.expect_error(2).says("name OUT .jpg, .png or .bmp");
        assert!(!scratch.exists(out));
    }
    for (out, says) in [
        ("c.png", "bytes as PNG, more than the 400"),
        ("c.bmp", "bytes as BMP, more than the 400"),
    ] {
        let run = ["prepare", "plain.jpg", "-o", out, "--max-bytes", "400"];
        scratch
            .run(&run, "")
            .expect_error(2)
            .says(says)
            .says("write it as a JPEG");
        assert!(!scratch.exists(out));
    }
}
