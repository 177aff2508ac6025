//! Fetches a picture that is too large for a message from the object store.

use std::time::Duration;

use cardseal_batch::{Held, Stop};

use crate::error::QueueError;
use crate::identity::Identity;
use crate::job::Job;
use crate::objects;
use crate::server::{Link, Patience};

/// How often a picture is read that cannot be opened: another submit of the same card may just be writing it.
const TRIES: u32 = 3;

/// A card's picture; `None` if it is not there, or not as it was put there.
pub(crate) async fn fetch(
    link: &Link,
    job: &Job,
    identity: &Identity,
    stop: &Stop,
    hash: &str,
) -> Result<Option<Held>, QueueError> {
    for _ in 0..TRIES {
        let patience = Patience::UntilStopped(stop);
        let read = || objects::get(link, &job.name, hash);
        let sealed = link.again(patience, read).await?;
        let opened = sealed.and_then(|sealed| identity.open(&sealed));
        if opened.is_some() {
            return Ok(opened.map(Held::new));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(None)
}
