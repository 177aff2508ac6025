//! `prepare`: its files, its report, its refusals; and what Pillow and exiftool say of the pictures it makes.
//!
//! `CARDSEAL_PYTHON` chooses the interpreter. Where Pillow or exiftool is missing a test says SKIP; where skipping is
//! forbidden (`CARDSEAL_NO_SKIP`) it fails.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Scratch, finish, mode};
use serde_json::{Value, json};

fn pictures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../prepare/tests/images")
}

/// A scratch folder with a picture of the other crate's in it.
fn with(name: &str) -> Scratch {
    let scratch = Scratch::new();
    fs::copy(pictures().join(name), scratch.path(name)).unwrap();
    scratch
}

fn skip(why: &str) {
    common::skip("prepare", why);
}

/// What Pillow prints; `None` where it is not here.
fn pillow(arguments: &[&str]) -> Option<Value> {
    let python = std::env::var("CARDSEAL_PYTHON").unwrap_or("python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prepare/peer.py");
    let Ok(output) = Command::new(&python)
        .arg("-B")
        .arg(script)
        .args(arguments)
        .output()
    else {
        skip(&format!("{python} is not installed"));
        return None;
    };
    let printed = String::from_utf8(output.stdout).unwrap();
    if output.status.code() == Some(3) {
        skip(printed.trim());
        return None;
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}{complaint}");
    Some(serde_json::from_str(&printed).unwrap())
}

/// Prepares a file and has Pillow compare the two. The report, and what Pillow saw.
fn prepared(scratch: &Scratch, from: &Path, more: &[&str]) -> Option<(Value, Value)> {
    let from = from.to_str().unwrap();
    let usual = ["prepare", from, "-o", "out", "--force", "--json"];
    let report = scratch
        .run(&[&usual[..], more].concat(), "")
        .expect_code(0)
        .json();
    let out = scratch.path("out");
    let seen = pillow(&["compare", from, out.to_str().unwrap()])?;
    assert_eq!(seen["format"], report["output"]["format"], "{from}");
    assert_eq!(seen["width"], report["output"]["width"], "{from}");
    assert_eq!(seen["height"], report["output"]["height"], "{from}");
    assert_eq!(
        json!(fs::metadata(&out).unwrap().len()),
        report["output"]["bytes"]
    );
    assert_eq!(seen["exif"], false, "{from}: {seen}");
    assert!(
        !seen["info"]
            .as_array()
            .unwrap()
            .iter()
            .any(|key| key != "progressive" && key != "progression" && key != "dpi"),
        "{from}: {seen}"
    );
    Some((report, seen))
}

fn made() -> Option<Scratch> {
    let scratch = Scratch::new();
    pillow(&["make", scratch.path("").to_str().unwrap()])?;
    Some(scratch)
}

#[test]
fn pillow_sees_every_orientation_upright_in_every_format() {
    let Some(scratch) = made() else { return };
    for ending in ["jpg", "png", "webp", "tif"] {
        for orientation in 1..=8 {
            let name = format!("{orientation}.{ending}");
            let Some((report, seen)) = prepared(&scratch, &scratch.path(&name), &[]) else {
                return;
            };
            assert_eq!(report["input"]["orientation"], orientation, "{name}");
            assert_eq!(report["input"]["width"], 900, "{name}: as stored");
            assert_eq!(
                report["output"]["width"],
                if orientation > 4 { 620 } else { 900 }
            );
            // A picture on the wrong side differs by more than 90.
            assert!(seen["delta_e"].as_f64().unwrap() < 2.0, "{name}: {seen}");
        }
    }
}

#[test]
fn pillow_sees_the_same_picture_however_the_jpeg_was_laid_out() {
    let Some(scratch) = made() else { return };
    for name in [
        "444",
        "422",
        "420",
        "progressive",
        "restarts",
        "progressive-restarts",
        "optimised",
        "grey",
        "cmyk",
    ] {
        let name = format!("way-{name}.jpg");
        let Some((report, seen)) = prepared(&scratch, &scratch.path(&name), &[]) else {
            return;
        };
        assert_eq!(report["changed"], true, "{name}");
        assert!(seen["delta_e"].as_f64().unwrap() < 1.8, "{name}: {seen}");
        assert_eq!(
            seen["mode"],
            if name.contains("grey") { "L" } else { "RGB" },
            "{name}"
        );
    }
}

