//! The rate that all workers of a job share. In the job's key-value bucket stands the time of the next free turn, by the
//! server's clock; a worker takes some turns by moving it on. So no two workers have the same turn, and the sum is never
//! more than the rate. Turns that a worker does not use, because it died or was late, pass by.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::kv::{self, UpdateErrorKind};
use cardseal_batch::{Stop, Turns, distance};
use tokio::runtime::Handle;

use crate::error::QueueError;
use crate::job::Job;
use crate::names::Store;
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

/// Turns at the service, shared with all workers of a job.
pub struct SharedTurns {
    link: Link,
    handle: Handle,
    bucket: String,
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
        let since = u64::try_from(self.at.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanos.saturating_add(since)
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
            bucket: job.name.store(Store::Rate),
            distance: distance(most).filter(|distance| !distance.is_zero())?,
            waiting: AtomicU64::new(0),
            mine: Mutex::default(),
        })
    }

    /// Takes turns for those who wait. An error only after it was told to stop.
    fn take(&self, mine: &mut Mine, stop: &Stop) -> Result<(), QueueError> {
        let distance = u64::try_from(self.distance.as_nanos())
            .unwrap_or(u64::MAX)
            .max(1);
        let ahead = u64::try_from(AHEAD.as_nanos()).unwrap_or(u64::MAX);
        let most = ahead.checked_div(distance).unwrap_or(1).max(1);
        let wanted = self.waiting.load(Ordering::SeqCst).clamp(1, most);
        let patience = Patience::UntilStopped(stop);
        let (clock, first) = self.handle.block_on(self.link.again(patience, || async {
            let store = self.link.jetstream.get_key_value(&self.bucket).await;
            let store = store.map_err(Trouble::passing)?;
            let clock = match mine.clock.filter(|clock| clock.at.elapsed() < COMPARED) {
                Some(clock) => clock,
                None => compare(&store).await?,
            };
            loop {
                let entry = store.entry(NEXT).await.map_err(Trouble::passing)?;
                let (next, revision) = match &entry {
                    Some(entry) => (number(&entry.value), entry.revision),
                    None => (0, 0),
                };
                // The first turn of all is taken by who has just asked for the time: it is not now.
                let first = next.max(clock.now());
                let after = first.saturating_add(distance.saturating_mul(wanted));
                let value = after.to_string().into();
                match store.update(NEXT, value, revision).await {
                    Ok(_) => return Ok((clock, first)),
                    Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => {
                        tokio::task::yield_now().await;
                    }
                    // Perhaps it was taken: then it passes by.
                    Err(error) => return Err(Trouble::passing(error)),
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
        .map_err(Trouble::passing)?;
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

fn number(value: &[u8]) -> u64 {
    std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
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
