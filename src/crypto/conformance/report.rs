//! The result of the checks: one line for each broken promise, however often it was broken.

use core::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cardseal_crypto::Provider;

/// What no call from outside can see. It is your review that must.
pub const NEVER_CHECKED: [&str; 3] = [
    "whether running time depends on secrets",
    "whether keys and plaintexts are wiped from memory, and keys destroyed in a module",
    "whether the generator's bytes are random",
];

/// The result: what was checked, and what failed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The provider's name.
    pub provider: &'static str,
    /// How many checks were made.
    pub checks: usize,
    /// The broken promises, each once.
    pub failed: Vec<Finding>,
    /// What could not be checked with this provider, and why; for example, a session key that never leaves a module.
    /// [`NEVER_CHECKED`] lists what is checked with no provider.
    pub not_checked: Vec<String>,
}

/// A promise that the provider broke.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What is wrong, after the suite's name: the same text every time, so that findings can be grouped by it.
    pub what: String,
    /// Where it was found first, or what the provider said there; empty if there is no more to say.
    pub first: String,
    /// How often it was found.
    pub times: usize,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match (self.first.is_empty(), self.times) {
            (true, 0 | 1) => Ok(()),
            (true, times) => write!(f, " ({times} times)"),
            (false, 0 | 1) => write!(f, " ({})", self.first),
            (false, times) => write!(f, " ({times} times, first: {})", self.first),
        }
    }
}

impl Report {
    pub(super) fn of(provider: &Provider) -> Self {
        Self {
            provider: provider.name(),
            checks: 0,
            failed: Vec::new(),
            not_checked: Vec::new(),
        }
    }

    /// True if every check passed, and there was at least one.
    pub fn passed(&self) -> bool {
        self.failed.is_empty() && self.checks > 0
    }

    /// Counts a check, and records `what` if it does not hold.
    pub(super) fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        self.expect_at(holds, || (what(), String::new()));
    }

    /// The same with a second text: the position, or the provider's own words.
    pub(super) fn expect_at(&mut self, holds: bool, found: impl FnOnce() -> (String, String)) {
        self.checks = self.checks.saturating_add(1);
        if holds {
            return;
        }
        let (what, first) = found();
        match self.failed.iter_mut().find(|known| known.what == what) {
            Some(known) => known.times = known.times.saturating_add(1),
            None => self.failed.push(Finding {
                what,
                first,
                times: 1,
            }),
        }
    }

    /// Runs a part of the checks of `subject`. If the provider returns an error where there must be none, or panics,
    /// that is a finding, which names the part; the other parts run all the same.
    pub(super) fn run(
        &mut self,
        subject: &str,
        part: &str,
        checks: impl FnOnce(&mut Self) -> Result<(), String>,
    ) {
        let rest = "; the rest of that part was not checked";
        match catch_unwind(AssertUnwindSafe(|| checks(self))) {
            Ok(Ok(())) => {}
            Ok(Err(said)) => self.expect_at(false, || {
                (format!("{subject}: stopped at \"{part}\"{rest}"), said)
            }),
            Err(panic) => self.expect_at(false, || {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or(panic.downcast_ref::<&str>().copied());
                (
                    format!("{subject}: the provider panicked at \"{part}\"{rest}"),
                    text.unwrap_or("no message").to_owned(),
                )
            }),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = |sum: usize, finding: &Finding| sum.saturating_add(finding.times);
        let failed = self.failed.iter().fold(0, times);
        write!(
            f,
            "{}: {} checks, {failed} failed",
            self.provider, self.checks
        )?;
        for what in &self.failed {
            write!(f, "\n  failed: {what}")?;
        }
        for what in &self.not_checked {
            write!(f, "\n  not checked: {what}")?;
        }
        write!(f, "\n  never checked: {}", NEVER_CHECKED.join("; "))
    }
}
