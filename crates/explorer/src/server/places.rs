//! The connections: so many at a time. Where all places are taken, whoever has not brought the token leaves, the oldest
//! first: nobody without it keeps the page out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

pub(crate) struct Places {
    taken: Mutex<Taken>,
    most: usize,
}

#[derive(Default)]
struct Taken {
    open: usize,
    next: u64,
    /// Those that have not brought the token, by when they came.
    strangers: BTreeMap<u64, Arc<Notify>>,
}

/// A connection's place.
pub(crate) struct Place {
    places: Arc<Places>,
    number: u64,
    leave: Arc<Notify>,
}

impl Places {
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            taken: Mutex::default(),
            most,
        })
    }

    /// A place; none where all are taken by those who brought the token.
    pub(crate) fn take(self: &Arc<Self>) -> Option<Arc<Place>> {
        let mut taken = self.lock();
        if taken.open >= self.most {
            let (_, oldest) = taken.strangers.pop_first()?;
            oldest.notify_one();
        }
        let (number, leave) = (taken.next, Arc::new(Notify::new()));
        taken.next = number.saturating_add(1);
        taken.open = taken.open.saturating_add(1);
        taken.strangers.insert(number, Arc::clone(&leave));
        drop(taken);
        Some(Arc::new(Place {
            places: Arc::clone(self),
            number,
            leave,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Its connection brought the token, and stays.
    pub(crate) fn keep(&self) {
        self.places.lock().strangers.remove(&self.number);
    }

    /// Ready when its connection has to leave.
    pub(crate) async fn must_leave(&self) {
        self.leave.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.open = taken.open.saturating_sub(1);
        taken.strangers.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_stranger_leaves_and_whoever_brought_the_token_stays() {
        let places = Places::new(2);
        let (known, stranger) = (places.take().unwrap(), places.take().unwrap());
        known.keep();
        let third = places.take().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(stranger.must_leave());
        drop(stranger);
        third.keep();
        assert!(places.take().is_none(), "nobody who stays is sent away");
        drop(known);
        assert!(places.take().is_some());
    }
}
