//! Wipes the stack after work with secrets.

/// Does work with secrets, then wipes the stack it used. No owner can wipe what a function keeps in its frame or what a
/// move leaves behind. The wiped depth is enough for every cipher and key wrap here; `tests/residue` checks it by
/// scanning the process's memory.
///
/// The work must have its own frame, below this one. If it were inlined, its spilled values would be above the wiped
/// area.
#[inline(never)]
pub(crate) fn leaving_no_stack<T>(work: impl FnOnce() -> T) -> T {
    let _wiped = WipedOnLeaving;
    in_its_own_frame(work)
}

/// Wipes after a panic too, because a provider may panic.
struct WipedOnLeaving;

impl Drop for WipedOnLeaving {
    fn drop(&mut self) {
        wipe_stack();
    }
}

#[inline(never)]
fn in_its_own_frame<T>(work: impl FnOnce() -> T) -> T {
    work()
}

const STACK: usize = 24 * 1024;

/// Filling a frame with zeros wipes its old content. `black_box` keeps the compiler from removing it.
#[inline(never)]
fn wipe_stack() {
    core::hint::black_box(&mut [0_u8; STACK]);
}
