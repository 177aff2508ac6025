//! Calls made up for the tests.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::time::{Duration, SystemTime};

use cardseal_ledger::{CallRecord, Ledger, Outcome};
use tempfile::TempDir;

/// 2026-01-31T12:00:00Z.
pub(crate) const NOON: u64 = 1_769_860_800;

pub(crate) const ACTION: &str = "RecognizeEncryptedIDCardOCR";

pub(crate) fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// A call at this second that ended with this code and took so many milliseconds.
pub(crate) fn call(seconds: u64, code: Option<&str>, millis: u64) -> CallRecord {
    CallRecord {
        time: at(seconds),
        cloud: "tencent".to_owned(),
        action: ACTION.to_owned(),
        region: "ap-guangzhou".to_owned(),
        credential: "id-0123456789ab".to_owned(),
        outcome: code.map_or(Outcome::Ok, |code| Outcome::Failed(code.to_owned())),
        request_id: "r-1".to_owned(),
        attempt: 1,
        latency: Duration::from_millis(millis),
        sent: 1000,
        received: 500,
        billed: Some(code.is_none()),
    }
}

/// A ledger of its own with these calls in it.
pub(crate) fn ledger(calls: &[CallRecord]) -> (TempDir, Ledger) {
    let folder = TempDir::new().unwrap();
    let mut ledger = Ledger::open(&folder.path().join("ledger.sqlite")).unwrap();
    ledger.record(calls).unwrap();
    (folder, ledger)
}
