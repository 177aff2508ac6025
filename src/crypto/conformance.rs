//! Tests, with one call, whether a provider keeps the promises of the `crypto` interface. It works for your own
//! provider as for the built-in ones.
//!
//! ```
//! let report = cardseal::crypto::conformance::check(cardseal::crypto::built_in());
//! assert!(report.passed(), "{report}");
//! ```

mod scenarios;
mod unwrap;
mod keys;
mod failures;
mod interleaved;
mod requests;
mod sessions;
mod generator;

use core::fmt;

use cardseal_crypto::Provider;

/// The result: what was checked, and what failed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The provider's name.
    pub provider: &'static str,
    /// How many checks were made.
    pub checks: usize,
    /// The failed checks, one sentence each.
    pub failed: Vec<String>,
    /// What could not be checked with this provider, and why; for example, a session key that never leaves a module.
    pub not_checked: Vec<String>,
}

impl Report {
    fn of(provider: &Provider) -> Self {
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

    fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        self.checks = self.checks.saturating_add(1);
        if !holds {
            self.failed.push(what());
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.failed.len();
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
        Ok(())
    }
}

/// Checks a provider: the scenarios that concern its suites, round trips at every length, what it wrapped by an
/// unwrapping of our own, tags changed bit by bit, keys that are stored, its generator, generators that fail and get stuck, what is left where
/// sealing or opening fails, that no two sessions are alike, and that sessions used by turns and from two threads each
/// keep their own key. It takes some seconds, longer with a hardware module.
pub fn check(provider: &Provider) -> Report {
    let mut report = Report::of(provider);
    generator::check(provider, &mut report);
    sessions::check(provider, &mut report);
    requests::check(provider, &mut report);
    scenarios::check(provider, &mut report);
    report
}
