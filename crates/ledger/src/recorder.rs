//! Collects a client's requests until they are written to the ledger.

use std::time::SystemTime;

use cardseal::{Attempt, ErrorKind, Watch};

use crate::record::{CallRecord, Outcome};

/// Watches one call of one cloud and collects the records of its requests.
#[derive(Debug)]
pub struct Recorder {
    cloud: &'static str,
    calls: Vec<CallRecord>,
    under_way: Option<CallRecord>,
}

impl Recorder {
    /// A recorder for a call of this cloud.
    pub fn new(cloud: &'static str) -> Self {
        Self {
            cloud,
            calls: Vec::new(),
            under_way: None,
        }
    }

    /// Sets the service's id of the answered request.
    pub fn answered(&mut self, request_id: &str) {
        if let Some(last) = self.calls.last_mut()
            && last.outcome == Outcome::Ok
        {
            last.request_id = request_id.to_owned();
        }
    }

    /// The requests that were sent and whose outcome is known, in order.
    pub fn calls(&self) -> &[CallRecord] {
        &self.calls
    }

    /// The request that is on its way at `now`, as a call without an answer: what is known of it where the process, or
    /// whoever waits for it, ends before its answer comes. It may be billed.
    pub fn under_way(&self, now: SystemTime) -> Option<CallRecord> {
        self.under_way.as_ref().map(|record| CallRecord {
            latency: now.duration_since(record.time).unwrap_or_default(),
            ..record.clone()
        })
    }

    fn number(&self) -> u32 {
        let number = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
        number.saturating_add(1)
    }
}

impl Watch for Recorder {
    fn sends(&mut self, attempt: &Attempt<'_>) {
        let record = CallRecord::of(self.cloud, self.number(), attempt);
        self.under_way = record.map(|record| CallRecord {
            outcome: Outcome::Failed(ErrorKind::Transport.name().to_owned()),
            billed: None,
            ..record
        });
    }

    fn after(&mut self, attempt: &Attempt<'_>) {
        self.under_way = None;
        let record = CallRecord::of(self.cloud, self.number(), attempt);
        self.calls.extend(record);
    }
}
