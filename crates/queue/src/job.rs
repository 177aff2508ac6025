//! A job: its record, and what it has on the server.

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::context::traits::Publisher;
use async_nats::jetstream::context::{ConsumerInfoErrorKind, GetStreamErrorKind, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_batch::AgeRecipient;
use serde::{Deserialize, Serialize};

use crate::error::QueueError;
use crate::identity::Identity;
use crate::layout::{WORKERS, make, workers};
use crate::names::{JobName, Store, hash, hex};
use crate::parcel::VERSION;
use crate::server::{Link, Patience, Server, Trouble};

/// For whom a job is sealed.
#[derive(Debug, Clone)]
pub struct Keys {
    /// The workers, who open the cards.
    pub to: AgeRecipient,
    /// Who opens the results.
    pub result_to: AgeRecipient,
}

/// What stands on the server in clear: no names, no keys.
#[derive(Serialize, Deserialize)]
struct Record {
    cardseal_queue: u64,
    /// Of the hashes of ids.
    salt: String,
    /// The hash of the keys.
    keys: String,
    /// The keys, sealed for the workers.
    sealed: String,
    /// Nothing, sealed for those who open the results.
    results: String,
}

#[derive(Serialize, Deserialize)]
struct SealedKeys {
    to: String,
    result_to: String,
}

/// A job on a server.
pub struct Job {
    pub(crate) name: JobName,
    record: Record,
}

impl Job {
    /// Makes a job, or finds one that was made for the same keys.
    ///
    /// # Errors
    /// [`QueueError`].
    pub fn submit_to(server: &Server, name: JobName, keys: &Keys) -> Result<Self, QueueError> {
        match Self::open(server, name.clone()) {
            Err(QueueError::NoJob(_)) => Self::make(server, &name, keys)?,
            opened => return opened?.for_keys(keys),
        }
        // Perhaps another made it in between.
        Self::open(server, name)?.for_keys(keys)
    }

    fn for_keys(self, keys: &Keys) -> Result<Self, QueueError> {
        let of_keys = hash(&self.record.salt, &keys.to.names(), &keys.result_to.names());
        match self.record.keys == of_keys {
            true => Ok(self),
            false => Err(QueueError::Readers(self.name.to_string())),
        }
    }

    fn make(server: &Server, name: &JobName, keys: &Keys) -> Result<(), QueueError> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|error| QueueError::Server(error.to_string()))?;
        let salt = hex(&salt);
        let (to, result_to) = (keys.to.names(), keys.result_to.names());
        let of_keys = hash(&salt, &to, &result_to);
        let sealed = SealedKeys { to, result_to };
        let sealed = serde_json::to_vec(&sealed).unwrap_or_default();
        let record = Record {
            cardseal_queue: VERSION,
            keys: of_keys,
            salt,
            sealed: STANDARD.encode(keys.to.seal_file(&sealed)?),
            results: STANDARD.encode(keys.result_to.seal_file(b"")?),
        };
        let record = serde_json::to_vec(&record).unwrap_or_default();
        server.run(async {
            make(&server.link, name).await?;
            server
                .link
                .publish_first(
                    name.record(),
                    PublishMessage::build().payload(record.into()),
                )
                .await
                .map(drop)
        })
    }

    /// Finds a job.
    ///
    /// # Errors
    /// [`QueueError`]: there is none, or none of this version.
    pub fn open(server: &Server, name: JobName) -> Result<Self, QueueError> {
        let no_job = || QueueError::NoJob(name.to_string());
        let found = server.run(server.link.again(Patience::Short, || async {
            let notes = match server
                .link
                .jetstream
                .get_stream(name.store(Store::Notes))
                .await
            {
                Ok(notes) => notes,
                Err(error) if is_no_stream(&error) => return Err(Trouble::Lasting(no_job())),
                Err(error) => return Err(Trouble::passing(error)),
            };
            match last(&notes, name.record()).await? {
                Some(record) => Ok(record.payload),
                None => Err(Trouble::Lasting(no_job())),
            }
        }))?;
        let unreadable = || QueueError::Record(name.to_string());
        let record: serde_json::Value = serde_json::from_slice(&found).map_err(|_| unreadable())?;
        let version = record
            .get("cardseal_queue")
            .and_then(serde_json::Value::as_u64);
        match version {
            Some(VERSION) => {}
            Some(found) => {
                let job = name.to_string();
                return Err(QueueError::Version { job, found });
            }
            None => return Err(unreadable()),
        }
        let record = serde_json::from_value(record).map_err(|_| unreadable())?;
        let job = Self { name, record };
        server.run(
            server
                .link
                .again(Patience::Short, || job.is_whole(&server.link)),
        )?;
        Ok(job)
    }

    /// Looks whether everything is there that cannot be made again.
    async fn is_whole(&self, link: &Link) -> Result<(), Trouble> {
        for of in [
            Store::Cards,
            Store::Results,
            Store::Failed,
            Store::Calls,
            Store::Dead,
            Store::Images,
        ] {
            self.stream(link, of).await?;
        }
        Ok(())
    }

    /// The keys that the job was made for, which only the workers can open.
    pub(crate) fn keys(&self, identity: &Identity) -> Result<Keys, QueueError> {
        let unreadable = || QueueError::Record(self.name.to_string());
        let sealed = STANDARD
            .decode(&self.record.sealed)
            .map_err(|_| unreadable())?;
        let opened = identity.open(&sealed);
        let opened = opened.ok_or_else(|| QueueError::Identity(self.name.to_string()))?;
        let keys: SealedKeys = serde_json::from_slice(&opened).map_err(|_| unreadable())?;
        Ok(Keys {
            to: AgeRecipient::of_names(&keys.to)?,
            result_to: AgeRecipient::of_names(&keys.result_to)?,
        })
    }

    /// Whether this identity opens the job's results.
    pub(crate) fn has_results_for(&self, identity: &Identity) -> bool {
        let sealed = STANDARD.decode(&self.record.results).unwrap_or_default();
        identity.open(&sealed).is_some()
    }

    /// A card's id as the server has it.
    pub(crate) fn hash(&self, keys: &Keys, id: &str) -> String {
        hash(&self.record.salt, &keys.to.names(), id)
    }

    /// A stream of the job, without asking for it.
    pub(crate) async fn stream_as_named(
        &self,
        link: &Link,
        of: Store,
    ) -> Result<Stream<()>, Trouble> {
        stream_as_named(link, &self.name, of).await
    }

    /// A stream of the job.
    pub(crate) async fn stream(&self, link: &Link, of: Store) -> Result<Stream, Trouble> {
        match link.jetstream.get_stream(self.name.stream(of)).await {
            Ok(stream) => Ok(stream),
            Err(error) if is_no_stream(&error) => Err(Trouble::Lasting(QueueError::Incomplete {
                job: self.name.to_string(),
                stream: self.name.stream(of),
            })),
            Err(error) => Err(Trouble::passing(error)),
        }
    }

    /// How many cards are with workers.
    pub(crate) async fn in_flight(&self, link: &Link) -> Result<u64, Trouble> {
        let cards = self.stream(link, Store::Cards).await?;
        match cards.consumer_info(WORKERS).await {
            Ok(workers) => Ok(u64::try_from(workers.num_ack_pending).unwrap_or(u64::MAX)),
            // Deleted by somebody: the next worker makes it again.
            Err(error) if error.kind() == ConsumerInfoErrorKind::NotFound => Ok(0),
            Err(error) => Err(Trouble::passing(error)),
        }
    }

    /// The consumer that all workers share; made again where somebody deleted it.
    pub(crate) async fn workers(&self, link: &Link) -> Result<PullConsumer, Trouble> {
        let cards = self.stream(link, Store::Cards).await?;
        let workers = cards.get_or_create_consumer(WORKERS, workers());
        workers.await.map_err(Trouble::passing)
    }
}

