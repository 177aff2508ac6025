//! Bytes that C holds until it frees them. Their addresses and lengths are recorded here, so freeing does not depend on
//! the caller's length, and freeing twice does nothing.

use std::ptr;

use zeroize::Zeroizing;

use crate::table::Table;

/// Bytes that the library made. `cardseal_bytes_free` frees them, and wipes all but sealed bodies; nothing else may.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct cardseal_bytes {
    /// The first byte; NULL if there are none. A zero byte, not counted in `len`, follows the last.
    pub data: *mut u8,
    /// The number of bytes.
    pub len: usize,
}

pub(super) const NONE: cardseal_bytes = cardseal_bytes {
    data: ptr::null_mut(),
    len: 0,
};

/// What C has in hand, to be dropped when it is given back.
enum Lent {
    Secret(#[allow(dead_code, reason = "it is wiped by its drop")] Zeroizing<Vec<u8>>),
    Sealed(#[allow(dead_code, reason = "it is freed by its drop")] Vec<u8>),
}

static LENT: Table<Lent> = Table::new();

/// Passes a sealed body to C, which anybody may read: it is neither wiped nor kept from being moved.
pub(super) fn lend_sealed(mut bytes: Vec<u8>) -> cardseal_bytes {
    let len = bytes.len();
    bytes.reserve_exact(1);
    bytes.push(0);
    let data = bytes.as_mut_ptr();
    LENT.put_at(data.addr(), Lent::Sealed(bytes));
    cardseal_bytes { data, len }
}

/// Passes bytes to C. All of them are wiped when they are freed.
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
    LENT.put_at(data.addr(), Lent::Secret(bytes));
    cardseal_bytes { data, len }
}

/// Takes bytes back. Unknown bytes are ignored.
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
