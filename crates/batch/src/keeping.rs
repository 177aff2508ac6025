//! The thread that writes: it records the calls that others made, and keeps the lines of the cards they finished.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use cardseal_ledger::{CallRecord, Reserved};
use zeroize::Zeroizing;

use crate::books::Books;
use crate::error::ResultsError;
use crate::line::Finished;
use crate::results::Results;
use crate::stop::{End, Stop};
use crate::summary::{Summary, Unsent};

/// Cards that are written together at most.
pub(crate) const GROUP: usize = 256;

/// How long what came first waits for others: a disk syncs many lines for the price of one, and a call takes longer by far.
const COMPANY: Duration = Duration::from_millis(20);

/// How long nothing may come before the figures are told again.
const QUIET: Duration = Duration::from_millis(100);

/// What a thread hands over.
pub(crate) enum Done {
    Card(Finished),
    /// A card that is not finished, whatever was sent for it.
    Nothing,
    /// A card that failed before anything of it was sent, and not because of itself: its kind of error, and why. It gets no
    /// line, so that it is called when the batch goes on.
    Unsent(&'static str, String),
}

/// What a thread hands over, with the calls that it made and what the ledger had reserved for them.
pub(crate) struct Handed {
    pub(crate) done: Done,
    pub(crate) calls: Vec<CallRecord>,
    pub(crate) reserved: Vec<Reserved>,
    /// Dropped when it is kept: no other call is begun before that, so that never more calls are in doubt than there are
    /// jobs.
    pub(crate) kept: Option<Sender<()>>,
}

/// What is kept together; empty where nothing comes for a while, `None` when all threads are gone. Where every one of the
/// `jobs` threads waits for its card to be kept, nothing more can come.
pub(crate) fn next_group(receiver: &Receiver<Handed>, jobs: usize) -> Option<Vec<Handed>> {
    let first = match receiver.recv_timeout(QUIET) {
        Ok(handed) => handed,
        Err(RecvTimeoutError::Timeout) => return Some(Vec::new()),
        Err(RecvTimeoutError::Disconnected) => return None,
    };
    let started = Instant::now();
    let waits = |handed: &Handed| usize::from(handed.kept.is_some());
    let mut waiting = waits(&first);
    let mut group = vec![first];
    while waiting < jobs && group.len() < GROUP {
        let Ok(handed) = receiver.recv_timeout(COMPANY.saturating_sub(started.elapsed())) else {
            break;
        };
        waiting = waiting.saturating_add(waits(&handed));
        group.push(handed);
    }
    Some(group)
}

/// Keeps what is finished, and counts it.
pub(crate) struct Keeper<'a> {
    pub(crate) results: &'a dyn Results,
    pub(crate) stop: &'a Stop,
    pub(crate) summary: Summary,
    pub(crate) unsent: Unsent,
    /// Lines with an answer that the results did not take.
    pub(crate) unkept: Vec<Zeroizing<Vec<u8>>>,
}

impl<'a> Keeper<'a> {
    pub(crate) fn new(results: &'a dyn Results, stop: &'a Stop) -> Self {
        Self {
            results,
            stop,
            summary: Summary::default(),
            unsent: Unsent::default(),
            unkept: Vec::new(),
        }
    }

    /// Records and keeps what was handed over.
    pub(crate) fn keep(&mut self, group: Vec<Handed>, books: Option<&mut Books>) {
        let mut cards = Vec::with_capacity(group.len());
        let (mut calls, mut reserved) = (Vec::new(), Vec::new());
        let mut waiting = Vec::new();
        for mut handed in group {
            waiting.extend(handed.kept);
            calls.append(&mut handed.calls);
            reserved.append(&mut handed.reserved);
            match handed.done {
                Done::Card(card) => cards.push(card),
                Done::Nothing => {}
                Done::Unsent(kind, why) => {
                    self.summary.count(Some(kind));
                    self.unsent.add(kind, why);
                }
            }
        }
        if let Some(books) = books
            && let Err(why) = books.record(calls, reserved)
        {
            self.stop.stop(End::Unrecorded(why));
        }
        match self.results.keep(&cards) {
            Ok(()) => cards.iter().for_each(|card| self.kept(card)),
            Err(error) if cards.len() == 1 => self.not_kept(cards, error),
            // As many as there is room for.
            Err(_) => {
                for card in cards {
                    match self.results.keep(std::slice::from_ref(&card)) {
                        Ok(()) => self.kept(&card),
                        Err(error) => self.not_kept(vec![card], error),
                    }
                }
            }
        }
        drop(waiting);
    }

    fn kept(&mut self, card: &Finished) {
        self.summary.count(card.code.as_deref());
    }

    fn not_kept(&mut self, cards: Vec<Finished>, error: ResultsError) {
        self.stop.stop(End::Unwritable(error));
        let answered = cards.into_iter().filter(|card| card.holds_an_answer);
        self.unkept.extend(answered.map(|card| card.line));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{channel, sync_channel};

    use super::*;

    fn handed(waits: bool) -> Handed {
        Handed {
            done: Done::Nothing,
            calls: Vec::new(),
            reserved: Vec::new(),
            kept: waits.then(|| channel().0),
        }
    }

    #[test]
    fn what_every_thread_waits_for_is_one_group() {
        let (sender, receiver) = sync_channel(GROUP);
        for waits in [false, true, false, true, false] {
            sender.send(handed(waits)).unwrap();
        }
        // Of two threads no third can wait: what comes behind them is the next group's.
        assert_eq!(next_group(&receiver, 2).unwrap().len(), 4);
        assert_eq!(next_group(&receiver, 2).unwrap().len(), 1);
        assert!(next_group(&receiver, 2).unwrap().is_empty());
        drop(sender);
        assert!(next_group(&receiver, 2).is_none());
    }

    #[test]
    fn no_group_is_larger_than_it_may_be() {
        let (sender, receiver) = sync_channel(2 * GROUP);
        (0..GROUP + 1).for_each(|_| sender.send(handed(false)).unwrap());
        drop(sender);
        let sizes: Vec<usize> = std::iter::from_fn(|| next_group(&receiver, 8))
            .map(|group| group.len())
            .collect();
        assert_eq!(sizes, [GROUP, 1]);
    }
}
