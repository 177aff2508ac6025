//! What may be tried again, how often, and after how long.
//!
//! Only what is safe ([`Error::is_retryable`]): a refusal that says the rate is limited, and a connection that was
//! never made, so that nothing was sent. Not a time limit that ran out, unless the caller asks for it: the service may have recognised
//! the card, and may bill it again. A retry is signed afresh and never sealed afresh.

use core::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::error::Error;
use crate::transport::TransportFailure;

/// How often and how long to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts after the first; 0 for none.
    pub retries: usize,
    /// The first delay; it doubles each time, with jitter on top.
    pub first_delay: Duration,
    /// The longest delay, before jitter.
    pub longest_delay: Duration,
    /// How long to go on, ever slower and however often, while the service says that the rate is limited. Zero: that
    /// counts among the retries, too.
    pub throttled_for: Duration,
    /// What to do where the service may have done its work and the answer was lost.
    pub lost_answer: LostAnswer,
}

/// Whether to try again where a request was sent and no whole answer came: a time limit ran out, or the connection
/// broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LostAnswer {
    /// It fails.
    #[default]
    Fail,
    /// It is sent again, and may be billed twice. For a time limit to run out before the whole call's does, set
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
    /// One attempt and no more.
    pub fn never() -> Self {
        Self {
            retries: 0,
            ..Self::default()
        }
    }

    /// The delays of one call, in turn.
    pub(crate) fn delays(self) -> ExponentialBackoff {
        self.growing().with_max_times(self.retries).build()
    }

    /// Those while the rate is limited, without end.
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

/// True where the request may be sent again after this error: as [`Error::is_retryable`] has it, or where the answer
/// was lost and the caller takes the risk.
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

/// True where the endpoint could not be reached, so that another may be tried.
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
