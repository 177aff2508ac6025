//! The ledger of calls: what `recognize` and `call` write into it, and what `usage` and `package` make of it.
#![cfg(all(feature = "gateway", feature = "ledger"))]

mod common;

use std::fs;
use std::process::Command;

use common::{Finished, GatewayProcess, SECRET_ID, Scratch, finish, mode};
use rusqlite::Connection;
use serde_json::{Value, json};

const URL: &str = "https://h.example/card.jpg";
const ACTION: &str = "RecognizeEncryptedIDCardOCR";

/// Recognises a card at a gateway, and records it in `ledger`.
fn recognize(scratch: &Scratch, gateway: &GatewayProcess, more: &[&str]) -> Finished {
    let usual = ["--key", "sm4-gcm/public.b64", "--url", URL, "--endpoint"];
    let usual = [&usual[..], &[&gateway.url, "--ledger", "ledger"], more].concat();
    scratch.recognize(&usual)
}

fn usage(scratch: &Scratch, more: &[&str]) -> Value {
    let usual = ["usage", "--ledger", "ledger", "--json"];
    let found = scratch.run(&[&usual[..], more].concat(), "");
    found.expect_code(0).json()
}

/// A ledger with these calls: time in seconds, code, action, whether it is billed.
fn ledger_of(scratch: &Scratch, calls: &[(i64, Option<&str>, &str, Option<bool>)]) {
    let add = ["package", "add", "--action", "Other", "--calls", "1"];
    scratch
        .run(&[&add[..], &["--ledger", "ledger"]].concat(), "")
        .expect_code(0);
    let ledger = Connection::open(scratch.path("ledger")).unwrap();
    ledger.execute("DELETE FROM packages", ()).unwrap();
    for (seconds, code, action, billed) in calls {
        ledger
            .execute(
                "INSERT INTO calls (time, cloud, action, region, credential, code, request_id, attempt, latency, \
                 sent, received, billed) VALUES (?1 * 1000, 'tencent', ?2, '', 'id-1', ?3, 'r', 1, 1500, 9, 8, ?4)",
                (seconds, action, code, billed),
            )
            .unwrap();
    }
}

#[test]
fn every_request_is_a_call_and_nothing_of_the_card_is_kept() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&["--fault", "throttled-once"]);
    recognize(&scratch, &gateway, &["--region", "ap-guangzhou"]).expect_code(0);
    let refusing = scratch.gateway(&["--fault", "internal-error"]);
    recognize(&scratch, &refusing, &[]).expect_code(7);
    let breaking = scratch.gateway(&["--fault", "drop-connection"]);
    recognize(&scratch, &breaking, &[]).expect_code(5);

    let found = usage(&scratch, &["--by", "code"]);
    assert_eq!(found["calls"], 4);
    assert_eq!(
        (&found["ok"], &found["failed"], &found["billed"]),
        (&json!(1), &json!(3), &json!(1))
    );
    assert_eq!(found["success_rate"], 0.25);
    assert_eq!(
        found["by_code"],
        json!({"InternalError": 1, "RequestLimitExceeded": 1, "transport": 1})
    );
    assert_eq!(
        found["groups"][2],
        json!({"key": "ok", "calls": 1, "ok": 1, "failed": 0, "billed": 1})
    );
    for percentile in ["p50", "p90", "p99"] {
        assert!(
            found["latency_ms"][percentile].as_f64().unwrap() > 0.0,
            "{found}"
        );
    }
    let by = |what| usage(&scratch, &["--by", what])["groups"][0]["key"].clone();
    assert_eq!(
        (by("cloud"), by("action")),
        (json!("tencent"), json!(ACTION))
    );
    let credential = by("credential");
    assert!(
        credential.as_str().unwrap().starts_with("id-"),
        "{credential}"
    );

    for name in scratch
        .files()
        .iter()
        .filter(|name| name.starts_with("ledger"))
    {
        let bytes = fs::read(scratch.path(name)).unwrap();
        for needle in ["11010119900307002X", common::SECRET_KEY, SECRET_ID, URL] {
            let found = bytes
                .windows(needle.len())
                .any(|part| part == needle.as_bytes());
            assert!(!found, "{needle} in {name}");
        }
        assert_eq!(mode(&scratch.path(name)), 0o600, "{name}");
    }
}

