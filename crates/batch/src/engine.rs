//! The engine of one process: threads that take cards and call the service, and one thread that writes the results.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use cardseal::{Error, ErrorKind, RetryPolicy};
use cardseal_prepare::Limits;

use crate::allowance::Allowance;
use crate::books::Books;
use crate::card::Card;
use crate::desk::{Desk, Handed, desk, next_group};
use crate::error::ResultsError;
use crate::line::{Finished, Outcome, write};
use crate::pace::Pace;
use crate::picture;
use crate::recognize::Recognize;
use crate::results::Results;
use crate::stop::{End, Stop};
use crate::summary::{Ended, Summary};
use crate::watch::{OneCall, Shared};
use crate::work::Work;

/// Cards in turn that meet no connection before nobody is asked any more.
const UNREACHABLE: u64 = 20;

/// Codes by which the service says that it would refuse every other card as well.
const SENSELESS: [&str; 4] = [
    "FailedOperation.UnOpenError",
    "ResourceUnavailable.InArrears",
    "ResourceUnavailable.ResourcePackageRunOut",
    "ResourcesSoldOut.ChargeStatusException",
];

/// Options of a batch.
#[derive(Debug)]
pub struct Options {
    /// How many cards to process at once.
    pub jobs: NonZeroUsize,
    /// Maximum calls per second; `None` for no limit.
    pub max_rps: Option<f64>,
    /// Prepares pictures to fit these limits first.
    pub fit: Option<Limits>,
    /// Makes no calls beyond this allowance.
    pub allowance: Option<Allowance>,
}

impl Default for Options {
    /// Eight at once, at the published rate for the encrypted ID card: 20 per second.
    fn default() -> Self {
        Self {
            jobs: NonZeroUsize::new(8).unwrap_or(NonZeroUsize::MIN),
            max_rps: Some(20.0),
            fit: None,
            allowance: None,
        }
    }
}

/// A retry policy for batches: throttled calls are retried for more than two minutes, with growing delays. Set the
/// client's deadline to an hour.
#[must_use]
pub fn patient(mut policy: RetryPolicy) -> RetryPolicy {
    policy.throttled_for = Duration::from_secs(150);
    policy.longest_delay = Duration::from_secs(20);
    policy
}

/// Runs a batch: calls the service once for every card without a result, and stores each line before it counts. The
/// writing thread calls `progress` regularly with the figures.
pub fn run(
    work: &mut dyn Work,
    results: &dyn Results,
    recognize: &dyn Recognize,
    mut books: Option<&mut Books>,
    options: &Options,
    stop: &Stop,
    progress: &mut dyn FnMut(&Summary),
) -> Ended {
    let started = Instant::now();
    let shared = Shared {
        results,
        stop,
        pace: Pace::new(options.max_rps),
        allowance: options.allowance.as_ref(),
        cloud: recognize.cloud(),
    };
    let batch = Batch {
        shared: &shared,
        recognize,
        fit: options.fit.as_ref(),
        work: Mutex::new(work),
        cards: AtomicU64::new(0),
        skipped: AtomicU64::new(0),
        unreachable: AtomicU64::new(0),
    };
    let mut summary = Summary::default();
    let jobs = options.jobs.get();
    std::thread::scope(|scope| {
        let (desk, receiver) = desk(jobs);
        for _ in 0..jobs {
            let (batch, desk) = (&batch, desk.clone());
            scope.spawn(move || batch.take_cards(&desk));
        }
        drop(desk);
        while let Some(group) = next_group(&receiver, jobs) {
            write_down(group, &shared, books.as_deref_mut(), &mut summary);
            batch.counted(&mut summary);
            summary.took(started.elapsed());
            progress(&summary);
        }
    });
    batch.count_the_rest();
    batch.counted(&mut summary);
    summary.took(started.elapsed());
    summary.in_doubt = results.in_doubt();
    progress(&summary);
    Ended {
        summary,
        end: stop.end(),
        unrecorded: books.and_then(Books::close),
    }
}

/// Records and keeps what is finished, and then begins what waits for that: never more calls are in doubt than there are
/// threads.
fn write_down(
    group: Vec<Handed>,
    shared: &Shared<'_>,
    books: Option<&mut Books>,
    summary: &mut Summary,
) {
    let mut cards = Vec::with_capacity(group.len());
    let mut calls = Vec::new();
    let (mut begun, mut waiting) = (Vec::new(), Vec::new());
    for handed in group {
        match handed {
            Handed::Card(mut card) => {
                calls.append(&mut card.calls);
                cards.push(card);
            }
            Handed::Calls(mut of_card) => calls.append(&mut of_card),
            Handed::Unsent => summary.count(Some(ErrorKind::Transport.name())),
            Handed::Begin(id, told) => {
                begun.push(id);
                waiting.push(told);
            }
        }
    }
    if let Some(books) = books
        && let Err(why) = books.record(calls.into_iter())
    {
        shared.stop.stop(End::Unrecorded(why));
    }
    let kept = keep(&cards, shared.results, summary);
    if let Err(error) = &kept {
        shared.stop.stop(End::Unwritable(error.clone()));
    }
    let noted = kept.and_then(|()| shared.results.begin(&begun));
    for told in waiting {
        // Whoever asked waits for the answer.
        let _ = told.send(noted.clone());
    }
}

