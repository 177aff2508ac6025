//! The rate that all workers of a job share. In the job's key-value bucket stands the time of the next free turn, by the
//! server's clock; a worker takes some turns by moving it on. So no two workers have the same turn, and the sum is never
//! more than the rate. Turns that a worker does not use, because it died or was late, pass by.
//!
//! Beside that time stands when the server's clock was thought to be read for it, so that a clock that is set forward or
//! back leaves nobody waiting for a time that comes in an hour.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::kv::{self, UpdateErrorKind};
use cardseal_batch::{Stop, Turns, distance};
use tokio::runtime::Handle;

use crate::error::QueueError;
use crate::job::Job;
use crate::layout::{MOST_IN_FLIGHT, make_rate};
use crate::names::{JobName, Store};
use crate::server::{Link, Patience, Server, Trouble};

/// The key of the next free turn.
const NEXT: &str = "next";

/// The key that is written to learn the server's time.
const CLOCK: &str = "clock";

/// How far ahead turns are taken: what passes by unused where a worker dies.
const AHEAD: Duration = Duration::from_millis(500);

/// A turn is used this much too late at most.
const LATE: Duration = Duration::from_millis(20);

/// How long a comparison of the clocks is good for.
const COMPARED: Duration = Duration::from_secs(30);

/// No more turns than this were ever taken that are not over: one for each card that is with a worker, and as many again for
/// workers that died.
const MOST_TAKEN: u64 = 2 * MOST_IN_FLIGHT.unsigned_abs();

/// Two readings of a clock that nobody set are no further apart, where the second was under way when the first was taken.
const STEADY: Duration = Duration::from_secs(1);

/// Turns at the service, shared with all workers of a job.
pub struct SharedTurns {
    link: Link,
    handle: Handle,
    job: JobName,
    distance: Duration,
    waiting: AtomicU64,
    mine: Mutex<Mine>,
}

#[derive(Default)]
struct Mine {
    turns: VecDeque<Instant>,
    clock: Option<Clock>,
}

/// What the server's clock said, and when.
#[derive(Clone, Copy)]
struct Clock {
    nanos: u64,
    at: Instant,
}

impl Clock {
    fn now(&self) -> u64 {
        self.nanos.saturating_add(nanos(self.at.elapsed()))
    }

    fn instant(&self, nanos: u64) -> Instant {
        let after = Duration::from_nanos(nanos.saturating_sub(self.nanos));
        self.at.checked_add(after).unwrap_or(self.at)
    }
}

impl SharedTurns {
    /// So many turns a second for all workers together; `None` for a rate that is no number.
    pub fn new(server: &Server, job: &Job, most: f64) -> Option<Self> {
        Some(Self {
            link: server.link.clone(),
            handle: server.handle(),
            job: job.name.clone(),
            distance: distance(most).filter(|distance| !distance.is_zero())?,
            waiting: AtomicU64::new(0),
            mine: Mutex::default(),
        })
    }

    /// The job's bucket; made again where somebody deleted it.
    async fn bucket(&self) -> Result<kv::Store, Trouble> {
        let bucket = self.job.store(Store::Rate);
        if let Ok(store) = self.link.jetstream.get_key_value(&bucket).await {
            return Ok(store);
        }
        make_rate(&self.link, &self.job).await?;
        let store = self.link.jetstream.get_key_value(&bucket).await;
        store.map_err(Trouble::passing)
    }

    /// Takes turns for those who wait. An error only after it was told to stop.
    fn take(&self, mine: &mut Mine, stop: &Stop) -> Result<(), QueueError> {
        let distance = nanos(self.distance).max(1);
        let most = nanos(AHEAD).checked_div(distance).unwrap_or(1).max(1);
        let wanted = self.waiting.load(Ordering::SeqCst).clamp(1, most);
        let patience = Patience::UntilStopped(stop);
        let (clock, first) = self.handle.block_on(self.link.again(patience, || async {
            let store = self.bucket().await?;
            let mut known = mine.clock.filter(|clock| clock.at.elapsed() < COMPARED);
            let mut is_fresh = false;
            loop {
                let entry = store.entry(NEXT).await.map_err(Trouble::passing)?;
                let (next, revision) = match &entry {
                    Some(entry) => (Some(Next::of(entry)), entry.revision),
                    None => (None, 0),
                };
                let is_likely =
                    |clock: &Clock| next.as_ref().is_none_or(|next| next.fits(clock.now()));
                let clock = match known.filter(|clock| is_fresh || is_likely(clock)) {
                    Some(clock) => clock,
                    None => compare(&store).await?,
                };
                (known, is_fresh) = (Some(clock), true);
                let now = clock.now();
                let first = next.map_or(now, |next| next.free_from(now, distance));
                let after = first.saturating_add(distance.saturating_mul(wanted));
                let value = format!("{after} {now}").into();
                match store.update(NEXT, value, revision).await {
                    Ok(_) => return Ok((clock, first)),
                    Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => {
                        tokio::task::yield_now().await;
                    }
                    // Perhaps it was taken: then it passes by.
                    Err(error) => return Err(Trouble::storing(error)),
                }
            }
        }))?;
        mine.clock = Some(clock);
        for turn in 0..wanted {
            let at = first.saturating_add(distance.saturating_mul(turn));
            mine.turns.push_back(clock.instant(at));
        }
        Ok(())
    }
}

