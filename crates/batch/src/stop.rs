//! Stopping a batch early.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cardseal::Error;

use crate::error::ResultsError;

/// How a batch ended.
#[derive(Debug, Default)]
#[non_exhaustive]
pub enum End {
    /// All cards are finished.
    #[default]
    Done,
    /// It was interrupted.
    Interrupted,
    /// The service would refuse every other card too, because of the credentials or the account.
    Refused(Error),
    /// The service cannot be reached: too many cards in a row got no connection.
    Unreachable(Error),
    /// Nobody answers: too many calls in a row were sent and got no answer of the service.
    Unanswered(Error),
    /// The pictures cannot be read any more: too many in a row, for a reason that is not theirs. This is the last one.
    InputGone(String),
    /// The packages of the action are used up.
    PackageEmpty,
    /// Results or their journal cannot be written.
    Unwritable(ResultsError),
    /// Calls cannot be recorded, but the packages are counted by the records.
    Unrecorded(String),
}

/// Tells all threads of a batch to start nothing new.
#[derive(Debug, Default)]
pub struct Stop {
    interrupted: Arc<AtomicBool>,
    stopped: AtomicBool,
    end: Mutex<Option<End>>,
}

impl Stop {
    /// Stops when this becomes true, for example from a signal handler.
    pub fn when(interrupted: Arc<AtomicBool>) -> Self {
        Self {
            interrupted,
            ..Self::default()
        }
    }

    /// Stops for this reason; the first one counts.
    pub(crate) fn stop(&self, end: End) {
        let mut first = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(end);
        self.stopped.store(true, Ordering::SeqCst);
    }

    /// Whether the batch is to stop.
    pub fn is_set(&self) -> bool {
        self.stopped.load(Ordering::SeqCst) || self.is_interrupted()
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }

    /// Waits; false if it is told to stop meanwhile.
    pub fn sleep(&self, time: Duration) -> bool {
        const LOOK: Duration = Duration::from_millis(50);
        let started = Instant::now();
        loop {
            if self.is_set() {
                return false;
            }
            let left = time.saturating_sub(started.elapsed());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(LOOK));
        }
    }

    /// How it ended.
    pub(crate) fn end(&self) -> End {
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        match end.take() {
            Some(end) => end,
            None if self.is_interrupted() => End::Interrupted,
            None => End::Done,
        }
    }
}
