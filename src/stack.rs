//! The stack that work with secrets used, wiped.

/// Does work with secrets, and wipes the stack it used: what a function keeps in its frame, and what a move leaves
/// behind, no owner can wipe. Deep enough for every cipher and key wrap here, which a scan of the process's memory
/// checks (`tests/residue`).
///
/// The work has a frame of its own, below this one: were it inlined here, what it spills would stand above what is
/// wiped.
#[inline(never)]
pub(crate) fn leaving_no_stack<T>(work: impl FnOnce() -> T) -> T {
    let _wiped = WipedOnLeaving;
    in_its_own_frame(work)
}

/// Wipes where the work panics, too: a provider's may.
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

/// Filling a frame with zeros wipes whatever stood there; the compiler may not leave it out, since somebody may look.
#[inline(never)]
fn wipe_stack() {
    core::hint::black_box(&mut [0_u8; STACK]);
}