#[test]
fn what_was_never_sent_is_no_call() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    let url = gateway.url.clone();
    drop(gateway);
    let dead = [
        "--key",
        "sm4-gcm/public.b64",
        "--url",
        URL,
        "--endpoint",
        &url,
    ];
    scratch
        .recognize(&[&dead[..], &["--ledger", "ledger", "--retries", "0"]].concat())
        .expect_error(5);
    assert_eq!(usage(&scratch, &[])["calls"], 0);
}

#[test]
fn call_records_for_every_cloud() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    let body = r#"{"image":"Qk0gbm90IHJlYWxseQ=="}"#;
    let mut command = scratch.command(&[
        "call",
        "--cloud",
        "huawei",
        "--action",
        "general-text",
        "--version",
        "v2",
    ]);
    command.args([
        "--body",
        "-",
        "--endpoint",
        &gateway.url,
        "--ledger",
        "ledger",
    ]);
    for (name, value) in [
        ("HUAWEICLOUD_SDK_AK", SECRET_ID),
        ("HUAWEICLOUD_SDK_SK", common::SECRET_KEY),
        (
            "HUAWEICLOUD_SDK_PROJECT_ID",
            "0123456789abcdef0123456789abcdef",
        ),
    ] {
        command.env(name, value);
    }
    finish(command, body.as_bytes()).expect_code(0);
    let found = usage(&scratch, &["--by", "cloud"]);
    assert_eq!(
        found["groups"],
        json!([{"key": "huawei", "calls": 1, "ok": 1, "failed": 0, "billed": 1}])
    );
}

#[test]
fn the_ledger_is_named_by_the_environment_or_in_the_state_folder() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    let run = |variables: &[(&str, &str)], more: &[&str]| {
        let usual = [
            "--key",
            "sm4-gcm/public.b64",
            "--url",
            URL,
            "--endpoint",
            &gateway.url,
        ];
        let mut command = scratch.recognizing(&[&usual[..], more].concat());
        command.envs(variables.iter().copied());
        finish(command, b"").expect_code(0)
    };
    let home = scratch.path("home");
    let home = home.to_str().unwrap();
    run(&[("CARDSEAL_LEDGER", "named"), ("HOME", home)], &[]);
    assert!(scratch.exists("named") && !scratch.exists("home"));
    run(&[("HOME", home)], &["--no-ledger"]);
    assert!(!scratch.exists("home"));
    run(&[], &[]);
    run(&[("HOME", home)], &[]);
    let place = "home/.local/state/cardseal";
    assert!(scratch.exists(&format!("{place}/ledger.sqlite")));
    assert_eq!(mode(&scratch.path(place)), 0o700);
    let mut command = scratch.command(&["usage", "--json"]);
    command.env("HOME", home);
    assert_eq!(finish(command, b"").expect_code(0).json()["calls"], 1);
    scratch.run(&["usage"], "").expect_error(2).says("--ledger");
}

#[test]
fn a_ledger_that_cannot_be_written_loses_no_card() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    recognize(&scratch, &gateway, &[]).expect_code(0);
    let other = Connection::open(scratch.path("ledger")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let locked = recognize(&scratch, &gateway, &[]).expect_code(0);
    assert!(locked.stdout.contains("11010119900307002X"), "{locked:?}");
    locked.says("1 call(s), 1 of them billed, are not recorded");
    other
        .execute_batch("ROLLBACK; PRAGMA user_version = 99")
        .unwrap();
    drop(other);
    let before = fs::read(scratch.path("ledger")).unwrap();
    recognize(&scratch, &gateway, &[])
        .expect_code(0)
        .says("newer version");
    scratch
        .run(&["usage", "--ledger", "ledger"], "")
        .expect_error(2)
        .says("newer version");
    let add = [
        "package", "add", "--action", ACTION, "--calls", "5", "--ledger", "ledger",
    ];
    scratch.run(&add, "").expect_error(2);
    scratch
        .run(&["package", "list", "--ledger", "ledger"], "")
        .expect_error(2);
    assert_eq!(fs::read(scratch.path("ledger")).unwrap(), before);
    scratch.write("text", "not a database");
    scratch
        .run(&["usage", "--ledger", "text"], "")
        .expect_error(2)
        .says("no SQLite database");
    assert_eq!(scratch.read("text"), "not a database");
    let usual = [
        "--key",
        "sm4-gcm/public.b64",
        "--url",
        URL,
        "--endpoint",
        &gateway.url,
    ];
    scratch
        .recognize(&[&usual[..], &["--ledger", "/dev/full"]].concat())
        .expect_code(0)
        .says("not be recorded");
}

