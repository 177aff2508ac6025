//! The outcome of a batch.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use zeroize::Zeroizing;

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
    /// Calls of all runs that were begun and whose answers were not kept: none came, or it could not be stored. They may
    /// have been billed.
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
    /// Failed cards of which nothing was sent and which have no line.
    pub unsent: Unsent,
    /// The lines of cards that were recognised, where the results could not be written any more.
    pub unkept: Vec<Zeroizing<Vec<u8>>>,
}

/// Failed cards of which nothing was sent, for a reason that is not theirs. They have no line, and are called for when
/// the batch goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsent {
    /// How many, by the kind of error.
    pub by_kind: BTreeMap<&'static str, u64>,
    /// Why, of the last one.
    pub why: String,
}

impl Unsent {
    /// How many.
    pub fn cards(&self) -> u64 {
        let sum = |sum: u64, count: &u64| sum.saturating_add(*count);
        self.by_kind.values().fold(0, sum)
    }

    pub(crate) fn add(&mut self, kind: &'static str, why: String) {
        let count = self.by_kind.entry(kind).or_default();
        *count = count.saturating_add(1);
        self.why = why;
    }
}
