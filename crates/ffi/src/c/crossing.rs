//! Memory of the caller's, read and written. Every pointer that may be followed is followed here.

use std::ffi::{CStr, c_char};
use std::slice;

use crate::fault::Fault;

/// The bytes that a caller points to.
///
/// # Safety
/// Where `data` is not null and `len` is at most `isize::MAX`, `len` bytes can be read there, and nobody writes to them for
/// as long as `'a`.
pub(super) unsafe fn bytes<'a>(what: &str, data: *const u8, len: usize) -> Result<&'a [u8], Fault> {
    if data.is_null() {
        return Err(null(what));
    }
    if isize::try_from(len).is_err() {
        return Err(Fault::input(format!(
            "the length of {what} is {len}, and no memory has that many bytes; a negative number was given as it"
        )));
    }
    // SAFETY: neither null nor too long; the caller vouches for the rest.
    Ok(unsafe { slice::from_raw_parts(data, len) })
}

/// The text that a caller points to.
///
/// # Safety
/// Where `text` is not null, a NUL ends what can be read there, and nobody writes to it for as long as `'a`.
pub(super) unsafe fn text<'a>(what: &str, text: *const c_char) -> Result<&'a str, Fault> {
    if text.is_null() {
        return Err(null(what));
    }
    // SAFETY: not null; the caller vouches for the rest.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str()
        .map_err(|_| Fault::input(format!("{what} is not UTF-8")))
}

/// The text that a caller points to, or none where it is null.
///
/// # Safety
/// As [`text`].
pub(super) unsafe fn optional<'a>(
    what: &str,
    pointer: *const c_char,
) -> Result<Option<&'a str>, Fault> {
    match pointer.is_null() {
        true => Ok(None),
        // SAFETY: not null; the caller vouches for the rest.
        false => Ok(Some(unsafe { text(what, pointer)? })),
    }
}

/// Where a result goes. It is nothing until there is one.
///
/// # Safety
/// Where `place` is not null, a `T` can be written there for as long as `'a`, and nobody else reads or writes it meanwhile.
/// What stood there is not looked at.
pub(super) unsafe fn place<'a, T>(
    what: &str,
    place: *mut T,
    nothing: T,
) -> Result<&'a mut T, Fault> {
    if place.is_null() {
        return Err(null(what));
    }
    if !place.is_aligned() {
        return Err(Fault::input(format!(
            "the place of {what} is not aligned; it was computed and not declared"
        )));
    }
    // SAFETY: neither null nor unaligned; the caller vouches for the rest. What stood there is overwritten unread.
    unsafe {
        place.write(nothing);
        Ok(&mut *place)
    }
}

/// What stands in a place of the caller's, and nothing in its stead.
///
/// # Safety
/// As [`place`]; and what stands there is a `T`.
pub(super) unsafe fn taken<T>(what: &str, place: *mut T, nothing: T) -> Result<T, Fault> {
    if place.is_null() {
        return Err(null(what));
    }
    if !place.is_aligned() {
        return Err(Fault::input(format!("the place of {what} is not aligned")));
    }
    // SAFETY: neither null nor unaligned; the caller vouches for the rest.
    Ok(unsafe { place.replace(nothing) })
}

fn null(what: &str) -> Fault {
    Fault::input(format!(
        "{what} is NULL; give a pointer, to an empty text too"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_null_or_as_long_as_minus_one_is_refused() {
        // SAFETY: null is never followed, and nothing is read where the length is refused.
        unsafe {
            assert!(bytes("it", std::ptr::null(), 0).is_err());
            assert!(bytes("it", std::ptr::null(), 5).is_err());
            assert!(bytes("it", c"abc".as_ptr().cast(), usize::MAX).is_err());
            assert_eq!(bytes("it", c"abc".as_ptr().cast(), 3).unwrap(), b"abc");
            assert!(text("it", std::ptr::null()).is_err());
            assert!(text("it", c"\xff".as_ptr()).is_err());
            assert!(place("it", std::ptr::null_mut(), 0).is_err());
            let mut two = [0_u64; 2];
            let odd = two.as_mut_ptr().cast::<u8>().wrapping_add(1).cast::<u64>();
            assert!(place("it", odd, 0).is_err());
            assert!(taken("it", odd, 0).is_err());
        }
    }
}