#[test]
fn days_are_those_of_the_machines_zone() {
    let scratch = Scratch::new();
    // 2026-01-31T20:00:00Z, and one second before the day in China began.
    ledger_of(
        &scratch,
        &[
            (1_769_889_600, None, ACTION, Some(true)),
            (
                1_769_875_199,
                Some("FailedOperation.ImageBlur"),
                ACTION,
                Some(false),
            ),
        ],
    );
    let days = |zone: &str, more: &[&str]| {
        let mut command = scratch.command(&["usage", "--ledger", "ledger", "--json"]);
        command.args(more).env("TZ", zone);
        let found = finish(command, b"").expect_code(0).json();
        let groups = found["groups"].as_array().unwrap().clone();
        groups
            .iter()
            .map(|group| group["key"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(days("UTC", &[]), ["2026-01-31"]);
    assert_eq!(days("Asia/Shanghai", &[]), ["2026-01-31", "2026-02-01"]);
    assert_eq!(
        days("Asia/Shanghai", &["--since", "2026-02-01"]),
        ["2026-02-01"]
    );
    assert_eq!(
        days("Asia/Shanghai", &["--until", "2026-02-01"]),
        ["2026-01-31"]
    );
    assert_eq!(
        days("UTC", &["--until", "2026-01-31T20:00:00Z", "--by", "code"]),
        ["FailedOperation.ImageBlur"]
    );
    assert_eq!(days("UTC", &["--since", "2026-02-01"]), [""; 0]);
    for (since, until) in [
        ("2026-02-02", "2026-02-01"),
        ("yesterday", "2026-02-01"),
        ("2026-02-30", "2026-03-01"),
    ] {
        scratch
            .run(
                &[
                    "usage", "--ledger", "ledger", "--since", since, "--until", until,
                ],
                "",
            )
            .expect_error(2);
    }
}

#[test]
fn packages_are_counted_down_and_warned_of() {
    let scratch = Scratch::new();
    let mut calls = vec![(1_769_889_600, None, ACTION, Some(true)); 9];
    calls.push((
        1_769_889_600,
        Some("FailedOperation.ImageBlur"),
        ACTION,
        Some(false),
    ));
    calls.push((1_769_889_600, None, "IDCardOCR", Some(true)));
    ledger_of(&scratch, &calls);
    let add = |more: &[&str]| {
        let usual = ["package", "add", "--ledger", "ledger"];
        scratch.run(&[&usual[..], more].concat(), "")
    };
    add(&["--action", ACTION, "--calls", "18"]).expect_code(0);
    let list = ["package", "list", "--ledger", "ledger", "--json"];
    let package =
        json!([{"action": ACTION, "calls": 18, "used": 9, "left": 9, "from": null, "until": null}]);
    assert_eq!(scratch.run(&list, "").expect_code(0).json(), package);
    let half = scratch
        .run(&["usage", "--ledger", "ledger"], "")
        .expect_code(0);
    assert_eq!(half.stderr, "");
    add(&[
        "--action",
        "IDCardOCR",
        "--calls",
        "1",
        "--from",
        "2026-01-01",
    ])
    .expect_code(0);
    let little = scratch
        .run(&["usage", "--ledger", "ledger", "--json"], "")
        .expect_code(0);
    assert_eq!(little.json()["packages"][0], package[0]);
    assert_eq!(little.stderr.lines().count(), 1);
    little.says("IDCardOCR has 0 left");
    let shown = scratch
        .run(&["package", "list", "--ledger", "ledger"], "")
        .expect_code(0);
    let row: Vec<_> = shown
        .stdout
        .lines()
        .nth(2)
        .unwrap()
        .split_whitespace()
        .collect();
    assert_eq!(row, ["IDCardOCR", "1", "1", "0", "2026-01-01", "-"]);
    for wrong in [
        &["--action", "a b", "--calls", "1"][..],
        &["--action", ACTION, "--calls", "0"],
        &["--action", ACTION, "--calls", "-5"],
        &["--action", ACTION, "--calls", "1", "--from", "2026-02-30"],
        &[
            "--action",
            ACTION,
            "--calls",
            "1",
            "--from",
            "2026-02-02",
            "--until",
            "2026-02-01",
        ],
    ] {
        add(wrong).expect_error(2);
    }
}

#[test]
fn reports_are_files_that_others_read() {
    let scratch = Scratch::new();
    ledger_of(
        &scratch,
        &[
            (1_769_889_600, None, ACTION, Some(true)),
            (1_769_889_601, Some("=cmd|' /C calc'!A0"), ACTION, None),
        ],
    );
    let usual = [
        "usage", "--ledger", "ledger", "--csv", "o.csv", "--xlsx", "o.xlsx", "--plot", "o.svg",
    ];
    let text = scratch.run(&usual, "").expect_code(0).stdout;
    assert!(
        text.starts_with("calls         2\nok            1\nfailed        1\nbilled        1\n"),
        "{text}"
    );
    let csv = scratch.read("o.csv");
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(
        rows[1],
        "2026-01-31T20:00:00.000Z,tencent,RecognizeEncryptedIDCardOCR,,id-1,ok,,r,1,yes,1.5,9,8"
    );
    assert!(
        rows[2].contains(",failed,'=cmd|' /C calc'!A0,r,1,unknown,1.5,"),
        "{csv}"
    );
    let svg = scratch.read("o.svg");
    assert!(svg.contains("<text ") && !svg.contains("<script"), "{svg}");
    let read_sheet = "import zipfile, sys, xml.etree.ElementTree as E\n\
        z = zipfile.ZipFile('o.xlsx')\n\
        s = E.fromstring(z.read('xl/worksheets/sheet1.xml'))\n\
        n = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'\n\
        for row in s.iter(n + 'row'):\n\
        \x20   print('|'.join(''.join(c.itertext()) + ':' + c.get('t', 'n') for c in row))\n";
    let python = std::env::var("CARDSEAL_PYTHON").unwrap_or("python3".into());
    let read = Command::new(&python)
        .args(["-c", read_sheet])
        .current_dir(scratch.path("."))
        .output();
    let Ok(read) = read else {
        assert!(
            std::env::var_os("CARDSEAL_NO_SKIP").is_none(),
            "no {python}"
        );
        println!("SKIP reading the workbook: {python} is not installed");
        return;
    };
    let sheet = String::from_utf8(read.stdout).unwrap();
    let rows: Vec<&str> = sheet.lines().collect();
    assert_eq!(
        rows.len(),
        3,
        "{sheet}{}",
        String::from_utf8_lossy(&read.stderr)
    );
    assert!(
        rows[0].starts_with("time:inlineStr|cloud:inlineStr|action:inlineStr|"),
        "{sheet}"
    );
    assert!(
        rows[1].ends_with("|1:n|yes:inlineStr|1.5:n|9:n|8:n"),
        "{sheet}"
    );
    assert!(
        rows[2].contains("|failed:inlineStr|=cmd|' /C calc'!A0:inlineStr|"),
        "{sheet}"
    );

    scratch
        .run(
            &["usage", "--ledger", "ledger", "--csv", "no/folder/o.csv"],
            "",
        )
        .expect_error(2)
        .says("cannot be written");
    let none = scratch
        .run(&["usage", "--ledger", "none", "--json"], "")
        .expect_code(0);
    assert_eq!(none.json()["calls"], 0);
    assert!(!scratch.exists("none"));
}
