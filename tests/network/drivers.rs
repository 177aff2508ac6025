//! The two drivers, behind one face.

use std::time::{Duration, Instant};

use cardseal::tencent::{Recognized, Tencent};
use cardseal::{
    BlockingClient, Call, Client, Credentials, Endpoint, Error, RetryPolicy, TransportFailure,
    TransportOptions,
};

use super::common::driving;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Driver {
    Async,
    Blocking,
}

pub(crate) const BOTH: [Driver; 2] = [Driver::Async, Driver::Blocking];

/// A client of one driver; its calls share its connections.
pub(crate) enum Runner {
    Async(Client, tokio::runtime::Runtime),
    Blocking(BlockingClient),
}

impl Runner {
    pub(crate) fn new(driver: Driver, options: &TransportOptions) -> Self {
        Self::try_new(driver, options).unwrap()
    }

    pub(crate) fn try_new(driver: Driver, options: &TransportOptions) -> Result<Self, Error> {
        Ok(match driver {
            Driver::Async => {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                Self::Async(Client::with_options(options)?, runtime)
            }
            Driver::Blocking => Self::Blocking(BlockingClient::with_options(options)?),
        })
    }

    /// The error that a call ends with, and how long it took; the servers here answer with the service's refusal.
    pub(crate) fn error(&self, tencent: &Tencent) -> (Error, Duration) {
        self.run(driving::call(tencent))
    }

    /// The same for a call that is there already.
    pub(crate) fn run(&self, call: Call<Recognized>) -> (Error, Duration) {
        let started = Instant::now();
        let error = match self {
            Self::Async(client, runtime) => runtime.block_on(client.run(call)).unwrap_err(),
            Self::Blocking(client) => client.run(call).unwrap_err(),
        };
        (error, started.elapsed())
    }

    #[track_caller]
    pub(crate) fn is_answered(&self, tencent: &Tencent) -> Duration {
        let (error, took) = self.error(tencent);
        assert!(answered(&error), "{error}");
        took
    }
}

/// True where the error is the answer that every server here gives.
pub(crate) fn answered(error: &Error) -> bool {
    error.service_code() == Some("FailedOperation.OcrFailed")
}

/// What the network did to the call.
pub(crate) fn failure(error: &Error) -> Option<TransportFailure> {
    error.cause()?.downcast_ref().cloned()
}

/// An account whose calls go to this URL once.
pub(crate) fn account(url: &str) -> Tencent {
    Tencent::new(Credentials::new("AKIDtest", "secret").unwrap())
        .endpoint(endpoint(url))
        .retry(RetryPolicy::never())
}

pub(crate) fn endpoint(url: &str) -> Endpoint {
    Endpoint::custom(url).unwrap()
}

/// One retry, at once.
pub(crate) fn one_retry() -> RetryPolicy {
    let mut policy = RetryPolicy::default();
    policy.retries = 1;
    policy.first_delay = Duration::from_millis(1);
    policy
}
