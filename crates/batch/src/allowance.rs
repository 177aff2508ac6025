//! The calls that the packages bought still pay: none is begun beyond them, however many are under way.

use std::sync::atomic::{AtomicU64, Ordering};

/// So many calls and no more.
#[derive(Debug)]
pub struct Allowance(AtomicU64);

impl Allowance {
    /// Of so many calls.
    pub fn of(calls: u64) -> Self {
        Self(AtomicU64::new(calls))
    }

    /// Takes a call before it is begun; false where there is none left.
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
