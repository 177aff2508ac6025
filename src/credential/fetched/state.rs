//! The state of fetched credentials: the cached ones, the current fetch, and the last failure.

use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::Exchange;
use crate::credential::Credentials;
use crate::error::Error;

/// How long a temporary failure of a fetch counts for every call.
const SHARED_FAILURE: Duration = Duration::from_secs(1);

/// How long to use the old, still valid credentials before a failed refresh is tried again.
const REFRESH_AGAIN: Duration = Duration::from_secs(60);

/// The minimum time between a fetch and an early refresh. A service may return the same key until it expires.
const BETWEEN_FETCHES: Duration = Duration::from_secs(10);

/// The minimum time between two fetches after a refusal of the key. If a new key is also refused, a newer one does not
/// help.
const BETWEEN_RENEWALS: Duration = Duration::from_secs(10);

/// No service is left alone for longer, whatever it asks for: a slip of its own must not end every call for a day.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// So much earlier may a call have read the clock than another one that was faster.
const READ_EARLIER: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct State {
    current: Option<Kept>,
    /// An exchange between two of its requests.
    pub(super) underway: Option<Box<dyn Exchange>>,
    lease: Option<Lease>,
    leases: u64,
    failure: Option<Failure>,
    was_refused: bool,
    renewed_at: Option<SystemTime>,
    kept_at: Option<SystemTime>,
}

/// Credentials, and when to look for newer ones; `None` if they do not expire.
struct Kept {
    credentials: Arc<Credentials>,
    refresh_at: Option<SystemTime>,
}

/// A fetch in progress.
struct Lease {
    id: u64,
    since: SystemTime,
    time: Duration,
}

/// A failed fetch, kept for calls in the meantime.
struct Failure {
    error: Error,
    at: SystemTime,
    speaks_for: Duration,
}

impl State {
    pub(super) fn expires_at(&self) -> Option<SystemTime> {
        if self.was_refused {
            return None;
        }
        self.current.as_ref()?.credentials.expires_at()
    }

    /// The cached credentials, until they expire by the host's clock.
    pub(super) fn good(&self, now: SystemTime) -> Option<Arc<Credentials>> {
        let credentials = &self.current.as_ref()?.credentials;
        let is_good = credentials.expires_at().is_none_or(|end| now < end);
        is_good.then(|| Arc::clone(credentials))
    }

    /// True if it is time to look for newer credentials and no fetch is in progress.
    pub(super) fn may_refresh(&self, now: SystemTime) -> bool {
        let refresh_at = self.current.as_ref().and_then(|kept| kept.refresh_at);
        refresh_at.is_some_and(|at| at <= now) && !self.is_leased(now)
    }

    pub(super) fn is_leased(&self, now: SystemTime) -> bool {
        self.lease
            .as_ref()
            .is_some_and(|lease| is_within(lease.time, lease.since, now))
    }

    /// How long the current fetch has been running.
    pub(super) fn leased_for(&self, now: SystemTime) -> Option<Duration> {
        let lease = self.lease.as_ref().filter(|_| self.is_leased(now))?;
        Some(now.duration_since(lease.since).unwrap_or_default())
    }

    /// True if the last fetch is so recent that another could start a flood of fetches.
    pub(super) fn was_just_kept(&self, now: SystemTime) -> bool {
        self.kept_at
            .is_some_and(|at| is_within(BETWEEN_FETCHES, at, now))
    }

    pub(super) fn lease(&mut self, now: SystemTime, time: Duration) -> u64 {
        self.leases = self.leases.wrapping_add(1);
        self.lease = Some(Lease {
            id: self.leases,
            since: now,
            time,
        });
        self.leases
    }

    pub(super) fn give_back(&mut self, id: u64) {
        if self.lease.as_ref().is_some_and(|lease| lease.id == id) {
            self.lease = None;
        }
    }

    /// The error of the last fetch, while it still counts.
    pub(super) fn failure(&self, now: SystemTime) -> Option<Error> {
        let failure = self.failure.as_ref()?;
        is_within(failure.speaks_for, failure.at, now).then(|| failure.error.again())
    }

    pub(super) fn keep(&mut self, credentials: Credentials, ahead: Duration, now: SystemTime) {
        let refresh_at = credentials.expires_at().and_then(|end| {
            let life = end.duration_since(now).unwrap_or_default();
            let ahead = ahead.min(life.checked_div(10).unwrap_or_default());
            Some(
                end.checked_sub(ahead)?
                    .max(now.checked_add(BETWEEN_FETCHES)?),
            )
        });
        self.current = Some(Kept {
            credentials: Arc::new(credentials),
            refresh_at,
        });
        self.failure = None;
        self.was_refused = false;
        self.kept_at = Some(now);
    }

    pub(super) fn refresh_later(&mut self, now: SystemTime, asked_for: Option<Duration>) {
        let pause = pause_asked_for(asked_for).max(REFRESH_AGAIN);
        if let Some(kept) = &mut self.current {
            kept.refresh_at = now.checked_add(pause);
        }
    }

    pub(super) fn fail(&mut self, error: &Error, pause_after_refusal: Duration, now: SystemTime) {
        let usual = if error.is_transient() {
            SHARED_FAILURE
        } else {
            pause_after_refusal
        };
        self.failure = Some(Failure {
            error: error.again(),
            at: now,
            speaks_for: pause_asked_for(error.retry_after()).max(usual),
        });
    }

    /// The service refused these credentials. If another call has renewed them meanwhile, the cached ones are
    /// different.
    pub(super) fn refused(&mut self, used: &Arc<Credentials>) {
        self.was_refused |= self
            .current
            .as_ref()
            .is_some_and(|kept| Arc::ptr_eq(&kept.credentials, used));
    }

    /// Drops credentials that were refused, so that others are fetched; not again within [`BETWEEN_RENEWALS`].
    pub(super) fn forget_refused(&mut self, now: SystemTime) {
        let is_pause = self
            .renewed_at
            .is_some_and(|at| is_within(BETWEEN_RENEWALS, at, now));
        if self.was_refused && !is_pause {
            self.was_refused = false;
            self.renewed_at = Some(now);
            self.current = None;
            self.failure = None;
            self.kept_at = None;
        }
    }
}

fn pause_asked_for(time: Option<Duration>) -> Duration {
    time.unwrap_or_default().min(LONGEST_PAUSE)
}

/// True from `since` for so long. A call that read the clock before another one noted `since` comes a little earlier, and
/// is within as well; a clock that was set back further must not make it last for ever.
fn is_within(time: Duration, since: SystemTime, now: SystemTime) -> bool {
    match now.duration_since(since) {
        Ok(passed) => passed < time,
        Err(earlier) => earlier.duration() < READ_EARLIER.min(time),
    }
}

/// A panic cannot leave the state half changed, so a poisoned lock is still usable.
pub(super) fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
