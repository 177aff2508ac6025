//! Replies: `{"result":…}`, or a refusal in one of the shapes that the official SDK accepts: `error_code` and
//! `error_msg`, `errorCode` and `errorMsg`, or `code` and `message`, at the top level or in one nested object; this
//! includes Keystone's `{"error":{"code":401,"message":…}}`.

use bytes::Bytes;
use http::{HeaderMap, Response};
use zeroize::Zeroizing;

use crate::call::{LookedAt, Reader};
use crate::cloud::http_status;
use crate::cloud::huawei::error_codes;
use crate::cloud::raw::{RawAnswer, RawJson};
use crate::error::Error;
use crate::wire::json::{self, Members};
use crate::wire::unlike;

/// Members that hold a code and its message. An answer never has the first two pairs.
const SHAPES: [(&str, &str); 3] = [
    ("error_code", "error_msg"),
    ("errorCode", "errorMsg"),
    ("code", "message"),
];

/// A reply that is not a refusal.
pub(super) struct Reply {
    /// JSON; `null` if the body was empty.
    pub(super) text: Zeroizing<String>,
    pub(super) request_id: String,
}

impl LookedAt for Reply {
    fn request_id(&self) -> Option<&str> {
        Some(&self.request_id)
    }
}

/// Reads the answer of any API.
pub(super) fn reader() -> Reader<RawAnswer> {
    Reader::new(parse, |reply| {
        Ok(RawAnswer::in_clear(
            RawJson::new(&reply.text),
            reply.request_id,
        ))
    })
}

/// A refusal.
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) message: String,
}

pub(super) fn parse(reply: &Response<Bytes>) -> Result<Reply, Error> {
    let request_id = request_id(reply.headers());
    if let Some(refusal) = refusal(reply) {
        return Err(error_codes::to_error(
            reply.status(),
            &refusal.code,
            &refusal.message,
            request_id,
        ));
    }
    if !http_status::may_be_an_answer(reply.status()) {
        return Err(http_status::unexpected(reply).with_request_id(request_id));
    }
    let text = core::str::from_utf8(reply.body()).map_err(|_| unlike("UTF-8"))?;
    let text = if text.is_empty() { "null" } else { text };
    json::check_unique(text).map_err(|_| unlike("JSON without a member that is duplicated"))?;
    Ok(Reply {
        text: Zeroizing::new(text.to_owned()),
        request_id: request_id.unwrap_or_default().to_owned(),
    })
}

pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-request-id")?.to_str().ok()
}

/// Looks for a refusal. In a reply with a success status, only shapes that an answer never has are considered.
pub(super) fn refusal(reply: &Response<Bytes>) -> Option<Refusal> {
    let text = core::str::from_utf8(reply.body()).ok()?;
    let members = Members::parse(text).ok()?;
    if http_status::may_be_an_answer(reply.status()) {
        return refusal_in(&members);
    }
    let here = SHAPES.iter().find_map(|shape| of_shape(&members, shape));
    here.or_else(|| {
        members.0.iter().find_map(|(_, value)| {
            let inner = Members::parse(value.get()).ok()?;
            SHAPES.iter().find_map(|shape| of_shape(&inner, shape))
        })
    })
}

/// The refusal in an object within an answer.
pub(super) fn refusal_in(members: &Members<'_>) -> Option<Refusal> {
    let mut shapes = SHAPES.iter().take(2);
    shapes.find_map(|shape| of_shape(members, shape))
}

fn of_shape(members: &Members<'_>, (code, message): &(&str, &str)) -> Option<Refusal> {
    let text = |name| members.find(name).and_then(json::plain_text);
    Some(Refusal {
        // 0 says that there is none.
        code: text(code).filter(|code| !["", "0"].contains(&code.as_str()))?,
        message: text(message).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn reply(status: u16, body: &'static str) -> Response<Bytes> {
        Response::builder()
            .status(status)
            .header("X-Request-Id", "r1")
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap()
    }

    #[test]
    fn a_no_in_every_shape() {
        for body in [
            r#"{"error_code":"AIS.0101","error_msg":"words"}"#,
            r#"{"errorCode":"AIS.0101","errorMsg":"words"}"#,
            r#"{"code":"AIS.0101","message":"words"}"#,
            r#"{"error":{"error_code":"AIS.0101","error_msg":"words"}}"#,
            r#"{"x":1,"badRequest":{"code":"AIS.0101","message":"words"}}"#,
        ] {
            let error = parse(&reply(400, body)).map(|_| ()).unwrap_err();
            assert_eq!(error.service_code(), Some("AIS.0101"), "{body}");
            assert_eq!(error.request_id(), Some("r1"));
            assert!(error.message().contains("AIS.0101: words; "), "{error}");
        }
        let keystone = r#"{"error":{"code":401,"message":"words","title":"Unauthorized"}}"#;
        let refusal = refusal(&reply(401, keystone)).unwrap();
        assert_eq!(
            (refusal.code.as_str(), refusal.message.as_str()),
            ("401", "words")
        );
    }

    #[test]
    fn an_answer_may_have_a_code_and_a_no_may_have_a_good_status() {
        let fine = parse(&reply(200, r#"{"code":"0","message":"ok","result":{}}"#)).unwrap();
        assert!(fine.text.contains("result"));
        assert_eq!(parse(&reply(204, "")).unwrap().text.as_str(), "null");
        let no = parse(&reply(200, r#"{"error_code":"AIS.0105","error_msg":""}"#));
        assert_eq!(no.map(|_| ()).unwrap_err().service_code(), Some("AIS.0105"));
    }

    #[test]
    fn what_is_no_reply_of_the_services_is_the_networks() {
        for (status, body, kind) in [
            (500, "<html>", ErrorKind::Transport),
            (502, "", ErrorKind::Transport),
            (307, "", ErrorKind::Transport),
            (404, "{}", ErrorKind::Transport),
            (429, "", ErrorKind::Throttled),
            (200, "<html>", ErrorKind::Protocol),
            (200, r#"{"result":{},"result":{}}"#, ErrorKind::Protocol),
        ] {
            let error = parse(&reply(status, body)).map(|_| ()).unwrap_err();
            assert_eq!(error.kind(), kind, "{status} {body}: {error}");
        }
    }
}
