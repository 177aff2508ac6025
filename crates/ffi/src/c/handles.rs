//! Recipients and openers as C holds them: pointers that are not addresses but numbers of a table.

use std::ffi::{CString, c_char};
use std::ptr;
use std::sync::Arc;

use cardseal::{Opener, Recipient};

use crate::fault::Fault;
use crate::table::Table;

/// The service's public key, parsed. Many threads may use one at once.
#[allow(non_camel_case_types)]
pub struct cardseal_recipient {
    _nothing: [u8; 0],
}

/// Opens the reply to one request, once.
#[allow(non_camel_case_types)]
pub struct cardseal_opener {
    _nothing: [u8; 0],
}

/// A recipient and its suite's name as a C string.
struct Known {
    recipient: Recipient,
    suite: CString,
}

static RECIPIENTS: Table<Arc<Known>> = Table::new();
static OPENERS: Table<Opener> = Table::new();

pub(super) fn put_recipient(recipient: Recipient) -> *mut cardseal_recipient {
    let suite = CString::new(recipient.algorithm()).unwrap_or_default();
    ptr::without_provenance_mut(RECIPIENTS.put(Arc::new(Known { recipient, suite })))
}

pub(super) fn recipient(handle: *const cardseal_recipient) -> Result<Recipient, Fault> {
    match RECIPIENTS.find(handle.addr()) {
        Some(known) => Ok(known.recipient.clone()),
        None => Err(Fault::input(
            "that is not a recipient: it is NULL, was freed, or is something else; pass the result of \
             cardseal_recipient_parse",
        )),
    }
}

/// The text lives as long as the recipient.
pub(super) fn suite(handle: *const cardseal_recipient) -> *const c_char {
    let known = RECIPIENTS.find(handle.addr());
    known.map_or(ptr::null(), |known| known.suite.as_ptr())
}

pub(super) fn free_recipient(handle: *mut cardseal_recipient) {
    drop(RECIPIENTS.take(handle.addr()));
}

pub(super) fn put_opener(opener: Opener) -> *mut cardseal_opener {
    ptr::without_provenance_mut(OPENERS.put(opener))
}

/// Taking an opener uses it up.
pub(super) fn take_opener(handle: *mut cardseal_opener) -> Result<Opener, Fault> {
    OPENERS.take(handle.addr()).ok_or_else(|| {
        Fault::input(
            "that is not an opener: it is NULL, was used or freed, or is something else; an opener opens one reply, \
             and each cardseal_seal returns a new one",
        )
    })
}

pub(super) fn free_opener(handle: *mut cardseal_opener) {
    drop(OPENERS.take(handle.addr()));
}
