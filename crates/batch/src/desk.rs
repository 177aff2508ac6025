//! The desk between the threads that call and the one that writes. What is handed over at about the same time is written
//! together: a disk syncs many notes for the price of one.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

use cardseal_ledger::CallRecord;

use crate::card::Id;
use crate::error::ResultsError;
use crate::line::Finished;

/// What is written together at most.
const GROUP: usize = 256;

/// How long what came first waits for others. A call takes longer by far.
const COMPANY: Duration = Duration::from_millis(4);

/// How long nothing may come before the figures are told again.
const QUIET: Duration = Duration::from_millis(100);

/// What a thread hands over.
pub(crate) enum Handed {
    /// A finished card.
    Card(Finished),
    /// Calls of a card that is not finished.
    Calls(Vec<CallRecord>),
    /// A card that failed before anything of it was sent. It gets no line, so that it is called when the batch goes on.
    Unsent,
    /// A call that is about to be made, and who waits until that is noted.
    Begin(Id, Sender<Result<(), ResultsError>>),
}

/// A thread's side of the desk.
#[derive(Clone)]
pub(crate) struct Desk(SyncSender<Handed>);

/// A desk for so many threads, and what they hand over. It ends when every thread's side is dropped.
pub(crate) fn desk(jobs: usize) -> (Desk, Receiver<Handed>) {
    let (sender, receiver) = sync_channel(jobs.saturating_mul(2).max(GROUP));
    (Desk(sender), receiver)
}

impl Desk {
    /// Hands over without waiting for it to be written. False if nobody takes it any more.
    pub(crate) fn hand_over(&self, handed: Handed) -> bool {
        self.0.send(handed).is_ok()
    }

    /// Waits until a call is noted, and with it whatever this thread handed over before: so never more calls are in doubt than
    /// there are threads.
    pub(crate) fn begin(&self, id: Id) -> Result<(), ResultsError> {
        let (told, noted) = channel();
        if self.hand_over(Handed::Begin(id, told))
            && let Ok(begun) = noted.recv()
        {
            return begun;
        }
        // Whoever writes is there for as long as somebody calls.
        Err(io::Error::from(io::ErrorKind::BrokenPipe).into())
    }
}

/// What is to be written together; empty where nothing comes for a while, `None` when all threads are gone. Where each of
/// them waits for its call to be noted, nothing more can come.
pub(crate) fn next_group(receiver: &Receiver<Handed>, jobs: usize) -> Option<Vec<Handed>> {
    let first = match receiver.recv_timeout(QUIET) {
        Ok(handed) => handed,
        Err(RecvTimeoutError::Timeout) => return Some(Vec::new()),
        Err(RecvTimeoutError::Disconnected) => return None,
    };
    let started = Instant::now();
    let waits = |handed: &Handed| usize::from(matches!(handed, Handed::Begin(..)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_thread_waits_for_is_one_group_behind_what_they_handed_over() {
        let (desk, receiver) = desk(2);
        let ask = |name: &str| Handed::Begin(Id::of(name), channel().0);
        for name in ["a", "b"] {
            assert!(desk.hand_over(Handed::Unsent));
            assert!(desk.hand_over(ask(name)));
        }
        // Of two threads no third can wait: this is the next group's.
        assert!(desk.hand_over(Handed::Unsent));
        let group = next_group(&receiver, 2).unwrap();
        assert!(matches!(
            group[..],
            [
                Handed::Unsent,
                Handed::Begin(..),
                Handed::Unsent,
                Handed::Begin(..)
            ]
        ));
        assert_eq!(next_group(&receiver, 2).unwrap().len(), 1);
        assert!(next_group(&receiver, 2).unwrap().is_empty());
        drop(desk);
        assert!(next_group(&receiver, 2).is_none());
    }

    #[test]
    fn a_call_is_begun_when_the_writer_says_so_and_refused_with_its_error() {
        let (desk, receiver) = desk(1);
        std::thread::scope(|scope| {
            let answers = [Ok(()), Err(ResultsError("full".to_owned()))];
            let begun = scope.spawn(|| [1, 2].map(|_| desk.begin(Id::of("a"))));
            for answer in answers {
                let group = next_group(&receiver, 1).unwrap();
                let [Handed::Begin(_, told)] = &group[..] else {
                    panic!("one waits")
                };
                told.send(answer).unwrap();
            }
            let [first, second] = begun.join().unwrap();
            assert!(first.is_ok());
            assert_eq!(
                second.unwrap_err().to_string(),
                "the results cannot be written any more: full"
            );
        });
        drop(receiver);
        assert!(desk.begin(Id::of("a")).is_err());
    }
}
