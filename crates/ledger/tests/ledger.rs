//! The ledger as a file: what it counts, who else may hold it, and what is not one.

mod common;

use std::fs;
use std::time::Duration;

use cardseal_ledger::{By, Ledger, LedgerError, Package, Period};
use common::{ACTION, NOON, call, ledger};
use rusqlite::Connection;

#[test]
fn figures_are_counted() {
    let mut calls: Vec<_> = (1..=96).map(|n| call(NOON + n, None, n)).collect();
    calls.push(call(NOON, Some("FailedOperation.ImageBlur"), 97));
    calls.push(call(NOON, Some("FailedOperation.ImageBlur"), 98));
    calls.push(call(NOON, Some("transport"), 99));
    calls.push(call(NOON, Some("throttled"), 100));
    calls[98].billed = None;
    let (_folder, ledger) = ledger(&calls);
    let usage = ledger.usage(&Period::ALL, By::Code).unwrap();
    assert_eq!(
        serde_json::to_value(&usage).unwrap(),
        serde_json::json!({
            "calls": 100, "ok": 96, "failed": 4, "billed": 96, "billed_unknown": 1,
            "success_rate": 0.96,
            "latency_ms": {"p50": 50.0, "p90": 90.0, "p99": 99.0},
            "by_code": {"FailedOperation.ImageBlur": 2, "throttled": 1, "transport": 1},
            "groups": [
                {"key": "FailedOperation.ImageBlur", "calls": 2, "ok": 0, "failed": 2, "billed": 0},
                {"key": "ok", "calls": 96, "ok": 96, "failed": 0, "billed": 96},
                {"key": "throttled", "calls": 1, "ok": 0, "failed": 1, "billed": 0},
                {"key": "transport", "calls": 1, "ok": 0, "failed": 1, "billed": 0, "billed_unknown": 1},
            ],
            "packages": [],
        })
    );
    assert_eq!((usage.billed, usage.billed_unknown), (96, 1));
    let unsure: Vec<_> = usage
        .groups
        .iter()
        .filter(|group| group.billed_unknown > 0)
        .collect();
    assert_eq!((unsure.len(), unsure[0].key.as_str()), (1, "transport"));
    let one = Period::parse(Some("2026-01-31T12:00:01Z"), Some("2026-01-31T12:00:02Z")).unwrap();
    let usage = ledger.usage(&one, By::Cloud).unwrap();
    assert_eq!((usage.calls, usage.groups[0].key.as_str()), (1, "tencent"));
    let empty = Period::parse(Some("2027-01-01"), None).unwrap();
    let usage = ledger.usage(&empty, By::Day).unwrap();
    assert_eq!(
        (usage.calls, usage.success_rate, usage.latency_ms.p50),
        (0, 0.0, None)
    );
}

#[test]
fn what_was_recorded_is_read_again() {
    let mut one = call(NOON, Some("LimitExceeded.TooLargeFileError"), 12);
    (one.attempt, one.sent, one.received, one.billed) = (3, 9_000_000, 0, None);
    let two = call(NOON + 1, None, 0);
    let (_folder, ledger) = ledger(&[one.clone(), two.clone()]);
    let mut read = Vec::new();
    let each = |call: &_| {
        read.push(Clone::clone(call));
        Ok(())
    };
    ledger.each_call(&Period::ALL, each).unwrap();
    assert_eq!(read, [one, two]);
}

#[test]
fn a_clock_that_goes_back_loses_no_call_and_no_figure() {
    let hour = 3600;
    let times = [
        NOON,
        NOON + 30,
        NOON - 24 * hour,
        NOON - 24 * hour + 1,
        NOON - 2 * hour,
        NOON + 31,
    ];
    let calls = times.map(|time| call(time, None, 5));
    let (_folder, mut ledger) = ledger(&calls);
    let package = Package {
        action: ACTION.to_owned(),
        calls: 10,
        from: None,
        until: None,
    };
    ledger.add_package(&package).unwrap();
    let usage = ledger.usage(&Period::ALL, By::Day).unwrap();
    assert_eq!((usage.calls, usage.billed), (6, 6));
    let in_groups: u64 = usage.groups.iter().map(|group| group.calls).sum();
    assert_eq!((usage.groups.len(), in_groups), (2, 6));
    assert_eq!(usage.packages[0].left, 4);
    let mut order = Vec::new();
    let each = |call: &cardseal_ledger::CallRecord| {
        order.push(call.time);
        Ok(())
    };
    ledger.each_call(&Period::ALL, each).unwrap();
    assert!(order.is_sorted() && order.len() == 6, "{order:?}");
    // A clock before 1970 is none, and the call is kept all the same.
    let mut early = call(NOON, None, 5);
    early.time = std::time::SystemTime::UNIX_EPOCH - Duration::from_secs(9);
    ledger.record(&[early]).unwrap();
    assert_eq!(ledger.usage(&Period::ALL, By::Day).unwrap().calls, 7);
}

