//! The record of one call.

use std::time::{Duration, SystemTime};

use cardseal::Attempt;

use crate::billing::billed;
use crate::label::credential_label;

/// One request that was sent, and its outcome, without content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// When it was sent.
    pub time: SystemTime,
    /// `tencent`, `ctyun` or `huawei`.
    pub cloud: String,
    /// The action, as the cloud names it.
    pub action: String,
    /// The region it was signed for; empty if it named none.
    pub region: String,
    /// The credential's label, by [`credential_label`].
    pub credential: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The service's request id; empty if there is none.
    pub request_id: String,
    /// 1 for the first request of a call, 2 for its first retry.
    pub attempt: u32,
    /// From sending to the outcome.
    pub latency: Duration,
    /// Bytes of the request's body.
    pub sent: u64,
    /// Bytes of the reply's body.
    pub received: u64,
    /// Whether it is billed; `None` if unknown.
    pub billed: Option<bool>,
}

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An answer.
    Ok,
    /// No answer: the service's code, otherwise the kind of the error.
    Failed(String),
}

impl CallRecord {
    /// The record of a request to this cloud; `None` if the request was never sent. The request id of an answer is
    /// unknown here: set it when you have the answer.
    pub fn of(cloud: &str, number: u32, attempt: &Attempt<'_>) -> Option<Self> {
        let outcome = match attempt.error {
            None => Outcome::Ok,
            Some(error) => {
                let code = error.service_code();
                Outcome::Failed(code.unwrap_or(error.kind().name()).to_owned())
            }
        };
        let request_id = attempt.error.and_then(|error| error.request_id());
        attempt.was_sent().then(|| Self {
            time: attempt.at,
            cloud: cloud.to_owned(),
            action: attempt.action.to_owned(),
            region: attempt.region.to_owned(),
            credential: credential_label(attempt.credential_id),
            outcome,
            request_id: request_id.unwrap_or_default().to_owned(),
            attempt: number,
            latency: attempt.elapsed,
            sent: u64::try_from(attempt.sent).unwrap_or(u64::MAX),
            received: u64::try_from(attempt.received).unwrap_or(u64::MAX),
            billed: billed(cloud, attempt.error),
        })
    }

    /// The code of a failure.
    pub fn code(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Ok => None,
            Outcome::Failed(code) => Some(code),
        }
    }
}
