//! Requests a second: a sliding window over the last second.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

const WINDOW: Duration = Duration::from_secs(1);

/// Over the limit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OverQuota;

pub(crate) struct Quota {
    per_second: Option<u32>,
    taken: Mutex<VecDeque<SystemTime>>,
}

impl Quota {
    pub(crate) fn new(per_second: Option<u32>) -> Self {
        let taken = Mutex::default();
        Quota { per_second, taken }
    }

    /// Counts one request at `now`, or refuses it; a refused one does not count.
    pub(crate) fn take(&self, now: SystemTime) -> Result<(), OverQuota> {
        let Some(limit) = self.per_second else {
            return Ok(());
        };
        // A panic elsewhere cannot leave the queue half-changed, so a poisoned lock is still good.
        let mut taken = self
            .taken
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        while let Some(oldest) = taken.front() {
            // Another request that read the clock later may have been counted before this one. A clock that was set
            // back further leaves entries that would never go.
            let between = now
                .duration_since(*oldest)
                .unwrap_or_else(|earlier| earlier.duration());
            if between < WINDOW {
                break;
            }
            taken.pop_front();
        }
        if taken.len() >= limit as usize {
            return Err(OverQuota);
        }
        taken.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_a_second() {
        let quota = Quota::new(Some(2));
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let at = |millis| start + Duration::from_millis(millis);
        assert_eq!(quota.take(at(0)), Ok(()));
        assert_eq!(quota.take(at(600)), Ok(()));
        assert_eq!(quota.take(at(999)), Err(OverQuota));
        assert_eq!(quota.take(at(1_000)), Ok(()));
        assert_eq!(quota.take(at(1_599)), Err(OverQuota));
        assert_eq!(quota.take(at(1_600)), Ok(()));
    }

    #[test]
    fn a_request_that_read_the_clock_before_others_does_not_forget_them() {
        let quota = Quota::new(Some(2));
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        assert_eq!(quota.take(start), Ok(()));
        assert_eq!(quota.take(start), Ok(()));
        let earlier = start - Duration::from_micros(1);
        assert_eq!(quota.take(earlier), Err(OverQuota));
        // The clock was set back.
        assert_eq!(quota.take(start - Duration::from_secs(60)), Ok(()));
    }

    #[test]
    fn zero_refuses_all_and_none_refuses_nothing() {
        let now = SystemTime::UNIX_EPOCH;
        assert_eq!(Quota::new(Some(0)).take(now), Err(OverQuota));
        let unlimited = Quota::new(None);
        assert!((0..10_000).all(|_| unlimited.take(now).is_ok()));
    }
}
