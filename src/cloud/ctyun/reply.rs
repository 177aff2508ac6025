//! The outer object of every reply: `statusCode`, `message`, `returnObj`, and the additional members of a refusal.
//!
//! `statusCode` is a number for some products and a string for others. HTTP 200 does not mean success: refusals have it
//! too. Source: the vendor's SDKs (`"800"`), and observed replies (`100000`, `"CTAPI_10000"`, `10000`, `"200"`).

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::value::RawValue;

use crate::call::{LookedAt, SentId};
use crate::cloud::ctyun::error_codes;
use crate::cloud::ctyun::interface_encryption::AnswerOpener;
use crate::cloud::http_status;
use crate::cloud::raw::RawJson;
use crate::error::Error;
use crate::wire::json::{self, Members};
use crate::wire::lenient;
use crate::wire::unlike;
use cardseal_crypto::Wiped;

/// The values of `statusCode` that mean success.
const SUCCESS: &[&str] = &["800", "200", "10000", "100000", "CTAPI_10000"];

/// Members of a refusal that hold its code, besides `statusCode`.
const CODES: &[&str] = &["errorCode", "error", "eopErrCode", "code"];

/// A reply that is not a refusal in clear.
pub(super) struct Reply {
    body: Wiped,
    /// The id that the request was sent under.
    sent_id: Option<String>,
}

impl LookedAt for Reply {
    /// What the service says of it stands in the answer, which may be encrypted still.
    fn request_id(&self) -> Option<&str> {
        self.sent_id.as_deref()
    }
}

/// An answer.
pub(super) struct Read {
    /// The whole answer.
    pub(super) whole: RawJson,
    /// `returnObj`; `null` if there is none.
    pub(super) result: RawJson,
    pub(super) request_id: String,
}

/// Looks for a refusal. Whether the rest is an answer is checked after it is opened.
pub(super) fn parse(reply: &Response<Bytes>) -> Result<Reply, Error> {
    let refusal = Envelope::parse(reply.body())
        .ok()
        .and_then(|envelope| envelope.refusal(reply.status()));
    match refusal {
        Some(error) => Err(error),
        None if !http_status::may_be_an_answer(reply.status()) => {
            Err(http_status::unexpected(reply))
        }
        None => Ok(Reply {
            body: Wiped::new(reply.body().to_vec()),
            sent_id: reply.extensions().get::<SentId>().map(|id| id.0.clone()),
        }),
    }
}

/// Reads an opened answer.
pub(super) fn read(opener: AnswerOpener, reply: Reply) -> Result<Read, Error> {
    let clear = opener.open(reply.body)?;
    let envelope = Envelope::parse(&clear)?;
    if let Some(error) = envelope.refusal(StatusCode::OK) {
        return Err(error);
    }
    if !envelope.says_success() {
        return Err(unlike("an answer of this service: it has no statusCode"));
    }
    let result = envelope
        .members
        .find("returnObj")
        .map_or("null", RawValue::get);
    Ok(Read {
        whole: RawJson::new(envelope.text),
        result: RawJson::new(result),
        // Answers have none of their own: the vendor finds a call by the id that it was sent under.
        request_id: envelope
            .member("requestId")
            .or(reply.sent_id)
            .unwrap_or_default(),
    })
}

struct Envelope<'a> {
    text: &'a str,
    members: Members<'a>,
}

impl<'a> Envelope<'a> {
    fn parse(body: &'a [u8]) -> Result<Self, Error> {
        let text = core::str::from_utf8(body).map_err(|_| unlike("UTF-8"))?;
        let members = Members::parse(text).map_err(|_| unlike("a JSON object"))?;
        members
            .check_unique()
            .map_err(|_| unlike("JSON without a member that is duplicated"))?;
        Ok(Self { text, members })
    }

    /// A member that is a string or a number, and not empty.
    fn member(&self, name: &str) -> Option<String> {
        self.members
            .find(name)
            .and_then(json::plain_text)
            .filter(|text| !text.is_empty())
    }

    fn says_success(&self) -> bool {
        let code = self.member("statusCode");
        code.is_some_and(|code| SUCCESS.contains(&lenient::plain_number(code.trim()).as_str()))
    }

    fn refusal(&self, status: StatusCode) -> Option<Error> {
        if self.says_success() {
            return None;
        }
        let main = self.member("statusCode");
        let others = CODES.iter().filter_map(|name| self.member(name));
        let codes: Vec<String> = main.into_iter().chain(others).collect();
        if codes.is_empty() {
            return None;
        }
        let message = ["message", "msg", "description"]
            .iter()
            .find_map(|name| self.member(name));
        let request_id = self.member("requestId");
        Some(error_codes::to_error(
            status,
            &codes,
            message.as_deref().unwrap_or_default(),
            request_id.as_deref(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn answer(status: u16, body: &'static str) -> Result<Read, Error> {
        let reply = Response::builder()
            .status(status)
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap();
        read(AnswerOpener::default(), parse(&reply)?)
    }

    #[test]
    fn success_in_every_spelling() {
        for code in [
            "800",
            r#""800""#,
            "100000",
            r#""CTAPI_10000""#,
            "10000",
            r#""10000""#,
            "200",
            r#""200""#,
        ] {
            let body = format!(r#"{{"statusCode":{code},"returnObj":[1],"requestId":"r"}}"#);
            let read = answer(200, body.leak()).unwrap();
            assert_eq!(read.result.expose(), "[1]", "{code}");
            assert_eq!(read.request_id, "r");
        }
        assert_eq!(
            answer(200, r#"{"statusCode":800}"#)
                .unwrap()
                .result
                .expose(),
            "null"
        );
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for (status, body, kind) in [
            (200, "", ErrorKind::Protocol),
            (200, "[]", ErrorKind::Protocol),
            (200, "{}", ErrorKind::Protocol),
            (200, r#"{"returnObj":[]}"#, ErrorKind::Protocol),
            (200, r#"{"statusCode":null}"#, ErrorKind::Protocol),
            (
                200,
                r#"{"statusCode":800,"statusCode":800}"#,
                ErrorKind::Protocol,
            ),
            (200, r#"{"statusCode":0}"#, ErrorKind::Service),
            (200, r#"{"statusCode":800.5}"#, ErrorKind::Service),
            (200, r#"{"statusCode":"8000"}"#, ErrorKind::Service),
            (200, r#"{"error":"x"}"#, ErrorKind::Service),
            (429, r#"{"statusCode":900}"#, ErrorKind::Throttled),
            (500, r#"{"statusCode":800}"#, ErrorKind::Transport),
            (500, "<html>", ErrorKind::Transport),
            (307, "", ErrorKind::Transport),
            (429, "", ErrorKind::Throttled),
        ] {
            let error = answer(status, body).map(|_| ()).unwrap_err();
            assert_eq!(error.kind(), kind, "{status} {body}: {error}");
        }
    }
}
