//! Wipes the stack after work with secrets.

/// How much of the stack is wiped, in bytes.
const STACK: usize = 24 * 1024;

/// What opening itself uses of the stack besides its provider, in bytes, with room to spare.
const OPENING: usize = 3 * 1024;

/// Does work with secrets, then wipes the stack it used. No owner can wipe what a function keeps in its frame or what a
/// move leaves behind. The wiped depth is enough for every cipher and key wrap here; `tests/residue` checks it by
/// scanning the process's memory.
///
/// The work must have its own frame, below this one. If it were inlined, its spilled values would be above the wiped
/// area.
pub(crate) fn leaving_no_stack<T>(work: impl FnOnce() -> T) -> T {
    wiping::<STACK, T>(work)
}

#[inline(never)]
fn wiping<const BYTES: usize, T>(work: impl FnOnce() -> T) -> T {
    let _wiped = WipedOnLeaving::<BYTES>;
    in_its_own_frame(work)
}

/// The same for opening, whose provider uses so many bytes of the stack.
pub(crate) fn opening_leaves_no_stack<T>(provider: usize, work: impl FnOnce() -> T) -> T {
    match provider.saturating_add(OPENING) {
        0..=SMALL => wiping::<SMALL, T>(work),
        _ => leaving_no_stack(work),
    }
}

/// Enough where AES or SM4 has instructions of its own. Wiping more would take longer than opening a small reply.
const SMALL: usize = 8 * 1024;

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
