//! A reply as it came: `{"Response":{…}}` or the inner object, an answer or the service's no.

use serde::Deserialize;
use zeroize::Zeroizing;

use super::json::{self, Members};
use super::{ReplyEncryption, WHOLE_BODY};
use crate::error::{Error, ErrorKind, OpenError};

/// The members of an answer that say something about the card. Where the answer is sealed, the service leaves
/// them empty; one that is not empty did not come from inside the seal.
const CLEAR_TEXT_FIELDS: [&str; 10] = [
    "Name",
    "Sex",
    "Nation",
    "Birth",
    "Address",
    "IdNum",
    "Authority",
    "ValidDate",
    "AdvancedInfo",
    "ReflectDetailInfos",
];

/// The service's no: `Response.Error`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Refusal {
    /// Such as `FailedOperation.ImageBlur`. Compared exactly; unknown codes are kept.
    pub code: String,
    /// The service's words. Not escaped.
    #[serde(default)]
    pub message: String,
}

/// A reply, parsed as far as it can be without a key.
pub struct EncryptedReply {
    pub(crate) inner: Zeroizing<String>,
    pub(crate) encrypted_body: Option<String>,
    pub(crate) encryption: Option<ReplyEncryption>,
    clear_text: Vec<&'static str>,
    request_id: Option<String>,
    refusal: Option<Refusal>,
}

impl EncryptedReply {
    /// Parses the body of an HTTP response, or the `Response` object alone.
    ///
    /// # Errors
    /// `Protocol` where it is not a JSON object of that shape; `Open` where a member stands twice, since the
    /// service and this library might then not read the same answer.
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        let text = core::str::from_utf8(body).map_err(|_| unlike("UTF-8"))?;
        let outer = Members::parse(text).map_err(|error| malformed(text, &error))?;
        let inner = match outer.find("Response") {
            Some(inner) => inner.get(),
            None => text,
        };
        let members = Members::parse(inner).map_err(|error| malformed(inner, &error))?;
        json::check_unique(text).map_err(|error| malformed(text, &error))?;
        let shape = |_| unlike("a reply of this service");
        Ok(Self {
            inner: Zeroizing::new(inner.to_owned()),
            encrypted_body: members.read("EncryptedBody").map_err(shape)?,
            encryption: members.read_object("Encryption").map_err(shape)?,
            clear_text: CLEAR_TEXT_FIELDS
                .into_iter()
                .filter(|name| {
                    members
                        .find(name)
                        .is_some_and(|value| !json::says_nothing(value))
                })
                .collect(),
            request_id: members.read("RequestId").map_err(shape)?,
            refusal: members.read_object("Error").map_err(shape)?,
        })
    }

    /// The service's id of the request. It is outside the seal, so whoever could change the reply could change it.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The service's no, where the reply is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// The members about the card that say something outside the seal. In the answer to a sealed request there are
    /// none, and an answer whose whole body is sealed does not open where there are.
    pub fn clear_text_fields(&self) -> &[&'static str] {
        &self.clear_text
    }

    /// What the reply says is sealed: `EncryptedBody`, or the paths of single members. Not escaped.
    pub fn sealed_parts(&self) -> &[String] {
        self.encryption
            .as_ref()
            .and_then(|encryption| encryption.encrypt_list.as_deref())
            .unwrap_or_default()
    }

    /// True where the reply names single sealed members rather than a sealed whole body.
    pub fn names_fields(&self) -> bool {
        let named = self.sealed_parts();
        self.encrypted_body
            .as_deref()
            .unwrap_or_default()
            .is_empty()
            && !named.is_empty()
            && named != [WHOLE_BODY]
    }
}

impl core::fmt::Debug for EncryptedReply {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EncryptedReply")
            .field("request_id", &self.request_id)
            .field("refusal", &self.refusal)
            .field("bytes", &self.inner.len())
            .finish_non_exhaustive()
    }
}

/// Not JSON at all is the network's or a proxy's doing; JSON that holds a member twice is an answer that cannot
/// be opened.
fn malformed(text: &str, error: &serde_json::Error) -> Error {
    let grammatical = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if grammatical && error.is_data() && text.trim_start().starts_with('{') {
        return OpenError.into();
    }
    unlike("a JSON object")
}

fn unlike(what: &str) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!(
            "the reply is not {what}; something between here and the service may have answered instead"
        ),
    )
}
