//! The rate that all cards of a batch share: one call after the other, evenly, and never a burst.
//!
//! The service counts what arrives. Two calls that were let go at the right distance arrive nearer to each other where the
//! first one took longer on its way; so the distance has some room, and it is kept from the moment a call really goes.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::stop::Stop;

/// What a second of calls takes: a second, and room for calls that are late.
const SECOND: f64 = 1.08;

/// Says when a call may go. Who shares a rate with other processes asks them.
pub trait Turns: Send + Sync + fmt::Debug {
    /// Waits for a turn; false if the batch stops before that.
    fn turn(&self, stop: &Stop) -> bool;
}

/// The distance between two calls, of so many a second at most.
#[must_use]
pub fn distance(most: f64) -> Option<Duration> {
    // A part of a call is none: 2.5 a second are two in any one second.
    let whole = if most >= 1.0 { most.floor() } else { most };
    Duration::try_from_secs_f64(SECOND / whole).ok()
}

/// Lets calls go at a rate.
#[derive(Debug)]
pub(crate) struct Pace {
    distance: Option<Duration>,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// So many calls a second at most; `None` for as many as there are.
    pub(crate) fn new(most: Option<f64>) -> Self {
        Self {
            distance: most.and_then(distance),
            next: Mutex::new(None),
        }
    }
}

impl Turns for Pace {
    fn turn(&self, stop: &Stop) -> bool {
        let Some(distance) = self.distance else {
            return !stop.is_set();
        };
        // Anyone who waits holds the lock, so that the others queue behind.
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let left = next.map_or(Duration::ZERO, |next| {
            next.saturating_duration_since(Instant::now())
        });
        if !stop.sleep(left) {
            return false;
        }
        *next = Instant::now().checked_add(distance);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_distance_is_that_of_whole_calls() {
        let of = |most| Pace::new(Some(most)).distance.unwrap().as_millis();
        assert_eq!(
            (of(1.0), of(10.0), of(20.0), of(2.5), of(0.5)),
            (1080, 108, 54, 540, 2160)
        );
        assert!(Pace::new(None).distance.is_none());
    }

    #[test]
    fn no_second_sees_more_than_it_may() {
        let (pace, stop) = (Pace::new(Some(50.0)), Stop::default());
        let distance = pace.distance.unwrap();
        assert!(distance * 50 >= Duration::from_secs(1));
        let went = Mutex::new(BTreeSet::new());
        let started = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        assert!(pace.turn(&stop));
                        // As the turn itself has it: a thread may stand still before it looks at a clock. It is this
                        // turn or another one since.
                        let next = pace.next.lock().unwrap().unwrap();
                        went.lock().unwrap().insert(next);
                    }
                });
            }
        });
        assert!(started.elapsed() >= distance * 79);
        let went = Vec::from_iter(went.into_inner().unwrap());
        assert!(went.len() > 8, "{}", went.len());
        for pair in went.windows(2) {
            assert!(pair[1].duration_since(pair[0]) >= distance);
        }
    }

    #[test]
    fn a_batch_that_stops_waits_for_no_turn() {
        let (pace, stop) = (Pace::new(Some(0.001)), Stop::default());
        assert!(pace.turn(&stop));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pace.turn(&stop));
            stop.stop(crate::stop::End::PackageEmpty);
            assert!(!waiting.join().unwrap());
        });
    }
}