/// A stream of the job of this name, without asking for it.
pub(crate) async fn stream_as_named(
    link: &Link,
    job: &JobName,
    of: Store,
) -> Result<Stream<()>, Trouble> {
    let stream = link.jetstream.get_stream_no_info(job.store(of)).await;
    stream.map_err(Trouble::passing)
}

fn is_no_stream(error: &async_nats::jetstream::context::GetStreamError) -> bool {
    matches!(error.kind(), GetStreamErrorKind::JetStream(error)
        if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

/// The last message of a subject.
pub(crate) async fn last<I>(
    stream: &Stream<I>,
    subject: String,
) -> Result<Option<async_nats::jetstream::message::StreamMessage>, Trouble> {
    match stream.get_last_raw_message_by_subject(&subject).await {
        Ok(message) => Ok(Some(message)),
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(Trouble::passing(error)),
    }
}

/// Whether a message is the first of its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Published {
    First,
    /// There was one before, perhaps the same.
    Before,
}

impl Link {
    /// Stores a message unless its subject has one.
    pub(crate) async fn try_first(
        &self,
        subject: String,
        message: PublishMessage,
    ) -> Result<Published, Trouble> {
        let message = message
            .expected_last_subject_sequence(0)
            .outbound_message(subject);
        let published = async {
            let acknowledged = self.jetstream.publish_message(message).await?;
            acknowledged.await
        };
        match published.await {
            Ok(acknowledged) if acknowledged.duplicate => Ok(Published::Before),
            Ok(_) => Ok(Published::First),
            Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {
                Ok(Published::Before)
            }
            Err(error) => Err(Trouble::storing(error)),
        }
    }

    async fn publish_first(
        &self,
        subject: String,
        message: PublishMessage,
    ) -> Result<Published, QueueError> {
        self.again(Patience::Short, || {
            self.try_first(subject.clone(), message.clone())
        })
        .await
    }
}
