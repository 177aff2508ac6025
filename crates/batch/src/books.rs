//! The ledger of a batch. A locked or full ledger does not delay the batch; calls that could not be recorded are
//! reported at the end.

use std::time::{Duration, Instant};

use cardseal_ledger::{CallRecord, Ledger, LedgerError, Reserved};

/// How long a lock of another process's is waited for, each time.
const PATIENCE: Duration = Duration::from_millis(500);

/// The same where the packages are counted by the records, and other batches take from them, too.
const PATIENCE_WITHIN_PACKAGES: Duration = Duration::from_secs(30);

/// After how long a ledger that failed is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// Records that are kept for a ledger that fails; what comes beyond is lost.
const MOST_WAITING: usize = 50_000;

/// Whether a batch may go on unrecorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Wanted,
    Required,
}

/// Keeps a batch's calls in a ledger.
pub struct Books {
    ledger: Ledger,
    need: Need,
    waiting: Vec<CallRecord>,
    /// What was reserved for calls that are waiting, or that are recorded and need it no more.
    reserved: Vec<Reserved>,
    failed: Option<(Instant, String)>,
    lost: usize,
}

impl Books {
    /// Records into this ledger if possible; the batch continues in any case.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn of(ledger: Ledger) -> Result<Self, LedgerError> {
        Ok(Self {
            ledger: ledger.patience(PATIENCE)?,
            need: Need::Wanted,
            waiting: Vec::new(),
            reserved: Vec::new(),
            failed: None,
            lost: 0,
        })
    }

    /// Ends the batch if calls cannot be recorded, because the ledger counts the packages.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn required(self) -> Result<Self, LedgerError> {
        Ok(Self {
            ledger: self.ledger.patience(PATIENCE_WITHIN_PACKAGES)?,
            need: Need::Required,
            ..self
        })
    }

    /// Records calls now or later. The error is for who cannot go on without.
    pub(crate) fn record(
        &mut self,
        calls: Vec<CallRecord>,
        mut reserved: Vec<Reserved>,
    ) -> Result<(), String> {
        self.reserved.append(&mut reserved);
        for call in calls {
            if self.waiting.len() < MOST_WAITING {
                self.waiting.push(call);
            } else {
                self.lost = self.lost.saturating_add(1);
            }
        }
        let is_too_early = |(at, _): &(Instant, String)| at.elapsed() < AGAIN;
        if self.need == Need::Wanted && self.failed.as_ref().is_some_and(is_too_early) {
            return Ok(());
        }
        self.try_now();
        match (&self.failed, self.need) {
            (Some((_, why)), Need::Required) => Err(why.clone()),
            _ => Ok(()),
        }
    }

    /// Tries a last time. How many calls are not recorded, and why.
    pub(crate) fn close(&mut self) -> Option<(usize, String)> {
        self.try_now();
        let unrecorded = self.lost.saturating_add(self.waiting.len());
        let (_, why) = self.failed.take()?;
        (unrecorded > 0).then_some((unrecorded, why))
    }

    fn try_now(&mut self) {
        match self
            .ledger
            .record_reserved(&self.waiting, self.reserved.clone())
        {
            Ok(()) => {
                self.waiting.clear();
                self.reserved.clear();
                if self.lost == 0 {
                    self.failed = None;
                }
            }
            Err(error) => self.failed = Some((Instant::now(), error.to_string())),
        }
    }
}
