//! The ledger of calls: what `recognize` and `call` write into it, and what `usage` and `package` make of it.
#![cfg(all(feature = "gateway", feature = "ledger"))]

#[path = "../common/mod.rs"]
mod common;
mod newcomer;
mod reports;

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
    let nobody = common::nobody::Nobody::new();
    let url = format!("http://{}", nobody.address());
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
        .says("not an SQLite database");
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
fn several_processes_record_in_one_new_ledger_at_once() {
    let mut not_recorded = Vec::new();
    // Who waits for the others' disk for longer than three seconds gives up, and says so.
    while not_recorded.len() < 3 {
        let scratch = Scratch::with_keys();
        let gateway = scratch.gateway(&[]);
        let done: Vec<Finished> = std::thread::scope(|scope| {
            let run = || recognize(&scratch, &gateway, &[]).expect_code(0);
            let all: Vec<_> = (0..6).map(|_| scope.spawn(run)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let given_up = done
            .iter()
            .filter(|one| one.stderr.contains("not recorded"));
        let recorded = 6 - given_up.count();
        let found = usage(&scratch, &[]);
        let counted = (&found["calls"], &found["billed"]);
        assert_eq!(counted, (&json!(recorded), &json!(recorded)));
        if recorded == 6 {
            return;
        }
        not_recorded.push(done);
    }
    panic!("{not_recorded:?}");
}

/// A file that may not grow is what a full disk is to whoever writes.
#[cfg(unix)]
#[test]
fn a_ledger_without_room_loses_no_card() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    let usual = ["--key", "sm4-gcm/public.b64", "--url", URL, "--endpoint"];
    let usual = scratch.recognizing(&[&usual[..], &[&gateway.url, "--ledger", "ledger"]].concat());
    let mut full = Command::new("sh");
    full.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""]);
    full.arg(usual.get_program()).args(usual.get_args());
    full.current_dir(scratch.path(".")).env_clear();
    for (name, value) in usual.get_envs() {
        full.env(name, value.unwrap());
    }
    let piped = || std::process::Stdio::piped();
    full.env("PATH", "/usr/bin:/bin");
    full.stdin(piped()).stdout(piped()).stderr(piped());
    let done = finish(full, b"").expect_code(0);
    assert!(done.stdout.contains("11010119900307002X"), "{done:?}");
    done.says("record");
    // Where there is room again it is a ledger like any other.
    recognize(&scratch, &gateway, &[]).expect_code(0);
    assert_eq!(usage(&scratch, &[])["calls"], 1);
}
