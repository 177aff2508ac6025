//! What the account at any cloud is made of: who signs, by which clock, and how patiently.

use std::sync::Arc;

use crate::call::{Call, Reader};
use crate::clock::ClockOffset;
use crate::credential::ProvideCredentials;
use crate::retry::RetryPolicy;
use crate::unsigned::Unsigned;

/// Clones share the clock's offset and whatever the credentials' source keeps.
#[derive(Clone)]
pub(crate) struct Account {
    credentials: Arc<dyn ProvideCredentials>,
    clock_offset: Arc<ClockOffset>,
    pub(crate) retry: RetryPolicy,
}

impl Account {
    pub(crate) fn new(credentials: Arc<dyn ProvideCredentials>) -> Self {
        Self {
            credentials,
            clock_offset: Arc::default(),
            retry: RetryPolicy::default(),
        }
    }

    /// A call of this account.
    pub(crate) fn call<T>(&self, unsigned: Unsigned, reader: Reader<T>) -> Call<T> {
        Call::new(
            unsigned,
            Arc::clone(&self.credentials),
            Arc::clone(&self.clock_offset),
            reader,
            self.retry,
        )
    }
}
