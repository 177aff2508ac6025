//! Recipients, openers, credentials and clients as C holds them: pointers that are not addresses but numbers of a table.

use std::ffi::{CString, c_char};
use std::ptr;
use std::sync::Arc;

use cardseal::{CredentialsProvider, Opener, Recipient};

use crate::face::Client;
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

/// What proves who calls: given, or found in the environment. Many threads may use one at once.
#[allow(non_camel_case_types)]
pub struct cardseal_credentials {
    _nothing: [u8; 0],
}

/// Recognises cards at one cloud, and keeps its connections between calls. Many threads may use one at once.
#[allow(non_camel_case_types)]
pub struct cardseal_client {
    _nothing: [u8; 0],
}

/// A recipient and its suite's name as a C string.
struct Known {
    recipient: Recipient,
    suite: CString,
}

static RECIPIENTS: Table<Arc<Known>> = Table::new();
static OPENERS: Table<Opener> = Table::new();
static CREDENTIALS: Table<CredentialsProvider> = Table::new();
static CLIENTS: Table<Arc<Client>> = Table::new();

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

pub(super) fn put_credentials(credentials: CredentialsProvider) -> *mut cardseal_credentials {
    ptr::without_provenance_mut(CREDENTIALS.put(credentials))
}

pub(super) fn credentials(
    handle: *const cardseal_credentials,
) -> Result<CredentialsProvider, Fault> {
    CREDENTIALS.find(handle.addr()).ok_or_else(|| {
        Fault::input(
            "that is not a pair of credentials: it was freed, or is something else; pass the result of \
             cardseal_credentials_new, or NULL for those of the environment",
        )
    })
}

pub(super) fn free_credentials(handle: *mut cardseal_credentials) {
    drop(CREDENTIALS.take(handle.addr()));
}

pub(super) fn put_client(client: Client) -> *mut cardseal_client {
    ptr::without_provenance_mut(CLIENTS.put(Arc::new(client)))
}

/// A client that is freed meanwhile lives until its calls have ended.
pub(super) fn client(handle: *const cardseal_client) -> Result<Arc<Client>, Fault> {
    CLIENTS.find(handle.addr()).ok_or_else(|| {
        Fault::input(
            "that is not a client: it is NULL, was freed, or is something else; pass the result of cardseal_client_new",
        )
    })
}

pub(super) fn free_client(handle: *mut cardseal_client) {
    drop(CLIENTS.take(handle.addr()));
}
