//! What it takes to open the answers to what the page has sealed. Bounded: the oldest goes first.
//!
//! A program opens an answer once, and its opener is gone. Here an answer may be tampered with and opened again, so the
//! opener is kept as text, in memory only, until the page ends or sixty-four others came after it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use cardseal::{Call, RawAnswer};
use zeroize::Zeroizing;

/// How the answer to one request is opened.
pub(crate) enum Opening {
    /// Its whole body, by this opener.
    Body(Zeroizing<String>),
    /// By the call that sealed the request, once.
    Call(Option<Box<Call<RawAnswer>>>),
    /// It comes in clear.
    Clear,
}

/// What is known of a request that was sealed.
pub(crate) struct Exchange {
    id: String,
    pub(crate) opening: Opening,
    /// As on the wire; empty if nothing was sealed.
    pub(crate) algorithm: &'static str,
    pub(crate) iv_len: usize,
    pub(crate) has_tag: bool,
    /// The request's IV in Base64; empty if nothing was sealed.
    pub(crate) iv: String,
}

impl Exchange {
    pub(crate) fn clear() -> Self {
        Self::new(Opening::Clear, None)
    }

    pub(crate) fn new(opening: Opening, recipient: Option<&cardseal::Recipient>) -> Self {
        let facts = recipient.map(cardseal::Recipient::facts);
        Self {
            id: String::new(),
            opening,
            algorithm: facts.map_or("", |facts| facts.algorithm),
            iv_len: facts.map_or(0, |facts| facts.iv_len),
            has_tag: facts.is_some_and(|facts| facts.authenticates()),
            iv: String::new(),
        }
    }
}

/// All tabs of a page together keep no more.
const MOST: usize = 64;

#[derive(Default)]
pub(crate) struct Exchanges(Mutex<VecDeque<Exchange>>);

impl Exchanges {
    /// Keeps it under this id.
    pub(crate) fn keep(&self, id: String, exchange: Exchange) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(Exchange { id, ..exchange });
    }

    /// Uses the one of this id; `None` if there is none any more.
    pub(crate) fn with<T>(&self, id: &str, does: impl FnOnce(&mut Exchange) -> T) -> Option<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter_mut().find(|one| one.id == id).map(does)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first() {
        let exchanges = Exchanges::default();
        for id in 0..=MOST {
            exchanges.keep(id.to_string(), Exchange::clear());
        }
        assert!(exchanges.with("0", |_| ()).is_none());
        assert!(exchanges.with("1", |_| ()).is_some());
        assert!(exchanges.with(&MOST.to_string(), |_| ()).is_some());
    }
}
