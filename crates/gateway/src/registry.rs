//! The clouds this gateway can play, one line each, and what they share.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::handout::Keys;
use crate::huawei::Tokens;
use crate::quota::{OverQuota, Quota};
use crate::{Fault, Fixture, GatewayConfig, KeyPair, SignedRequest, Suite, signing};

/// Every cloud; the first that claims a request answers it.
pub(crate) static CLOUDS: &[&dyn Cloud] = &[
    &crate::metadata::Metadata,
    &crate::ctyun::Ctyun,
    &crate::huawei::Huawei,
    &crate::tencent::Tencent,
];

/// One cloud's API.
pub(crate) trait Cloud: Sync {
    /// The cloud's name in the log.
    fn name(&self) -> &'static str;
    /// Whether the request is shaped like one of this cloud's: by how it is signed, or else by its path.
    fn claims(&self, head: &Parts) -> bool;
    /// The longest body of this request that is looked at, in bytes.
    fn body_limit(&self, head: &Parts) -> usize;
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
    /// None when it was over [`Cloud::body_limit`].
    pub body: Option<&'a [u8]>,
}

impl<'a> Inbound<'a> {
    /// The one value of a header; empty, repeated or non-ASCII is as good as none.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        signing::single(self.headers, name)
    }

    /// What a signature covers, with a body that was not too large.
    pub(crate) fn signed(&self, body: &'a [u8]) -> SignedRequest<'a> {
        SignedRequest {
            method: self.method.as_str(),
            path: self.path,
            query: self.query,
            headers: self.headers,
            body,
        }
    }

    /// Whether the body is said to be JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.media_type().eq_ignore_ascii_case("application/json")
    }

    /// Content-Type without its parameters.
    pub(crate) fn media_type(&self) -> &'a str {
        let kind = self.header("content-type").unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim()
    }
}

/// An answer before it meets the wire.
pub(crate) struct Reply {
    pub status: StatusCode,
    /// Beside Content-Type, which is JSON.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The action, when it is known and was allowed.
    pub action: Option<&'static str>,
    /// The error code in the body, for the log.
    pub code: Option<String>,
    pub request_id: String,
    pub body: Vec<u8>,
}

/// The configuration and what a running gateway remembers: counts and the digests of tokens, never content.
pub(crate) struct Gateway {
    pub config: GatewayConfig,
    pub fixture: Fixture,
    /// What IAM has handed out.
    pub tokens: Tokens,
    /// What STS and the metadata services have handed out.
    pub keys_handed_out: Keys,
    quota: Quota,
    has_throttled: AtomicBool,
    has_expired_a_token: AtomicBool,
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
            tokens: Tokens::default(),
            keys_handed_out: Keys::default(),
            has_throttled: AtomicBool::new(false),
            has_expired_a_token: AtomicBool::new(false),
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

    /// Whether the token of this request is to expire early, as the fault has it for the first one.
    pub(crate) fn expires_this_token(&self) -> bool {
        self.config.fault == Some(Fault::TokenExpired)
            && !self.has_expired_a_token.swap(true, Ordering::Relaxed)
    }
}
