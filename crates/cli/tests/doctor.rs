//! `doctor`: eight checks, each once, whatever becomes of the others.
#![cfg(feature = "gateway")]

mod common;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use common::{Finished, SECRET_ID, SECRET_KEY, Scratch, finish};
use serde_json::Value;

const CHECKS: [&str; 8] = [
    "clock",
    "endpoint",
    "tls",
    "proxy",
    "certificates",
    "credentials",
    "key",
    "crypto",
];

fn doctor(scratch: &Scratch, arguments: &[&str]) -> Finished {
    let mut command = scratch.command(&["doctor", "--json"]);
    command
        .args(arguments)
        .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
        .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY);
    finish(command, b"")
}

/// The status of each check, all of which are there, each once.
fn statuses(finished: &Finished) -> Vec<(String, String)> {
    let findings = finished.json();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let found: Vec<_> = findings
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            assert!(
                finding["detail"].is_string() && finding["advice"].is_string(),
                "{finding}"
            );
            (text(finding, "check"), text(finding, "status"))
        })
        .collect();
    let names: Vec<&str> = found.iter().map(|(check, _)| check.as_str()).collect();
    assert_eq!(names, CHECKS);
    found
}

#[track_caller]
fn is(finished: &Finished, check: &str, status: &str) {
    let all = statuses(finished);
    assert!(
        all.contains(&(check.to_owned(), status.to_owned())),
        "{check} {status}: {finished:?}"
    );
}

/// An endpoint that answers every request so.
fn endpoint(answer: impl Fn() -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer().as_bytes());
        }
    });
    url
}

/// An endpoint whose clock is off by some seconds.
fn with_clock(off: i64) -> String {
    endpoint(move || {
        let now = std::time::SystemTime::now();
        let then = if off < 0 {
            now - Duration::from_secs(off.unsigned_abs())
        } else {
            now + Duration::from_secs(off.unsigned_abs())
        };
        let seconds = then
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_secs();
        format!(
            "HTTP/1.1 200 OK\r\nDate: {}\r\nContent-Length: 0\r\n\r\n",
            http_date(seconds)
        )
    })
}

/// RFC 9110's form, by the civil calendar's arithmetic.
fn http_date(seconds: u64) -> String {
    let days = i64::try_from(seconds / 86400).unwrap();
    let weekday =
        ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][usize::try_from(days % 7).unwrap()];
    let (mut year, mut day) = (1970, days);
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    while day >= 365 + i64::from(leap(year)) {
        day -= 365 + i64::from(leap(year));
        year += 1;
    }
    let lengths = [
        31,
        28 + i64::from(leap(year)),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let names = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let name = names[month];
    format!(
        "{weekday}, {:02} {name} {year} {hour:02}:{minute:02}:{second:02} GMT",
        day + 1
    )
}

#[test]
fn where_all_is_well_nothing_fails() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    let well = doctor(
        &scratch,
        &["--endpoint", &gateway.url, "--key", "sm4-gcm/public.b64"],
    )
    .expect_code(0);
    for check in [
        "clock",
        "endpoint",
        "proxy",
        "certificates",
        "credentials",
        "key",
        "crypto",
    ] {
        is(&well, check, "ok");
    }
    is(&well, "tls", "skip");
    assert!(!well.stdout.contains(SECRET_ID), "{well:?}");

    let text = scratch
        .run(&["doctor", "--endpoint", &gateway.url], "")
        .expect_code(4);
    for check in CHECKS {
        assert!(text.stdout.contains(check), "{text:?}");
    }
    text.says("`credentials` failed");
}

