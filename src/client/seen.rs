//! Observability of a call: a span and events for `tracing`, counters and times for `metrics`.
//!
//! It reports only what docs/observability.md lists: names, lengths, times, counts and error codes. No body, header,
//! credential or message.

use core::time::Duration;
use std::time::Instant;

use bytes::Bytes;
use http::{Request, Response};

use crate::call::Call;
use crate::cloud::service_codes;
use crate::error::Error;
use crate::transport::TransportFailure;

/// The outcome of a successful call.
const OK: &str = "ok";

/// Any code that is not in this library's tables, so that a hostile service cannot create new series without limit.
const OTHER: &str = "other";

/// The observed state of one call.
pub(super) struct Seen {
    cloud: &'static str,
    action: String,
    started: Instant,
    requests: u32,
    span: tracing::Span,
}

/// One observed request of it.
pub(super) struct SeenRequest {
    what: &'static str,
    started: Instant,
    bytes: usize,
}

impl Seen {
    pub(super) fn start<T>(call: &Call<T>) -> Self {
        let (cloud, action) = (call.cloud(), call.action());
        Self {
            cloud,
            action: action.to_owned(),
            started: Instant::now(),
            requests: 0,
            span: tracing::info_span!(
                target: "cardseal",
                "call",
                cloud,
                action,
                region = call.region(),
                request_id = tracing::field::Empty,
            ),
        }
    }

    /// A request is sent: the call's own, or one for its credentials.
    pub(super) fn sends(
        &mut self,
        request: &Request<Bytes>,
        is_for_credentials: bool,
    ) -> SeenRequest {
        let sent = SeenRequest {
            what: match is_for_credentials {
                true => "credentials",
                false => "call",
            },
            started: Instant::now(),
            bytes: request.body().len(),
        };
        if !is_for_credentials {
            self.requests = self.requests.saturating_add(1);
        }
        self.span.in_scope(|| {
            tracing::debug!(
                target: "cardseal",
                what = sent.what,
                attempt = self.requests,
                host = request.uri().host().unwrap_or_default(),
                bytes = sent.bytes,
                "request sent",
            );
        });
        sent
    }

    /// Its reply arrived, or failed.
    pub(super) fn replied(
        &self,
        request: &SeenRequest,
        outcome: &Result<Response<Bytes>, TransportFailure>,
    ) {
        let elapsed = request.started.elapsed();
        let (status, bytes) = match outcome {
            Ok(reply) => (reply.status().as_u16(), reply.body().len()),
            Err(_) => (0, 0),
        };
        self.span.in_scope(|| {
            tracing::debug!(
                target: "cardseal",
                what = request.what,
                attempt = self.requests,
                status,
                bytes,
                elapsed_ms = millis(elapsed),
                "{}",
                if outcome.is_ok() { "reply received" } else { "no reply" },
            );
        });
        let labels = [
            ("cloud", self.cloud.to_owned()),
            ("what", request.what.to_owned()),
            ("status", status.to_string()),
        ];
        metrics::counter!("cardseal_requests_total", &labels).increment(1);
        metrics::counter!("cardseal_sent_bytes_total", "cloud" => self.cloud)
            .increment(count(request.bytes));
        metrics::counter!("cardseal_received_bytes_total", "cloud" => self.cloud)
            .increment(count(bytes));
        metrics::histogram!(
            "cardseal_request_seconds", "cloud" => self.cloud, "what" => request.what
        )
        .record(elapsed.as_secs_f64());
    }

    /// The call waits: for its turn, for another call's fetch, or before the next attempt.
    pub(super) fn waits(&self, time: Duration, why: Option<&Error>) {
        self.span.in_scope(|| {
            tracing::debug!(
                target: "cardseal",
                attempt = self.requests,
                wait_ms = millis(time),
                because = outcome(why),
                code = code(why).unwrap_or_default(),
                "waiting",
            );
        });
    }

    /// The call is over.
    pub(super) fn ends<T>(self, call: &Call<T>, error: Option<&Error>) {
        let elapsed = self.started.elapsed();
        let (outcome, code) = (outcome(error), code(error));
        let request_id = error.map_or_else(|| call.answered_id(), Error::request_id);
        {
            if let Some(id) = request_id {
                self.span.record("request_id", shown(id).as_str());
            }
            self.span.in_scope(|| {
                tracing::info!(
                    target: "cardseal",
                    outcome,
                    code = code.unwrap_or_default(),
                    attempts = self.requests,
                    elapsed_ms = millis(elapsed),
                    "call ended",
                );
            });
        }
        {
            let labels = [
                ("cloud", self.cloud.to_owned()),
                ("action", shown(&self.action)),
                ("outcome", outcome.to_owned()),
                ("code", code.unwrap_or_default().to_owned()),
            ];
            metrics::counter!("cardseal_calls_total", &labels).increment(1);
            metrics::histogram!("cardseal_call_seconds", "cloud" => self.cloud)
                .record(elapsed.as_secs_f64());
        }
    }
}

fn outcome(error: Option<&Error>) -> &'static str {
    error.map_or(OK, |error| error.kind().name())
}

/// The service's code as in this library's table.
fn code(error: Option<&Error>) -> Option<&'static str> {
    let code = error?.service_code()?;
    let known = service_codes::table().find(|known| known.code == code);
    Some(known.map_or(OTHER, |known| known.code))
}

/// Outside text, shown only if it has just the characters of ids and actions.
fn shown(text: &str) -> String {
    const MOST: usize = 64;
    let is_fine = |letter: &char| letter.is_ascii_alphanumeric() || "-_.:".contains(*letter);
    text.chars().filter(is_fine).take(MOST).collect()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
