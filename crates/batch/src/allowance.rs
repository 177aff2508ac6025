//! The calls that the packages still pay for. No further call is made, even with many jobs or many batches at once.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cardseal_ledger::{Ledger, LedgerError, Reserved};

/// How long other processes are waited for that take from the same packages.
const PATIENCE: Duration = Duration::from_secs(30);

/// A limited number of calls.
pub struct Allowance(Source);

enum Source {
    Number(AtomicU64),
    Packages {
        ledger: Mutex<Ledger>,
        action: String,
        held: u64,
    },
}

/// A call that was taken and not made yet.
pub(crate) enum Taken {
    OfNumber,
    Reserved(Reserved),
}

impl Allowance {
    /// An allowance of this many calls.
    pub fn of(calls: u64) -> Self {
        Self(Source::Number(AtomicU64::new(calls)))
    }

    /// What the packages of an action in this ledger pay for. Each call is reserved there before it is made, so that
    /// batches that run at once share the packages. `held` calls that the ledger does not know of count as used.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn of_packages(
        ledger: Ledger,
        action: impl Into<String>,
        held: u64,
    ) -> Result<Self, LedgerError> {
        Ok(Self(Source::Packages {
            ledger: Mutex::new(ledger.patience(PATIENCE)?.durable()?),
            action: action.into(),
            held,
        }))
    }

    /// How many calls count as used though nobody knows whether they are billed: no answer came, or their process was
    /// killed.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn uncertain(&self) -> Result<u64, LedgerError> {
        match &self.0 {
            Source::Number(_) => Ok(0),
            Source::Packages {
                ledger,
                action,
                held,
            } => {
                let ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(ledger.uncertain(action)?.saturating_add(*held))
            }
        }
    }

    /// Takes a call before it is begun; `None` if there is none left.
    pub(crate) fn take(&self) -> Result<Option<Taken>, String> {
        match &self.0 {
            Source::Number(left) => {
                let one_less = |left: u64| left.checked_sub(1);
                let taken = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
                Ok(taken.ok().map(|_| Taken::OfNumber))
            }
            Source::Packages {
                ledger,
                action,
                held,
            } => {
                let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
                let reserved = ledger.reserve(action, *held);
                let reserved = reserved.map_err(|error| error.to_string())?;
                Ok(reserved.map(Taken::Reserved))
            }
        }
    }

    /// Gives a call back that is not billed.
    pub(crate) fn give_back(&self, taken: Taken) -> Result<(), String> {
        match (&self.0, taken) {
            (Source::Number(left), _) => {
                left.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
            (Source::Packages { ledger, .. }, Taken::Reserved(reserved)) => {
                let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
                let released = ledger.record_reserved(&[], vec![reserved]);
                released.map_err(|error| error.to_string())
            }
            (Source::Packages { .. }, Taken::OfNumber) => Ok(()),
        }
    }
}

impl fmt::Debug for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Number(left) => write!(f, "Allowance({})", left.load(Ordering::SeqCst)),
            Source::Packages { action, .. } => write!(f, "Allowance(packages of {action})"),
        }
    }
}
