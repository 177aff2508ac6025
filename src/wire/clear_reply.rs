//! A reply in clear: `{"Response":{…}}`; an answer or a refusal.

use super::json::{self, Members};
use super::refusal::{OldRefusal, Refusal};
use crate::error::{Error, ErrorKind};
use crate::wiped_text::WipedText;

/// A reply in clear, of any action: the `Response` object, and the refusal if it is one.
pub(crate) struct ClearReply {
    pub(crate) inner: WipedText,
    pub(crate) request_id: Option<String>,
    pub(crate) refusal: Option<Refusal>,
}

impl ClearReply {
    /// Parses the body of an HTTP response. Without `Response` it is not an answer of this service.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Error> {
        let text = core::str::from_utf8(body).map_err(|_| unlike("UTF-8"))?;
        let not_json = |_| unlike("one JSON object without duplicate members");
        let outer = Members::parse(text).map_err(not_json)?;
        outer.check_unique().map_err(not_json)?;
        let Some(inner) = outer.find("Response") else {
            let refusal = OldRefusal::find(&outer, text);
            return Ok(Self {
                inner: WipedText::default(),
                request_id: None,
                refusal: Some(refusal.ok_or_else(|| unlike("a reply of this service"))?),
            });
        };
        let shape = |_| unlike("a reply of this service");
        let members = Members::parse(inner.get()).map_err(shape)?;
        Ok(Self {
            inner: WipedText::from(inner.get()),
            request_id: request_id(&members),
            refusal: members.read_object("Error").map_err(shape)?,
        })
    }
}

/// The service's request id: a text, or a number as written. An answer without one is still accepted.
pub(super) fn request_id(members: &Members<'_>) -> Option<String> {
    members.find("RequestId").and_then(json::plain_text)
}

/// The error for an unexpected reply.
pub(crate) fn unlike(what: &str) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!(
            "the reply is not {what}; something between here and the service may have answered instead"
        ),
    )
}
