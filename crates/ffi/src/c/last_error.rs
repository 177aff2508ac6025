//! Why the last call of this thread failed, and the guard that every call goes through.

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use zeroize::Zeroizing;

use crate::face::caught;
use crate::fault::Fault;

/// An error as C reads it.
struct Told {
    message: CString,
    kind: CString,
    code: Option<CString>,
    request_id: Option<CString>,
    opened: Option<Zeroizing<Vec<u8>>>,
}

thread_local! {
    static LAST: RefCell<Option<Told>> = const { RefCell::new(None) };
}

/// Runs a call. What it returns is 0 or the exit code of the command line for what went wrong.
pub(super) fn guarded(call: impl FnOnce() -> Result<(), Fault>) -> c_int {
    match caught(call) {
        Ok(()) => {
            keep(None);
            0
        }
        Err(fault) => {
            let exit = c_int::from(fault.exit());
            keep(Some(fault));
            exit
        }
    }
}

/// Runs a call that has nothing to tell: a panic ends in the value that stands for nothing.
pub(super) fn quietly<T>(nothing: T, call: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(nothing)
}

/// A thread that is ending has no place for an error any more; the number still says what happened.
fn keep(fault: Option<Fault>) {
    let told = fault.map(|mut fault| Told {
        message: text(fault.message()),
        kind: text(fault.kind()),
        code: fault.code().map(text),
        request_id: fault.request_id().map(text),
        opened: fault.take_opened_text(),
    });
    let _ = LAST.try_with(|last| last.replace(told));
}

fn text(text: &str) -> CString {
    let bytes: Vec<u8> = text.bytes().filter(|byte| *byte != 0).collect();
    CString::new(bytes).unwrap_or_default()
}

pub(super) fn message() -> *const c_char {
    part(|told| Some(&told.message))
}

pub(super) fn kind() -> *const c_char {
    part(|told| Some(&told.kind))
}

pub(super) fn code() -> *const c_char {
    part(|told| told.code.as_ref())
}

pub(super) fn request_id() -> *const c_char {
    part(|told| told.request_id.as_ref())
}

/// It is personal data, and handed over: it stays here no longer than until somebody asks.
pub(super) fn take_opened_text() -> Option<Zeroizing<Vec<u8>>> {
    let taken = LAST.try_with(|last| last.borrow_mut().as_mut()?.opened.take());
    taken.ok().flatten()
}

fn part(of: impl Fn(&Told) -> Option<&CString>) -> *const c_char {
    let found = LAST.try_with(|last| {
        let last = last.borrow();
        let text = last.as_ref().and_then(of).map(CString::as_c_str);
        text.map_or(ptr::null(), CStr::as_ptr)
    });
    found.unwrap_or(ptr::null())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_the_number_of_a_bug() {
        let exit = guarded(|| panic!("a planted panic"));
        assert_eq!(exit, 70);
        assert!(!message().is_null());
        assert!(code().is_null());
        assert_eq!(quietly(3, || panic!("another")), 3);
        assert_eq!(guarded(|| Ok(())), 0);
        assert!(message().is_null());
    }

    #[test]
    fn a_message_with_a_nul_in_it_is_told_without_it() {
        guarded(|| Err(Fault::input("a\0b")));
        let told = LAST.with(|last| last.borrow().as_ref().map(|told| told.message.clone()));
        assert_eq!(told, Some(c"ab".to_owned()));
    }
}
