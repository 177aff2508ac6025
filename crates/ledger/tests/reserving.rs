//! Calls reserved before they are made: many processes together never go beyond their packages.

mod common;

use std::time::Duration;

use cardseal_ledger::{Ledger, Package, Reserved};
use common::{ACTION, NOON, call, ledger};
use rusqlite::Connection;

fn package(calls: u64) -> Package {
    Package {
        action: ACTION.to_owned(),
        calls,
        from: None,
        until: None,
    }
}

#[test]
fn a14_what_may_have_been_billed_counts_as_used_until_it_is_known() {
    let mut calls = vec![
        call(NOON, None, 1),
        call(NOON, Some("FailedOperation.ImageBlur"), 1),
    ];
    calls.push(call(NOON, Some("transport"), 1));
    calls[2].billed = None;
    for several in [false, true] {
        let (_folder, mut ledger) = ledger(&calls);
        assert_eq!(
            ledger.reserve(ACTION, 0).unwrap(),
            None,
            "there is no package"
        );
        match several {
            false => ledger.add_package(&package(6)).unwrap(),
            true => [3, 3]
                .map(|calls| ledger.add_package(&package(calls)).unwrap())
                .into_iter()
                .collect(),
        }
        let mut reserve = |held| ledger.reserve(ACTION, held).unwrap();
        // One was billed, and one may have been: four are left, of which one is held.
        let reserved: Vec<Reserved> = std::iter::from_fn(|| reserve(1)).collect();
        assert_eq!(reserved.len(), 3);
        assert_eq!(ledger.uncertain(ACTION).unwrap(), 4);
        let last = ledger.reserve(ACTION, 0).unwrap().unwrap();
        assert_eq!(ledger.reserve(ACTION, 0).unwrap(), None);
        assert_eq!(ledger.reserve("IDCardOCR", 0).unwrap(), None);
        // What is shown of the packages is what was billed.
        let used: u64 = ledger
            .packages()
            .unwrap()
            .iter()
            .map(|package| package.used)
            .sum();
        assert_eq!(used, 1);
        // One is given up, one was billed, one was refused.
        ledger.record_reserved(&[], vec![last]).unwrap();
        let made = [
            call(NOON, None, 1),
            call(NOON, Some("FailedOperation.ImageBlur"), 1),
        ];
        ledger
            .record_reserved(&made, reserved[..2].to_vec())
            .unwrap();
        assert_eq!(ledger.uncertain(ACTION).unwrap(), 2);
        assert!(ledger.reserve(ACTION, 1).unwrap().is_some());
        assert_eq!(ledger.reserve(ACTION, 1).unwrap(), None);
    }
}

#[test]
fn a14_many_at_once_reserve_no_more_than_there_is() {
    let (folder, mut ledger) = ledger(&[]);
    ledger.add_package(&package(25)).unwrap();
    let path = folder.path().join("ledger.sqlite");
    let reserved: usize = std::thread::scope(|scope| {
        let one = || {
            let ledger = Ledger::open(&path).unwrap();
            let mut ledger = ledger.patience(Duration::from_secs(60)).unwrap();
            std::iter::from_fn(|| ledger.reserve(ACTION, 0).unwrap()).count()
        };
        let all: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(reserved, 25);
    // Nobody is there any more to say that they were not made.
    assert_eq!(ledger.uncertain(ACTION).unwrap(), 25);
}

/// The schema as it was before.
#[test]
fn a14_a_ledger_of_the_version_before_keeps_its_calls() {
    let (folder, mut ledger) = ledger(&[call(NOON, None, 1)]);
    ledger.add_package(&package(2)).unwrap();
    drop(ledger);
    let path = folder.path().join("ledger.sqlite");
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("DROP TABLE reserved; DROP INDEX calls_unknown; PRAGMA user_version = 1")
        .unwrap();
    drop(other);
    let mut ledger = Ledger::open(&path).unwrap();
    assert!(ledger.reserve(ACTION, 0).unwrap().is_some());
    assert_eq!(ledger.reserve(ACTION, 0).unwrap(), None);
    assert_eq!(ledger.packages().unwrap()[0].used, 1);
}
