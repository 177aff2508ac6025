//! Packages counted down by billed calls.

mod common;

use cardseal_ledger::{Ledger, Package, PackageLeft};
use common::{ACTION, NOON, at, call, ledger};

const DAY: u64 = 86_400;

fn package(calls: u64, from: Option<&str>, until: Option<&str>) -> Package {
    Package {
        action: ACTION.to_owned(),
        calls,
        from: from.map(str::to_owned),
        until: until.map(str::to_owned),
    }
}

/// What each has used and left.
fn counted(ledger: &Ledger) -> Vec<(u64, u64)> {
    let packages = ledger.packages().unwrap();
    packages
        .iter()
        .map(|PackageLeft { used, left, .. }| (*used, *left))
        .collect()
}

#[test]
fn billed_calls_of_the_action_within_the_dates_count() {
    // Noon of 31 January, and the days around it, whatever the machine's zone.
    let mut calls = vec![
        call(NOON - 3 * DAY, None, 1),
        call(NOON, None, 1),
        call(NOON + 3 * DAY, None, 1),
    ];
    calls.push(call(NOON, Some("FailedOperation.ImageBlur"), 1));
    calls.push(call(NOON, None, 1));
    calls[4].action = "IDCardOCR".to_owned();
    calls.push(call(NOON, Some("transport"), 1));
    calls[5].billed = None;
    let (_folder, mut ledger) = ledger(&calls);
    ledger.add_package(&package(10, None, None)).unwrap();
    assert_eq!(counted(&ledger), [(3, 7)]);
    assert_eq!(ledger.left_of(ACTION, at(NOON)).unwrap(), Some(7));
    assert_eq!(ledger.left_of("IDCardOCR", at(NOON)).unwrap(), None);

    let (_folder, mut ledger) = common::ledger(&calls);
    ledger
        .add_package(&package(2, Some("2026-01-30"), Some("2026-02-02")))
        .unwrap();
    assert_eq!(counted(&ledger), [(1, 1)]);
    assert_eq!(ledger.left_of(ACTION, at(NOON)).unwrap(), Some(1));
    assert_eq!(ledger.left_of(ACTION, at(NOON + 9 * DAY)).unwrap(), None);
    let shown = serde_json::to_value(ledger.packages().unwrap()).unwrap();
    assert_eq!(
        shown,
        serde_json::json!([{
            "action": ACTION, "calls": 2, "used": 1, "left": 1, "from": "2026-01-30", "until": "2026-02-02",
        }])
    );
}

#[test]
fn a_call_counts_once_and_against_the_package_that_ends_first() {
    let calls: Vec<_> = (0..5).map(|n| call(NOON + n, None, 1)).collect();
    let (_folder, mut ledger) = ledger(&calls);
    ledger.add_package(&package(10, None, None)).unwrap();
    ledger
        .add_package(&package(3, None, Some("2026-03-01")))
        .unwrap();
    assert_eq!(counted(&ledger), [(2, 8), (3, 0)]);
    ledger
        .record(&(0..20).map(|n| call(NOON + n, None, 1)).collect::<Vec<_>>())
        .unwrap();
    assert_eq!(counted(&ledger), [(22, 0), (3, 0)]);
    assert_eq!(ledger.left_of(ACTION, at(NOON)).unwrap(), Some(0));
}

#[test]
fn a_tenth_left_is_little_and_half_is_not() {
    for (used, is_little) in [
        (0, false),
        (10, false),
        (17, false),
        (18, true),
        (20, true),
        (25, true),
    ] {
        let calls: Vec<_> = (0..used).map(|n| call(NOON + n, None, 1)).collect();
        let (_folder, mut ledger) = ledger(&calls);
        ledger
            .add_package(&package(20, None, Some("2026-03-01")))
            .unwrap();
        let packages = ledger.packages().unwrap();
        let told = |now| PackageLeft::nearly_used_up(&packages, at(now)).count();
        assert_eq!(told(NOON), usize::from(is_little), "{used}");
        assert_eq!(told(NOON + 60 * DAY), 0, "it is over");
    }
}

#[test]
fn dates_are_checked() {
    let (_folder, mut ledger) = ledger(&[]);
    for (from, until) in [
        ("2026-02-30", None),
        ("today", None),
        ("2026-02-02", Some("2026-02-02")),
    ] {
        let error = ledger
            .add_package(&package(1, Some(from), until))
            .unwrap_err();
        assert!(
            error.to_string().contains("write YYYY") || error.to_string().contains("exchange"),
            "{error}"
        );
    }
    assert_eq!(ledger.packages().unwrap(), []);
}

/// Who has bought another is not told to buy one.
#[test]
fn packages_of_one_action_are_judged_together() {
    let calls: Vec<_> = (0..50).map(|n| call(NOON + n, None, 1)).collect();
    let (_folder, mut ledger) = ledger(&calls);
    for calls in [20, 25, 25] {
        ledger.add_package(&package(calls, None, None)).unwrap();
    }
    let little = |ledger: &Ledger| {
        let packages = ledger.packages().unwrap();
        PackageLeft::nearly_used_up(&packages, at(NOON + DAY))
            .map(|(_, calls, left)| (calls, left))
            .collect::<Vec<_>>()
    };
    assert_eq!(little(&ledger), []);
    ledger
        .add_package(&package(200, None, Some("2020-01-01")))
        .unwrap();
    assert_eq!(little(&ledger), [], "one that is over counts for nothing");
}
