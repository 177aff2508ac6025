//! Corrects the host's clock from the service's. Everything that signs takes the time as a parameter.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// The host's time of day. Only this function reads it.
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// How far the service's clock is ahead of the host's. It is learnt from the time in a reply that refused the signature
/// because of its time. Every account has one; later calls of the account sign with it. The expiry of credentials is
/// compared with the host's clock.
#[derive(Debug, Default)]
pub(crate) struct ClockOffset(Mutex<Offset>);

#[derive(Debug, Default, Clone, Copy)]
struct Offset {
    seconds: i64,
    /// The service accepted a signature that used it. Until then it is unproven.
    is_proven: bool,
}

impl ClockOffset {
    /// The largest offset that is accepted, in seconds. It allows for a wrong time zone and no more, because a
    /// signature with a future time could be replayed until that time.
    const MOST: i64 = 12 * 60 * 60;

    /// A smaller difference cannot be why a signature expired, in seconds.
    const LEAST: u64 = 60;

    /// The offset that requests are signed by now, in seconds. Read it once a request, and take the time from what was
    /// read ([`later_by`]): another call may learn a new one meanwhile.
    pub(crate) fn seconds(&self) -> i64 {
        self.lock().seconds
    }

    /// The host's time at a moment that the service named, such as the end of a key. As it stands where the offset
    /// is not proven.
    pub(crate) fn by_the_host(&self, named: SystemTime) -> SystemTime {
        let offset = *self.lock();
        if offset.is_proven {
            later_by(named, offset.seconds.saturating_neg())
        } else {
            named
        }
    }

    /// Learns the service's time from its refusal of a request that was signed with the offset `used` at the host's
    /// time `sent_at`. True if signing again may help: with a new offset, with one that another call has learnt
    /// meanwhile, or without an offset that did harm.
    pub(crate) fn learn(
        &self,
        service: Option<SystemTime>,
        used: i64,
        sent_at: SystemTime,
    ) -> bool {
        let mut offset = self.lock();
        if offset.seconds.abs_diff(used) >= Self::LEAST {
            return true;
        }
        let named = service.and_then(|service| seconds_between(sent_at, service));
        let believed = named.filter(|named| named.unsigned_abs() <= Self::MOST.unsigned_abs());
        let seconds = match believed {
            Some(named) if named.abs_diff(offset.seconds) < Self::LEAST => return false,
            Some(named) => named,
            None if offset.seconds != 0 => 0,
            None => return false,
        };
        *offset = Offset {
            seconds,
            is_proven: false,
        };
        true
    }

    /// Notes that the service accepted a request signed with `used`.
    pub(crate) fn prove(&self, used: i64) {
        let mut offset = self.lock();
        offset.is_proven |= offset.seconds == used;
    }

