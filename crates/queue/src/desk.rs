//! The cards that a worker has: taken from the queue, and neither finished nor given back. While they lie here the server is
//! told again and again that somebody works on them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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

/// A card that a worker has.
pub(crate) struct Taken {
    pub(crate) message: jetstream::Message,
    pub(crate) hash: String,
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
}

/// All cards that a worker has.
#[derive(Default)]
pub(crate) struct Desk {
    taken: Mutex<HashMap<Id, Arc<Taken>>>,
    /// Those that are looked at before they are handed on.
    arriving: Mutex<HashMap<String, jetstream::Message>>,
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
        let connected = link.connected.notified();
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            () = connected => {}
        }
        desk.beat().await;
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

/// How often another worker is asked, and how long it is waited for each time: one that is alive is connected by then.
const QUESTIONS: u32 = 4;
const ANSWER: Duration = Duration::from_millis(400);

/// Whether another worker has a card.
pub(crate) async fn is_elsewhere(link: &Link, job: &Job, hash: &str) -> bool {
    for _ in 0..QUESTIONS {
        let asked = tokio::time::Instant::now();
        let question = link
            .client
            .request(job.name.holds(), Bytes::from(hash.to_owned()));
        if matches!(tokio::time::timeout(ANSWER, question).await, Ok(Ok(_))) {
            return true;
        }
        tokio::time::sleep_until(asked.checked_add(ANSWER).unwrap_or(asked)).await;
    }
    false
}
