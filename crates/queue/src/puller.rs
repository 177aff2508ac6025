//! Takes cards from the queue: as many as there is room for, each looked at before it is handed on.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::jetstream;
use bytes::Bytes;
use cardseal_batch::{Card, Picture, Stop};
use futures_util::StreamExt;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ask::is_elsewhere;
use crate::desk::{Desk, Taken};
use crate::error::QueueError;
use crate::fetch::fetch;
use crate::identity::Identity;
use crate::job::{Job, Keys, last};
use crate::names::{Store, once};
use crate::outcome::Stored;
use crate::parcel::{PictureIn, unpack};
use crate::server::{Link, Patience, Trouble};

/// How long the server is asked for cards at once.
const EXPIRES: Duration = Duration::from_secs(2);

/// What the server says of a delivery.
#[derive(Clone, Copy)]
struct Delivery {
    /// The message's number in the queue.
    number: u64,
    /// How often it was delivered.
    count: u64,
}

impl Delivery {
    fn of(message: &jetstream::Message) -> Result<Self, async_nats::Error> {
        let info = message.info()?;
        Ok(Self {
            number: info.stream_sequence,
            count: u64::try_from(info.delivered).unwrap_or(1),
        })
    }
}

/// What takes cards, and hands them on.
pub(crate) struct Puller {
    pub(crate) link: Link,
    pub(crate) job: Arc<Job>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) stop: Arc<Stop>,
    pub(crate) ready: UnboundedSender<Card>,
    pub(crate) room: Arc<Semaphore>,
    /// How often a card is delivered before it is given up.
    pub(crate) deliveries: u64,
}

/// What a message turned out to be.
enum Found {
    Card(Card, Option<String>),
    /// Another worker has it.
    Elsewhere,
    /// It is finished.
    Finished,
}

