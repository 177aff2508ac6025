//! Collecting: the results become lines of a file, each card once.

use std::path::Path;
use std::time::{Duration, Instant};

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_batch::{Existing, Stop, Summary};
use futures_util::StreamExt;
use zeroize::Zeroizing;

use crate::error::QueueError;
use crate::file::Lines;
use crate::identity::Identity;
use crate::job::Job;
use crate::names::Store;
use crate::outcome::Stored;
use crate::server::{Link, Patience, Server, Trouble};
use crate::status::status;

/// Results that are asked for at once.
const AT_ONCE: usize = 2000;

/// So many results are looked at before an identity is said to open nothing.
const LOOKED_AT: usize = 50;

/// What stands in the line of a result that cannot be opened.
const UNOPENED: &str = "this result was damaged on the server, or written by somebody else; submit its card again under another id";

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
    let mut reader = Reader {
        link,
        job,
        next: 1,
        end: before.done,
    };
    // Judged before anything is made.
    if let Some(identity) = how.identity {
        let first = server.run(reader.some(LOOKED_AT))?;
        let mut opened = first.iter().map(|one| identity.open(&one.payload));
        if !first.is_empty() && opened.all(|line| line.is_none()) {
            return Err(QueueError::Identity(job.name.to_string()));
        }
    }
    let mut lines = Lines::open(how.out, how.existing)?;
    let others = || QueueError::NotTheseResults(how.out.display().to_string());
    if let Some(last) = &lines.last {
        reader.next = lines.count;
        let same = server.run(reader.some(1))?;
        let same = same.first().map(|message| Line::of(message, how.identity));
        if same.is_none_or(|same| same.text != *last) {
            return Err(others());
        }
    }
    lines.start()?;
    reader.next = lines.count.saturating_add(1);
    let mut summary = Summary {
        cards: before.cards,
        skipped: lines.count,
        in_doubt: before.in_doubt,
        ..Summary::default()
    };
    while reader.next <= reader.end && !stop.is_set() {
        let messages = server.run(reader.some(AT_ONCE))?;
        for message in &messages {
            let line = Line::of(message, how.identity);
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
        let read = u64::try_from(messages.len()).unwrap_or(u64::MAX);
        reader.next = reader.next.saturating_add(read);
    }
    lines.end()?;
    summary.elapsed_s = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    match stop.is_set() {
        true => Err(QueueError::Stopped),
        false => Ok((summary, before.waiting)),
    }
}

/// The line of a result.
struct Line {
    text: Zeroizing<Vec<u8>>,
    /// What it counts under, if the card failed.
    code: Option<String>,
}

impl Line {
    fn of(message: &Message, identity: Option<&Identity>) -> Self {
        let code = Stored::of_map(message.headers.as_ref()).code;
        let text = match identity {
            Some(identity) => identity.open(&message.payload),
            None => {
                let mut line = STANDARD.encode(&message.payload).into_bytes();
                line.push(b'\n');
                Some(Zeroizing::new(line))
            }
        };
        match text {
            Some(text) => Self { text, code },
            None => Self::unopened(message),
        }
    }

    /// Of a result that was damaged, or written by somebody else: the others do not wait for it. Its card is known by its
    /// hash only.
    fn unopened(message: &Message) -> Self {
        let kind = "answer";
        let hash = message.subject.rsplit('.').next().unwrap_or_default();
        let line = serde_json::json!({
            "id": hash, "input": "", "outcome": "failed", "request_id": null, "attempts": 0, "elapsed_ms": 0,
            "error": {"kind": kind, "code": null, "message": UNOPENED},
        });
        Self {
            text: Zeroizing::new(format!("{line}\n").into_bytes()),
            code: Some(kind.to_owned()),
        }
    }
}

/// Reads results by their numbers, which have no gaps: no result is ever removed.
struct Reader<'a> {
    link: &'a Link,
    job: &'a Job,
    next: u64,
    end: u64,
}

impl Reader<'_> {
    /// Some results from the next one on; none only where there is none.
    async fn some(&self, most: usize) -> Result<Vec<Message>, QueueError> {
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
                let (mut read, mut next) = (Vec::new(), self.next);
                while let Some(message) = messages.next().await {
                    let message = match message {
                        Ok(message) => message,
                        Err(error) if read.is_empty() => return Err(Trouble::passing(error)),
                        // The rest is asked for again.
                        Err(_) => break,
                    };
                    let number = message.info().map_err(Trouble::passing)?.stream_sequence;
                    if number != next {
                        break;
                    }
                    next = next.saturating_add(1);
                    read.push(message);
                }
                match read.is_empty() {
                    true => Err(Trouble::passing("its results do not come")),
                    false => Ok(read),
                }
            })
            .await
    }
}