    /// Notes that a request signed with the newly learnt offset `used` was still refused because of its time. Goes back
    /// to the host's clock.
    pub(crate) fn forget(&self, used: i64) {
        let mut offset = self.lock();
        if offset.seconds == used {
            *offset = Offset::default();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Offset> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The `Date` of a reply.
pub(crate) fn date_of(headers: &HeaderMap) -> Option<SystemTime> {
    http_date(headers.get(DATE)?)
}

/// How long the reply asks the client to wait (`Retry-After`, RFC 9110 §10.2.3): seconds, or a date compared with the
/// reply's own `Date`.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?;
    if let Ok(seconds) = value.to_str().ok()?.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    http_date(value)?.duration_since(date_of(headers)?).ok()
}

fn http_date(value: &HeaderValue) -> Option<SystemTime> {
    let date = DateTimeParser::new().parse_timestamp(value.to_str().ok()?);
    date.ok().map(SystemTime::from)
}

fn seconds_between(from: SystemTime, to: SystemTime) -> Option<i64> {
    let second = |time| Timestamp::try_from(time).ok().map(Timestamp::as_second);
    second(to)?.checked_sub(second(from)?)
}

/// The time so many seconds later, as the service's clock has it by that offset.
pub(crate) fn later_by(time: SystemTime, seconds: i64) -> SystemTime {
    let moved = match u64::try_from(seconds) {
        Ok(ahead) => time.checked_add(Duration::from_secs(ahead)),
        Err(_) => time.checked_sub(Duration::from_secs(seconds.unsigned_abs())),
    };
    moved.unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mon, 25 Feb 2019 16:44:25 GMT.
    const DATE_SECONDS: u64 = 1_551_113_065;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn headers(name: http::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn an_offset_is_learnt_and_signed_by() {
        for wrong in [
            DATE_SECONDS - 60,
            DATE_SECONDS + 60,
            DATE_SECONDS - 600,
            DATE_SECONDS - 8 * 3600,
            DATE_SECONDS + 12 * 3600,
        ] {
            let offset = ClockOffset::default();
            assert_eq!(offset.seconds(), 0);
            assert!(
                offset.learn(Some(at(DATE_SECONDS)), 0, at(wrong)),
                "{wrong}"
            );
            let used = offset.seconds();
            assert_eq!(later_by(at(wrong), used), at(DATE_SECONDS));
            let again = offset.learn(Some(at(DATE_SECONDS + 5)), used, at(wrong + 5));
            assert!(!again, "nothing new");
        }
    }

    #[test]
    fn what_cannot_be_the_reason_or_cannot_be_true_is_not_learnt() {
        let offset = ClockOffset::default();
        for host in [
            DATE_SECONDS,
            DATE_SECONDS - 59,
            DATE_SECONDS + 59,
            DATE_SECONDS - 12 * 3600 - 1,
            DATE_SECONDS + 86_400,
            0,
        ] {
            assert!(!offset.learn(Some(at(DATE_SECONDS)), 0, at(host)), "{host}");
        }
        assert!(!offset.learn(None, 0, at(0)));
        assert_eq!(offset.seconds(), 0);
    }

    #[test]
    fn a_call_that_was_signed_before_another_learnt_signs_again() {
        let offset = ClockOffset::default();
        assert!(offset.learn(Some(at(9000)), 0, at(5000)));
        assert!(offset.learn(Some(at(9001)), 0, at(5001)));
        assert_eq!(offset.seconds(), 4000);
    }

    #[test]
    fn an_offset_that_does_harm_is_forgotten() {
        let offset = ClockOffset::default();
        assert!(offset.learn(Some(at(9000)), 0, at(5000)));
        offset.forget(0);
        assert_eq!(offset.seconds(), 4000, "that was another call's");
        offset.forget(4000);
        assert_eq!(offset.seconds(), 0);
        // The offset was learnt once and no longer helps: the host's clock was corrected, and the reply states no time.
        assert!(offset.learn(Some(at(9000)), 0, at(5000)));
        assert!(offset.learn(None, 4000, at(9000)));
        assert_eq!(offset.seconds(), 0);
    }

    #[test]
    fn s1_only_a_proven_offset_moves_the_end_of_a_key() {
        let offset = ClockOffset::default();
        assert!(offset.learn(Some(at(9000)), 0, at(5000)));
        assert_eq!(offset.by_the_host(at(10_000)), at(10_000));
        offset.prove(0);
        assert_eq!(offset.by_the_host(at(10_000)), at(10_000));
        offset.prove(4000);
        assert_eq!(offset.by_the_host(at(10_000)), at(6000));
    }

    #[test]
    fn dates_are_read_from_replies() {
        let date = |text| date_of(&headers(DATE, text));
        assert_eq!(
            date("Mon, 25 Feb 2019 16:44:25 GMT"),
            Some(at(DATE_SECONDS))
        );
        for text in ["", "yesterday", "1551113065"] {
            assert_eq!(date(text), None, "{text}");
        }
        assert_eq!(date_of(&HeaderMap::new()), None);
    }

    #[test]
    fn a_reply_may_ask_to_be_left_alone() {
        let asks = |text| retry_after(&headers(RETRY_AFTER, text));
        assert_eq!(asks("7"), Some(Duration::from_secs(7)));
        for text in ["", "-1", "soon", "Mon, 25 Feb 2019 16:44:25 GMT"] {
            assert_eq!(asks(text), None, "{text}");
        }
        let mut both = headers(RETRY_AFTER, "Mon, 25 Feb 2019 16:45:25 GMT");
        both.extend(headers(DATE, "Mon, 25 Feb 2019 16:44:25 GMT"));
        assert_eq!(retry_after(&both), Some(Duration::from_secs(60)));
    }
}
