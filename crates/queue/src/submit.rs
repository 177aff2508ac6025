//! Submitting: cards go into the work queue, sealed for the workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_nats::jetstream::message::PublishMessage;
use cardseal_batch::{Card, Picture, Stop, Unloaded, Work, read_picture};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::error::QueueError;
use crate::job::{Job, Keys, Published, last, stream_as_named};
use crate::names::{JobName, Store};
use crate::objects;
use crate::parcel::{PictureIn, pack};
use crate::server::{Link, Patience, Server};

/// Cards that are under way to the server at once.
const AT_ONCE: usize = 32;

/// So much of a card's id is shown.
const SHOWN: usize = 40;

/// What was submitted.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Submitted {
    /// Every card of the input.
    pub cards: u64,
    /// Those that the job had before.
    pub repeated: u64,
}

#[derive(Default)]
struct Counts {
    cards: AtomicU64,
    repeated: AtomicU64,
}

/// Puts every card of `work` into the job; those that it has are left as they are, so that a submit that was cut short
/// is run again.
///
/// # Errors
/// [`QueueError`]; what was submitted before it stays.
pub fn submit(
    server: &Server,
    job: &Job,
    keys: &Keys,
    work: &mut dyn Work,
    stop: &Stop,
    progress: &mut dyn FnMut(Submitted),
) -> Result<Submitted, QueueError> {
    let counts = Arc::new(Counts::default());
    let so_far = |counts: &Counts| Submitted {
        cards: counts.cards.load(Ordering::Relaxed),
        repeated: counts.repeated.load(Ordering::Relaxed),
    };
    let room = server.link.room();
    let limit = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    while let Some(card) = work.next(stop) {
        let sealed = seal(&card, keys, room)?;
        let parcel = Parcel {
            job: job.name.clone(),
            hash: job.hash(keys, &card.id),
            sealed,
        };
        server.run(async {
            // Closed by nobody.
            let permit = Arc::clone(&limit).acquire_owned().await.ok();
            let (link, counts) = (server.link.clone(), Arc::clone(&counts));
            tasks.spawn(async move {
                let published = parcel.send(&link).await?;
                counts.cards.fetch_add(1, Ordering::Relaxed);
                if published == Published::Before {
                    counts.repeated.fetch_add(1, Ordering::Relaxed);
                }
                drop(permit);
                Ok(())
            });
        });
        while let Some(done) = tasks.try_join_next() {
            ended(done)?;
        }
        progress(so_far(&counts));
    }
    server.run(async {
        while let Some(done) = tasks.join_next().await {
            ended(done)?;
        }
        Ok::<_, QueueError>(())
    })?;
    let submitted = so_far(&counts);
    progress(submitted);
    match stop.is_set() {
        true => Err(QueueError::Stopped),
        false => Ok(submitted),
    }
}

fn ended(done: Result<Result<(), QueueError>, tokio::task::JoinError>) -> Result<(), QueueError> {
    done.map_err(|error| QueueError::Server(error.to_string()))?
}

/// A card's parcel, and its picture where that does not fit into it.
struct Sealed {
    parcel: bytes::Bytes,
    image: Option<bytes::Bytes>,
}

fn seal(card: &Card, keys: &Keys, room: usize) -> Result<Sealed, QueueError> {
    let mut card = card.clone();
    let held = match read_picture(&card) {
        Ok(held) => held,
        Err(Unloaded::Unusable(why)) => {
            card.picture = Picture::Unusable(why);
            None
        }
        Err(Unloaded::Unread(why)) => return Err(QueueError::Unread(why)),
    };
    // Sealed it is longer still, so that one which does not fit as it is need not be tried.
    if held.as_ref().is_none_or(|held| held.bytes().len() <= room) {
        let whole = keys
            .to
            .seal_file(&pack(&card, held.as_ref(), PictureIn::Parcel))?;
        if whole.len() <= room {
            return Ok(Sealed {
                parcel: whole.into(),
                image: None,
            });
        }
    }
    let parcel = keys
        .to
        .seal_file(&pack(&card, held.as_ref(), PictureIn::ObjectStore))?;
    if parcel.len() > room {
        return Err(QueueError::TooLong(card.id.chars().take(SHOWN).collect()));
    }
    let image = held
        .map(|held| keys.to.seal_file(held.bytes()))
        .transpose()?;
    Ok(Sealed {
        parcel: parcel.into(),
        image: image.map(Into::into),
    })
}

struct Parcel {
    job: JobName,
    hash: String,
    sealed: Sealed,
}

impl Parcel {
    async fn send(&self, link: &Link) -> Result<Published, QueueError> {
        let subject = self.job.subject("card", &self.hash);
        link.again(Patience::Short, || async {
            let results = stream_as_named(link, &self.job, Store::Results).await?;
            let result = self.job.subject("result", &self.hash);
            // A card that is finished is in the queue no more.
            if last(&results, result).await?.is_some() {
                return Ok(Published::Before);
            }
            if let Some(image) = &self.sealed.image {
                let cards = stream_as_named(link, &self.job, Store::Cards).await?;
                // A worker may be reading the picture of a card that is there.
                if last(&cards, subject.clone()).await?.is_some() {
                    return Ok(Published::Before);
                }
                objects::put(link, &self.job, &self.hash, image).await?;
            }
            let message = PublishMessage::build()
                .payload(self.sealed.parcel.clone())
                .message_id(&self.hash);
            link.try_first(subject.clone(), message).await
        })
        .await
    }
}
