//! A session with a module, which is asked and closed only while the module is there.
//!
//! A module counts its handles anew when it comes back. So nothing that was handed out before a loss is used after it:
//! an old session that is closed then would close somebody else's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cardseal_crypto::ProviderError;
use cryptoki::error::Error;
use cryptoki::session::Session;

use crate::failed::{Meaning, failed, gone, meaning};

/// Whether what a token handed out still stands. All that came from one token share one.
#[derive(Clone, Default)]
pub(crate) struct Presence(Arc<AtomicBool>);

impl Presence {
    pub(crate) fn is_lost(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    pub(crate) fn lose(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Notes what a failed call says of the token.
    pub(crate) fn note(&self, error: &Error) {
        if meaning(error) == Meaning::TokenGone {
            self.lose();
        }
    }
}

/// An open session. It is closed when this is dropped.
pub(crate) struct Held {
    /// There until it is dropped.
    session: Option<Session>,
    presence: Presence,
    is_over: AtomicBool,
}

impl Held {
    pub(crate) fn new(session: Session, presence: Presence) -> Self {
        Self {
            session: Some(session),
            presence,
            is_over: AtomicBool::new(false),
        }
    }

    /// Whether its handles may not be used any more.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire) || self.presence.is_lost()
    }

    /// Asks the module; `what` says for what.
    pub(crate) fn ask<T>(
        &self,
        what: &str,
        call: impl FnOnce(&Session) -> Result<T, Error>,
    ) -> Result<T, ProviderError> {
        self.ask_and_judge(call, |error| failed(what, error))
    }

    /// Asks the module, where more than a provider's error can come of it.
    pub(crate) fn ask_and_judge<T, E: From<ProviderError>>(
        &self,
        call: impl FnOnce(&Session) -> Result<T, Error>,
        judge: impl FnOnce(&Error) -> E,
    ) -> Result<T, E> {
        let session = self.session.as_ref().filter(|_| !self.is_over());
        call(session.ok_or_else(gone)?).map_err(|error| {
            self.presence.note(&error);
            if meaning(&error) == Meaning::SessionGone {
                self.is_over.store(true, Ordering::Release);
            }
            judge(&error)
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(session) = self.session.take()
            && self.is_over()
        {
            core::mem::forget(session);
        }
    }
}
