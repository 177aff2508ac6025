//! Collects a client's requests until they are written to the ledger.

use cardseal::{Attempt, Watch};

use crate::record::{CallRecord, Outcome};

/// Watches one call of one cloud and collects the records of its requests.
#[derive(Debug)]
pub struct Recorder {
    cloud: &'static str,
    calls: Vec<CallRecord>,
}

impl Recorder {
    /// A recorder for a call of this cloud.
    pub fn new(cloud: &'static str) -> Self {
        Self {
            cloud,
            calls: Vec::new(),
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

    /// The requests that were sent, in order.
    pub fn calls(&self) -> &[CallRecord] {
        &self.calls
    }
}

impl Watch for Recorder {
    fn after(&mut self, attempt: &Attempt<'_>) {
        let number = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
        let record = CallRecord::of(self.cloud, number.saturating_add(1), attempt);
        self.calls.extend(record);
    }
}
