//! Where the time of day comes in. Everything that signs takes the time as a parameter; this is its source, and
//! what a service's own clock teaches about it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::header::DATE;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// A source of wall-clock time.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> SystemTime;
}

/// The host's clock. A signature is refused when it is off by more than five minutes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A clock that stands still, for known answers and for signing at a stated time.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(SystemTime);

impl FixedClock {
    /// Stands at `seconds` after 1970-01-01T00:00:00Z.
    pub fn at_unix(seconds: u64) -> Self {
        Self(
            UNIX_EPOCH
                .checked_add(Duration::from_secs(seconds))
                .unwrap_or(UNIX_EPOCH),
        )
    }
}

impl Clock for FixedClock {
    fn now(&self) -> SystemTime {
        self.0
    }
}

/// How far the service's clock is ahead of the host's, learnt from the `Date` of a reply that said the signature
/// had expired. One an account; every later call of the account signs by it.
#[derive(Debug, Default)]
pub(crate) struct ClockOffset(AtomicI64);

impl ClockOffset {
    /// Beyond this no clock is believed, in seconds: a time zone mistaken for another, and not more. A signature
    /// dated into the future could be replayed until then.
    const MOST: i64 = 12 * 60 * 60;

    /// A smaller difference cannot be why a signature expired, in seconds.
    const LEAST: i64 = 60;

    /// The service's time.
    pub(crate) fn correct(&self, host: SystemTime) -> SystemTime {
        let seconds = self.0.load(Ordering::Relaxed);
        let corrected = match u64::try_from(seconds) {
            Ok(ahead) => host.checked_add(Duration::from_secs(ahead)),
            Err(_) => host.checked_sub(Duration::from_secs(seconds.unsigned_abs())),
        };
        corrected.unwrap_or(host)
    }

    /// Learns from a reply to a request that was signed when the host's clock said `sent_at`. False where there is
    /// nothing to learn: no `Date`, or one that is too near or too far.
    pub(crate) fn learn(&self, reply: &HeaderMap, sent_at: SystemTime) -> bool {
        let date = reply.get(DATE).and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        let (Some(date), Ok(host)) = (date, Timestamp::try_from(sent_at)) else {
            return false;
        };
        let offset = date.as_second().saturating_sub(host.as_second());
        let news = offset.abs_diff(self.0.load(Ordering::Relaxed));
        if news < Self::LEAST.unsigned_abs() || offset.unsigned_abs() > Self::MOST.unsigned_abs() {
            return false;
        }
        self.0.store(offset, Ordering::Relaxed);
        true
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        FixedClock::at_unix(seconds).now()
    }

    /// A reply dated 2019-02-25T16:44:25Z, which is 1551113065.
    fn reply() -> HeaderMap {
        let mut headers = HeaderMap::new();
        let date = HeaderValue::from_static("Mon, 25 Feb 2019 16:44:25 GMT");
        headers.insert(DATE, date);
        headers
    }

    #[test]
    fn an_offset_is_learnt_and_signed_by() {
        const DATE: u64 = 1_551_113_065;
        for wrong in [
            DATE - 60,
            DATE + 60,
            DATE - 600,
            DATE - 8 * 3600,
            DATE + 12 * 3600,
        ] {
            let offset = ClockOffset::default();
            assert_eq!(offset.correct(at(wrong)), at(wrong));
            assert!(offset.learn(&reply(), at(wrong)), "{wrong}");
            assert_eq!(offset.correct(at(wrong)), at(DATE));
            assert!(!offset.learn(&reply(), at(wrong + 5)), "nothing new");
        }
    }

    #[test]
    fn what_cannot_be_the_reason_or_cannot_be_true_is_not_learnt() {
        const DATE: u64 = 1_551_113_065;
        let offset = ClockOffset::default();
        for host in [
            DATE,
            DATE - 59,
            DATE + 59,
            DATE - 12 * 3600 - 1,
            DATE + 86_400,
            0,
        ] {
            assert!(!offset.learn(&reply(), at(host)), "{host}");
        }
        for date in ["", "yesterday", "1551113065"] {
            let mut headers = HeaderMap::new();
            headers.insert(http::header::DATE, HeaderValue::from_str(date).unwrap());
            assert!(!offset.learn(&headers, at(0)), "{date}");
        }
        assert!(!offset.learn(&HeaderMap::new(), at(0)));
        assert_eq!(offset.correct(at(5)), at(5));
    }
}