#[test]
fn colours_are_those_of_a_colour_managed_viewer() {
    let scratch = Scratch::new();
    // Numbers taken as they are differ by almost 6 for the wide gamuts, and by 78 for inks the wrong way round.
    for (name, most) in [
        ("p3.jpg", 3.5),
        ("adobe-rgb.png", 1.0),
        ("cmyk.jpg", 4.5),
        ("ycck.jpg", 3.0),
        ("alpha.png", 0.1),
        ("alpha.webp", 0.1),
        ("deep.png", 0.5),
        ("palette.png", 0.1),
        ("two-frames.gif", 0.1),
        ("lzw.tif", 0.1),
        ("lossy.webp", 3.0),
    ] {
        let Some((_, seen)) = prepared(&scratch, &pictures().join(name), &[]) else {
            return;
        };
        assert!(seen["delta_e"].as_f64().unwrap() < most, "{name}: {seen}");
    }
}

#[test]
fn twelve_megapixels_fit_wherever_the_limit_is() {
    let Some(scratch) = made() else { return };
    for most in [3_000_000, 1_000_000, 200_000, 60_000] {
        let limit = most.to_string();
        let Some((report, seen)) = prepared(
            &scratch,
            &scratch.path("large.jpg"),
            &["--max-bytes", &limit],
        ) else {
            return;
        };
        let output = &report["output"];
        assert!(output["bytes"].as_u64().unwrap() <= most, "{report}");
        let (width, height) = (
            output["width"].as_u64().unwrap(),
            output["height"].as_u64().unwrap(),
        );
        assert!(
            width >= 800 && height >= 500 && width * 3 / 4 <= height + 1,
            "{report}"
        );
        assert!(seen["delta_e"].as_f64().unwrap() < 4.0, "{most}: {seen}");
    }
}

#[test]
fn exiftool_finds_nothing_left() {
    let scratch = with("phone.jpg");
    fs::copy(pictures().join("texts.png"), scratch.path("texts.png")).unwrap();
    for name in ["phone.jpg", "texts.png"] {
        for more in [&[][..], &["--max-side", "5000"]] {
            let usual = ["prepare", name, "-o", "out", "--force"];
            scratch.run(&[&usual[..], more].concat(), "").expect_code(0);
            let Ok(output) = Command::new("exiftool")
                .args(["-j", "-G1", "-a", "-u"])
                .arg(scratch.path("out"))
                .output()
            else {
                return skip("exiftool is not installed (Debian: libimage-exiftool-perl)");
            };
            let told: Value = serde_json::from_slice(&output.stdout).unwrap();
            for (key, value) in told[0].as_object().unwrap() {
                let group = key.split(':').next().unwrap();
                let harmless = [
                    "SourceFile",
                    "ExifTool",
                    "System",
                    "File",
                    "JFIF",
                    "PNG",
                    "Composite",
                ];
                assert!(harmless.contains(&group), "{name}: {key} = {value}");
                assert!(
                    !value.to_string().contains("SECRET"),
                    "{name}: {key} = {value}"
                );
            }
            let bytes = fs::read(scratch.path("out")).unwrap();
            assert!(
                !bytes.windows(6).any(|window| window == b"SECRET"),
                "{name}"
            );
        }
    }
}

