//! The clouds this gateway can play, one line each, and what they share.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use http::{HeaderMap, Method};

use crate::quota::{OverQuota, Quota};
use crate::{Fault, Fixture, GatewayConfig, KeyPair, Suite};

/// Every cloud; the first that claims a request answers it.
pub(crate) static CLOUDS: &[&dyn Cloud] = &[&crate::tencent::Tencent];

/// One cloud's API.
pub(crate) trait Cloud: Sync {
    /// The cloud's name in the log.
    fn name(&self) -> &'static str;
    /// Whether the request is shaped like one of this cloud's.
    fn claims(&self, request: &Inbound<'_>) -> bool;
    /// The whole service: checks everything and answers.
    fn answer(&self, gateway: &Gateway, request: &Inbound<'_>) -> Reply;
}

/// A received request.
pub(crate) struct Inbound<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    /// As received, without the question mark.
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    /// None when it was over [`crate::server::BODY_LIMIT`].
    pub body: Option<&'a [u8]>,
}

/// An answer before it meets the wire. The status is 200, errors included.
pub(crate) struct Reply {
    /// The action, when it is known and was allowed.
    pub action: Option<&'static str>,
    /// The error code in the body, for the log.
    pub code: Option<String>,
    pub request_id: String,
    pub body: Vec<u8>,
}

/// The configuration and what a running gateway remembers: counts, never content.
pub(crate) struct Gateway {
    pub config: GatewayConfig,
    pub fixture: Fixture,
    quota: Quota,
    has_throttled: AtomicBool,
}

impl Gateway {
    /// Refuses two keys of one suite: which of them a request means could not be told.
    pub(crate) fn new(mut config: GatewayConfig) -> io::Result<Self> {
        for suite in Suite::ALL {
            if config
                .keys
                .iter()
                .filter(|key| key.suite() == suite)
                .count()
                > 1
            {
                let text = format!("more than one key pair for {suite}");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
            }
        }
        Ok(Gateway {
            fixture: config.fixture.take().unwrap_or_default(),
            quota: Quota::new(config.qps),
            has_throttled: AtomicBool::new(false),
            config,
        })
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.config.clock)()
    }

    pub(crate) fn key(&self, suite: Suite) -> Option<&KeyPair> {
        self.config.keys.iter().find(|key| key.suite() == suite)
    }

    /// Counts one good request against the quota, as the throttling faults see it.
    pub(crate) fn take_quota(&self) -> Result<(), OverQuota> {
        match self.config.fault {
            Some(Fault::Throttled) => Err(OverQuota),
            Some(Fault::ThrottledOnce) if !self.has_throttled.swap(true, Ordering::Relaxed) => {
                Err(OverQuota)
            }
            _ => self.quota.take(self.now()),
        }
    }
}
