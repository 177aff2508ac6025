//! A worker: the source of the engine's cards, and the store of their results.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cardseal_batch::{Card, Finished, Id, Results, ResultsError, Stop, Work};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::ask::is_elsewhere;
use crate::desk::{Desk, Taken, keep_answering, keep_telling};
use crate::error::QueueError;
use crate::identity::Identity;
use crate::job::{Job, Keys};
use crate::names::once;
use crate::outcome::{Kept, Stored, Whose};
use crate::puller::{Puller, acknowledge, give_back};
use crate::server::{Link, Patience, Server, Trouble};

/// When a card is tried again for which nothing could be sent.
const LATER: Duration = Duration::from_secs(2);

/// How often a card is delivered before it is given up.
const DELIVERIES: u64 = 5;

/// Takes cards of a job and stores their results.
pub struct Worker {
    cards: Cards,
    kept: Answers,
}

/// The cards that a worker takes.
pub(crate) struct Cards(UnboundedReceiver<Card>);

/// Where a worker's results go.
pub(crate) struct Answers {
    link: Link,
    handle: Handle,
    job: Arc<Job>,
    keys: Arc<Keys>,
    desk: Arc<Desk>,
    stop: Arc<Stop>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Worker {
    /// Starts to take cards, so many at once.
    ///
    /// # Errors
    /// [`QueueError::Identity`] where the job was made for others.
    pub fn start(
        server: &Server,
        job: Arc<Job>,
        identity: Identity,
        at_once: NonZeroUsize,
        stop: Arc<Stop>,
    ) -> Result<Self, QueueError> {
        let keys = Arc::new(job.keys(&identity)?);
        let desk = Arc::new(Desk::default());
        let (ready, cards) = unbounded_channel();
        let puller = Arc::new(Puller {
            link: server.link.clone(),
            job: Arc::clone(&job),
            keys: Arc::clone(&keys),
            identity: Arc::new(identity),
            desk: Arc::clone(&desk),
            stop: Arc::clone(&stop),
            ready,
            room: Arc::new(Semaphore::new(at_once.get())),
            deliveries: DELIVERIES,
        });
        let handle = server.handle();
        let tasks = vec![
            handle.spawn(keep_telling(Arc::clone(&desk), server.link.clone())),
            handle.spawn(keep_answering(
                Arc::clone(&desk),
                server.link.clone(),
                Arc::clone(&job),
            )),
            handle.spawn(puller.run()),
        ];
        let kept = Answers {
            link: server.link.clone(),
            handle,
            job,
            keys,
            desk,
            stop,
            tasks: Mutex::new(tasks),
        };
        Ok(Self {
            cards: Cards(cards),
            kept,
        })
    }

    /// The source of cards and the store of results, for the engine.
    pub fn parts(&mut self) -> (&mut dyn Work, &dyn Results) {
        (&mut self.cards, &self.kept)
    }

    /// A line as the job's results have it: sealed for their readers, in Base64.
    ///
    /// # Errors
    /// [`ResultsError`] if it cannot be sealed.
    pub fn as_kept(&self, line: &[u8]) -> Result<Zeroizing<Vec<u8>>, ResultsError> {
        let line = self.kept.keys.result_to.seal_line(line)?;
        Ok(Zeroizing::new(line))
    }

    /// Ends: what was taken and is not finished goes back.
    pub fn end(self) {
        self.kept.end();
    }
}

impl Work for Cards {
    fn next(&mut self, stop: &Stop) -> Option<Card> {
        loop {
            if let Ok(card) = self.0.try_recv() {
                return Some(card);
            }
            if self.0.is_closed() || !stop.sleep(Duration::from_millis(5)) {
                return None;
            }
        }
    }
}

impl Answers {
    fn again<T, F, A>(&self, ask: F) -> Result<T, ResultsError>
    where
        F: Fn() -> A,
        A: Future<Output = Result<T, Trouble>>,
    {
        let patience = Patience::UntilStopped(&self.stop);
        let asked = self.handle.block_on(self.link.again(patience, ask));
        asked.map_err(|error| ResultsError::new(error.to_string()))
    }

    /// Whether a card that this worker took was finished by another meanwhile, or is with one.
    fn is_anothers(&self, hash: &str) -> Result<bool, ResultsError> {
        self.again(|| async {
            let is_finished = self.job.result(&self.link, hash).await?.is_some();
            Ok(is_finished || is_elsewhere(&self.link, &self.job, hash).await)
        })
    }

