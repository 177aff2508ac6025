//! The connections: so many, and at the limit the one that has been idle longest goes. Thousands that do nothing keep
//! nobody out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

pub(crate) struct Connections {
    seats: Mutex<Seats>,
    most: usize,
}

#[derive(Default)]
struct Seats {
    open: usize,
    /// Those that wait for a request, by when they began to.
    idle: BTreeMap<u64, Arc<Notify>>,
    next: u64,
}

/// A connection's seat.
pub(crate) struct Seat {
    connections: Arc<Connections>,
    leave: Arc<Notify>,
    idle_since: Mutex<Option<u64>>,
}

/// What became of a newcomer.
pub(crate) struct Seated {
    pub(crate) seat: Option<Arc<Seat>>,
    /// Whether another had to leave.
    pub(crate) shed: bool,
}

impl Connections {
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            seats: Mutex::default(),
            most: most.max(1),
        })
    }

    /// A seat; none where all are taken and none is idle.
    pub(crate) fn sit(self: &Arc<Self>) -> Seated {
        let mut seats = self.lock();
        let is_full = seats.open >= self.most;
        let shed = is_full && shed(&mut seats);
        if is_full && !shed {
            return Seated { seat: None, shed };
        }
        seats.open = seats.open.saturating_add(1);
        let leave = Arc::new(Notify::new());
        let since = wait(&mut seats, &leave);
        drop(seats);
        let seat = Seat {
            connections: Arc::clone(self),
            leave,
            idle_since: Mutex::new(Some(since)),
        };
        Seated {
            seat: Some(Arc::new(seat)),
            shed,
        }
    }

    /// Makes the one that has been idle longest leave; whether there is one.
    pub(crate) fn shed(&self) -> bool {
        shed(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shed(seats: &mut Seats) -> bool {
    let Some((_, leave)) = seats.idle.pop_first() else {
        return false;
    };
    leave.notify_one();
    true
}

fn wait(seats: &mut Seats, leave: &Arc<Notify>) -> u64 {
    let since = seats.next;
    seats.next = since.saturating_add(1);
    seats.idle.insert(since, Arc::clone(leave));
    since
}

impl Seat {
    /// Ready when this connection has to make room.
    pub(crate) async fn must_leave(&self) {
        self.leave.notified().await;
    }

    /// Not idle until what this gives goes.
    pub(crate) fn work(self: &Arc<Self>) -> Working {
        let since = self.idle_since().take();
        if let Some(since) = since {
            self.connections.lock().idle.remove(&since);
        }
        Working(Arc::clone(self))
    }

    fn idle_since(&self) -> MutexGuard<'_, Option<u64>> {
        self.idle_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let since = self.idle_since().take();
        let mut seats = self.connections.lock();
        seats.open = seats.open.saturating_sub(1);
        if let Some(since) = since {
            seats.idle.remove(&since);
        }
    }
}

/// A connection at work.
pub(crate) struct Working(Arc<Seat>);

impl Drop for Working {
    fn drop(&mut self) {
        let since = wait(&mut self.0.connections.lock(), &self.0.leave);
        *self.0.idle_since() = Some(since);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_longest_idle_makes_room_and_nobody_at_work_does() {
        let connections = Connections::new(2);
        let first = connections.sit().seat.unwrap();
        let second = connections.sit().seat.unwrap();
        let work = first.work();
        let third = connections.sit();
        assert!(third.shed);
        second.must_leave().await;
        drop(second);
        let third = third.seat.unwrap();
        let busy = third.work();
        assert!(connections.sit().seat.is_none(), "both are at work");
        drop(work);
        let fourth = connections.sit();
        assert!(fourth.shed);
        first.must_leave().await;
        drop((first, busy, third, fourth));
        let seats = connections.lock();
        assert_eq!((seats.open, seats.idle.len()), (0, 0));
    }
}
