//! Requests to valgrind's memcheck: a magic sequence of instructions that does nothing outside valgrind (valgrind.h and
//! memcheck.h, "client requests"). A secret is declared undefined, as if never initialised; memcheck reports each branch
//! and each address that is computed from one.

const RUNNING_ON_VALGRIND: usize = 0x1001;
const COUNT_ERRORS: usize = 0x1201;
const MAKE_MEM_UNDEFINED: usize = 0x4d43_0001;
const MAKE_MEM_DEFINED: usize = 0x4d43_0002;

pub(crate) fn is_watching() -> bool {
    request(RUNNING_ON_VALGRIND, 0, 0) != 0
}

#[allow(dead_code, reason = "the library's test reads them in the report")]
pub(crate) fn complaints() -> usize {
    request(COUNT_ERRORS, 0, 0)
}

pub(crate) fn make_secret(bytes: &mut [u8]) {
    request(MAKE_MEM_UNDEFINED, bytes.as_mut_ptr() as usize, bytes.len());
}

pub(crate) fn make_public(bytes: &mut [u8]) {
    request(MAKE_MEM_DEFINED, bytes.as_mut_ptr() as usize, bytes.len());
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn request(code: usize, first: usize, second: usize) -> usize {
    let arguments = [code, first, second, 0, 0, 0];
    let mut answer = 0_usize;
    // SAFETY: the four rotations of rdi add up to 128 bits and the exchange is of a register
    // with itself, so outside valgrind nothing changes. Under valgrind, rdx is the answer; the
    // request reads six words at rax, and marks only the caller's own bytes.
    unsafe {
        core::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") arguments.as_ptr(),
            inout("rdx") answer,
            inout("rdi") 0_usize => _,
        );
    }
    answer
}

/// The sequence is written for x86-64 Linux.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
fn request(_: usize, _: usize, _: usize) -> usize {
    0
}
