//! The settings of an account at any cloud: credentials, clock offset, endpoints and retry policy.

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

    /// The hosts for a request to this service of this cloud, in the order in which they are tried.
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

/// Implements the settings that the accounts of all clouds share, for a struct with the member `account`.
macro_rules! account_settings {
    ($cloud:ty: $($setting:ident),+) => {
        impl $cloud { $($crate::account::account_settings!(@$setting);)+ }
    };
    (@new) => {
        /// Signs with these credentials: a fixed pair, or a provider that is asked before each attempt.
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
        /// Adds an endpoint that is tried if the ones before it cannot be reached. Without a fallback a request goes to
        /// one endpoint only, because data must not move to another region silently.
        #[must_use]
        pub fn fallback_endpoint(mut self, endpoint: $crate::endpoint::Endpoint) -> Self {
            self.account = self.account.fallback_endpoint(endpoint);
            self
        }
    };
    (@retry) => {
        /// Sets what is retried, how often, and after which delay.
        #[must_use]
        pub fn retry(mut self, retry: $crate::retry::RetryPolicy) -> Self {
            self.account = self.account.retry(retry);
            self
        }
    };
}
pub(crate) use account_settings;
