//! An unopened reply: `{"Response":{…}}` or the inner object; an answer or a refusal.

use core::ops::Range;

use serde::Deserialize;

use super::json::{self, Members};
use super::response::{Response, Split};
use super::{ReplyEncryption, WholeBody, lenient};
use crate::error::{Error, ErrorKind, OpenError};
use crate::wiped_text::WipedText;

/// The members of an answer with data about a card or its holder: those of OCR, then the additional ones of the three
/// faceid actions with sealed answers. In a sealed answer the service leaves them empty, so a non-empty one was not
/// sealed.
pub(crate) const ANSWER_MEMBERS: [&str; 21] = [
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
    "IdCard",
    "Portrait",
    "VideoBase64",
    "BestFrameBase64",
    "Text",
    "IdCardData",
    "BestFrame",
    "VideoData",
    "IntentionVerifyData",
    "IntentionQuestionResult",
    "IntentionActionResult",
];

/// A refusal by the service: `Response.Error`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Refusal {
    /// The code, such as `FailedOperation.ImageBlur`. Compared exactly; unknown codes are kept.
    #[serde(deserialize_with = "lenient::text")]
    pub code: String,
    /// The service's message; empty if it is absent or no text. Not escaped.
    #[serde(default, deserialize_with = "lenient::text")]
    pub message: String,
}

impl Refusal {
    /// The refusal in the member `Error` of an object or of its `Response`. A null `Error`, or one without a code, is
    /// not a refusal.
    pub(crate) fn within(object: &str) -> Option<Self> {
        let members = Members::parse(object).ok()?;
        let inner = members
            .find("Response")
            .map(|inner| Members::parse(inner.get()));
        let members = inner.and_then(Result::ok).unwrap_or(members);
        members.read_object("Error").ok()?.filter(Self::has_code)
    }

    fn has_code(&self) -> bool {
        !self.code.is_empty()
    }
}

/// The form of an error before API 3.0; still used if a request fails before it reaches API 3.0.
#[derive(Deserialize)]
struct OldRefusal {
    #[serde(deserialize_with = "lenient::integer")]
    code: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    message: String,
    #[serde(default, rename = "codeDesc", deserialize_with = "lenient::text")]
    name: String,
}

impl OldRefusal {
    /// The refusal in a reply without `Response`.
    fn find(outer: &Members<'_>, text: &str) -> Option<Refusal> {
        outer.find("code")?;
        let old: Self = json::read_object(text).ok()?;
        let code = match old.name.as_str() {
            "" => old.code.to_string(),
            name => name.to_owned(),
        };
        let refused = old.code != 0;
        refused.then_some(Refusal {
            code,
            message: old.message,
        })
    }
}

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
fn request_id(members: &Members<'_>) -> Option<String> {
    members.find("RequestId").and_then(json::plain_text)
}

/// The position of a reply's sealed body. It may be megabytes long, so it is not copied.
enum SealedBody {
    Absent,
    /// Its range in the reply's text, without the quotes.
    At(Range<usize>),
    /// It had escapes, such as `\/` for the slash of base64.
    Unescaped(String),
}

impl SealedBody {
    /// Finds it among members that were read from `reply`.
    fn find(members: &Members<'_>, reply: &str) -> Result<Self, serde_json::Error> {
        const NAME: &str = "EncryptedBody";
        let raw = members.find(NAME).map_or("null", |value| value.get());
        let quoted = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
        let place = quoted.filter(|text| !is_escaped(text)).and_then(|text| {
            // The value is a part of the text it was parsed from.
            let start = text.as_ptr().addr().checked_sub(reply.as_ptr().addr())?;
            let place = start..start.checked_add(text.len())?;
            (reply.get(place.clone())?.as_ptr() == text.as_ptr()).then_some(place)
        });
        match place {
            Some(place) => Ok(Self::At(place)),
            None => Ok(members.read(NAME)?.map_or(Self::Absent, Self::Unescaped)),
        }
    }
}

/// Whether there is a backslash. Many bytes are checked at once, because there are megabytes and hardly ever a
/// backslash.
fn is_escaped(text: &str) -> bool {
    let any_in = |bytes: &[u8]| bytes.iter().fold(false, |any, byte| any | (*byte == b'\\'));
    text.as_bytes().chunks(256).any(any_in)
}

/// A reply, parsed as far as possible without a key.
pub struct EncryptedReply {
    text: WipedText,
    encrypted_body: SealedBody,
    pub(crate) encryption: Option<ReplyEncryption>,
    clear_text: Vec<&'static str>,
    request_id: Option<String>,
    refusal: Option<Refusal>,
}

impl EncryptedReply {
    /// Parses the body of an HTTP response, or the `Response` object alone. A `Vec<u8>` or `String` is kept and wiped on
    /// drop; a slice is copied.
    ///
    /// # Errors
    /// `Protocol` if it is not a JSON object of that shape; `Open` if it has duplicate members, because the service and
    /// this library might read different answers.
    pub fn parse(body: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let text = WipedText::from_utf8(body.into()).ok_or_else(|| unlike("UTF-8"))?;
        Self::of_text(text)
    }

    fn of_text(owned: WipedText) -> Result<Self, Error> {
        let text: &str = &owned;
        let Split { outer, response } =
            Split::parse(text).map_err(|error| malformed(text, &error))?;
        let members = match &response {
            Response::Object(members) => members,
            Response::Absent => &outer,
            Response::Other => return Err(unlike("a JSON object")),
        };
        let unique = members.check_unique().and_then(|()| outer.check_unique());
        unique.map_err(|error| malformed(text, &error))?;
        let shape = |_| unlike("a reply of this service");
        let is_told = |name: &&str| {
            let value = members.find(name);
            value.is_some_and(|value| !json::says_nothing(value))
        };
        let encrypted_body = SealedBody::find(members, text).map_err(shape)?;
        let encryption = members.read_object("Encryption").map_err(shape)?;
        let clear_text = ANSWER_MEMBERS.into_iter().filter(is_told).collect();
        let request_id = request_id(members);
        let refusal = match members.read_object("Error").map_err(shape)? {
            None => OldRefusal::find(&outer, text),
            refusal => refusal,
        };
        Ok(Self {
            text: owned,
            encrypted_body,
            encryption,
            clear_text,
            request_id,
            refusal,
        })
    }

