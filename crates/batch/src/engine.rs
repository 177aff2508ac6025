//! The engine of one process: threads that take cards and call the service, and one thread that writes the results.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cardseal::{Error, ErrorKind, RetryPolicy};
use cardseal_prepare::Limits;

use crate::allowance::Allowance;
use crate::books::Books;
use crate::card::Card;
use crate::keeping::{Done, GROUP, Handed, Keeper, next_group};
use crate::line::{Finished, Outcome, write};
use crate::pace::{Pace, Turns};
use crate::picture::{self, Unloaded};
use crate::recognize::Recognize;
use crate::results::Results;
use crate::stop::{End, Stop};
use crate::summary::{Ended, Summary};
use crate::watch::{OneCall, Shared};
use crate::work::Work;

/// Cards in turn that meet the same trouble, which is not theirs, before nobody is asked any more.
const IN_TURN: u64 = 20;

/// Codes by which the service says that it would refuse every other card as well.
const SENSELESS: [&str; 4] = [
    "FailedOperation.UnOpenError",
    "ResourceUnavailable.InArrears",
    "ResourceUnavailable.ResourcePackageRunOut",
    "ResourcesSoldOut.ChargeStatusException",
];

/// The code of what the service could not open, or not read. A wrong key has it for every card, and a picture may.
const UNOPENED: &str = "FailedOperation.UnKnowError";

/// Options of a batch.
#[derive(Debug)]
pub struct Options {
    /// How many cards to process at once.
    pub jobs: NonZeroUsize,
    /// Maximum calls per second; `None` for no limit.
    pub max_rps: Option<f64>,
    /// Says when each call may go, instead of `max_rps`.
    pub turns: Option<Arc<dyn Turns>>,
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
            turns: None,
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
    let pace = Pace::new(options.max_rps);
    let shared = Shared {
        results,
        stop,
        turns: options.turns.as_deref().unwrap_or(&pace),
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
        unanswered: AtomicU64::new(0),
        unread: AtomicU64::new(0),
        unopened: AtomicU64::new(0),
        is_opened: AtomicBool::new(false),
    };
    let mut keeper = Keeper::new(results, stop);
    let jobs = options.jobs.get();
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(jobs.saturating_mul(2).max(GROUP));
        for _ in 0..jobs {
            let (batch, sender) = (&batch, sender.clone());
            scope.spawn(move || batch.take_cards(&sender));
        }
        drop(sender);
        while let Some(group) = next_group(&receiver, jobs) {
            keeper.keep(group, books.as_deref_mut());
            batch.counted(&mut keeper.summary);
            keeper.summary.took(started.elapsed());
            progress(&keeper.summary);
        }
    });
    let mut summary = keeper.summary;
    batch.count_the_rest();
    batch.counted(&mut summary);
    summary.took(started.elapsed());
    summary.in_doubt = results.in_doubt();
    progress(&summary);
    Ended {
        summary,
        end: stop.end(),
        unrecorded: books.and_then(Books::close),
        unsent: keeper.unsent,
        unkept: keeper.unkept,
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
    /// Cards in turn that were sent and got no answer.
    unanswered: AtomicU64,
    /// Cards in turn whose pictures could not be read, for a reason that is not theirs.
    unread: AtomicU64,
    /// Cards that the service could not open.
    unopened: AtomicU64,
    /// It has opened one, so that the key is the right one.
    is_opened: AtomicBool,
}

