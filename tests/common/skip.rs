//! Skipping aloud. Every crate's tests have this file, so that no skip goes unseen.

use std::io::Write;

/// Whether all is to be run that takes long; elsewhere a part of it is. Set where nothing may be skipped
/// (`CARDSEAL_NO_SKIP`).
pub(crate) fn whole() -> bool {
    std::env::var_os("CARDSEAL_NO_SKIP").is_some()
}

/// Says aloud, past the test harness's capture, that something was not tested, and why. Where skipping is forbidden
/// (`CARDSEAL_NO_SKIP`) it fails instead.
pub(crate) fn skip(test: &str, reason: &str) {
    assert!(!whole(), "{test} may not be skipped here: {reason}");
    let _ = writeln!(std::io::stderr().lock(), "SKIP {test}: {reason}");
}