#[test]
fn many_write_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    std::thread::scope(|scope| {
        for n in 0..8 {
            let path = &path;
            scope.spawn(move || {
                for m in 0..10 {
                    let ledger = Ledger::open(path).unwrap();
                    let mut ledger = ledger.patience(Duration::from_secs(60)).unwrap();
                    ledger.record(&[call(NOON + n, None, m)]).unwrap();
                }
            });
        }
    });
    let usage = Ledger::open(&path).unwrap().usage(&Period::ALL, By::Day);
    assert_eq!(usage.unwrap().calls, 80);
}

#[test]
fn a_lock_is_told() {
    let (folder, ledger) = ledger(&[]);
    let mut ledger = ledger.patience(Duration::from_millis(20)).unwrap();
    let other = Connection::open(folder.path().join("ledger.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = ledger.record(&[call(NOON, None, 1)]).unwrap_err();
    assert!(matches!(error, LedgerError::Locked), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    ledger.record(&[call(NOON, None, 1)]).unwrap();
}

#[cfg(unix)]
#[test]
fn only_its_user_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, ledger) = ledger(&[call(NOON, None, 1)]);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
    drop(ledger);
}

#[cfg(unix)]
#[test]
fn a_mode_that_lets_others_write_is_tightened() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, ledger) = ledger(&[call(NOON, None, 1)]);
    drop(ledger);
    let path = fs::read_dir(folder.path()).unwrap().next().unwrap();
    let path = path.unwrap().path();
    for (before, after) in [
        (0o666, 0o600),
        (0o660, 0o600),
        (0o602, 0o600),
        (0o640, 0o640),
    ] {
        fs::set_permissions(&path, fs::Permissions::from_mode(before)).unwrap();
        drop(Ledger::open(&path).unwrap());
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, after, "{before:o}");
    }
}

#[test]
fn what_is_no_ledger_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let database = |name: &str, sql: &str| {
        let path = folder.path().join(name);
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        path
    };
    let text = folder.path().join("text");
    fs::write(
        &text,
        "no database at all, but a text of more than one hundred bytes. ".repeat(3),
    )
    .unwrap();
    let short = folder.path().join("short");
    fs::write(&short, "x").unwrap();
    for (path, words) in [
        (text, "not an SQLite database"),
        (short, "not an SQLite database"),
        (database("tables", "CREATE TABLE t (x)"), "another program"),
        (
            database("versioned", "CREATE TABLE t (x); PRAGMA user_version = 7"),
            "newer",
        ),
        (
            database(
                "owned",
                "CREATE TABLE t (x); PRAGMA application_id = 5; PRAGMA user_version = 1",
            ),
            "another program",
        ),
        (
            database(
                "wal",
                "PRAGMA journal_mode = wal; CREATE TABLE t (x); PRAGMA user_version = 9",
            ),
            "newer",
        ),
    ] {
        let before = fs::read(&path).unwrap();
        let error = Ledger::open(&path).unwrap_err();
        assert!(error.to_string().contains(words), "{path:?}: {error}");
        assert_eq!(fs::read(&path).unwrap(), before, "{path:?}");
    }
    assert!(Ledger::open(folder.path()).is_err());
    assert!(Ledger::open(&folder.path().join("no/such/folder")).is_err());
    assert!(
        Ledger::open_existing(&folder.path().join("none"))
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_ledger_says_its_version_and_a_newer_one_is_left_as_it_is() {
    let (folder, ledger) = ledger(&[call(NOON, None, 1)]);
    drop(ledger);
    let path = folder.path().join("ledger.sqlite");
    let other = Connection::open(&path).unwrap();
    let version: i64 = other
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, 2);
    other.pragma_update(None, "user_version", 3).unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    let error = Ledger::open(&path).unwrap_err();
    assert!(
        matches!(error, LedgerError::Newer { found: 3, known: 2 }),
        "{error}"
    );
    assert_eq!(fs::read(&path).unwrap(), before);
}
