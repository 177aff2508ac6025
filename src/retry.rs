//! Retries: what may be retried, how often, and after which delay.
//!
//! Only safe cases are retried ([`Error::is_retryable`]): the service limits the rate, or there was no connection and
//! nothing was sent. A timeout is not retried unless the caller asks for it, because the service may have recognised
//! the card and may bill it again. A retry is signed again but never sealed again.

use core::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::error::Error;
use crate::transport::TransportFailure;

/// How often and how long to retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts after the first; 0 for none.
    pub retries: usize,
    /// The first delay; it doubles each time, with jitter on top.
    pub first_delay: Duration,
    /// The longest delay, before jitter.
    pub longest_delay: Duration,
    /// How long to continue, with growing delays and without counting, while the service limits the rate. Zero: such
    /// attempts count as retries, too.
    pub throttled_for: Duration,
    /// What to do if the service may have processed the request but the reply was lost.
    pub lost_answer: LostAnswer,
}

/// Whether to retry if the request was sent but no complete reply arrived: a timeout, or a broken connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LostAnswer {
    /// The call fails.
    #[default]
    Fail,
    /// The request is sent again and may be billed twice. To time out before the whole call's deadline, set
    /// [`TransportOptions::attempt_timeout`](crate::TransportOptions::attempt_timeout).
    SendAgainAndMaybePayTwice,
}

impl Default for RetryPolicy {
    /// Two retries, after about a half and one second.
    fn default() -> Self {
        Self {
            retries: 2,
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(5),
            throttled_for: Duration::ZERO,
            lost_answer: LostAnswer::Fail,
        }
    }
}

impl RetryPolicy {
    /// One attempt only.
    pub fn never() -> Self {
        Self {
            retries: 0,
            ..Self::default()
        }
    }

    /// The delays of one call, in order.
    pub(crate) fn delays(self) -> ExponentialBackoff {
        self.growing().with_max_times(self.retries).build()
    }

    /// The delays while the service limits the rate, without end.
    pub(crate) fn throttled_delays(self) -> ExponentialBackoff {
        self.growing().without_max_times().build()
    }

    fn growing(self) -> ExponentialBuilder {
        ExponentialBuilder::default()
            .with_min_delay(self.first_delay)
            .with_max_delay(self.longest_delay)
            .with_jitter()
    }
}

/// True if the request may be sent again after this error: [`Error::is_retryable`] is true, or the reply was lost and
/// the caller accepts the risk.
pub(crate) fn may_pass(error: &Error, policy: RetryPolicy) -> bool {
    error.is_retryable()
        || (policy.lost_answer == LostAnswer::SendAgainAndMaybePayTwice && was_lost(error))
}

fn was_lost(error: &Error) -> bool {
    let failure = error.cause().and_then(|cause| cause.downcast_ref());
    matches!(
        failure,
        Some(TransportFailure::TimedOut | TransportFailure::Broken { .. })
    )
}

/// True if the endpoint could not be reached, so that another may be tried.
pub(crate) fn is_unreachable(failure: &TransportFailure) -> bool {
    matches!(failure, TransportFailure::NotConnected { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_end() {
        let delays: Vec<_> = RetryPolicy::default().delays().collect();
        assert_eq!(delays.len(), 2);
        assert!(
            delays
                .iter()
                .all(|delay| *delay >= Duration::from_millis(500))
        );
        assert!(delays.iter().all(|delay| *delay <= Duration::from_secs(2)));
        assert_eq!(RetryPolicy::never().delays().count(), 0);
    }
}
