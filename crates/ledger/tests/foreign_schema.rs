//! A ledger's file that holds what no ledger does: nothing in it is run.

mod common;

use cardseal_ledger::{By, Ledger, Period};
use common::{NOON, call, ledger};
use rusqlite::Connection;

/// SQL that never ends.
const ENDLESS: &str =
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(x) FROM n";

fn with_schema(sql: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, kept) = ledger(&[call(NOON, None, 1)]);
    drop(kept);
    let path = folder.path().join("ledger.sqlite");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(sql).unwrap();
    (folder, path)
}

#[test]
fn a_trigger_in_the_file_is_not_run() {
    let sql = "CREATE TRIGGER t AFTER INSERT ON calls BEGIN DELETE FROM calls; END";
    let (_folder, path) = with_schema(sql);
    let mut ledger = Ledger::open(&path).unwrap();
    ledger.record(&[call(NOON + 1, None, 2)]).unwrap();
    assert_eq!(ledger.usage(&Period::ALL, By::Day).unwrap().calls, 2);
}

#[test]
fn a_view_in_the_place_of_the_calls_is_refused() {
    let sql = format!("ALTER TABLE calls RENAME TO other; CREATE VIEW calls AS {ENDLESS}");
    let (_folder, path) = with_schema(&sql);
    let read = Ledger::open(&path).and_then(|ledger| ledger.usage(&Period::ALL, By::Day));
    assert!(read.is_err());
}
