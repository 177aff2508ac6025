//! Secrets made visible to valgrind's memcheck, for tests only.
//!
//! Memcheck follows undefined bits through every instruction and reports each
//! branch and each address that depends on one. Marking a secret as undefined
//! therefore turns memcheck into a check for secret-dependent control flow and
//! memory access. Outside valgrind all of this does nothing.

#[cfg(all(target_arch = "x86_64", not(miri)))]
use core::arch::asm;

const RUNNING_ON_VALGRIND: usize = 0x1001;
const COUNT_ERRORS: usize = 0x1201;
const MEMCHECK: usize = (b'M' as usize) << 24 | (b'C' as usize) << 16;
const MAKE_MEM_UNDEFINED: usize = MEMCHECK + 1;
const MAKE_MEM_DEFINED: usize = MEMCHECK + 2;

/// From now on the value is a secret.
pub(crate) fn mark_secret<T: ?Sized>(value: &T) {
    let address = core::ptr::from_ref(value).cast::<u8>() as usize;
    request(MAKE_MEM_UNDEFINED, address, size_of_val(value));
}

/// From now on the value is public.
pub(crate) fn mark_public<T: ?Sized>(value: &T) {
    let address = core::ptr::from_ref(value).cast::<u8>() as usize;
    request(MAKE_MEM_DEFINED, address, size_of_val(value));
}

/// Whether memcheck is watching.
pub(crate) fn is_watched() -> bool {
    request(RUNNING_ON_VALGRIND, 0, 0) != 0
}

/// How many uses of secrets memcheck has reported so far.
pub(crate) fn reports() -> usize {
    request(COUNT_ERRORS, 0, 0)
}

/// A client request as valgrind.h defines it for this architecture.
#[cfg(all(target_arch = "x86_64", not(miri)))]
fn request(code: usize, first: usize, second: usize) -> usize {
    let arguments = [code, first, second, 0, 0, 0];
    let mut result = 0usize;
    // SAFETY: the rotations add up to 128 bits, so rdi is unchanged, and the
    // exchange is of a register with itself: on a processor nothing happens.
    // Valgrind recognises the sequence, reads `arguments`, which outlives the
    // block, and writes rdx.
    unsafe {
        asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") arguments.as_ptr(),
            inout("rdx") result,
        );
    }
    result
}

/// Valgrind's requests are not written for other architectures, and Miri runs no assembler.
#[cfg(any(not(target_arch = "x86_64"), miri))]
fn request(_code: usize, _first: usize, _second: usize) -> usize {
    0
}
