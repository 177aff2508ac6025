//! Calls reserved before they are made, so that many processes together never call beyond their packages.
//!
//! A reservation ends when its call is recorded or given up. One whose process was killed stays: nobody knows whether its
//! call was made, and so it counts as used.

use std::time::SystemTime;

use rusqlite::{Transaction, TransactionBehavior, params};

use crate::day::millis;
use crate::error::LedgerError;
use crate::ledger::{Ledger, Reserved};
use crate::package::{Counting, PackageLeft};

impl Ledger {
    /// Reserves a call of an action, if its valid packages pay for more than `held` calls still. Calls that may have been
    /// billed count as used, as do the reservations of all processes.
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing is reserved.
    pub fn reserve(&mut self, action: &str, held: u64) -> Result<Option<Reserved>, LedgerError> {
        let now = SystemTime::now();
        // The write lock is taken before anything is counted: nobody reserves between.
        let all = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let left = self.left_by(Counting::Possible, action, now)?;
        if left.is_none_or(|left| left <= held) {
            return Ok(None);
        }
        all.execute(
            "INSERT INTO reserved (time, action) VALUES (?1, ?2)",
            params![millis(now), action],
        )?;
        let reserved = Reserved(all.last_insert_rowid());
        all.commit()?;
        Ok(Some(reserved))
    }

    /// How many calls of an action may have been billed, and nobody knows: those without an answer, and the reserved.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn uncertain(&self, action: &str) -> Result<u64, LedgerError> {
        let used = |by| {
            let packages = self.counted_down(by, Some(action))?;
            let sum = |sum: u64, one: &PackageLeft| sum.saturating_add(one.used);
            Ok::<_, LedgerError>(packages.iter().fold(0, sum))
        };
        Ok(used(Counting::Possible)?.saturating_sub(used(Counting::Billed)?))
    }
}
