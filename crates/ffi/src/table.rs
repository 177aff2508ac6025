//! What is lent to another language, by number. A number is given once in the life of the process, so an old one finds nothing.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Things by number, for any number of threads.
pub struct Table<T>(Mutex<BTreeMap<usize, T>>);

/// One count for all tables: a number of one finds nothing in another. It begins above the first page, since Go ends a
/// program that has a lower number where it expects a pointer.
static NEXT: AtomicUsize = AtomicUsize::new(0x1000);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Table<T> {
    /// An empty one.
    pub const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// Takes a thing in, and gives its number.
    pub fn put(&self, thing: T) -> usize {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        self.put_at(number, thing);
        number
    }

    /// Takes a thing in under a number that is the thing's own.
    pub fn put_at(&self, number: usize, thing: T) {
        self.lock().insert(number, thing);
    }

    /// Gives a thing back, if there is one of this number.
    pub fn take(&self, number: usize) -> Option<T> {
        self.lock().remove(&number)
    }

    /// A thing that stays.
    pub fn find(&self, number: usize) -> Option<T>
    where
        T: Clone,
    {
        self.lock().get(&number).cloned()
    }

    /// Nothing that can panic is done under the lock, so what it holds is whole even if it says otherwise.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<usize, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_finds_its_thing_until_it_is_taken_and_never_another() {
        let (words, others) = (Table::new(), Table::new());
        let first = words.put("first");
        assert_eq!(words.find(first), Some("first"));
        assert_eq!(others.find(first), None::<&str>);
        assert_eq!(words.take(first), Some("first"));
        assert_eq!(words.take(first), None);
        assert_ne!(words.put("second"), first);
        assert_eq!(words.find(first), None);
    }
}
