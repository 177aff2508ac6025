//! Rate limits by action: a client that has them sends a request when its turn has come, and not before.
//!
//! Each request reserves the next free moment of its action and waits for it, so that requests go out in the order
//! they came, evenly spaced. What waits is the caller, within its deadline; nothing is refused here. A limiter from
//! a library would say "not yet" and leave the order to chance.

use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Requests a second that the services allow by default, by action.
///
/// Source: Tencent Cloud's API pages (each names its own limit). The limit counts an account's requests from
/// everywhere, so a part of it is all that one process can be sure of.
const PUBLISHED: &[(&str, u32)] = &[
    ("RecognizeEncryptedIDCardOCR", 20),
    ("IDCardOCR", 20),
    ("MainlandPermitOCR", 20),
    ("GeneralBasicOCR", 20),
    ("ClassifyDetectOCR", 20),
    ("BankCardOCR", 10),
    ("BizLicenseOCR", 10),
    ("DriverLicenseOCR", 10),
    ("VehicleLicenseOCR", 10),
    ("PassportOCR", 10),
    ("PermitOCR", 10),
    ("RecognizeThaiIDCardOCR", 10),
    ("GeneralAccurateOCR", 10),
    ("GeneralFastOCR", 10),
    ("GeneralHandwritingOCR", 10),
    ("RecognizeValidIDCardOCR", 5),
    ("MLIDPassportOCR", 5),
    ("HKIDCardOCR", 5),
    ("ResidenceBookletOCR", 5),
    ("RecognizeGeneralCardWarn", 5),
    ("EstateCertOCR", 5),
];

/// The most requests a second of each action that has a limit; the others have none.
///
/// Give it to a client; clients and threads that share it share the limit.
pub struct RateLimits {
    spacing: BTreeMap<String, Duration>,
    next_free: Mutex<BTreeMap<String, Instant>>,
}

impl RateLimits {
    /// No limits.
    pub fn none() -> Self {
        Self {
            spacing: BTreeMap::new(),
            next_free: Mutex::default(),
        }
    }

    /// The services' published defaults: 20 a second for the encrypted ID card.
    pub fn published() -> Self {
        PUBLISHED
            .iter()
            .fold(Self::none(), |limits, (action, most)| {
                limits.with(action, f64::from(*most))
            })
    }

    /// Allows this action `most` requests a second: a number above zero, such as 0.5 for one in two seconds.
    /// Anything else takes its limit away.
    #[must_use]
    pub fn with(mut self, action: &str, most: f64) -> Self {
        // None at all for a rate without end is no limit either.
        match Duration::try_from_secs_f64(most.recip()) {
            Ok(spacing) => self.spacing.insert(action.to_owned(), spacing),
            Err(_) => self.spacing.remove(action),
        };
        self
    }

    /// Takes the action's next free moment; how long it is until then.
    pub(crate) fn reserve(&self, action: &str, now: Instant) -> Duration {
        let Some(spacing) = self.spacing.get(action) else {
            return Duration::ZERO;
        };
        let mut next_free = self
            .next_free
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let turn = next_free.get(action).map_or(now, |free| now.max(*free));
        if let Some(next) = turn.checked_add(*spacing) {
            next_free.insert(action.to_owned(), next);
        }
        turn.saturating_duration_since(now)
    }
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimits")
            .field("spacing", &self.spacing)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_taken_in_order_and_evenly_spaced() {
        let limits = RateLimits::published();
        let now = Instant::now();
        let action = "RecognizeEncryptedIDCardOCR";
        for turn in 0..40 {
            assert_eq!(
                limits.reserve(action, now),
                Duration::from_millis(50) * turn,
                "turn {turn}"
            );
        }
        // After a pause nothing is owed, and nothing was saved up either.
        let later = now + Duration::from_secs(10);
        assert_eq!(limits.reserve(action, later), Duration::ZERO);
        assert_eq!(limits.reserve(action, later), Duration::from_millis(50));
    }

    #[test]
    fn actions_do_not_wait_for_each_other() {
        let limits = RateLimits::none().with("A", 0.5);
        let now = Instant::now();
        assert_eq!(limits.reserve("A", now), Duration::ZERO);
        assert_eq!(limits.reserve("A", now), Duration::from_secs(2));
        for _ in 0..3 {
            assert_eq!(limits.reserve("B", now), Duration::ZERO);
        }
    }

    #[test]
    fn what_is_no_rate_is_no_limit() {
        for rate in [
            0.0,
            -1.0,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MIN_POSITIVE,
        ] {
            let limits = RateLimits::none().with("A", 1.0).with("A", rate);
            let now = Instant::now();
            limits.reserve("A", now);
            assert_eq!(limits.reserve("A", now), Duration::ZERO, "{rate}");
        }
    }
}
