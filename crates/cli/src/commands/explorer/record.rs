//! The ledger as the page's record of calls.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use cardseal_explorer::{CallMade, Usage, UsagePackage, UsageRow, UsageSource};
use cardseal_ledger::{
    By, CallRecord, Ledger, LedgerError, Outcome, Period, billed, credential_label,
};

use crate::input;

/// As many rows as a page can show of anything.
const MOST_ROWS: usize = 400;

/// As much of a name as a page can show; a file that another program wrote may hold any.
fn short(name: &str) -> String {
    name.chars().take(120).collect()
}

/// One connection, which the page's tabs share.
pub(super) struct Record {
    path: PathBuf,
    ledger: Mutex<Ledger>,
}

impl Record {
    pub(super) fn new(path: PathBuf, ledger: Ledger) -> Self {
        Self {
            path,
            ledger: Mutex::new(ledger),
        }
    }

    fn told(&self, error: &LedgerError) -> String {
        format!("`{}`: {error}", input::show(&self.path))
    }
}

impl UsageSource for Record {
    fn read(&self) -> Result<Usage, String> {
        let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let by = |by| {
            ledger
                .usage(&Period::ALL, by)
                .map_err(|error| self.told(&error))
        };
        let (days, actions) = (by(By::Day)?, by(By::Action)?);
        let rows = |usage: &cardseal_ledger::Usage| {
            // The last ones: days stand oldest first.
            let older = usage.groups.len().saturating_sub(MOST_ROWS);
            let groups = usage.groups.iter().skip(older);
            groups
                .map(|group| UsageRow {
                    key: short(&group.key),
                    ok: group.ok,
                    failed: group.failed,
                    billed: group.billed,
                })
                .collect()
        };
        let packages = days.packages.iter().map(|package| UsagePackage {
            action: short(&package.action),
            calls: package.calls,
            left: package.left,
        });
        Ok(Usage {
            days: rows(&days),
            actions: rows(&actions),
            codes: days
                .by_code
                .iter()
                .take(MOST_ROWS)
                .map(|(code, calls)| (short(code), *calls))
                .collect(),
            packages: packages.collect(),
        })
    }

    fn record(&self, call: &CallMade<'_>) -> Result<(), String> {
        let outcome = match call.error {
            None => Outcome::Ok,
            Some(error) => {
                let code = error.service_code();
                Outcome::Failed(code.unwrap_or(error.kind().name()).to_owned())
            }
        };
        let record = CallRecord {
            time: call.at,
            cloud: call.cloud.to_owned(),
            action: call.action.to_owned(),
            region: call.region.to_owned(),
            credential: credential_label(call.credential_id),
            outcome,
            request_id: call.request_id.to_owned(),
            attempt: 1,
            latency: call.elapsed,
            sent: call.sent as u64,
            received: call.received as u64,
            billed: billed(call.cloud, call.error),
        };
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let recorded = ledger.record(&[record]);
        recorded.map_err(|error| {
            format!(
                "this call is not recorded in the ledger {}",
                self.told(&error)
            )
        })
    }
}
