//! Skipping aloud.

use std::io::Write;

/// Says aloud, past the test harness's capture, that something was not tested, and why. Where skipping is
/// forbidden (`CARDSEAL_NO_SKIP`) it fails instead.
pub(crate) fn skip(reason: &str) {
    assert!(
        std::env::var_os("CARDSEAL_NO_SKIP").is_none(),
        "may not be skipped here: {reason}"
    );
    let _ = writeln!(std::io::stderr().lock(), "SKIP {reason}");
}
