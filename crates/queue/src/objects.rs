//! What is too large for a message lies in the job's object store, sealed as everything else is.

use std::io;
use std::time::Duration;

use async_nats::jetstream::object_store::{GetErrorKind, ObjectInfo, ObjectMetadata, ObjectStore};
use futures_util::TryStreamExt;
use tokio::io::AsyncReadExt;

use crate::names::{JobName, Store};
use crate::server::{Link, Trouble};

/// Nothing is larger when it is sealed, whatever the server says.
const MOST: u64 = 65 << 20;

/// An object of which a part is missing never ends. When nothing of it has come for so long, its parts are counted.
const SILENCE: Duration = Duration::from_secs(5);

/// An object is stored in messages of this size, or of less where the server's messages hold less.
const PART: usize = 128 << 10;

async fn objects(link: &Link, job: &JobName) -> Result<ObjectStore, Trouble> {
    let objects = link.jetstream.get_object_store(job.store(Store::Images));
    objects.await.map_err(Trouble::passing)
}

/// Stores an object, in the place of one of the same name.
pub(crate) async fn put(
    link: &Link,
    job: &JobName,
    name: &str,
    sealed: &[u8],
) -> Result<(), Trouble> {
    let meta = ObjectMetadata {
        name: name.to_owned(),
        chunk_size: Some(link.room().clamp(1, PART)),
        ..ObjectMetadata::default()
    };
    let stored = objects(link, job).await?.put(meta, &mut &sealed[..]).await;
    stored.map(drop).map_err(Trouble::storing)
}

/// An object; `None` if it is not there, or not as it was put there.
pub(crate) async fn get(
    link: &Link,
    job: &JobName,
    name: &str,
) -> Result<Option<Vec<u8>>, Trouble> {
    let object = match objects(link, job).await?.get(name).await {
        Ok(object) => object,
        Err(error) if error.kind() == GetErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Trouble::passing(error)),
    };
    let said = u64::try_from(object.info().size).unwrap_or(u64::MAX);
    let mut sealed = Vec::with_capacity(usize::try_from(said.min(MOST)).unwrap_or(0));
    let mut object = object.take(MOST);
    loop {
        match tokio::time::timeout(SILENCE, object.read_buf(&mut sealed)).await {
            Ok(Ok(0)) => return Ok(Some(sealed)),
            Ok(Ok(_)) => {}
            Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => return Ok(None),
            Ok(Err(error)) => return Err(Trouble::passing(error)),
            Err(_) if is_complete(link, job, object.get_ref().info()).await? => {
                return Err(Trouble::passing(
                    "a part of what lies in the object store does not come",
                ));
            }
            Err(_) => return Ok(None),
        }
    }
}

/// Whether the server has every part of an object, or has another one by this name meanwhile: then it only is slow, or was
/// away.
async fn is_complete(link: &Link, job: &JobName, object: &ObjectInfo) -> Result<bool, Trouble> {
    let store = job.store(Store::Images);
    let now = objects(link, job).await?.info(&object.name).await;
    if !now.is_ok_and(|now| now.nuid == object.nuid) {
        return Ok(true);
    }
    let parts = format!("$O.{store}.C.{}", object.nuid);
    let stream = link.jetstream.get_stream(job.stream(Store::Images)).await;
    let stream = stream.map_err(Trouble::passing)?;
    let counts = stream.info_with_subjects(parts).await;
    let mut counts = counts.map_err(Trouble::passing)?;
    let mut count = 0_usize;
    while let Some((_, more)) = counts.try_next().await.map_err(Trouble::passing)? {
        count = count.saturating_add(more);
    }
    Ok(count >= object.chunks)
}

/// Removes an object, if it is there.
pub(crate) async fn remove(link: &Link, job: &JobName, name: &str) -> Result<(), Trouble> {
    let objects = objects(link, job).await?;
    if objects.info(name).await.is_ok() {
        objects.delete(name).await.map_err(Trouble::passing)?;
    }
    Ok(())
}
