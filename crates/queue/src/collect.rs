//! Collecting: the results become lines of a file, each card once.

use std::path::Path;
use std::time::{Duration, Instant};

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use cardseal_batch::{Existing, Stop, Summary};
use futures_util::StreamExt;

use crate::error::QueueError;
use crate::file::Lines;
use crate::identity::Identity;
use crate::job::Job;
use crate::names::Store;
use crate::objects;
use crate::outcome::object;
use crate::result_line::{Reader, Sealed};
use crate::server::{Link, Patience, Server, Trouble};
use crate::status::status;

/// Results that are asked for at once.
const AT_ONCE: usize = 2000;

/// How long they are waited for.
const EXPIRES: Duration = Duration::from_secs(3);

/// How results are collected.
#[derive(Debug)]
pub struct Collecting<'a> {
    /// The file.
    pub out: &'a Path,
    /// What to do where it exists.
    pub existing: Existing,
    /// Opens the results; without it each line is the Base64 of an age file that holds the line.
    pub identity: Option<&'a Identity>,
}

/// Writes every result that is there and that the file lacks. The figures are those of the batch: `skipped` counts the
/// lines that the file had; and how many cards still wait.
///
/// # Errors
/// [`QueueError`]; the lines that were written stay. With an identity that opens nothing, none is written.
pub fn collect(
    server: &Server,
    job: &Job,
    how: &Collecting<'_>,
    stop: &Stop,
) -> Result<(Summary, u64), QueueError> {
    let started = Instant::now();
    let link = &server.link;
    let before = status(server, job)?;
    let mut source = Source {
        link,
        job,
        next: 1,
        end: before.done,
    };
    let reader = Reader {
        job,
        identity: how.identity,
        keys: how.identity.and_then(|identity| job.keys(identity).ok()),
    };
    // Judged before anything is made.
    if let Some(identity) = how.identity
        && !job.has_results_for(identity)
    {
        return Err(QueueError::Identity(job.name.to_string()));
    }
    let mut lines = Lines::open(how.out, how.existing)?;
    let others = || QueueError::NotTheseResults(how.out.display().to_string());
    if let Some(last) = &lines.last {
        source.next = lines.count;
        let same = server.run(source.some(1))?;
        let same = same.first();
        let same = same.map(|sealed| reader.line(source.next, sealed.as_ref()));
        if same.is_none_or(|same| same.text != *last) {
            return Err(others());
        }
    }
    lines.start()?;
    source.next = lines.count.saturating_add(1);
    let mut summary = Summary {
        cards: before.cards,
        skipped: lines.count,
        in_doubt: before.in_doubt,
        ..Summary::default()
    };
    while source.next <= source.end && !stop.is_set() {
        for sealed in server.run(source.some(AT_ONCE))? {
            let line = reader.line(source.next, sealed.as_ref());
            source.next = source.next.saturating_add(1);
            lines.add(&line.text)?;
            match line.code {
                None => summary.ok = summary.ok.saturating_add(1),
                Some(code) => {
                    summary.failed = summary.failed.saturating_add(1);
                    let count = summary.by_code.entry(code).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
    }
    lines.end()?;
    summary.elapsed_s = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    match stop.is_set() {
        true => Err(QueueError::Stopped),
        false => Ok((summary, before.waiting)),
    }
}

/// Reads results by their numbers. One that somebody removed leaves a gap.
struct Source<'a> {
    link: &'a Link,
    job: &'a Job,
    next: u64,
    end: u64,
}

impl Source<'_> {
    /// Some results from the next one on, `None` for each that is gone; nothing only at the end.
    async fn some(&self, most: usize) -> Result<Vec<Option<Sealed>>, QueueError> {
        let left = self.end.saturating_add(1).saturating_sub(self.next);
        let most = most.min(usize::try_from(left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(Vec::new());
        }
        self.link
            .again(Patience::Short, || async {
                let results = self.job.stream_as_named(self.link, Store::Results).await?;
                let consumer = results.create_consumer(pull::Config {
                    deliver_policy: DeliverPolicy::ByStartSequence {
                        start_sequence: self.next,
                    },
                    ack_policy: AckPolicy::None,
                    inactive_threshold: Duration::from_secs(30),
                    ..pull::Config::default()
                });
                let consumer = consumer.await.map_err(Trouble::passing)?;
                let asked = consumer.batch().max_messages(most).expires(EXPIRES);
                let mut messages = asked.messages().await.map_err(Trouble::passing)?;
                let mut read = Vec::new();
                while let Some(message) = messages.next().await {
                    let message = match message {
                        Ok(message) => message,
                        Err(error) if read.is_empty() => return Err(Trouble::passing(error)),
                        // The rest is asked for again.
                        Err(_) => break,
                    };
                    let number = message.info().map_err(Trouble::passing)?.stream_sequence;
                    let next = self.next.saturating_add(len(&read));
                    let gone = usize::try_from(number.saturating_sub(next)).unwrap_or(most);
                    let room = most.saturating_sub(read.len());
                    read.extend(std::iter::repeat_with(|| None).take(gone.min(room)));
                    if number < next || gone >= room {
                        break;
                    }
                    read.push(Some(self.whole(message).await?));
                }
                match read.is_empty() {
                    // Nothing is there that could come.
                    true if consumer.cached_info().num_pending == 0 => {
                        read.extend(std::iter::repeat_with(|| None).take(most));
                        Ok(read)
                    }
                    true => Err(Trouble::passing("its results do not come")),
                    false => Ok(read),
                }
            })
            .await
    }

    /// A result with what it holds, wherever that lies.
    async fn whole(&self, message: Message) -> Result<Sealed, Trouble> {
        let payload = match object(message.headers.as_ref()) {
            Some(name) => objects::get(self.link, &self.job.name, name).await?,
            None => Some(message.payload.to_vec()),
        };
        Ok(Sealed { message, payload })
    }
}

fn len<T>(all: &[T]) -> u64 {
    u64::try_from(all.len()).unwrap_or(u64::MAX)
}