/// Keeps and counts the cards together, or where there is no room for all of them, as many as there is room for.
fn keep(
    cards: &[Finished],
    results: &dyn Results,
    summary: &mut Summary,
) -> Result<(), ResultsError> {
    match (results.keep(cards), cards) {
        (Ok(()), _) => {
            for card in cards {
                summary.count(card.code.as_deref());
            }
            Ok(())
        }
        (Err(error), [] | [_]) => Err(error),
        (Err(_), _) => cards
            .iter()
            .try_for_each(|card| keep(std::slice::from_ref(card), results, summary)),
    }
}

struct Batch<'a, 'w> {
    shared: &'a Shared<'a>,
    recognize: &'a dyn Recognize,
    fit: Option<&'a Limits>,
    work: Mutex<&'w mut dyn Work>,
    cards: AtomicU64,
    skipped: AtomicU64,
    /// Cards in turn that met no connection.
    unreachable: AtomicU64,
}

impl Batch<'_, '_> {
    fn take_cards(&self, desk: &Desk) {
        while let Some(card) = self.next_card() {
            if let Some(handed) = self.call(&card, desk)
                && !desk.hand_over(handed)
            {
                return;
            }
        }
    }

    fn next_card(&self) -> Option<Card> {
        loop {
            let card = {
                let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
                if self.shared.stop.is_set() {
                    return None;
                }
                work.next(self.shared.stop)?
            };
            self.cards.fetch_add(1, Ordering::Relaxed);
            if !self.shared.results.has(&card.hashed_id()) {
                return Some(card);
            }
            self.skipped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Calls for a card. `None` if the batch stops before it is sent.
    fn call(&self, card: &Card, desk: &Desk) -> Option<Handed> {
        let started = Instant::now();
        let finished = |outcome: &Outcome<'_>, watch: OneCall<'_>| {
            let (line, code) = write(card, outcome, watch.attempts, started.elapsed());
            Handed::Card(Finished {
                id: card.hashed_id(),
                line,
                ends_a_call: watch.is_open(),
                code,
                calls: watch.calls,
            })
        };
        let mut watch = OneCall::new(self.shared, desk, card.hashed_id());
        let image = match picture::load(&card.picture, self.fit) {
            Ok(image) => image,
            Err(why) => return Some(finished(&Outcome::Unusable(&why), watch)),
        };
        let error = match self.recognize.recognize(image, card.side, &mut watch) {
            Ok(answer) => {
                self.unreachable.store(0, Ordering::SeqCst);
                watch.answered(&answer.request_id);
                let outcome = Outcome::Ok(&answer.request_id, &answer.result);
                return Some(finished(&outcome, watch));
            }
            Err(error) => error,
        };
        if watch.halted || self.stops_all(&error) {
            watch.settle();
            if !watch.halted {
                self.shared.stop.stop(match error.kind() {
                    ErrorKind::Transport => End::Unreachable(error),
                    _ => End::Refused(error),
                });
            }
            return Some(Handed::Calls(watch.calls)).filter(|_| watch.attempts > 0);
        }
        if watch.attempts == 0 && error.kind() == ErrorKind::Transport {
            watch.settle();
            return Some(Handed::Unsent);
        }
        Some(finished(&Outcome::Failed(&error), watch))
    }

    /// Whether going on would be senseless: every other card would meet the same.
    fn stops_all(&self, error: &Error) -> bool {
        let nobody_answers = error.kind() == ErrorKind::Transport && error.is_retryable();
        if nobody_answers {
            return self.unreachable.fetch_add(1, Ordering::SeqCst) >= UNREACHABLE;
        }
        self.unreachable.store(0, Ordering::SeqCst);
        match error.kind() {
            ErrorKind::Credential | ErrorKind::Signing | ErrorKind::Key | ErrorKind::Provider => {
                true
            }
            _ => error
                .service_code()
                .is_some_and(|code| SENSELESS.contains(&code)),
        }
    }

    fn count_the_rest(&self) {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(card) = work.rest() {
            self.cards.fetch_add(1, Ordering::Relaxed);
            if self.shared.results.has(&card.hashed_id()) {
                self.skipped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn counted(&self, summary: &mut Summary) {
        summary.cards = self.cards.load(Ordering::Relaxed);
        summary.skipped = self.skipped.load(Ordering::Relaxed);
    }
}