    /// Converts to a reply in clear, which must have a request id.
    pub(crate) fn into_clear(self) -> Result<ClearReply, Error> {
        if self.request_id.is_none() {
            return Err(unlike("a reply of this service"));
        }
        Ok(ClearReply {
            inner: self.inner().into(),
            request_id: self.request_id,
            refusal: self.refusal,
        })
    }

    /// The `Response` object, or the whole reply if there is none. It is searched on demand, because it is rarely
    /// needed.
    pub(crate) fn inner(&self) -> &str {
        let outer = Members::parse(&self.text).ok();
        let inner = outer.and_then(|outer| outer.find("Response"));
        inner.map_or(&self.text, |inner| inner.get())
    }

    /// The base64 of the sealed body; `None` if there is no such member.
    pub(crate) fn encrypted_body(&self) -> Option<&str> {
        match &self.encrypted_body {
            SealedBody::Absent => None,
            SealedBody::At(place) => self.text.get(place.clone()),
            SealedBody::Unescaped(text) => Some(text),
        }
    }

    /// The service's request id. It is not sealed, so anyone who can change the reply can change it.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The refusal, if the reply is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// The non-empty card members in clear. The reply to a sealed request has none; a reply with a sealed whole body is
    /// rejected if it has any.
    pub fn clear_text_fields(&self) -> &[&'static str] {
        &self.clear_text
    }

    /// What is sealed according to the reply: `EncryptedBody`, or the paths of single members. Not escaped.
    pub fn sealed_parts(&self) -> &[String] {
        self.encryption
            .as_ref()
            .and_then(|encryption| encryption.encrypt_list.as_deref())
            .unwrap_or_default()
    }

    /// True if the reply names single sealed members instead of a sealed whole body.
    pub fn names_fields(&self) -> bool {
        let named = self.sealed_parts();
        self.encrypted_body().unwrap_or_default().is_empty()
            && !named.is_empty()
            && !matches!(named, [one] if WholeBody::named(one).is_some())
    }
}

impl core::fmt::Debug for EncryptedReply {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EncryptedReply")
            .field("request_id", &self.request_id)
            .field("refusal", &self.refusal)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// Text that is not JSON comes from the network or a proxy; JSON with duplicate members is an answer that cannot be
/// opened.
fn malformed(text: &str, error: &serde_json::Error) -> Error {
    let grammatical = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if grammatical && error.is_data() && text.trim_start().starts_with('{') {
        return OpenError.into();
    }
    unlike("a JSON object")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_a_refusal_is_one_whatever_type_its_parts_have() {
        for (error, code, message) in [
            (r#"{"Code":"A.B","Message":null}"#, "A.B", ""),
            (r#"{"Code":"A.B","Message":5}"#, "A.B", "5"),
            (r#"{"Code":"A.B","Message":{}}"#, "A.B", ""),
            (r#"{"Code":4104,"Message":"x"}"#, "4104", "x"),
        ] {
            let body = format!(r#"{{"Response":{{"Error":{error},"RequestId":"r"}}}}"#);
            let reply = EncryptedReply::parse(body.as_bytes()).unwrap();
            let refusal = reply.refusal().unwrap();
            assert_eq!(
                (refusal.code.as_str(), refusal.message.as_str()),
                (code, message)
            );
            let clear = ClearReply::parse(body.as_bytes()).unwrap();
            assert_eq!(clear.refusal.as_ref(), Some(refusal));
        }
        for old in [
            r#"{"code":4104,"message":null,"codeDesc":null}"#,
            r#"{"code":"4104","message":5}"#,
            r#"{"code":4104.0}"#,
        ] {
            let reply = EncryptedReply::parse(old.as_bytes()).unwrap();
            assert_eq!(reply.refusal().unwrap().code, "4104", "{old}");
        }
    }

    #[test]
    fn a_sealed_body_is_found_where_it_stands_and_however_it_is_written() {
        let body = |reply: &str| {
            let reply = EncryptedReply::parse(reply.as_bytes()).unwrap();
            reply.encrypted_body().map(str::to_owned)
        };
        for reply in [
            r#"{"EncryptedBody":"ab/c+d=="}"#,
            r#"{"EncryptedBody":"ab\/c\u002bd=="}"#,
            r#"{"Response":{"RequestId":"r","EncryptedBody" : "ab/c+d==" }}"#,
            r#"{"Response":{"EncryptedBody":"ab\/c+d=="}}"#,
        ] {
            assert_eq!(body(reply).as_deref(), Some("ab/c+d=="), "{reply}");
        }
        let plain = EncryptedReply::parse(br#"{"EncryptedBody":"ab/c+d=="}"#).unwrap();
        assert!(matches!(plain.encrypted_body, SealedBody::At(_)), "copied");
        assert_eq!(body(r#"{"EncryptedBody":""}"#).as_deref(), Some(""));
        for none in ["{}", r#"{"EncryptedBody":null}"#] {
            assert_eq!(body(none), None);
        }
        for other in ["1", "[]", "{}", "true"] {
            let reply = format!(r#"{{"EncryptedBody":{other}}}"#);
            assert!(EncryptedReply::parse(reply.as_bytes()).is_err(), "{reply}");
        }
    }
}
