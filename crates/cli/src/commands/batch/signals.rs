//! Ctrl-C and its kin: the first is a wish, the second ends the process.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

#[cfg(unix)]
use crate::interrupt;

/// Becomes true at the first signal.
#[cfg(unix)]
pub(super) fn watch() -> io::Result<Arc<AtomicBool>> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::flag;

    let interrupted = Arc::new(AtomicBool::new(false));
    // `nohup` had it ignored, and so it stays.
    let hangup = Some(SIGHUP).filter(|signal| !interrupt::is_ignored(*signal));
    for signal in [SIGINT, SIGTERM].into_iter().chain(hangup) {
        // In this order: the one that finds it true already ends the process.
        flag::register_conditional_shutdown(signal, 130, Arc::clone(&interrupted))?;
        flag::register(signal, Arc::clone(&interrupted))?;
    }
    Ok(interrupted)
}

/// Elsewhere the system ends the process as it likes; --resume goes on.
#[cfg(not(unix))]
pub(super) fn watch() -> io::Result<Arc<AtomicBool>> {
    Ok(Arc::default())
}
