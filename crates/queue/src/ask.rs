//! The workers of a job, asked whether one of them has a card.

use std::time::Duration;

use bytes::Bytes;

use crate::job::Job;
use crate::server::Link;

/// How often the others are asked before a card is taken from them, and how long they are waited for each time: one that is
/// alive is connected by then.
const QUESTIONS: u32 = 4;
const ANSWER: Duration = Duration::from_millis(400);

/// Whether another worker has a card. It has to be sure.
pub(crate) async fn is_elsewhere(link: &Link, job: &Job, hash: &str) -> bool {
    for _ in 0..QUESTIONS {
        let asked = tokio::time::Instant::now();
        if is_held(link, job, hash).await {
            return true;
        }
        tokio::time::sleep_until(asked.checked_add(ANSWER).unwrap_or(asked)).await;
    }
    false
}

/// Whether another worker says that it has a card.
pub(crate) async fn is_held(link: &Link, job: &Job, hash: &str) -> bool {
    let question = link
        .client
        .request(job.name.holds(), Bytes::from(hash.to_owned()));
    matches!(tokio::time::timeout(ANSWER, question).await, Ok(Ok(_)))
}