impl Batch<'_, '_> {
    fn take_cards(&self, sender: &SyncSender<Handed>) {
        while let Some(mut card) = self.next_card() {
            let mut watch = OneCall::new(self.shared, card.hashed_id());
            let done = self.call(&mut card, &mut watch);
            if !matches!(done, Done::Card(_)) {
                self.shared.results.leave(&card.hashed_id());
            }
            let must_be_kept = matches!(&done, Done::Card(card) if card.ends_a_call);
            let (kept, is_kept) = channel();
            let (calls, reserved) = watch.end();
            let handed = Handed {
                done,
                calls,
                reserved,
                kept: must_be_kept.then_some(kept),
            };
            if sender.send(handed).is_err() {
                return;
            }
            // Nothing is ever sent: it ends when it is dropped.
            let _ = is_kept.recv();
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

    /// Calls for a card.
    fn call(&self, card: &mut Card, watch: &mut OneCall<'_>) -> Done {
        let started = Instant::now();
        let loaded = picture::load(card, self.fit);
        let card = &*card;
        let finished = |outcome: &Outcome<'_>, watch: &OneCall<'_>, is_in_doubt: bool| {
            let (line, code) = write(card, outcome, watch.attempts, started.elapsed());
            Done::Card(Finished {
                id: card.hashed_id(),
                line,
                ends_a_call: watch.is_open(),
                is_in_doubt,
                holds_an_answer: match outcome {
                    Outcome::Ok(..) => true,
                    Outcome::Failed(error) => error.opened_text().is_some(),
                    Outcome::Unusable(_) => false,
                },
                code,
            })
        };
        let image = match loaded {
            Ok(image) => image,
            Err(Unloaded::Unusable(why)) => {
                return finished(&Outcome::Unusable(&why), watch, false);
            }
            Err(Unloaded::Unread(why)) => return self.unread(why),
        };
        self.unread.store(0, Ordering::SeqCst);
        let error = match self.recognize.recognize(image, card.side, watch) {
            Ok(answer) => {
                self.is_answered();
                self.is_opened.store(true, Ordering::SeqCst);
                watch.answered(&answer.request_id);
                let outcome = Outcome::Ok(&answer.request_id, &answer.result);
                return finished(&outcome, watch, false);
            }
            Err(error) => error,
        };
        if watch.halted {
            watch.settle();
            return Done::Nothing;
        }
        // No connection, or credentials that could not be fetched for now.
        let is_unreached = error.is_retryable() && error.kind() != ErrorKind::Throttled;
        if is_unreached && reaches(&self.unreachable) {
            watch.settle();
            self.shared.stop.stop(End::Unreachable(error));
            return Done::Nothing;
        }
        if watch.attempts == 0 && (error.kind() == ErrorKind::Transport || error.is_retryable()) {
            watch.settle();
            return Done::Unsent(error.kind().name(), error.to_string());
        }
        if watch.lacks_its_answer() {
            let line = finished(&Outcome::Failed(&error), watch, true);
            if is_senseless(&error) {
                self.shared.stop.stop(End::Refused(error));
            } else if reaches(&self.unanswered) {
                self.shared.stop.stop(End::Unanswered(error));
            }
            return line;
        }
        if !is_unreached {
            self.is_answered();
        }
        if is_senseless(&error) || self.is_never_opened(&error) {
            watch.settle();
            self.shared.stop.stop(End::Refused(error));
            return Done::Nothing;
        }
        finished(&Outcome::Failed(&error), watch, false)
    }

    /// Whether the service opens nothing of what is sealed with this key: every other card would fail as well.
    fn is_never_opened(&self, error: &Error) -> bool {
        error.service_code() == Some(UNOPENED)
            && !self.is_opened.load(Ordering::SeqCst)
            && reaches(&self.unopened)
    }

    fn is_answered(&self) {
        self.unreachable.store(0, Ordering::SeqCst);
        self.unanswered.store(0, Ordering::SeqCst);
    }

    /// A card whose picture may be there when the batch goes on.
    fn unread(&self, why: String) -> Done {
        if reaches(&self.unread) {
            self.shared.stop.stop(End::InputGone(why));
            return Done::Nothing;
        }
        Done::Unsent(ErrorKind::Input.name(), why)
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

/// Counts one more of the cards in turn, and says whether they are too many.
fn reaches(in_turn: &AtomicU64) -> bool {
    in_turn.fetch_add(1, Ordering::SeqCst) >= IN_TURN
}

/// Whether going on would be senseless: every other card would meet the same.
fn is_senseless(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Credential | ErrorKind::Signing | ErrorKind::Key | ErrorKind::Provider => true,
        _ => error
            .service_code()
            .is_some_and(|code| SENSELESS.contains(&code)),
    }
}
