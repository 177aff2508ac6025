//! What becomes of a card on the server: its call is noted before it is made; its result is stored, the first one counts;
//! only then the card leaves the queue.
//!
//! The order is: result, note of a failure, note of the call gone, picture gone, card gone. Whoever gets the card again
//! after a crash in between does the rest.

use async_nats::HeaderMap;
use async_nats::jetstream::context::traits::Publisher;
use async_nats::jetstream::message::{PublishMessage, StreamMessage};
use bytes::Bytes;

use crate::job::{Job, Published, last};
use crate::names::{Store, token};
use crate::server::{Link, Trouble};

/// The header of a result: `ok`, or the code that the failed card counts under.
const OUTCOME: &str = "Cardseal-Outcome";

/// The header of a result: the number of the call's note.
const CALL: &str = "Cardseal-Call";

/// The header of a card that was given up: why.
const REASON: &str = "Cardseal-Reason";

/// The outcome that is no code.
const OK: &str = "ok";

/// A result, as far as it is in clear.
pub(crate) struct Stored {
    /// `None` where the card was recognised.
    pub(crate) code: Option<String>,
    /// The note of its call.
    pub(crate) call: Option<u64>,
}

impl Stored {
    pub(crate) fn of(message: &StreamMessage) -> Self {
        let header = |name: &str| Some(message.headers.get(name)?.as_str());
        Self::of_headers(header(OUTCOME), header(CALL))
    }

    pub(crate) fn of_map(headers: Option<&HeaderMap>) -> Self {
        let header = |name: &str| Some(headers?.get(name)?.as_str());
        Self::of_headers(header(OUTCOME), header(CALL))
    }

    fn of_headers(outcome: Option<&str>, call: Option<&str>) -> Self {
        Self {
            code: outcome.filter(|outcome| *outcome != OK).map(str::to_owned),
            call: call.and_then(|call| call.parse().ok()),
        }
    }
}

/// A result that is to be stored.
pub(crate) struct Kept {
    /// The line, sealed for its readers.
    pub(crate) sealed: Bytes,
    pub(crate) stored: Stored,
}

/// Whose result a card has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    Ours,
    /// Another's: ours came too late and counts for nothing.
    Anothers,
}

impl Job {
    /// The result that a card has.
    pub(crate) async fn result(
        &self,
        link: &Link,
        hash: &str,
    ) -> Result<Option<StreamMessage>, Trouble> {
        let results = self.stream_as_named(link, Store::Results).await?;
        last(&results, self.name.subject("result", hash)).await
    }

    /// Stores a result, unless there is one.
    pub(crate) async fn store(
        &self,
        link: &Link,
        hash: &str,
        result: &Kept,
    ) -> Result<Whose, Trouble> {
        let mut message = PublishMessage::build()
            .payload(result.sealed.clone())
            .header(OUTCOME, result.stored.code.as_deref().unwrap_or(OK));
        if let Some(call) = result.stored.call {
            message = message.header(CALL, call.to_string());
        }
        let subject = self.name.subject("result", hash);
        if link.try_first(subject, message).await? == Published::First {
            return Ok(Whose::Ours);
        }
        // Stored before, and the answer that said so was lost.
        let there = self.result(link, hash).await?;
        let is_ours = there.is_some_and(|there| there.payload == result.sealed);
        Ok(if is_ours {
            Whose::Ours
        } else {
            Whose::Anothers
        })
    }

    /// Does what follows a stored result, except that the card leaves the queue. It may be done again.
    pub(crate) async fn follow(
        &self,
        link: &Link,
        hash: &str,
        stored: &Stored,
    ) -> Result<(), Trouble> {
        if let Some(code) = &stored.code {
            let subject = format!("{}.{hash}", self.name.subject("failed", &token(code)));
            link.try_first(subject, PublishMessage::build()).await?;
        }
        if let Some(call) = stored.call {
            self.close(link, call).await?;
        }
        let images = link
            .jetstream
            .get_object_store(self.name.store(Store::Images))
            .await;
        let images = images.map_err(Trouble::passing)?;
        if images.info(hash).await.is_ok() {
            images.delete(hash).await.map_err(Trouble::passing)?;
        }
        Ok(())
    }

