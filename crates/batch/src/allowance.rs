//! The calls that the packages still pay for. No further call is made, even with many jobs at once.

use std::sync::atomic::{AtomicU64, Ordering};

/// A limited number of calls.
#[derive(Debug)]
pub struct Allowance(AtomicU64);

impl Allowance {
    /// An allowance of this many calls.
    pub fn of(calls: u64) -> Self {
        Self(AtomicU64::new(calls))
    }

    /// Takes a call before it is begun; false if there is none left.
    pub(crate) fn take(&self) -> bool {
        let one_less = |left: u64| left.checked_sub(1);
        let taken = self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
        taken.is_ok()
    }

    /// Gives a call back that is not billed.
    pub(crate) fn give_back(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
