//! What becomes of a card on the server: its call is noted before it is made; its result is stored, the first one counts;
//! only then the card leaves the queue.
//!
//! The order is: result, note of a failure, note of the call gone, picture gone, card gone. Whoever gets the card again
//! after a crash in between does the rest.

use async_nats::HeaderMap;
use async_nats::jetstream::context::traits::Publisher;
use async_nats::jetstream::message::{PublishMessage, StreamMessage};
use bytes::Bytes;
use futures_util::StreamExt;

use crate::ask::is_held;
use crate::job::{Job, Published, last};
use crate::names::{Store, token};
use crate::objects;
use crate::server::{Link, Trouble};

/// The header of a result: `ok`, or the code that the failed card counts under.
const OUTCOME: &str = "Cardseal-Outcome";

/// The header of a result: the number of the call's note.
const CALL: &str = "Cardseal-Call";

/// The header of a result: the number of the card's message in the queue.
const CARD: &str = "Cardseal-Card";

/// The header of a result that is too large for a message: the name that it has in the object store.
const OBJECT: &str = "Cardseal-Object";

/// The header of a card that was given up: why.
const REASON: &str = "Cardseal-Reason";

/// The outcome that is no code.
const OK: &str = "ok";

/// So much of a code is stored in clear.
const LONGEST: usize = 100;

/// Cards that are asked for at once.
const AT_ONCE: usize = 64;

/// A result, as far as it is in clear.
pub(crate) struct Stored {
    /// `None` where the card was recognised.
    pub(crate) code: Option<String>,
    /// The note of its call.
    pub(crate) call: Option<u64>,
    /// Its message in the queue.
    pub(crate) card: Option<u64>,
}

impl Stored {
    pub(crate) fn of(message: &StreamMessage) -> Self {
        let header = |name: &str| Some(message.headers.get(name)?.as_str());
        Self::of_headers(header(OUTCOME), header(CALL), header(CARD))
    }

    pub(crate) fn of_map(headers: Option<&HeaderMap>) -> Self {
        let header = |name: &str| Some(headers?.get(name)?.as_str());
        Self::of_headers(header(OUTCOME), header(CALL), header(CARD))
    }

    fn of_headers(outcome: Option<&str>, call: Option<&str>, card: Option<&str>) -> Self {
        let number = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        Self {
            code: outcome.filter(|outcome| *outcome != OK).map(str::to_owned),
            call: number(call),
            card: number(card),
        }
    }
}

/// The name that a result has in the object store, if it is there.
pub(crate) fn object(headers: Option<&HeaderMap>) -> Option<&str> {
    headers?.get(OBJECT).map(|name| name.as_str())
}

/// A code as a header has it. It is the service's word: none of its letters ends the header, and it is not taken for
/// success.
fn outcome(code: Option<&str>) -> String {
    let Some(code) = code else {
        return OK.to_owned();
    };
    let fits = |letter: char| letter.is_ascii_graphic();
    let letters = code
        .chars()
        .map(|letter| if fits(letter) { letter } else { '_' });
    let outcome: String = letters.take(LONGEST).collect();
    match outcome.as_str() {
        "" | OK => format!("_{outcome}"),
        _ => outcome,
    }
}

/// A result that is to be stored.
pub(crate) struct Kept {
    /// The line, sealed for its readers.
    pub(crate) sealed: Bytes,
    /// The name that it gets in the object store, if it is too large for a message.
    pub(crate) object: Option<String>,
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
        let mut message =
            PublishMessage::build().header(OUTCOME, outcome(result.stored.code.as_deref()));
        match &result.object {
            Some(name) => {
                objects::put(link, &self.name, name, &result.sealed).await?;
                message = message.header(OBJECT, name.as_str());
            }
            None => message = message.payload(result.sealed.clone()),
        }
        if let Some(call) = result.stored.call {
            message = message.header(CALL, call.to_string());
        }
        if let Some(card) = result.stored.card {
            message = message.header(CARD, card.to_string());
        }
        let subject = self.name.subject("result", hash);
        if link.try_first(subject, message).await? == Published::First {
            return Ok(Whose::Ours);
        }
        // Stored before, and the answer that said so was lost.
        let there = self.result(link, hash).await?;
        let is_ours = there.is_some_and(|there| match &result.object {
            Some(name) => object(Some(&there.headers)) == Some(name),
            None => there.payload == result.sealed,
        });
        if is_ours {
            return Ok(Whose::Ours);
        }
        if let Some(name) = &result.object {
            objects::remove(link, &self.name, name).await?;
        }
        Ok(Whose::Anothers)
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
        objects::remove(link, &self.name, hash).await
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

    /// Notes that a card came into the queue a second time, when it was finished already: by the number of its message, so
    /// that it is noted once.
    pub(crate) async fn note_repeated(
        &self,
        link: &Link,
        hash: &str,
        card: u64,
    ) -> Result<(), Trouble> {
        let subject = format!("{}.{card}", self.name.subject("repeated", hash));
        link.try_first(subject, PublishMessage::build())
            .await
            .map(drop)
    }

    /// Notes something of a card: `begun`, `excused`. However often it is asked, there is one note for each
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
        let published = published.await;
        let published = published.map_err(Trouble::storing)?;
        Ok(published.sequence)
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

    /// Calls that were begun and whose answers were not kept. One call of a card that a worker says it has is under way, and
    /// is not counted.
    pub(crate) async fn in_doubt(&self, link: &Link) -> Result<u64, Trouble> {
        let open = self.notes(link, Store::Calls, "begun", "*").await?;
        let calls = &self.stream_as_named(link, Store::Calls).await?;
        let left = open.into_iter().map(|(hash, count)| async move {
            let is_closed_soon = match self.result(link, &hash).await? {
                None => is_held(link, self, &hash).await,
                Some(result) => match Stored::of(&result).call {
                    Some(call) => calls.get_raw_message(call).await.is_ok(),
                    None => false,
                },
            };
            Ok(count.saturating_sub(u64::from(is_closed_soon)))
        });
        let mut left = futures_util::stream::iter(left).buffer_unordered(AT_ONCE);
        let mut all = 0_u64;
        while let Some(count) = left.next().await {
            all = all.saturating_add(count?);
        }
        Ok(all)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_header_and_no_success() {
        assert_eq!(outcome(None), "ok");
        let known = "FailedOperation.ImageBlur";
        assert_eq!(outcome(Some(known)), known);
        for (said, kept) in [
            ("ok", "_ok"),
            ("", "_"),
            ("a\r\nCardseal-Call: 5", "a__Cardseal-Call:_5"),
            ("\u{7801}", "_"),
        ] {
            assert_eq!(outcome(Some(said)), kept, "{said:?}");
        }
        assert_eq!(outcome(Some(&"x".repeat(1000))).len(), LONGEST);
    }
}
