//! The streams and buckets that a job has on the server.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::object_store;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};

use crate::error::QueueError;
use crate::names::{JobName, Store};
use crate::server::{Link, Patience, Trouble};

/// How long a card stays with a worker that says nothing. A dead worker's cards go to another after this, and after the
/// others were asked for it.
const ACK_WAIT: Duration = Duration::from_secs(6);

/// Cards that are with all workers of a job at most.
pub(crate) const MOST_IN_FLIGHT: i64 = 20_000;

/// The consumer that all workers share.
pub(crate) const WORKERS: &str = "workers";

/// What that consumer is.
pub(crate) fn workers() -> pull::Config {
    pull::Config {
        durable_name: Some(WORKERS.to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_ack_pending: MOST_IN_FLIGHT,
        ..pull::Config::default()
    }
}

/// Makes what a job has on the server, where it is not there.
pub(crate) async fn make(link: &Link, name: &JobName) -> Result<(), QueueError> {
    let subject = |kind: &str, cards: &str| name.subject(kind, cards);
    let streams = [
        (
            Store::Notes,
            vec![
                name.record(),
                subject("excused", "*"),
                subject("repeated", "*.*"),
            ],
        ),
        (Store::Results, vec![subject("result", "*")]),
        (Store::Failed, vec![subject("failed", "*.*")]),
        (Store::Calls, vec![subject("begun", "*")]),
        (Store::Dead, vec![subject("dead", "*")]),
        (Store::Cards, vec![subject("card", "*")]),
    ];
    for (of, subjects) in streams {
        let config = Config {
            name: name.store(of),
            subjects,
            retention: match of {
                Store::Cards => RetentionPolicy::WorkQueue,
                _ => RetentionPolicy::Limits,
            },
            // A full store refuses what is new; it forgets nothing.
            discard: DiscardPolicy::New,
            storage: StorageType::File,
            ..Config::default()
        };
        link.again(Patience::Short, || async {
            let stream = link.jetstream.get_or_create_stream(config.clone()).await;
            let stream = stream.map_err(Trouble::storing)?;
            if of == Store::Cards {
                let made = stream.get_or_create_consumer(WORKERS, workers()).await;
                made.map_err(Trouble::passing)?;
            }
            Ok(())
        })
        .await?;
    }
    link.again(Patience::Short, || async {
        let bucket = name.store(Store::Images);
        if link.jetstream.get_object_store(&bucket).await.is_err() {
            let config = object_store::Config {
                bucket,
                storage: StorageType::File,
                ..object_store::Config::default()
            };
            let made = link.jetstream.create_object_store(config).await;
            made.map_err(Trouble::storing)?;
        }
        make_rate(link, name).await
    })
    .await
}

/// Makes the bucket of the next free turn, where it is not there.
pub(crate) async fn make_rate(link: &Link, name: &JobName) -> Result<(), Trouble> {
    // As clients make a bucket; asking this one to would fail at servers before 2.11, whose account it cannot read.
    let bucket = name.store(Store::Rate);
    let made = link.jetstream.get_or_create_stream(Config {
        name: name.stream(Store::Rate),
        subjects: vec![format!("$KV.{bucket}.>")],
        max_messages_per_subject: 1,
        allow_rollup: true,
        deny_delete: true,
        discard: DiscardPolicy::New,
        storage: StorageType::File,
        num_replicas: 1,
        ..Config::default()
    });
    made.await.map(drop).map_err(Trouble::storing)
}
