//! The state that all clouds of a running gateway share: its configuration and its memory.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use crate::handout::{Key, Keys, NotIssued};
use crate::iam_tokens::Tokens;
use crate::quota::{OverQuota, Quota};
use crate::room::Room;
use crate::{Fault, Fixture, GatewayConfig, KeyPair, Suite};

/// The configuration and memory of a running gateway: counts and digests of tokens, never content.
pub(crate) struct Gateway {
    pub config: GatewayConfig,
    pub fixture: Fixture,
    /// What IAM has handed out.
    pub tokens: Tokens,
    /// What STS and the metadata services have handed out.
    pub keys_handed_out: Keys,
    /// What all bodies together may take.
    pub room: Room,
    quota: Quota,
    has_throttled: AtomicBool,
    has_expired_a_token: AtomicBool,
}

impl Gateway {
    /// Rejects two keys of one suite, because a request does not say which one it means.
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
            room: Room::of(config.bodies_together),
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

    /// When what is handed out now ends: as the gateway was told, or else after the `usual` life. `None` beyond the
    /// calendar.
    pub(crate) fn end_of_life(&self, usual: Duration) -> Option<SystemTime> {
        let now = self.now();
        match (self.config.hand_out)().life {
            None => now.checked_add(usual),
            Some(seconds) => match u64::try_from(seconds) {
                Ok(seconds) => now.checked_add(Duration::from_secs(seconds)),
                Err(_) => now.checked_sub(Duration::from_secs(seconds.unsigned_abs())),
            },
        }
    }

    /// A new temporary key, which ends at the [`Gateway::end_of_life`].
    pub(crate) fn hand_out_key(&self, usual: Duration) -> Result<Key, NotIssued> {
        let expires = self.end_of_life(usual).ok_or(NotIssued)?;
        self.keys_handed_out.issue(expires)
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
