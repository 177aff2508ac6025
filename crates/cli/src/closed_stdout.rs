//! Whether stdout was closed when this process began (`>&-`).
//!
//! The standard library puts `/dev/null` in the place of a stream that is closed, before `main`: whatever is printed then
//! goes nowhere, and no write fails. So the question is asked before that, by a constructor of the program.

use std::sync::atomic::{AtomicBool, Ordering};

static CLOSED: AtomicBool = AtomicBool::new(false);

/// True where there was no stdout to begin with.
pub(crate) fn was_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

/// One system call, which needs nothing of the standard library's set-up.
#[cfg(unix)]
#[ctor::ctor(unsafe)]
fn look() {
    let flags = rustix::io::fcntl_getfd(rustix::stdio::stdout());
    CLOSED.store(flags.is_err(), Ordering::Relaxed);
}
