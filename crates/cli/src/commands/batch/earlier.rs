//! What earlier runs left in the results of this one: cards that failed and are not called again are no success.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};

use cardseal_batch::{Ended, Summary};
use serde::Deserialize;

use crate::args::Batch;

#[derive(Deserialize)]
struct Line<'l> {
    #[serde(borrow)]
    outcome: Cow<'l, str>,
    error: Option<Why>,
}

#[derive(Deserialize)]
struct Why {
    kind: String,
    code: Option<String>,
}

/// The summary with the failed cards of earlier runs among its failed ones. Encrypted results tell nothing of them.
pub(super) fn counted_in(ended: &Ended, arguments: &Batch) -> Summary {
    let summary = &ended.summary;
    let mut all = summary.clone();
    if summary.skipped == 0 || arguments.encrypt_to.is_some() {
        return all;
    }
    let Ok(results) = File::open(&arguments.out) else {
        return all;
    };
    let mut by_code: BTreeMap<String, u64> = BTreeMap::new();
    for line in BufReader::new(results).split(b'\n') {
        let Ok(line) = line else { break };
        let Ok(line) = serde_json::from_slice::<Line<'_>>(&line) else {
            continue;
        };
        if line.outcome == "failed" {
            let code = line.error.map(|why| why.code.unwrap_or(why.kind));
            let count = by_code.entry(code.unwrap_or_default()).or_default();
            *count = count.saturating_add(1);
        }
    }
    // Those of this run that have no line.
    for (kind, cards) in &ended.unsent.by_kind {
        let count = by_code.entry((*kind).to_owned()).or_default();
        *count = count.saturating_add(*cards);
    }
    let failed: u64 = by_code.values().sum();
    // Results may hold cards of another INPUT, too.
    if failed <= summary.failed.saturating_add(summary.skipped) {
        all.failed = failed;
        all.by_code = by_code;
    }
    all
}