#[test]
fn the_clock_is_compared_with_the_endpoints() {
    let scratch = Scratch::new();
    for (off, status, code) in [
        (0, "ok", 0),
        (200, "warn", 0),
        (-200, "warn", 0),
        (360, "fail", 4),
        (-4000, "fail", 4),
    ] {
        let told = doctor(&scratch, &["--endpoint", &with_clock(off)]).expect_code(code);
        is(&told, "clock", status);
        if status == "fail" {
            let detail = told.json()[0]["detail"].as_str().unwrap().to_owned();
            let seconds: i64 = detail
                .split(' ')
                .find_map(|word| word.parse().ok())
                .unwrap();
            assert!((seconds - off.abs()).abs() <= 20, "{detail}");
            assert!(
                detail.contains(if off > 0 { "behind" } else { "ahead" }),
                "{detail}"
            );
        }
    }
    let dateless = endpoint(|| "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned());
    is(
        &doctor(&scratch, &["--endpoint", &dateless]).expect_code(0),
        "clock",
        "skip",
    );
}

#[test]
fn an_endpoint_that_is_not_there_or_silent_is_told_in_time_and_the_rest_is_looked_at() {
    let scratch = Scratch::with_keys();
    let held = common::nobody::Nobody::new();
    let nobody = format!("http://{}", held.address());
    let gone = doctor(
        &scratch,
        &["--endpoint", &nobody, "--key", "sm4-gcm/public.b64"],
    )
    .expect_code(5);
    for (check, status) in [
        ("clock", "skip"),
        ("endpoint", "fail"),
        ("key", "ok"),
        ("crypto", "ok"),
    ] {
        is(&gone, check, status);
    }
    gone.says("`endpoint` failed");

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let started = Instant::now();
    let told = doctor(&scratch, &["--endpoint", &url]).expect_code(5);
    assert!(started.elapsed() < Duration::from_secs(50));
    is(&told, "endpoint", "fail");
    is(&told, "clock", "skip");
}

#[test]
fn tls_proxy_and_certificates_are_told_apart() {
    let scratch = Scratch::with_keys();
    let mut command = scratch.command(&["gateway", "--listen", "127.0.0.1:0", "--keys", "sm4-gcm"]);
    command.args([
        "--secret-id",
        SECRET_ID,
        "--secret-key-file",
        "secret",
        "--tls-dir",
        "tls",
    ]);
    let gateway = common::GatewayProcess::start(command);
    let at = ["--endpoint", &gateway.url];

    let untrusted = doctor(&scratch, &at).expect_code(5);
    for (check, status) in [("tls", "fail"), ("endpoint", "ok"), ("certificates", "ok")] {
        is(&untrusted, check, status);
    }
    let trusted =
        doctor(&scratch, &[&at[..], &["--ca-file", "tls/ca.pem"]].concat()).expect_code(0);
    is(&trusted, "tls", "ok");
    scratch.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
    for file in ["broken.pem", "absent.pem"] {
        let broken = doctor(&scratch, &[&at[..], &["--ca-file", file]].concat()).expect_code(5);
        is(&broken, "certificates", "fail");
        is(&broken, "crypto", "ok");
    }
    let refusing = endpoint(|| "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n".to_owned());
    let outside = ["--endpoint", "https://ocr.example", "--proxy", &refusing];
    let refused = doctor(&scratch, &outside).expect_code(5);
    is(&refused, "proxy", "fail");
    is(&refused, "tls", "skip");
}

#[test]
fn a_refused_key_and_missing_credentials_have_codes_of_their_own() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    scratch.write("key", "rubbish");
    let refused = doctor(&scratch, &["--endpoint", &gateway.url, "--key", "key"]).expect_code(3);
    is(&refused, "key", "fail");
    let weak = doctor(
        &scratch,
        &[
            "--endpoint",
            &gateway.url,
            "--key",
            "aes-256-cbc/public.b64",
        ],
    )
    .expect_code(0);
    is(&weak, "key", "warn");
    let nobody = scratch
        .run(&["doctor", "--json", "--endpoint", &gateway.url], "")
        .expect_code(4);
    is(&nobody, "credentials", "fail");
    doctor(&scratch, &["--endpoint", "http://not.loopback"]).expect_error(2);
}
