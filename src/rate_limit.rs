//! Rate limits per action: a client with limits sends each request when its turn comes.
//!
//! Each request takes the next free turn of its action and waits for it, so that requests go out in the order they
//! came, evenly spaced. A call that would not wait so long takes no turn, and one that is given up gives its turn back:
//! whoever waits behind it moves up. So the rate is sent in full however many calls give up. Calls that are late, because
//! the machine or the runtime stood still, do not make up for it at once. A limiter from a library would say "not yet"
//! and leave the order to chance.

use core::fmt;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Calls that are late by so little, or by one turn, are made up for at once: a machine that is busy delays every call a
/// little, and the whole rate is sent all the same.
const MADE_UP: Duration = Duration::from_secs(1);

/// The actions that have no limit of their own; no action has this name.
const OTHERS: &str = "";

/// The most requests a second of each action that has a limit; the others have one together, or none.
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
    /// When the next request may be sent, were all sent as early as they may.
    due: Option<Instant>,
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

    /// Allows all actions that have no limit of their own so many requests a second together, as
    /// [`limit`](Self::limit) does for one.
    #[must_use]
    pub fn others(self, most: f64) -> Self {
        self.limit(OTHERS, most)
    }

    /// Takes the action's next free turn if it comes within `most`. Otherwise takes nothing and returns `None`.
    pub(crate) fn turn(&self, action: &str, now: Instant, most: Duration) -> Option<Turn<'_>> {
        let own = self.spacing.get_key_value(action);
        let Some((action, spacing)) = own.or_else(|| self.spacing.get_key_value(OTHERS)) else {
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

    fn spacing_of(&self, action: &str) -> Duration {
        self.spacing.get(action).copied().unwrap_or_default()
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

    /// Lets a request go whose turn has come; or says how long it must still wait, where so many are late that the next
    /// would make up for more than [`MADE_UP`].
    fn go(&mut self, now: Instant, spacing: Duration) -> Option<Duration> {
        let from = self
            .due
            .and_then(|due| due.checked_sub(spacing.max(MADE_UP)));
        let left = from.map_or(Duration::ZERO, |from| from.saturating_duration_since(now));
        if !left.is_zero() {
            return Some(left);
        }
        self.due = self
            .due
            .map_or(now, |due| due.max(now))
            .checked_add(spacing);
        None
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

    /// How long to sleep before asking again; `None` where the turn has come, and then it is used up. Moves up where an
    /// earlier turn has become free.
    pub(crate) fn wait(&mut self, now: Instant) -> Option<Duration> {
        let (limits, action) = self.taken_from?;
        let mut all = limits.lock();
        let turns = all.get_mut(action)?;
        if now < self.at
            && let Some(earlier) = turns.free.range(now..self.at).next().copied()
        {
            turns.free.remove(&earlier);
            turns.give_back(self.at);
            self.at = earlier;
        }
        let left = match self.at.saturating_duration_since(now) {
            Duration::ZERO => turns.go(now, limits.spacing_of(action)),
            left => Some(left),
        };
        if left.is_none() {
            self.taken_from = None;
        }
        left.map(|left| left.min(Self::LOOK_AGAIN))
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
