//! `recognize --fit` and `batch --fit`: what is sent is the picture that `prepare` makes, and what cannot be made to fit is
//! refused before anything is connected to.
#![cfg(all(feature = "batch", feature = "gateway"))]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread::JoinHandle;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Scratch, finish};
use serde_json::Value;

/// A clear request's JSON, from whoever asks first. The answer is of no use.
struct Hearer {
    url: String,
    heard: JoinHandle<Value>,
}

impl Hearer {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = std::thread::spawn(move || hear(listener.accept().unwrap().0));
        Self { url, heard }
    }

    /// The bytes of the one picture in what was heard.
    fn picture(self) -> Vec<u8> {
        let body = self.heard.join().unwrap();
        let text = body["image"].as_str().or(body["data"][0].as_str());
        STANDARD.decode(text.expect("a picture")).unwrap()
    }
}

fn hear(mut stream: TcpStream) -> Value {
    let mut read = Vec::new();
    let body = loop {
        let mut more = [0; 65_536];
        let len = stream.read(&mut more).unwrap();
        read.extend_from_slice(&more[..len]);
        let text = String::from_utf8_lossy(&read);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() == length.unwrap().trim().parse::<usize>().unwrap() {
                break body.to_owned();
            }
        }
        assert!(len > 0, "cut short");
    };
    let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}");
    serde_json::from_str(&body).unwrap()
}

fn image(scratch: &Scratch, name: &str) -> Vec<u8> {
    let images = Path::new(env!("CARGO_MANIFEST_DIR")).join("../prepare/tests/images");
    fs::copy(images.join(name), scratch.path(name)).unwrap();
    fs::read(images.join(name)).unwrap()
}

/// What `prepare` makes of it.
fn prepared(scratch: &Scratch, name: &str, more: &[&str]) -> Vec<u8> {
    let out = scratch.path("prepared");
    let _ = fs::remove_file(&out);
    let arguments = [&["prepare", name, "-o", "prepared"], more].concat();
    scratch.run(&arguments, "").expect_code(0);
    fs::read(out).unwrap()
}

fn at(scratch: &Scratch, cloud: &str, url: &str, more: &[&str]) -> Command {
    run("recognize", scratch, cloud, url, more)
}

fn run(name: &str, scratch: &Scratch, cloud: &str, url: &str, more: &[&str]) -> Command {
    let mut command = scratch.command(&[name, "--cloud", cloud, "--endpoint", url, "--fit"]);
    command.args(["--no-ledger", "--retries", "0"]).args(more);
    for name in ["CTYUN_AK", "CTYUN_SK", "CTYUN_APP_KEY"] {
        command.env(name, "test");
    }
    for name in [
        "HUAWEICLOUD_SDK_AK",
        "HUAWEICLOUD_SDK_SK",
        "HUAWEICLOUD_SDK_PROJECT_ID",
    ] {
        command.env(name, "test");
    }
    command
}

#[test]
fn what_is_sent_is_what_prepare_makes() {
    let scratch = Scratch::new();
    for name in ["lossy.webp", "phone.jpg", "two-frames.gif", "plain.jpg"] {
        let came = image(&scratch, name);
        let expected = prepared(&scratch, name, &[]);
        for cloud in ["huawei", "ctyun"] {
            let hearer = Hearer::start();
            let command = at(&scratch, cloud, &hearer.url, &["--image", name]);
            assert_ne!(finish(command, b"").code, Some(2), "{name} at {cloud}");
            assert_eq!(hearer.picture(), expected, "{name} at {cloud}");
        }
        // From stdin, and as the text of a `data:` URL with line breaks in it.
        let text = STANDARD.encode(&came);
        let (front, back) = text.split_at(text.len() / 2);
        let text = format!("data:image/x;base64,{front}\r\n{back}\n");
        for stdin in [&came[..], text.as_bytes()] {
            let hearer = Hearer::start();
            finish(
                at(&scratch, "huawei", &hearer.url, &["--image", "-"]),
                stdin,
            );
            assert_eq!(hearer.picture(), expected, "{name} on stdin");
        }
    }
    // A picture that needs nothing keeps its bytes.
    assert_eq!(
        prepared(&scratch, "plain.jpg", &[]),
        image(&scratch, "plain.jpg")
    );
}

#[test]
fn the_sides_are_what_the_cloud_takes() {
    let scratch = Scratch::new();
    fs::write(scratch.path("wide.bmp"), wide()).unwrap();
    let expected = prepared(&scratch, "wide.bmp", &["--max-side", "5000"]);
    let hearer = Hearer::start();
    finish(
        at(&scratch, "ctyun", &hearer.url, &["--image", "wide.bmp"]),
        b"",
    );
    assert_eq!(hearer.picture(), expected);
    // The same by a batch.
    let hearer = Hearer::start();
    let more = ["wide.bmp", "--out", "results"];
    finish(run("batch", &scratch, "ctyun", &hearer.url, &more), b"");
    assert_eq!(hearer.picture(), expected);
}

/// 5,200×600 pixels of one colour.
fn wide() -> Vec<u8> {
    let (width, height) = (5200_u32, 600_u32);
    let pixels = width * height * 3;
    let mut file = b"BM".to_vec();
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
    file.resize(54 + pixels as usize, 0x77);
    file
}

#[test]
fn what_cannot_be_made_to_fit_is_refused_by_name_before_any_connection() {
    let scratch = Scratch::with_keys();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let whole = image(&scratch, "plain.jpg");
    // A header of 20,000×20,000 pixels, and nothing behind it.
    let mut bomb = wide();
    bomb.truncate(60);
    bomb[18..22].copy_from_slice(&20_000_u32.to_le_bytes());
    bomb[22..26].copy_from_slice(&20_000_u32.to_le_bytes());
    for (bytes, words) in [
        (&b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..], "HEIC"),
        (b"%PDF-1.7\n", "PDF"),
        (&whole[..whole.len() / 2], "cut or damaged"),
        (&bomb, "20000×20000"),
        (b"", "empty"),
        (b"data:image/png;base64,iVBORw0KGgo=", "cut or damaged"),
        (b"data:image/png;base64,%%%", "Base64"),
    ] {
        fs::write(scratch.path("card"), bytes).unwrap();
        for cloud in ["huawei", "ctyun", "tencent"] {
            let mut command = at(&scratch, cloud, &url, &["--image", "card"]);
            if cloud == "tencent" {
                command.args(["--key", "sm4-gcm/public.b64"]);
            }
            finish(command, b"").expect_error(2).says(words);
        }
    }
    let both = at(
        &scratch,
        "huawei",
        &url,
        &["--url", "https://h.example/a.jpg"],
    );
    finish(both, b"").expect_error(2).says("--fit");
    assert!(listener.accept().is_err(), "something was sent");
}

#[test]
fn a_sealed_card_is_made_to_fit_too() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    image(&scratch, "lzw.tif");
    for suite in common::SUITES {
        let key = format!("{suite}/public.b64");
        let usual = [
            "--key",
            &key,
            "--endpoint",
            &gateway.url,
            "--image",
            "lzw.tif",
        ];
        scratch.recognize(&usual).expect_error(2).says("TIFF");
        let fitted = scratch.recognize(&[&usual[..], &["--fit", "--json"]].concat());
        let found = fitted.expect_code(0).json();
        assert_eq!(found["result"]["IdNum"], "11010119900307002X");
    }
}
