//! The outcome of a batch.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::stop::End;

/// The figures of a batch.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Every card of the input.
    pub cards: u64,
    /// Recognised in this run.
    pub ok: u64,
    /// Failed in this run.
    pub failed: u64,
    /// Finished in an earlier run and not called again.
    pub skipped: u64,
    /// Calls of all runs that were made but whose results were not stored. They may have been billed.
    pub in_doubt: u64,
    /// The number of failed cards by the service's code, or by kind of error if there was no code.
    pub by_code: BTreeMap<String, u64>,
    /// Seconds that the run took.
    pub elapsed_s: f64,
}

impl Summary {
    pub(crate) fn count(&mut self, code: Option<&str>) {
        match code {
            None => self.ok = self.ok.saturating_add(1),
            Some(code) => {
                self.failed = self.failed.saturating_add(1);
                let count = self.by_code.entry(code.to_owned()).or_default();
                *count = count.saturating_add(1);
            }
        }
    }

    pub(crate) fn took(&mut self, time: Duration) {
        self.elapsed_s = (time.as_secs_f64() * 1000.0).round() / 1000.0;
    }
}

/// How a batch ended, and its figures.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ended {
    /// The figures.
    pub summary: Summary,
    /// How it ended.
    pub end: End,
    /// How many calls are missing from the ledger, and why.
    pub unrecorded: Option<(usize, String)>,
}
