//! The heap, counted: how often memory is asked for, and how much is held at once.
//!
//! Counting is on for single repetitions only; otherwise an allocation costs a look at a flag more.

use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering::Relaxed};

/// What one repetition asked of the heap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// Calls that gave memory, growing included.
    pub allocations: usize,
    /// Most bytes held at once, beyond those held before.
    pub peak: usize,
}

/// Counts from `start` to `stop`. One at a time.
pub struct Count(());

impl Count {
    pub fn start() -> Self {
        ALLOCATIONS.store(0, Relaxed);
        HELD.store(0, Relaxed);
        PEAK.store(0, Relaxed);
        COUNTING.store(true, Relaxed);
        Self(())
    }

    pub fn stop(self) -> Use {
        COUNTING.store(false, Relaxed);
        Use {
            allocations: ALLOCATIONS.load(Relaxed),
            peak: PEAK.load(Relaxed).max(0).cast_unsigned(),
        }
    }
}

/// Every allocation that is counted while `step` runs: its bytes, and the calls that led to it.
pub fn trace(step: impl FnOnce()) -> Vec<(usize, String)> {
    TRACE.lock().expect("one thread").clear();
    TRACING.store(true, Relaxed);
    step();
    TRACING.store(false, Relaxed);
    std::mem::take(&mut *TRACE.lock().expect("one thread"))
}

/// The system's allocator, counted.
pub struct Counted;

static COUNTING: AtomicBool = AtomicBool::new(false);
static TRACING: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static HELD: AtomicIsize = AtomicIsize::new(0);
static PEAK: AtomicIsize = AtomicIsize::new(0);
static TRACE: Mutex<Vec<(usize, String)>> = Mutex::new(Vec::new());

fn given(bytes: usize, before: usize) {
    if !COUNTING.load(Relaxed) {
        return;
    }
    ALLOCATIONS.fetch_add(1, Relaxed);
    let more = bytes.cast_signed() - before.cast_signed();
    let held = HELD.fetch_add(more, Relaxed) + more;
    PEAK.fetch_max(held, Relaxed);
    if TRACING.load(Relaxed) {
        // Off while the trace itself allocates.
        COUNTING.store(false, Relaxed);
        let calls = Backtrace::force_capture().to_string();
        TRACE.lock().expect("one thread").push((bytes, calls));
        COUNTING.store(true, Relaxed);
    }
}

fn taken(bytes: usize) {
    if COUNTING.load(Relaxed) {
        HELD.fetch_sub(bytes.cast_signed(), Relaxed);
    }
}

// SAFETY: every call is passed on to the system's allocator as it came; counting touches no memory of it.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        given(layout.size(), 0);
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        given(layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        given(size, layout.size());
        // SAFETY: `block` came from this allocator, which is the system's.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        taken(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}
