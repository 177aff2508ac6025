//! The cards that a worker has: taken from the queue, and neither finished nor given back. While they lie here the server is
//! told again and again that somebody works on them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream;
use async_nats::jetstream::AckKind;
use bytes::Bytes;
use cardseal_batch::Id;
use futures_util::StreamExt;
use tokio::sync::OwnedSemaphorePermit;

use crate::job::Job;
use crate::server::Link;

/// How often the server is told; several times while it would wait.
const BEAT: Duration = Duration::from_millis(1500);

/// How long the server may not hear of a card before it may be with another. Shorter than the server waits.
const UNHEARD: Duration = Duration::from_secs(5);

/// A card that a worker has.
pub(crate) struct Taken {
    pub(crate) message: jetstream::Message,
    pub(crate) hash: String,
    /// The message's number in the queue.
    pub(crate) number: u64,
    /// When it was last known that no other worker has the card.
    pub(crate) sure: Mutex<Instant>,
    /// The note of the call that was begun for it.
    pub(crate) call: Mutex<Option<u64>>,
    /// Why it is given up, if it is.
    pub(crate) poison: Option<String>,
    /// The room that it takes.
    pub(crate) _permit: OwnedSemaphorePermit,
}

impl Taken {
    pub(crate) fn call(&self) -> MutexGuard<'_, Option<u64>> {
        self.call.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn sure(&self) -> MutexGuard<'_, Instant> {
        self.sure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All cards that a worker has.
pub(crate) struct Desk {
    taken: Mutex<HashMap<Id, Arc<Taken>>>,
    /// Those that are looked at before they are handed on.
    arriving: Mutex<HashMap<String, jetstream::Message>>,
    heard: Mutex<Heard>,
}

/// What is known of the server's hearing.
struct Heard {
    /// When it last heard of the cards here.
    last: Instant,
    /// When it heard again after it had not for too long.
    again: Option<Instant>,
}

impl Default for Desk {
    fn default() -> Self {
        let heard = Heard {
            last: Instant::now(),
            again: None,
        };
        Self {
            taken: Mutex::default(),
            arriving: Mutex::default(),
            heard: Mutex::new(heard),
        }
    }
}

impl Desk {
    fn all(&self) -> MutexGuard<'_, HashMap<Id, Arc<Taken>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn arriving(&self) -> MutexGuard<'_, HashMap<String, jetstream::Message>> {
        self.arriving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A card has arrived; `None` if it is here already. It counts as here until the guard goes.
    pub(crate) fn arrive(&self, hash: &str, message: &jetstream::Message) -> Option<Arriving<'_>> {
        let mut arriving = self.arriving();
        if arriving.contains_key(hash) || self.is_taken(hash.as_bytes()) {
            return None;
        }
        arriving.insert(hash.to_owned(), message.clone());
        Some(Arriving {
            desk: self,
            hash: hash.to_owned(),
        })
    }

    pub(crate) fn put(&self, id: Id, taken: Arc<Taken>) {
        self.all().insert(id, taken);
    }

    pub(crate) fn find(&self, id: &Id) -> Option<Arc<Taken>> {
        self.all().get(id).cloned()
    }

    pub(crate) fn take(&self, id: &Id) -> Option<Arc<Taken>> {
        self.all().remove(id)
    }

    pub(crate) fn ids(&self) -> Vec<Id> {
        self.all().keys().copied().collect()
    }

    fn holds(&self, hash: &[u8]) -> bool {
        let is_arriving = self.arriving().keys().any(|known| known.as_bytes() == hash);
        is_arriving || self.is_taken(hash)
    }

    fn is_taken(&self, hash: &[u8]) -> bool {
        self.all()
            .values()
            .any(|taken| taken.hash.as_bytes() == hash)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server has heard of the cards here, at this time or later.
    fn is_heard(&self, at: Instant) {
        let mut heard = self.heard();
        if at.saturating_duration_since(heard.last) >= UNHEARD {
            heard.again = Some(at);
        }
        heard.last = at;
    }

    /// Whether a card may have gone to another since this worker was last sure of it: the server did not hear of it for too
    /// long, or was away.
    pub(crate) fn may_have_lost(&self, taken: &Taken, link: &Link) -> bool {
        let sure = *taken.sure();
        let heard = self.heard();
        heard.last.elapsed() >= UNHEARD
            || heard.again.is_some_and(|at| at >= sure)
            || link.was_away_since(sure)
    }

    async fn beat(&self) {
        let mut messages: Vec<_> = self.arriving().values().cloned().collect();
        messages.extend(self.all().values().map(|taken| taken.message.clone()));
        for message in messages {
            // Where the server is away, the next one comes soon enough.
            let _ = message.ack_with(AckKind::Progress).await;
        }
    }
}

/// A card that is looked at.
pub(crate) struct Arriving<'a> {
    desk: &'a Desk,
    hash: String,
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        self.desk.arriving().remove(&self.hash);
    }
}

/// Tells the server of the cards here, now and then and whenever it is there again.
pub(crate) async fn keep_telling(desk: Arc<Desk>, link: Link) {
    loop {
        let told = Instant::now();
        desk.beat().await;
        let next = async {
            // Asked behind it on the same connection: an answer says that the server was told.
            if link.answers().await {
                desk.is_heard(told);
            }
            tokio::time::sleep(BEAT).await;
        };
        tokio::select! {
            () = next => {}
            () = link.connected.notified() => {}
        }
    }
}

/// Answers the other workers that ask whether a card is here.
pub(crate) async fn keep_answering(desk: Arc<Desk>, link: Link, job: Arc<Job>) {
    loop {
        if let Ok(mut questions) = link.client.subscribe(job.name.holds()).await {
            while let Some(question) = questions.next().await {
                if let Some(reply) = question.reply
                    && desk.holds(&question.payload)
                {
                    let _ = link
                        .client
                        .publish(reply, Bytes::from_static(b"here"))
                        .await;
                }
            }
        }
        tokio::time::sleep(BEAT).await;
    }
}
