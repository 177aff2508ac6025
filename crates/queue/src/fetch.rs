//! Fetches a picture that is too large for a message from the object store.

use std::io;
use std::time::Duration;

use async_nats::jetstream::object_store::GetErrorKind;
use cardseal_batch::{Held, Stop};
use tokio::io::AsyncReadExt;

use crate::error::QueueError;
use crate::identity::Identity;
use crate::job::Job;
use crate::names::Store;
use crate::server::{Link, Patience, Trouble};

/// No picture is larger when it is sealed, whatever the server says.
const MOST: u64 = 65 << 20;

/// A picture of which a part is missing never ends.
const LONGEST: Duration = Duration::from_secs(60);

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
        let sealed = link.again(patience, || read(link, job, hash)).await?;
        let opened = sealed.and_then(|sealed| identity.open(&sealed));
        if opened.is_some() {
            return Ok(opened.map(Held::new));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(None)
}

async fn read(link: &Link, job: &Job, hash: &str) -> Result<Option<Vec<u8>>, Trouble> {
    let images = job.name.store(Store::Images);
    let images = link.jetstream.get_object_store(images).await;
    let images = images.map_err(Trouble::passing)?;
    let object = match images.get(hash).await {
        Ok(object) => object,
        Err(error) if error.kind() == GetErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Trouble::passing(error)),
    };
    let said = u64::try_from(object.info().size).unwrap_or(u64::MAX);
    let mut sealed = Vec::with_capacity(usize::try_from(said.min(MOST)).unwrap_or(0));
    let mut object = object.take(MOST);
    match tokio::time::timeout(LONGEST, object.read_to_end(&mut sealed)).await {
        Ok(Ok(_)) => Ok(Some(sealed)),
        Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
        Ok(Err(error)) => Err(Trouble::passing(error)),
        Err(_) => Ok(None),
    }
}
