//! Wipes the stack after work with secrets.

/// How much of the stack is wiped, in bytes.
const STACK: usize = 24 * 1024;

/// The same after opening, which wraps no key. The deepest cipher that opens uses 7 KiB. A small reply takes less time
/// than wiping what sealing needs.
const STACK_OF_OPENING: usize = 12 * 1024;

/// Does work with secrets, then wipes the stack it used. No owner can wipe what a function keeps in its frame or what a
/// move leaves behind. The wiped depth is enough for every cipher and key wrap here; `tests/residue` checks it by
/// scanning the process's memory.
///
/// The work must have its own frame, below this one. If it were inlined, its spilled values would be above the wiped
/// area.
#[inline(never)]
pub(crate) fn leaving_no_stack<T>(work: impl FnOnce() -> T) -> T {
    let _wiped = WipedOnLeaving::<STACK>;
    in_its_own_frame(work)
}

/// The same for opening.
#[inline(never)]
pub(crate) fn opening_leaves_no_stack<T>(work: impl FnOnce() -> T) -> T {
    let _wiped = WipedOnLeaving::<STACK_OF_OPENING>;
    in_its_own_frame(work)
}

/// Wipes after a panic too, because a provider may panic.
struct WipedOnLeaving<const BYTES: usize>;

impl<const BYTES: usize> Drop for WipedOnLeaving<BYTES> {
    fn drop(&mut self) {
        wipe_stack::<BYTES>();
    }
}

#[inline(never)]
fn in_its_own_frame<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Filling a frame with zeros wipes its old content. `black_box` keeps the compiler from removing it.
#[inline(never)]
fn wipe_stack<const BYTES: usize>() {
    core::hint::black_box(&mut [0_u8; BYTES]);
}