/// What the server's clock says. The answer was under way for a while, so that our idea of the server's time is late and
/// never early.
async fn compare(store: &kv::Store) -> Result<Clock, Trouble> {
    let revision = store
        .put(CLOCK, "".into())
        .await
        .map_err(Trouble::storing)?;
    let at = Instant::now();
    let entry = store.entry_for_revision(CLOCK, revision).await;
    let created = match entry.map_err(Trouble::passing)? {
        Some(entry) => entry.created,
        // Another worker compared its clock just now.
        None => return Err(Trouble::passing("the server's clock was asked by another")),
    };
    let nanos = u64::try_from(created.unix_timestamp_nanos()).unwrap_or(0);
    Ok(Clock { nanos, at })
}

/// What stands in the bucket, in nanoseconds of the server's clock.
#[derive(Debug, Clone, Copy)]
struct Next {
    /// The next free turn.
    turn: u64,
    /// When that was said, as who said it thought.
    said: u64,
    /// When that was said, as the server wrote down.
    written: u64,
}

impl Next {
    fn of(entry: &kv::Entry) -> Self {
        let text = std::str::from_utf8(&entry.value).unwrap_or_default();
        let mut numbers = text.split(' ').map(|number| number.parse().unwrap_or(0));
        let written = u64::try_from(entry.created.unix_timestamp_nanos()).unwrap_or(0);
        Self {
            turn: numbers.next().unwrap_or(0),
            said: numbers.next().unwrap_or(written),
            written,
        }
    }

    /// Whether this was written just before this time, so that the clock is likely to be known.
    fn fits(&self, now: u64) -> bool {
        let steady = nanos(STEADY);
        self.written <= now.saturating_add(steady) && now <= self.written.saturating_add(steady)
    }

    /// The next free turn, by who thinks that it is now.
    fn free_from(&self, now: u64, distance: u64) -> u64 {
        // Written by nobody who takes turns: it is not waited for.
        if self.turn.saturating_sub(self.said) > distance.saturating_mul(MOST_TAKEN) {
            return now;
        }
        let steady = nanos(STEADY);
        let is_of_this_clock = self.written.abs_diff(self.said) <= steady
            && self.written <= now.saturating_add(steady);
        let turn = if is_of_this_clock {
            self.turn
        } else {
            let ahead = self.turn.saturating_sub(self.said);
            self.written.min(now).saturating_add(ahead)
        };
        turn.max(now)
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl Turns for SharedTurns {
    fn turn(&self, stop: &Stop) -> bool {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        // Anyone who waits holds the lock, so that the others queue behind.
        let mut mine = self.mine.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = loop {
            if stop.is_set() {
                break None;
            }
            match mine.turns.pop_front() {
                Some(turn) if turn.elapsed() <= LATE => break Some(turn),
                Some(_) => {}
                None if self.take(&mut mine, stop).is_err() => break None,
                None => {}
            }
        };
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        match turn {
            Some(turn) => stop.sleep(turn.saturating_duration_since(Instant::now())),
            None => false,
        }
    }
}

impl std::fmt::Debug for SharedTurns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SharedTurns(every {:?})", self.distance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn next(turn: u64, said: u64, written: u64) -> Next {
        Next {
            turn: turn * SECOND,
            said: said * SECOND,
            written: written * SECOND,
        }
    }

    #[test]
    fn a_turn_is_free_when_the_ones_before_it_are_over() {
        assert_eq!(
            next(105, 100, 100).free_from(102 * SECOND, SECOND),
            105 * SECOND
        );
        assert_eq!(
            next(105, 100, 100).free_from(200 * SECOND, SECOND),
            200 * SECOND
        );
    }

    #[test]
    fn a_clock_that_is_set_leaves_nobody_waiting() {
        // Set back by an hour after the last turn was taken: five seconds are left of it at most.
        let taken = next(9005, 9000, 9000);
        assert!(!taken.fits(5400 * SECOND));
        assert_eq!(taken.free_from(5400 * SECOND, SECOND), 5405 * SECOND);
        // Taken by who did not know yet that it was set back, or forward.
        assert_eq!(
            next(9005, 9000, 5400).free_from(5401 * SECOND, SECOND),
            5405 * SECOND
        );
        assert_eq!(
            next(5405, 5400, 9000).free_from(9001 * SECOND, SECOND),
            9005 * SECOND
        );
    }

    #[test]
    fn a_turn_that_nobody_can_have_taken_is_not_waited_for() {
        let absurd = next(u64::MAX / SECOND, 100, 100);
        assert_eq!(absurd.free_from(101 * SECOND, SECOND), 101 * SECOND);
        let many = next(20_100, 100, 100);
        assert_eq!(many.free_from(101 * SECOND, SECOND), 20_100 * SECOND);
    }
}