impl Puller {
    pub(crate) async fn run(self: Arc<Self>) {
        let patience = Patience::UntilStopped(&self.stop);
        let mut made = None;
        while !self.stop.is_set() {
            let asked = self
                .link
                .again(patience, || self.job.workers(&self.link))
                .await;
            let Ok(workers) = asked else { return };
            let created = workers.cached_info().created;
            // One that was made anew does not know which cards are with whom.
            if made
                .replace(created)
                .is_some_and(|before| before != created)
            {
                self.link.forgot();
            }
            // A consumer is asked for again after an error, or where nothing comes: it may have been lost.
            while !self.stop.is_set() {
                let Ok(first) = Arc::clone(&self.room).acquire_owned().await else {
                    return;
                };
                let mut permits = vec![first];
                while let Ok(more) = Arc::clone(&self.room).try_acquire_owned() {
                    permits.push(more);
                }
                let asked = workers.batch().max_messages(permits.len()).expires(EXPIRES);
                let Ok(mut messages) = asked.messages().await else {
                    break;
                };
                let (mut is_lost, mut has_come) = (false, false);
                while let Some(message) = messages.next().await {
                    has_come = true;
                    match (message, permits.pop()) {
                        (Ok(message), Some(permit)) => {
                            let puller = Arc::clone(&self);
                            tokio::spawn(async move { puller.receive(message, permit).await });
                        }
                        (Err(_), _) => {
                            is_lost = true;
                            break;
                        }
                        // More than was asked for: it comes again.
                        (Ok(_), None) => {}
                    }
                }
                if is_lost || !has_come {
                    break;
                }
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn receive(&self, message: jetstream::Message, permit: OwnedSemaphorePermit) {
        let hash = message
            .subject
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_owned();
        let since = Instant::now();
        let Some(arriving) = self.desk.arrive(&hash, &message) else {
            // Delivered again while we work on it: the server did not hear us for a while.
            let _ = self.excuse(&hash).await;
            return;
        };
        let Ok(delivery) = Delivery::of(&message) else {
            return;
        };
        let Ok(found) = self.look_at(&message, &hash, delivery).await else {
            return;
        };
        match found {
            Found::Elsewhere => {
                let _ = self.excuse(&hash).await;
            }
            Found::Finished => {
                acknowledge(&self.link, &self.job, &message).await;
            }
            Found::Card(card, poison) => {
                let id = card.hashed_id();
                let mut message = message;
                if poison.is_none() {
                    // Opened, and needed no more.
                    message.message.payload = Bytes::new();
                }
                let taken = Taken {
                    message,
                    hash,
                    number: delivery.number,
                    sure: Mutex::new(since),
                    call: Mutex::new(None),
                    poison,
                    _permit: permit,
                };
                self.desk.put(id, Arc::new(taken));
                drop(arriving);
                if self.ready.send(card).is_err() {
                    // The worker has ended.
                    self.desk.take(&id);
                }
            }
        }
    }

    async fn look_at(
        &self,
        message: &jetstream::Message,
        hash: &str,
        delivery: Delivery,
    ) -> Result<Found, QueueError> {
        let delivered = delivery.count;
        if self.is_finished(hash, delivery.number).await? {
            return Ok(Found::Finished);
        }
        // A server that was killed does not know any more what it delivered, and to whom.
        let may_be_elsewhere =
            delivered > 1 || self.link.was_just_away() || self.is_begun(hash).await?;
        if may_be_elsewhere {
            if is_elsewhere(&self.link, &self.job, hash).await {
                return Ok(Found::Elsewhere);
            }
            if self.is_finished(hash, delivery.number).await? {
                return Ok(Found::Finished);
            }
        }
        let unusable = |why: String| {
            let card = Card::new(hash, "", Picture::Unusable(why.clone()));
            Ok(Found::Card(card, Some(why)))
        };
        let opened = self.identity.open(&message.payload);
        let Some((mut card, lies)) = opened.and_then(unpack) else {
            return unusable(
                "the card's message was damaged on the server; submit it again under another id"
                    .to_owned(),
            );
        };
        if self.job.hash(&self.keys, &card.id) != hash {
            return unusable(
                "the card's message is another card's; submit it again under another id".to_owned(),
            );
        }
        if delivered > self.deliveries {
            let excused = self.excused(hash).await?;
            let counted = delivered.saturating_sub(excused);
            if counted > self.deliveries {
                let why = format!(
                    "{} workers died while they had this card, so it was given up; look at its picture",
                    counted.saturating_sub(1)
                );
                card.picture = Picture::Unusable(why.clone());
                return Ok(Found::Card(card, Some(why)));
            }
        }
        if lies == PictureIn::ObjectStore {
            match fetch(&self.link, &self.job, &self.identity, &self.stop, hash).await? {
                Some(picture) => card.picture = Picture::Held(picture),
                // It goes when its card is finished.
                None if self.is_finished(hash, delivery.number).await? => {
                    return Ok(Found::Finished);
                }
                None => {
                    let why = "the card's picture was damaged on the server; submit it again under another id";
                    card.picture = Picture::Unusable(why.to_owned());
                    return Ok(Found::Card(card, Some(why.to_owned())));
                }
            }
        }
        Ok(Found::Card(card, None))
    }

    /// Whether a card has a result; if so, the rest is done that follows it.
    async fn is_finished(&self, hash: &str, number: u64) -> Result<bool, QueueError> {
        let patience = Patience::UntilStopped(&self.stop);
        let link = &self.link;
        let result = link.again(patience, || self.job.result(link, hash)).await?;
        let Some(result) = result else {
            return Ok(false);
        };
        let stored = Stored::of(&result);
        let follow = || self.job.follow(link, hash, &stored);
        link.again(patience, follow).await?;
        // A server that was killed delivers the same message as if for the first time.
        if stored.card.is_some_and(|card| card != number) {
            let note = || self.job.note_repeated(link, hash, number);
            link.again(patience, note).await?;
        }
        Ok(true)
    }

    /// Whether a call was begun for a card and not closed.
    async fn is_begun(&self, hash: &str) -> Result<bool, QueueError> {
        let begun = || async {
            let calls = self.job.stream_as_named(&self.link, Store::Calls).await?;
            last(&calls, self.job.name.subject("begun", hash)).await
        };
        let begun = self.link.again(Patience::UntilStopped(&self.stop), begun);
        Ok(begun.await?.is_some())
    }

    /// A delivery that counts against no card.
    async fn excuse(&self, hash: &str) -> Result<(), QueueError> {
        let once = once();
        let note = || self.job.note(&self.link, "excused", hash, &once);
        self.link
            .again(Patience::UntilStopped(&self.stop), note)
            .await
            .map(drop)
    }

    async fn excused(&self, hash: &str) -> Result<u64, QueueError> {
        let ask = || self.job.notes(&self.link, Store::Notes, "excused", hash);
        let notes = self
            .link
            .again(Patience::UntilStopped(&self.stop), ask)
            .await?;
        Ok(notes.iter().map(|(_, count)| count).sum())
    }
}

/// A finished card leaves the queue, if the server can be told within some seconds; else it comes again, to be told then.
pub(crate) async fn acknowledge(link: &Link, job: &Job, message: &jetstream::Message) {
    let ask = || async {
        let Err(error) = message.double_ack().await else {
            return Ok(());
        };
        // Nothing answers where the consumer is gone.
        job.workers(link).await?;
        Err(Trouble::passing(error))
    };
    if let Err(why) = link.again(Patience::Short, ask).await {
        link.tell(&why);
    }
}

/// Gives a card back that is not finished, for another worker or for later.
pub(crate) async fn give_back(link: &Link, job: &Job, taken: &Taken, later: Option<Duration>) {
    // Where the server is away, the card goes to another by itself.
    if job
        .note(link, "excused", &taken.hash, &once())
        .await
        .is_ok()
    {
        let _ = taken.message.ack_with(jetstream::AckKind::Nak(later)).await;
    }
}
