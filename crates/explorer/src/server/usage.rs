//! The record of calls, as far as the page shows it. Who keeps the record is the caller's to say.

use std::time::{Duration, SystemTime};

use cardseal::Error;
use serde::Serialize;

/// One request that the page sent to a service.
#[derive(Debug)]
#[non_exhaustive]
pub struct CallMade<'a> {
    /// `tencent`, `ctyun` or `huawei`.
    pub cloud: &'static str,
    /// The action.
    pub action: &'static str,
    /// The region; empty if none was named.
    pub region: &'a str,
    /// The id of the credentials that signed it. No secret.
    pub credential_id: &'a str,
    /// Why it failed; `None` if it succeeded.
    pub error: Option<&'a Error>,
    /// The service's id of the request; empty if there is none.
    pub request_id: &'a str,
    /// When it was sent.
    pub at: SystemTime,
    /// From the request to its reply.
    pub elapsed: Duration,
    /// Bytes of the request's body.
    pub sent: usize,
    /// Bytes of the reply's body.
    pub received: usize,
}

/// What the page shows of the record.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Usage {
    /// The calls of each day, oldest first.
    pub days: Vec<UsageRow>,
    /// The calls of each action.
    pub actions: Vec<UsageRow>,
    /// The failed calls by code.
    pub codes: Vec<(String, u64)>,
    /// The packages bought, and what is left of them.
    pub packages: Vec<UsagePackage>,
}

/// One row of a chart.
#[derive(Debug, Clone, Serialize)]
pub struct UsageRow {
    /// The day, `YYYY-MM-DD`, or the action.
    pub key: String,
    /// Calls that succeeded.
    pub ok: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Calls that are billed.
    pub billed: u64,
}

/// A resource package.
#[derive(Debug, Clone, Serialize)]
pub struct UsagePackage {
    /// What it is for.
    pub action: String,
    /// Calls bought.
    pub calls: u64,
    /// Calls left.
    pub left: u64,
}

/// A record of calls.
pub trait UsageSource: Send + Sync {
    /// What there is to show.
    ///
    /// # Errors
    /// One line for people, where the record cannot be read.
    fn read(&self) -> Result<Usage, String>;

    /// Records a call.
    ///
    /// # Errors
    /// One line for people, where the call was not recorded.
    fn record(&self, call: &CallMade<'_>) -> Result<(), String>;
}
