//! Rate limits by action: a client that has them sends a request when its turn has come, and not before.
//!
//! Each request takes the next free turn of its action and waits for it, so that requests go out in the order they
//! came, evenly spaced. A call that would not wait so long takes no turn, and one that is given up gives its turn back:
//! whoever waits behind it moves up. So the rate is sent in full however many calls give up. A limiter from a library
//! would say "not yet" and leave the order to chance.

use core::fmt;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The most requests a second of each action that has a limit; the others have none.
///
/// Give it to a client; clients and threads that share it share the limit.
pub struct RateLimits {
    spacing: BTreeMap<String, Duration>,
    turns: Mutex<BTreeMap<String, Turns>>,
}

/// The turns of one action that are still to come.
#[derive(Default)]
struct Turns {
    /// After every turn that was taken.
    next: Option<Instant>,
    /// Turns before that, given back.
    free: BTreeSet<Instant>,
}

impl RateLimits {
    /// No limits.
    pub fn none() -> Self {
        Self {
            spacing: BTreeMap::new(),
            turns: Mutex::default(),
        }
    }

    /// Allows this action `most` requests a second: a number above zero, such as 0.5 for one in two seconds.
    /// Anything else takes its limit away.
    #[must_use]
    pub fn limit(mut self, action: &str, most: f64) -> Self {
        // None at all for a rate without end is no limit either.
        match Duration::try_from_secs_f64(most.recip()) {
            Ok(spacing) => self.spacing.insert(action.to_owned(), spacing),
            Err(_) => self.spacing.remove(action),
        };
        self
    }

    /// Takes the action's next free turn, where it comes within `most`; `None` where it does not, and then nothing is
    /// taken.
    pub(crate) fn turn(&self, action: &str, now: Instant, most: Duration) -> Option<Turn<'_>> {
        let Some((action, spacing)) = self.spacing.get_key_value(action) else {
            return Some(Turn {
                at: now,
                taken_from: None,
            });
        };
        let at = self.lock().entry(action.clone()).or_default().take(
            now,
            *spacing,
            now.checked_add(most),
        )?;
        Some(Turn {
            at,
            taken_from: Some((self, action)),
        })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Turns>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turns {
    /// The first turn from `now` on that is free, where it is before `end`; no end is for ever.
    fn take(&mut self, now: Instant, spacing: Duration, end: Option<Instant>) -> Option<Instant> {
        self.free = self.free.split_off(&now);
        let given_back = self.free.first().copied();
        let turn = given_back.unwrap_or_else(|| self.next.map_or(now, |next| next.max(now)));
        if end.is_some_and(|end| turn >= end) && turn > now {
            return None;
        }
        if given_back.is_some() {
            self.free.pop_first();
        } else {
            self.next = turn.checked_add(spacing);
        }
        Some(turn)
    }

    fn give_back(&mut self, turn: Instant) {
        self.free.insert(turn);
    }
}

/// A call's turn to send. Dropped before it was used, it is another call's.
pub(crate) struct Turn<'a> {
    at: Instant,
    taken_from: Option<(&'a RateLimits, &'a str)>,
}

impl Turn<'_> {
    /// How often whoever waits looks whether somebody before has given up.
    const LOOK_AGAIN: Duration = Duration::from_millis(50);

    /// How long to sleep before asking again; `None` where the turn has come. Moves up where an earlier turn has
    /// become free.
    pub(crate) fn wait(&mut self, now: Instant) -> Option<Duration> {
        let left = self
            .at
            .checked_duration_since(now)
            .filter(|left| !left.is_zero())?;
        let (limits, action) = self.taken_from?;
        if let Some(turns) = limits.lock().get_mut(action)
            && let Some(earlier) = turns.free.range(now..self.at).next().copied()
        {
            turns.free.remove(&earlier);
            turns.give_back(self.at);
            self.at = earlier;
            return Some(earlier.saturating_duration_since(now).min(Self::LOOK_AGAIN))
                .filter(|left| !left.is_zero());
        }
        Some(left.min(Self::LOOK_AGAIN))
    }

    /// Uses the turn up.
    pub(crate) fn spend(mut self) {
        self.taken_from = None;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some((limits, action)) = self.taken_from
            && let Some(turns) = limits.lock().get_mut(action)
        {
            turns.give_back(self.at);
        }
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
mod tests;
