//! What came back: an answer, a refusal, or neither.

use bytes::Bytes;
use http::Response;

use crate::call::LookedAt;
use crate::cloud::http_status;
use crate::cloud::tencent::error_codes;
use crate::envelope::Opened;
use crate::error::Error;
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

/// Parses the reply to a request whose answer is sealed; a refusal becomes an error. The HTTP status is 200
/// for both.
pub(crate) fn read_sealed(reply: &Response<Bytes>) -> Result<EncryptedReply, Error> {
    read(reply, EncryptedReply::parse, |parsed| {
        (parsed.refusal(), parsed.request_id())
    })
}

/// Parses the reply to a request whose answer comes in clear.
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
        Err(_) if !reply.status().is_success() => return Err(http_status::unexpected(reply)),
        Err(error) => return Err(error),
    };
    if let (Some(refusal), request_id) = refusal_of(&parsed) {
        return Err(error_codes::to_error(refusal, request_id));
    }
    if !reply.status().is_success() {
        return Err(http_status::unexpected(reply));
    }
    Ok(parsed)
}

/// The service's refusal, where it came inside the seal: `Error` stands in what was opened.
pub fn refusal_within(opened: &Opened, reply: &EncryptedReply) -> Option<Error> {
    let text = core::str::from_utf8(opened.expose_plaintext()).ok()?;
    let refusal = Refusal::within(text)?;
    Some(error_codes::to_error(&refusal, reply.request_id()))
}

/// The service's refusal, where a reply is one: whose fault it is, and what to do.
pub fn refusal(reply: &EncryptedReply) -> Option<Error> {
    let refusal = reply.refusal()?;
    Some(error_codes::to_error(refusal, reply.request_id()))
}
