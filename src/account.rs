//! What the account at any cloud is made of: who signs, by which clock, where requests go, and how patiently.

use std::sync::Arc;

use crate::call::{Call, Reader};
use crate::clock::ClockOffset;
use crate::credential::CredentialsProvider;
use crate::endpoint::{Endpoint, Origin};
use crate::error::Error;
use crate::retry::RetryPolicy;
use crate::unsigned::Unsigned;

/// Clones share the clock's offset and whatever the credentials' source keeps.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    credentials: CredentialsProvider,
    clock_offset: Arc<ClockOffset>,
    /// Never empty.
    endpoints: Vec<Endpoint>,
    retry: RetryPolicy,
}

impl Account {
    pub(crate) fn new(credentials: CredentialsProvider, endpoint: Endpoint) -> Self {
        Self {
            credentials,
            clock_offset: Arc::default(),
            endpoints: vec![endpoint],
            retry: RetryPolicy::default(),
        }
    }

    pub(crate) fn endpoint(self, endpoint: Endpoint) -> Self {
        Self {
            endpoints: vec![endpoint],
            ..self
        }
    }

    pub(crate) fn fallback_endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoints.push(endpoint);
        self
    }

    pub(crate) fn retry(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }

    /// The hosts that a request to this service of this cloud goes to, in turn.
    pub(crate) fn origins(&self, cloud: &'static str, service: &str) -> Result<Vec<Origin>, Error> {
        let endpoints = self.endpoints.iter();
        endpoints
            .map(|endpoint| endpoint.origin(cloud, service))
            .collect()
    }

    /// A call of this account.
    pub(crate) fn call<T>(&self, unsigned: Unsigned, reader: Reader<T>) -> Call<T> {
        Call::new(
            unsigned,
            self.credentials.clone(),
            Arc::clone(&self.clock_offset),
            reader,
            self.retry,
        )
    }
}

/// Writes the settings that accounts of every cloud share, for a struct with the member `account`.
macro_rules! account_settings {
    ($cloud:ty: $($setting:ident),+) => {
        impl $cloud { $($crate::account::account_settings!(@$setting);)+ }
    };
    (@new) => {
        /// Signs with these credentials: a pair, or whatever a provider gives at the time of each attempt.
        pub fn new(
            credentials: impl Into<$crate::credential::CredentialsProvider>,
        ) -> Self {
            Self::of(credentials.into())
        }
    };
    (@endpoint) => {
        /// Sends to another endpoint.
        #[must_use]
        pub fn endpoint(mut self, endpoint: $crate::endpoint::Endpoint) -> Self {
            self.account = self.account.endpoint(endpoint);
            self
        }
    };
    (@fallback_endpoint) => {
        /// Names one more endpoint, for the attempts after one that could not be reached. Without it a request goes to
        /// one endpoint only: data must not change region silently.
        #[must_use]
        pub fn fallback_endpoint(mut self, endpoint: $crate::endpoint::Endpoint) -> Self {
            self.account = self.account.fallback_endpoint(endpoint);
            self
        }
    };
    (@retry) => {
        /// Chooses what is tried again, how often, and after how long.
        #[must_use]
        pub fn retry(mut self, retry: $crate::retry::RetryPolicy) -> Self {
            self.account = self.account.retry(retry);
            self
        }
    };
}
pub(crate) use account_settings;