    /// Notes that a call is about to be made. The note's number.
    pub(crate) async fn begin(&self, link: &Link, hash: &str, once: &str) -> Result<u64, Trouble> {
        self.note(link, "begun", hash, once).await
    }

    /// Removes the note of a call.
    pub(crate) async fn close(&self, link: &Link, call: u64) -> Result<(), Trouble> {
        let calls = self.stream_as_named(link, Store::Calls).await?;
        if let Err(error) = calls.delete_message(call).await {
            // Gone already, perhaps.
            if calls.get_raw_message(call).await.is_ok() {
                return Err(Trouble::passing(error));
            }
        }
        Ok(())
    }

    /// Notes something of a card: `begun`, `excused`, `repeated`. However often it is asked, there is one note for each
    /// `once`. The note's number.
    pub(crate) async fn note(
        &self,
        link: &Link,
        kind: &str,
        hash: &str,
        once: &str,
    ) -> Result<u64, Trouble> {
        let message = PublishMessage::build().message_id(once);
        let message = message.outbound_message(self.name.subject(kind, hash));
        let published = async { link.jetstream.publish_message(message).await?.await };
        Ok(published.await.map_err(Trouble::passing)?.sequence)
    }

    /// Keeps a card that was given up, with the reason.
    pub(crate) async fn bury(
        &self,
        link: &Link,
        hash: &str,
        sealed: Bytes,
        why: &str,
    ) -> Result<(), Trouble> {
        let message = PublishMessage::build().payload(sealed).header(REASON, why);
        link.try_first(self.name.subject("dead", hash), message)
            .await?;
        Ok(())
    }

    /// Calls that were begun and whose answers were not kept. A call of a card that a worker has is under way, and one of
    /// its calls is not counted.
    pub(crate) async fn in_doubt(&self, link: &Link) -> Result<u64, Trouble> {
        let mut open = self.notes(link, Store::Calls, "begun", "*").await?;
        if open.is_empty() {
            return Ok(0);
        }
        let mut workers = self.workers(link).await?;
        let workers = workers.info().await.map_err(Trouble::passing)?;
        let are_busy = workers.num_ack_pending > 0;
        let calls = self.stream_as_named(link, Store::Calls).await?;
        for (hash, count) in &mut open {
            let is_closed_soon = match self.result(link, hash).await? {
                None => are_busy,
                Some(result) => match Stored::of(&result).call {
                    Some(call) => calls.get_raw_message(call).await.is_ok(),
                    None => false,
                },
            };
            *count = count.saturating_sub(u64::from(is_closed_soon));
        }
        Ok(open.iter().map(|(_, count)| count).sum())
    }

    /// How many notes of a kind there are, by the last token of their subjects.
    pub(crate) async fn notes(
        &self,
        link: &Link,
        of: Store,
        kind: &str,
        card: &str,
    ) -> Result<Vec<(String, u64)>, Trouble> {
        use futures_util::TryStreamExt;
        let stream = self.stream(link, of).await?;
        let found = stream
            .info_with_subjects(self.name.subject(kind, card))
            .await;
        let found = found.map_err(Trouble::passing)?;
        let all: Vec<(String, usize)> = found.try_collect().await.map_err(Trouble::passing)?;
        let prefix = self.name.subject(kind, "");
        let short = |(subject, count): (String, usize)| {
            let rest = subject.strip_prefix(&prefix)?.to_owned();
            Some((rest, u64::try_from(count).unwrap_or(u64::MAX)))
        };
        Ok(all.into_iter().filter_map(short).collect())
    }
}