    fn keep_one(&self, card: &Finished) -> Result<(), ResultsError> {
        let Some(taken) = self.desk.find(&card.id) else {
            return Ok(());
        };
        let open = *taken.call();
        let sealed = self.keys.result_to.seal_file(&card.line)?;
        let is_too_large = sealed.len() > self.link.room();
        let kept = Kept {
            object: is_too_large.then(|| format!("result-{}-{}", taken.hash, once())),
            sealed: sealed.into(),
            stored: Stored {
                code: card.code.clone(),
                // One whose answer is lost stays in doubt.
                call: open.filter(|_| !card.is_in_doubt),
                card: Some(taken.number),
            },
        };
        if let Some(why) = &taken.poison {
            let sealed = &taken.message.payload;
            self.again(|| self.job.bury(&self.link, &taken.hash, sealed.clone(), why))?;
        }
        let whose = self.again(|| self.job.store(&self.link, &taken.hash, &kept))?;
        // From here on the card is kept: what fails is done by who gets it again.
        let rest = || {
            if whose == Whose::Ours {
                self.again(|| self.job.follow(&self.link, &taken.hash, &kept.stored))?;
            }
            self.handle
                .block_on(acknowledge(&self.link, &self.job, &taken.message));
            Ok(())
        };
        let _: Result<(), ResultsError> = rest();
        self.desk.take(&card.id);
        Ok(())
    }

    fn end(&self) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        // The puller last of all started; those that tell and answer go on until all is given back.
        if let Some(puller) = tasks.pop() {
            puller.abort();
        }
        for id in self.desk.ids() {
            if let Some(taken) = self.desk.take(&id) {
                self.back(&taken, None);
            }
        }
        self.handle.block_on(async {
            let _ = tokio::time::timeout(LATER, self.link.client.flush()).await;
        });
        tasks.drain(..).for_each(|task| task.abort());
    }

    fn back(&self, taken: &Taken, later: Option<Duration>) {
        self.handle
            .block_on(give_back(&self.link, &self.job, taken, later));
    }
}

impl Results for Answers {
    /// A card that is finished is not handed to the engine.
    fn has(&self, _: &Id) -> bool {
        false
    }

    fn begin(&self, id: &Id) -> Result<bool, ResultsError> {
        let Some(taken) = self.desk.find(id) else {
            return Ok(false);
        };
        let once = once();
        let call = self.again(|| self.job.begin(&self.link, &taken.hash, &once))?;
        if self.desk.may_have_lost(&taken, &self.link) {
            let since = Instant::now();
            if self.is_anothers(&taken.hash)? {
                self.again(|| self.job.close(&self.link, call))?;
                self.desk.take(id);
                self.again(|| self.job.note(&self.link, "excused", &taken.hash, &once))?;
                return Ok(false);
            }
            *taken.sure() = since;
        }
        *taken.call() = Some(call);
        Ok(true)
    }

    fn settle(&self, id: &Id) -> Result<(), ResultsError> {
        let taken = self.desk.find(id);
        let call = taken.and_then(|taken| taken.call().take());
        match call {
            Some(call) => self.again(|| self.job.close(&self.link, call)),
            None => Ok(()),
        }
    }

    /// One after the other: each is whole by itself.
    fn keep(&self, cards: &[Finished]) -> Result<(), ResultsError> {
        std::thread::scope(|scope| {
            let kept: Vec<_> = cards
                .iter()
                .map(|card| scope.spawn(move || self.keep_one(card)))
                .collect();
            let mut all = Ok(());
            for one in kept {
                let one = one.join();
                let one = one.unwrap_or_else(|_| Err(ResultsError::new("a thread ended early")));
                all = all.and(one);
            }
            all
        })
    }

    fn leave(&self, id: &Id) {
        if let Some(taken) = self.desk.take(id) {
            let later = (!self.stop.is_set()).then_some(LATER);
            self.back(&taken, later);
        }
    }

    /// Of the whole job; 0 where the server is away.
    fn in_doubt(&self) -> u64 {
        let asked = self.handle.block_on(self.job.in_doubt(&self.link));
        asked.unwrap_or(0)
    }
}
