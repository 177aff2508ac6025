//! Bytes that are lent to C until it frees them. They are known here by their address, so that freeing does not depend on
//! what a caller made of the length, and freeing twice does nothing.

use std::ptr;

use zeroize::Zeroizing;

use crate::table::Table;

/// Bytes that the library made. `cardseal_bytes_free` wipes and frees them; nothing else may.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct cardseal_bytes {
    /// The first byte; NULL if there are none. A zero, not counted in `len`, stands behind the last.
    pub data: *mut u8,
    /// How many there are.
    pub len: usize,
}

pub(super) const NONE: cardseal_bytes = cardseal_bytes {
    data: ptr::null_mut(),
    len: 0,
};

static LENT: Table<Zeroizing<Vec<u8>>> = Table::new();

/// Lends bytes out. All of them are wiped when they come back.
pub(super) fn lend(mut bytes: Zeroizing<Vec<u8>>) -> cardseal_bytes {
    let len = bytes.len();
    // Text in C ends with a zero. Memory that would have to move for it would leave a copy behind.
    if bytes.capacity() == len {
        let mut longer = Zeroizing::new(Vec::with_capacity(len.saturating_add(1)));
        longer.extend_from_slice(&bytes);
        bytes = longer;
    }
    bytes.push(0);
    let data = bytes.as_mut_ptr();
    LENT.put_at(data.addr(), bytes);
    cardseal_bytes { data, len }
}

/// Takes bytes back. Those that are not lent are left alone.
pub(super) fn take_back(bytes: cardseal_bytes) {
    drop(LENT.take(bytes.data.addr()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lent_bytes_come_back_once_whatever_their_length_became() {
        let mut bytes = lend(Zeroizing::new(b"text".to_vec()));
        assert_eq!(bytes.len, 4);
        // SAFETY: five bytes were lent, the last of them a zero.
        assert_eq!(unsafe { *bytes.data.add(4) }, 0);
        let data = bytes.data.addr();
        bytes.len = usize::MAX;
        take_back(bytes);
        assert!(LENT.take(data).is_none());
        take_back(bytes);
        take_back(NONE);
    }
}
