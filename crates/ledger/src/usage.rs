//! The figures of a period: totals, codes, how long calls took, and groups.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::day::{Days, millis};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::package::PackageLeft;
use crate::period::Period;

/// What calls are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The day in the machine's zone, `YYYY-MM-DD`.
    Day,
    /// The cloud.
    Cloud,
    /// The action.
    Action,
    /// `ok`, or the code.
    Code,
    /// The credential's label.
    Credential,
}

/// The figures of a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Usage {
    /// Requests that were sent.
    pub calls: u64,
    /// Those that were answered.
    pub ok: u64,
    /// The others.
    pub failed: u64,
    /// Those that are billed for certain.
    pub billed: u64,
    /// Those of which nobody can tell whether they are billed. Not in the JSON, whose members are fixed.
    #[serde(skip)]
    pub perhaps_billed: u64,
    /// Answered of sent, 0 to 1; 0 where none was sent.
    pub success_rate: f64,
    /// How long they took.
    pub latency_ms: Latency,
    /// How many failed with which code, or kind of error where there was none.
    pub by_code: BTreeMap<String, u64>,
    /// The same figures by group, in the order of their keys.
    pub groups: Vec<Group>,
    /// What is left of the packages: all of them, whatever the period.
    pub packages: Vec<PackageLeft>,
}

/// Percentiles by nearest rank, in milliseconds; `None` where there was no call.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Latency {
    /// Half of the calls were no slower.
    pub p50: Option<f64>,
    /// Nine of ten were no slower.
    pub p90: Option<f64>,
    /// Ninety-nine of a hundred were no slower.
    pub p99: Option<f64>,
}

/// The figures of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// What they have in common.
    pub key: String,
    /// Requests that were sent.
    pub calls: u64,
    /// Those that were answered.
    pub ok: u64,
    /// The others.
    pub failed: u64,
    /// Those that are billed for certain.
    pub billed: u64,
    /// Those of which nobody can tell whether they are billed. Not in the JSON, whose members are fixed.
    #[serde(skip)]
    pub perhaps_billed: u64,
}

impl Ledger {
    /// The figures of a period.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn usage(&self, period: &Period, by: By) -> Result<Usage, LedgerError> {
        let mut total = Group::new(String::new());
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        let mut by_code: BTreeMap<String, u64> = BTreeMap::new();
        let mut days = Days::default();
        self.each_call(period, |call| {
            let key = match by {
                By::Day => days.of(millis(call.time)),
                By::Cloud => &call.cloud,
                By::Action => &call.action,
                By::Code => call.code().unwrap_or("ok"),
                By::Credential => &call.credential,
            };
            let is_ok = call.code().is_none();
            match groups.get_mut(key) {
                Some(group) => group.count(is_ok, call.billed),
                None => {
                    let mut group = Group::new(key.to_owned());
                    group.count(is_ok, call.billed);
                    groups.insert(key.to_owned(), group);
                }
            }
            total.count(is_ok, call.billed);
            if let Some(code) = call.code() {
                let count = by_code.entry(code.to_owned()).or_default();
                *count = count.saturating_add(1);
            }
            Ok(())
        })?;
        #[expect(clippy::cast_precision_loss, reason = "a rate has few digits")]
        let success_rate = total.ok as f64 / total.calls.max(1) as f64;
        Ok(Usage {
            calls: total.calls,
            ok: total.ok,
            failed: total.failed,
            billed: total.billed,
            perhaps_billed: total.perhaps_billed,
            success_rate,
            latency_ms: self.latency(period, total.calls)?,
            by_code,
            groups: groups.into_values().collect(),
            packages: self.packages()?,
        })
    }

    fn latency(&self, period: &Period, calls: u64) -> Result<Latency, LedgerError> {
        if calls == 0 {
            return Ok(Latency::default());
        }
        let mut select = self.connection.prepare(
            "SELECT latency FROM calls WHERE time >= ?1 AND time < ?2 ORDER BY latency LIMIT 1 OFFSET ?3",
        )?;
        let mut percentile = |percent: u64| -> Result<Option<f64>, LedgerError> {
            let rank = calls.saturating_mul(percent).div_ceil(100);
            let before = i64::try_from(rank.saturating_sub(1)).unwrap_or(i64::MAX);
            let of = select.query_row([period.since, period.until, before], |row| row.get(0));
            let micros = u64::try_from(of.unwrap_or(0_i64)).unwrap_or_default();
            Ok(Some(in_millis(Duration::from_micros(micros))))
        };
        Ok(Latency {
            p50: percentile(50)?,
            p90: percentile(90)?,
            p99: percentile(99)?,
        })
    }
}

/// Milliseconds, to the microsecond.
pub(crate) fn in_millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

impl Group {
    fn new(key: String) -> Self {
        Self {
            key,
            calls: 0,
            ok: 0,
            failed: 0,
            billed: 0,
            perhaps_billed: 0,
        }
    }

    fn count(&mut self, is_ok: bool, billed: Option<bool>) {
        let add = |count: &mut u64, one: bool| *count = count.saturating_add(u64::from(one));
        add(&mut self.calls, true);
        add(&mut self.ok, is_ok);
        add(&mut self.failed, !is_ok);
        add(&mut self.billed, billed == Some(true));
        add(&mut self.perhaps_billed, billed.is_none());
    }
}