#[test]
fn the_report_says_what_came_and_what_went() {
    let scratch = with("phone.jpg");
    let report = scratch
        .run(&["prepare", "phone.jpg", "-o", "out.jpg", "--json"], "")
        .expect_code(0)
        .json();
    let bytes = fs::metadata(scratch.path("phone.jpg")).unwrap().len();
    assert_eq!(report["changed"], true);
    let input = &report["input"];
    assert_eq!(
        (&input["format"], &input["bytes"], &input["orientation"]),
        (&json!("jpeg"), &json!(bytes), &json!(6))
    );
    assert!(
        input["metadata"]
            .as_array()
            .unwrap()
            .contains(&json!("exif")),
        "{report}"
    );
    assert_eq!(report["output"]["quality"], 85);
    assert_eq!(mode(&scratch.path("out.jpg")), 0o600);
    let again = scratch
        .run(&["prepare", "out.jpg", "-o", "again.jpg", "--json"], "")
        .expect_code(0)
        .json();
    assert_eq!(
        (&again["changed"], &again["output"]["quality"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(again["input"]["metadata"], json!([]));
    assert_eq!(
        fs::read(scratch.path("out.jpg")).unwrap(),
        fs::read(scratch.path("again.jpg")).unwrap()
    );
    let said = scratch
        .run(&["prepare", "phone.jpg", "-o", "text.jpg"], "")
        .expect_code(0)
        .stdout;
    assert!(
        said.contains("120×160") && said.contains("turned") && said.ends_with('\n'),
        "{said}"
    );
}

#[test]
fn the_picture_may_come_on_stdin() {
    let scratch = Scratch::new();
    let bytes = fs::read(pictures().join("plain.png")).unwrap();
    let finished = finish(
        scratch.command(&["prepare", "-", "-o", "out.png", "--json"]),
        &bytes,
    );
    assert_eq!(finished.expect_code(0).json()["changed"], false);
    assert!(fs::read(scratch.path("out.png")).unwrap() == bytes);
}

#[test]
fn an_out_that_exists_is_kept_unless_forced() {
    let scratch = with("plain.jpg");
    scratch.write("out", "mine");
    let run =
        |more: &[&str]| scratch.run(&[&["prepare", "plain.jpg", "-o", "out"], more].concat(), "");
    run(&[]).expect_error(2).says("--force");
    assert_eq!(scratch.read("out"), "mine");
    // Forced and refused: what was there is there still.
    fs::write(
        scratch.path("plain.jpg"),
        &fs::read(pictures().join("plain.jpg")).unwrap()[..1000],
    )
    .unwrap();
    run(&["--force"]).expect_error(2).says("cut or damaged");
    assert_eq!(scratch.read("out"), "mine");
    fs::copy(pictures().join("plain.jpg"), scratch.path("plain.jpg")).unwrap();
    run(&["--force"]).expect_code(0);
    assert!(fs::read(scratch.path("out")).unwrap() == fs::read(scratch.path("plain.jpg")).unwrap());
    assert_eq!(
        scratch.files(),
        ["out", "plain.jpg"],
        "nothing temporary is left"
    );
    let to_a_folder = ["prepare", "plain.jpg", "-o", ".", "--force"];
    scratch
        .run(&to_a_folder, "")
        .expect_error(2)
        .says("not a regular file");
    scratch
        .run(&["prepare", "plain.jpg", "-o", "no/out"], "")
        .expect_error(2)
        .says("cannot be written");
    scratch
        .run(&["prepare", "plain.jpg", "-o", "-"], "")
        .expect_error(2)
        .says("name a file");
}

#[test]
fn what_cannot_be_prepared_is_refused_and_leaves_no_file() {
    let scratch = with("plain.jpg");
    let whole = fs::read(scratch.path("plain.jpg")).unwrap();
    let cases: [(&str, &[u8], &str); 7] = [
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        ("a.jpg", b"%PDF-1.4\n%\xE2\xE3", "PDF"),
        ("b.jpg", b"", "empty"),
        (
            "c.jpg",
            b"/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAUDBAQE",
            "Base64",
        ),
        ("d.jpg", b"<!DOCTYPE html><title>403</title>", "HTML"),
        ("e.jpg", &whole[..whole.len() - 2], "cut or damaged"),
        (
            "f.png",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\0\0\0\x01\0\0\x08\x02\0\0\0",
            "65536×65536",
        ),
    ];
    for (name, bytes, says) in cases {
        fs::write(scratch.path(name), bytes).unwrap();
        scratch
            .run(&["prepare", name, "-o", "out"], "")
            .expect_error(2)
            .says(says);
        assert!(!scratch.exists("out"), "{name}");
    }
    for (more, says) in [
        (&["--quality", "0"][..], "1..=100"),
        (&["--quality", "101"], "1..=100"),
        (&["--max-side", "100"], "100 pixels"),
        (&["--max-bytes", "300"], "300 bytes"),
        (&["--max-bytes", "0"], "allow more"),
    ] {
        scratch
            .run(&[&["prepare", "plain.jpg", "-o", "out"], more].concat(), "")
            .expect_error(2)
            .says(says);
        assert!(!scratch.exists("out"), "{more:?}");
    }
    scratch
        .run(&["prepare", "none.jpg", "-o", "out"], "")
        .expect_error(2)
        .says("none.jpg");
}

/// Reading stops at the header: the rest of this file would be 1.2 GB.
#[test]
fn a_bomb_is_refused_by_its_header() {
    let scratch = Scratch::new();
    let mut header = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    header.extend([20_000_u32.to_le_bytes(), 20_000_u32.to_le_bytes()].concat());
    header.extend(b"\x01\0\x18\0");
    header.resize(54, 0);
    fs::write(scratch.path("bomb.bmp"), header).unwrap();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(scratch.path("bomb.bmp"))
        .unwrap();
    file.set_len(1_200_000_054).unwrap();
    let started = std::time::Instant::now();
    scratch
        .run(&["prepare", "bomb.bmp", "-o", "out"], "")
        .expect_error(2)
        .says("20000×20000");
    assert!(started.elapsed().as_secs() < 20);
    assert!(!scratch.exists("out"));
}
