//! The HTTP client of this process. A process that was forked off gets one of its own: a connection that two processes
//! write to carries neither's request.

use std::process;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cardseal::{BlockingClient, TransportOptions};

use crate::fault::Fault;

/// A day: nobody waits longer, and sums of times stay in range.
const LONGEST_MS: u64 = 86_400_000;

pub(super) struct Connections {
    options: TransportOptions,
    /// The client, and the process that made it.
    made: Mutex<Option<(u32, BlockingClient)>>,
}

impl Connections {
    pub(super) fn new(deadline_ms: Option<u64>) -> Self {
        let mut options = TransportOptions::default();
        if let Some(time) = deadline_ms {
            options = options.deadline(Duration::from_millis(time.min(LONGEST_MS)));
        }
        Self {
            options,
            made: Mutex::new(None),
        }
    }

    /// The client of the process that asks.
    pub(super) fn client(&self) -> Result<BlockingClient, Fault> {
        let this = process::id();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((process, client)) = &*made
            && *process == this
        {
            return Ok(client.clone());
        }
        let client = BlockingClient::with_options(&self.options)?;
        // The parent's ends here: this process's copies of its connections are closed, and nothing is said on them.
        *made = Some((this, client.clone()));
        Ok(client)
    }
}
