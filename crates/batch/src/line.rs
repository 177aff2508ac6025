//! A finished card as a line of JSON, in memory that is wiped.

use std::time::Duration;

use cardseal::Error;
use cardseal::crypto::base64;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::card::{Card, Id};
use crate::wiped_json::wiped_json;

/// A finished card, successful or failed.
pub struct Finished {
    /// The hash of the card's id.
    pub id: Id,
    /// Its line of JSON, with its line end.
    pub line: Zeroizing<Vec<u8>>,
    /// Whether this line ends a call that was begun for the card.
    pub ends_a_call: bool,
    /// Whether that call was sent and nobody knows what the service made of it: no answer came, or none that could be
    /// read. It stays in doubt.
    pub is_in_doubt: bool,
    /// Whether an answer stands in it: the result, or what an answer opened to that could not be read.
    pub holds_an_answer: bool,
    /// `None` for a recognised card; for a failed one, the service's code or the kind of error.
    pub code: Option<String>,
}

/// What became of a card.
pub(crate) enum Outcome<'a> {
    /// It was recognised: the request id, and the result as JSON.
    Ok(&'a str, &'a [u8]),
    /// It was not.
    Failed(&'a Error),
    /// It could not be sent, for this reason.
    Unusable(&'a str),
}

#[derive(Serialize)]
struct Head<'a> {
    id: &'a str,
    input: &'a str,
    outcome: &'a str,
    request_id: Option<&'a str>,
    attempts: u32,
    elapsed_ms: u64,
}

#[derive(Serialize)]
struct Fault<'a> {
    kind: &'a str,
    code: Option<&'a str>,
    message: &'a str,
    /// What a billed answer opened to that cannot be read, as far as it is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    opened: Option<&'a str>,
    /// The same in base64, where it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_base64: Option<&'a str>,
}

/// The line of a card, with its line end; and the code it counts under where it failed.
pub(crate) fn write(
    card: &Card,
    outcome: &Outcome<'_>,
    attempts: u32,
    elapsed: Duration,
) -> (Zeroizing<Vec<u8>>, Option<String>) {
    let request_id = match outcome {
        Outcome::Ok(id, _) => Some(*id).filter(|id| !id.is_empty()),
        Outcome::Failed(error) => error.request_id(),
        Outcome::Unusable(_) => None,
    };
    let head = Head {
        id: &card.id,
        input: &card.input,
        outcome: match outcome {
            Outcome::Ok(..) => "ok",
            _ => "failed",
        },
        request_id,
        attempts,
        elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
    };
    let (name, body, code) = match outcome {
        Outcome::Ok(_, result) => ("result", Zeroizing::new(result.to_vec()), None),
        Outcome::Failed(error) => {
            let (kind, code) = (error.kind().name(), error.service_code());
            let message = error.to_string();
            let message = without_id(&message, error.request_id());
            let opened = error.opened_text();
            let text = opened.and_then(|bytes| std::str::from_utf8(bytes).ok());
            let base64 = opened
                .filter(|_| text.is_none())
                .map(|bytes| Zeroizing::new(base64::encode(bytes)));
            (
                "error",
                wiped_json(&Fault {
                    kind,
                    code,
                    message,
                    opened: text,
                    opened_base64: base64.as_ref().map(|base64| base64.as_str()),
                }),
                Some(code.unwrap_or(kind).to_owned()),
            )
        }
        Outcome::Unusable(message) => {
            let kind = "input";
            let code = None;
            (
                "error",
                json(&Fault {
                    kind,
                    code,
                    message,
                    opened: None,
                    opened_base64: None,
                }),
                Some(kind.to_owned()),
            )
        }
    };
    let head = json(&head);
    // Sized before it is filled: one that grew would leave copies behind.
    let room = head.len().saturating_add(body.len()).saturating_add(32);
    let mut line = Zeroizing::new(Vec::with_capacity(room));
    line.extend_from_slice(head.strip_suffix(b"}").unwrap_or(&head));
    line.extend_from_slice(b",\"");
    line.extend_from_slice(name.as_bytes());
    line.extend_from_slice(b"\":");
    line.extend_from_slice(&body);
    line.extend_from_slice(b"}\n");
    (line, code)
}

/// The request id has a member of its own.
fn without_id<'m>(message: &'m str, id: Option<&str>) -> &'m str {
    let ending = id.map(|id| format!(" (request id {id})"));
    ending
        .and_then(|ending| message.strip_suffix(ending.as_str()))
        .unwrap_or(message)
}

fn json(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    // A struct of texts and numbers is always written.
    Zeroizing::new(serde_json::to_vec(value).unwrap_or_default())
}
