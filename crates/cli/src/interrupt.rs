//! What is done before a signal ends the process: the file that must not outlive it goes (an opener whose sealed request
//! was not handed over), and a call that is on its way is recorded.
//!
//! Ctrl-C, SIGQUIT, SIGTERM, SIGHUP or any other signal that ends a process and can be waited for then end the process as
//! they always do.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What to remove. Anyone who holds the lock is creating, renaming or removing it.
static LEFTOVER: Mutex<Option<PathBuf>> = Mutex::new(None);

/// The right to change what is left over. Signals wait for it.
pub(crate) struct Leftover(MutexGuard<'static, Option<PathBuf>>);

impl Leftover {
    /// Holds signals off until this is dropped.
    pub(crate) fn hold() -> Self {
        Self(LEFTOVER.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on this is what has to go.
    pub(crate) fn is(&mut self, path: &Path) {
        *self.0 = Some(path.to_owned());
    }

    /// From now on nothing has to go.
    pub(crate) fn nothing(&mut self) {
        *self.0 = None;
    }
}

/// From now on a signal that ends the process removes the leftover first.
pub(crate) fn watch() -> io::Result<()> {
    before_the_end(|| {
        // Held to the end: nothing new may be created any more.
        let leftover = Leftover::hold();
        if let Some(path) = leftover.0.as_deref() {
            let _ = std::fs::remove_file(path);
        }
        leftover
    })
}

/// From now on a signal that ends the process does this first; what it gives is held until the process has ended.
#[cfg(unix)]
pub(crate) fn before_the_end<T>(does: impl FnOnce() -> T + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{
        SIGALRM, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU,
    };
    use signal_hook::iterator::Signals;

    // What was ignored, as `nohup` has SIGHUP, stays so: timers, limits and what one process tells another.
    let mut wanted = vec![
        SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGALRM, SIGPROF, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU,
    ];
    wanted.retain(|signal| !is_ignored(*signal));
    let mut signals = Signals::new(wanted)?;
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            let Some(signal) = signals.forever().next() else {
                return;
            };
            let _held = does();
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        })?;
    Ok(())
}

/// Whether the parent process had the signal ignored. Known on Linux only.
#[cfg(unix)]
pub(crate) fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let bit = u32::try_from(signal)
        .ok()
        .and_then(|signal| signal.checked_sub(1));
    mask.zip(bit)
        .and_then(|(mask, bit)| mask.checked_shr(bit))
        .is_some_and(|mask| mask & 1 == 1)
}

/// Elsewhere the system ends the process as it likes.
#[cfg(not(unix))]
pub(crate) fn before_the_end<T>(does: impl FnOnce() -> T + Send + 'static) -> io::Result<()> {
    drop(does);
    Ok(())
}

/// Ctrl-C, SIGTERM, SIGQUIT, and the terminal that is closed, as a wish that can be waited for.
#[cfg(any(feature = "gateway", feature = "serve"))]
pub(crate) struct Ending {
    #[cfg(unix)]
    signals: signal_hook::iterator::Signals,
}

#[cfg(any(feature = "gateway", feature = "serve"))]
impl Ending {
    /// From now on none of them ends the process by itself.
    pub(crate) fn expect() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            signals: {
                use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
                let hangup = Some(SIGHUP).filter(|signal| !is_ignored(*signal));
                let wanted = [SIGINT, SIGTERM, SIGQUIT].into_iter().chain(hangup);
                signal_hook::iterator::Signals::new(wanted)?
            },
        })
    }

    /// Waits for one of them. Where there are no signals the system ends the process.
    pub(crate) fn wait(self) {
        #[cfg(unix)]
        {
            let mut signals = self.signals;
            signals.forever().next();
        }
        #[cfg(not(unix))]
        loop {
            std::thread::park();
        }
    }
}
