//! Rate limits per action: a client with limits sends each request when its turn comes.
//!
//! Each request takes the next free turn of its action and waits for it, so requests go out in order and evenly spaced.
//! A call that cannot wait that long takes no turn. A call that is dropped returns its turn, and the calls behind it
//! move up, so the full rate is used even if many calls give up. A limiter from a library would only say "not yet" and
//! leave the order to chance.

use core::fmt;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The most requests a second of each action that has a limit; the others have none.
///
/// Pass it to a client. Clients and threads that share it share the limit.
pub struct RateLimits {
    spacing: BTreeMap<String, Duration>,
    turns: Mutex<BTreeMap<String, Turns>>,
}

/// The future turns of one action.
#[derive(Default)]
struct Turns {
    /// The first turn after all taken ones.
    next: Option<Instant>,
    /// Earlier turns that were returned.
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
        // An infinite rate is no limit either.
        match Duration::try_from_secs_f64(most.recip()) {
            Ok(spacing) => self.spacing.insert(action.to_owned(), spacing),
            Err(_) => self.spacing.remove(action),
        };
        self
    }

    /// Takes the action's next free turn if it comes within `most`. Otherwise takes nothing and returns `None`.
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
    /// The first free turn from `now` on, if it is before `end`; `None` as the end means no end.
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

/// A call's turn to send. If it is dropped unused, another call gets it.
pub(crate) struct Turn<'a> {
    at: Instant,
    taken_from: Option<(&'a RateLimits, &'a str)>,
}

impl Turn<'_> {
    /// How often a waiting call checks whether an earlier call has given up.
    const LOOK_AGAIN: Duration = Duration::from_millis(50);

    /// How long to sleep before asking again; `None` if the turn has come. Moves up if an earlier turn has become free.
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
