//! A panic is an error of this side, and goes no further.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::fault::Fault;

/// Runs a step. Where it panics, that is a fault like any other.
///
/// # Errors
/// The step's own; exit code 70 where it panicked.
pub fn caught<T>(step: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|_| {
        Err(Fault::bug(
            "the library panicked; do not use anything it returned; please report this",
        ))
    })
}
