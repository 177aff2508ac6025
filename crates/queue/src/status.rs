//! What a job has come to, in counts.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::QueueError;
use crate::job::Job;
use crate::names::{Store, code};
use crate::server::{Link, Patience, Server, Trouble};

/// The last so many results say how fast the job goes on.
const LAST: u64 = 200;

/// The counts of a job. As JSON: `job`, `cards`, `done`, `ok`, `failed`, `waiting`, `in_doubt`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// Its name.
    pub job: String,
    /// Every card that was submitted.
    pub cards: u64,
    /// Those that have a result.
    pub done: u64,
    /// Those that were recognised.
    pub ok: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that wait or are with a worker.
    pub waiting: u64,
    /// Calls that were begun and whose answers were not kept. They may have been billed.
    pub in_doubt: u64,
    /// Those of `waiting` that are with a worker.
    #[serde(skip)]
    pub in_flight: u64,
    /// Cards that failed, by the service's code or by kind of error.
    #[serde(skip)]
    pub by_code: BTreeMap<String, u64>,
    /// Results a second, by the last of them.
    #[serde(skip)]
    pub rate: Option<f64>,
}

impl Status {
    /// The seconds that the cards which wait will take at this rate.
    pub fn remaining_s(&self) -> Option<f64> {
        let rate = self.rate.filter(|rate| *rate > 0.0)?;
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let waiting = self.waiting as f64;
        Some(waiting / rate)
    }
}

/// Counts.
///
/// # Errors
/// [`QueueError`].
pub fn status(server: &Server, job: &Job) -> Result<Status, QueueError> {
    let link = &server.link;
    server.run(link.again(Patience::Short, || count(link, job)))
}

async fn count(link: &Link, job: &Job) -> Result<Status, Trouble> {
    let repeated = job.notes(link, Store::Notes, "repeated", "*.*").await?;
    let repeated: u64 = repeated.iter().map(|(_, count)| count).sum();
    // Cards first: one that is finished in between is done, and none is missing from both.
    let cards = job.stream(link, Store::Cards).await?;
    let cards = cards.cached_info().state.clone();
    let results = job.stream(link, Store::Results).await?;
    // By number: a result that somebody removed was one, too.
    let done = results.cached_info().state.last_sequence;
    let failed = job.stream(link, Store::Failed).await?;
    let failed = failed.cached_info().state.messages.min(done);
    let mut by_code = BTreeMap::new();
    if failed > 0 {
        for (subject, count) in job.notes(link, Store::Failed, "failed", "*.*").await? {
            let token = subject.split('.').next().unwrap_or_default();
            let sum: &mut u64 = by_code.entry(code(token)).or_default();
            *sum = sum.saturating_add(count);
        }
    }
    let in_flight = job.in_flight(link).await?;
    // A card that somebody removed from the queue waits no more.
    let submitted = cards.last_sequence.saturating_sub(repeated);
    let cards = submitted.min(done.saturating_add(cards.messages)).max(done);
    let waiting = cards.saturating_sub(done);
    Ok(Status {
        job: job.name.to_string(),
        cards,
        done,
        ok: done.saturating_sub(failed),
        failed,
        waiting,
        in_doubt: job.in_doubt(link).await?,
        in_flight: in_flight.min(waiting),
        by_code,
        rate: rate(&results).await,
    })
}

/// Results a second, by the times of the last of them.
async fn rate(results: &async_nats::jetstream::stream::Stream) -> Option<f64> {
    let last = results.cached_info().state.last_sequence;
    let first = last.saturating_sub(LAST).max(1);
    let time = async |sequence: u64| Some(results.get_raw_message(sequence).await.ok()?.time);
    let nanos = async |sequence: u64| Some(time(sequence).await?.unix_timestamp_nanos());
    let taken = nanos(last).await?.saturating_sub(nanos(first).await?);
    let taken = std::time::Duration::from_nanos(u64::try_from(taken).ok()?).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "at most some hundred")]
    let count = last.saturating_sub(first) as f64;
    (taken > 0.0).then(|| count / taken)
}
