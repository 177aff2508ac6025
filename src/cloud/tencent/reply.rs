//! Reading a reply: an answer, a refusal, or neither.

use bytes::Bytes;
use http::Response;
use serde_json::value::RawValue;

use crate::call::LookedAt;
use crate::cloud::http_status;
use crate::cloud::tencent::error_codes;
use crate::envelope::Opened;
use crate::error::{Error, ErrorKind};
use crate::wire::json::Members;
use crate::wire::{ClearReply, EncryptedReply, Refusal};

impl LookedAt for EncryptedReply {
    fn request_id(&self) -> Option<&str> {
        EncryptedReply::request_id(self)
    }
}

impl LookedAt for ClearReply {
    fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

/// Parses the reply to a request whose answer is sealed; turns a refusal into an error. The HTTP status is 200 for
/// both.
pub(crate) fn read_sealed(reply: &Response<Bytes>) -> Result<EncryptedReply, Error> {
    read(
        reply,
        |body| EncryptedReply::parse(body),
        |parsed| (parsed.refusal(), parsed.request_id()),
    )
}

/// Parses the reply to a request whose answer is in clear.
pub(crate) fn read_clear(reply: &Response<Bytes>) -> Result<ClearReply, Error> {
    read(reply, ClearReply::parse, |parsed| {
        (parsed.refusal.as_ref(), parsed.request_id.as_deref())
    })
}

fn read<R>(
    reply: &Response<Bytes>,
    parse: fn(&[u8]) -> Result<R, Error>,
    refusal_of: fn(&R) -> (Option<&Refusal>, Option<&str>),
) -> Result<R, Error> {
    let parsed = match parse(reply.body()) {
        Ok(parsed) => parsed,
        Err(_) if !http_status::may_be_an_answer(reply.status()) => {
            return Err(http_status::unexpected(reply));
        }
        Err(error) => return Err(error),
    };
    if let (Some(refusal), request_id) = refusal_of(&parsed) {
        return Err(error_codes::to_error(refusal, request_id));
    }
    if !http_status::may_be_an_answer(reply.status()) {
        return Err(http_status::unexpected(reply));
    }
    Ok(parsed)
}

/// The object with the members of a typed result: the answer itself, or the `Response` in it. A refusal, or an object
/// with none of the members, is an error.
pub(crate) fn answer_within<'a>(
    answer: &'a str,
    members: &[&str],
    what: &str,
    request_id: Option<&str>,
) -> Result<&'a str, Error> {
    if let Some(refusal) = Refusal::within(answer) {
        return Err(error_codes::to_error(&refusal, request_id));
    }
    let has_any = |object: &Members<'_>| members.iter().any(|name| object.has(name));
    let outer = Members::parse(answer).map_err(|_| not_read(what))?;
    if has_any(&outer) {
        return Ok(answer);
    }
    let inner = outer.find("Response").map(RawValue::get);
    match inner.map(Members::parse) {
        Some(Ok(object)) if has_any(&object) => Ok(inner.unwrap_or_default()),
        _ => Err(Error::new(
            ErrorKind::Protocol,
            format!(
                "the answer has none of the members of {what} ({}); it answers another action, or the service has \
                 changed: nothing was read",
                members.join(", ")
            ),
        )),
    }
}

/// The error for an answer that has members of a result but is not one.
pub(crate) fn not_read(what: &str) -> Error {
    let message = format!("the answer is not {what} as the service's page has it");
    Error::new(ErrorKind::Protocol, message)
}

/// The service's refusal, if the opened text contains `Error`.
pub fn refusal_within(opened: &Opened, reply: &EncryptedReply) -> Option<Error> {
    let text = core::str::from_utf8(opened.expose_plaintext()).ok()?;
    let refusal = Refusal::within(text)?;
    Some(error_codes::to_error(&refusal, reply.request_id()))
}

/// The service's refusal, if the reply is one: whose fault it is, and what to do.
pub fn refusal(reply: &EncryptedReply) -> Option<Error> {
    let refusal = reply.refusal()?;
    Some(error_codes::to_error(refusal, reply.request_id()))
}
