//! An unopened reply: `{"Response":{…}}` or the inner object; an answer or a refusal.

mod text;
mod encryption;
mod fast;

use cardseal_crypto::Wiped;
use text::Text;

use super::WholeBody;
use super::clear_reply::{ClearReply, request_id, unlike};
use super::json::{self, Members};
use super::refusal::{OldRefusal, Refusal};
use super::response::{Response, Split};
use crate::error::{Error, OpenError};

pub(crate) use encryption::{LONGEST_IV, ReplyEncryption};

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

/// A reply, parsed as far as possible without a key.
pub struct EncryptedReply {
    /// UTF-8.
    text: Wiped,
    parts: Parts,
}

/// What a reply says.
#[derive(Default)]
struct Parts {
    encrypted_body: Option<Text>,
    encryption: Option<ReplyEncryption>,
    clear_text: Vec<&'static str>,
    request_id: Option<Text>,
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
        let mut reply = Self {
            text: Wiped::new(body.into()),
            parts: Parts::default(),
        };
        if fast::read(&reply.text, &mut reply.parts).is_none() {
            let text = core::str::from_utf8(&reply.text).map_err(|_| unlike("UTF-8"))?;
            reply.parts = Parts::read(text)?;
        }
        Ok(reply)
    }

    /// Converts to a reply in clear, which must have a request id.
    pub(crate) fn into_clear(self) -> Result<ClearReply, Error> {
        let Some(request_id) = self.request_id().map(str::to_owned) else {
            return Err(unlike("a reply of this service"));
        };
        Ok(ClearReply {
            inner: self.inner().into(),
            request_id: Some(request_id),
            refusal: self.parts.refusal,
        })
    }

    /// The `Response` object, or the whole reply if there is none. It is searched on demand, because it is rarely
    /// needed.
    pub(crate) fn inner(&self) -> &str {
        let text = core::str::from_utf8(&self.text).unwrap_or_default();
        let outer = Members::parse(text).ok();
        let inner = outer.and_then(|outer| outer.find("Response"));
        inner.map_or(text, |inner| inner.get())
    }

    /// The base64 of the sealed body; `None` if there is no such member.
    pub(crate) fn encrypted_body(&self) -> Option<&[u8]> {
        let body = self.parts.encrypted_body.as_ref()?;
        Some(body.bytes(&self.text))
    }

    pub(crate) fn encryption(&self) -> Option<&ReplyEncryption> {
        self.parts.encryption.as_ref()
    }

    /// The algorithm, if the reply states one.
    pub(crate) fn algorithm(&self) -> Option<&[u8]> {
        let algorithm = self.encryption()?.algorithm.as_ref()?;
        Some(algorithm.bytes(&self.text))
    }

    /// The service's request id. It is not sealed, so anyone who can change the reply can change it.
    pub fn request_id(&self) -> Option<&str> {
        let id = self.parts.request_id.as_ref()?;
        Some(id.text(&self.text))
    }

    /// The refusal, if the reply is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.parts.refusal.as_ref()
    }

    /// The non-empty card members in clear. The reply to a sealed request has none; a reply with a sealed whole body is
    /// rejected if it has any.
    pub fn clear_text_fields(&self) -> &[&'static str] {
        &self.parts.clear_text
    }

    /// What is sealed according to the reply: `EncryptedBody`, or the paths of single members. Not escaped.
    pub fn sealed_parts(&self) -> &[String] {
        let list = self.encryption().and_then(|stated| stated.list.as_deref());
        list.unwrap_or_default()
    }

    /// True if the reply names single sealed members instead of a sealed whole body.
    pub fn names_fields(&self) -> bool {
        let named = self.sealed_parts();
        self.encrypted_body().unwrap_or_default().is_empty()
            && !named.is_empty()
            && !matches!(named, [one] if WholeBody::named(one).is_some())
    }
}

impl Parts {
    /// The slow path: any reply, or the reason why it is none.
    fn read(text: &str) -> Result<Self, Error> {
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
        let encrypted_body = members.find("EncryptedBody");
        let encrypted_body = encrypted_body.map(|value| Text::of(value, text));
        let refusal = match members.read_object("Error").map_err(shape)? {
            None => OldRefusal::find(&outer, text),
            refusal => refusal,
        };
        Ok(Self {
            encrypted_body: encrypted_body.transpose().map_err(shape)?.flatten(),
            encryption: ReplyEncryption::find(members).map_err(shape)?,
            clear_text: ANSWER_MEMBERS.into_iter().filter(is_told).collect(),
            request_id: request_id(members).map(Text::Copied),
            refusal,
        })
    }
}

impl core::fmt::Debug for EncryptedReply {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EncryptedReply")
            .field("request_id", &self.request_id())
            .field("refusal", &self.parts.refusal)
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
            let body = reply.encrypted_body()?;
            Some(String::from_utf8(body.to_vec()).unwrap())
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
        assert!(
            matches!(plain.parts.encrypted_body, Some(Text::At(_))),
            "copied"
        );
        assert_eq!(body(r#"{"EncryptedBody":""}"#).as_deref(), Some(""));
        for none in ["{}", r#"{"EncryptedBody":null}"#] {
            assert_eq!(body(none), None);
        }
        for other in ["1", "[]", "{}", "true"] {
            let reply = format!(r#"{{"EncryptedBody":{other}}}"#);
            assert!(EncryptedReply::parse(reply.as_bytes()).is_err(), "{reply}");
        }
    }

    const SEALED: [&str; 3] = [
        r#"{"Response":{"EncryptedBody":"ab/c+d==","Encryption":{"Algorithm":"SM4-GCM","CiphertextBlob":"","EncryptList":["EncryptedBody"],"Iv":"AAECAwQFBgcICQoL","TagList":["AAECAwQFBgcICQoLDA0ODw=="]},"Name":"","RequestId":"r-1"}}"#,
        r#"{ "x" : [ 1 ], "Response" : {"RequestId":"r", "Birth":null, "ReflectDetailInfos": [ ],"Text":{}, "EncryptedBody":"", "Encryption":{ "EncryptList":["a.b","EncryptionBody"], "TagList":[] } } }"#,
        r#"{"Response":{"Encryption":{"TagList":["AA==","x"],"Iv":"AB==","EncryptList":[]},"EncryptedBody":"AAAA"}}"#,
    ];

    /// Everything that is read of a reply.
    fn told(text: &[u8], parts: &Parts) -> String {
        let text_of = |part: &Option<Text>| part.as_ref().map(|part| part.text(text).to_owned());
        let encryption = parts.encryption.as_ref().map(|stated| {
            let algorithm = text_of(&stated.algorithm);
            (
                stated.iv,
                algorithm,
                stated.tags.clone(),
                stated.list.clone(),
            )
        });
        let (body, id) = (text_of(&parts.encrypted_body), text_of(&parts.request_id));
        format!(
            "{body:?} {encryption:?} {:?} {id:?} {:?}",
            parts.clear_text, parts.refusal
        )
    }

    fn on_the_fast_path(text: &[u8]) -> Option<String> {
        let mut parts = Parts::default();
        fast::read(text, &mut parts)?;
        Some(told(text, &parts))
    }

    fn on_the_slow_path(text: &[u8]) -> Option<String> {
        let parts = Parts::read(core::str::from_utf8(text).ok()?).ok()?;
        Some(told(text, &parts))
    }

    /// Every byte replaced or left out, and every word that decides something put in another's place. An
    /// interpreter takes some of these texts.
    #[test]
    fn both_paths_read_the_same() {
        let one_of = if cfg!(miri) { 499 } else { 1 };
        let (mut texts, mut taken) = (0, 0);
        let mut compare = |text: &[u8]| {
            texts += 1;
            if texts % one_of != 0 {
                return;
            }
            if let Some(told) = on_the_fast_path(text) {
                taken += 1;
                assert_eq!(
                    Some(told),
                    on_the_slow_path(text),
                    "{}",
                    text.escape_ascii()
                );
            }
        };
        for text in SEALED {
            assert!(on_the_fast_path(text.as_bytes()).is_some(), "{text}");
            for from in [
                "Response",
                "EncryptedBody",
                "RequestId",
                "Name",
                "Birth",
                "Iv",
                "TagList",
                "\"x\"",
                "[]",
                "null",
                "\"\"",
            ] {
                for to in [
                    "Response",
                    "Error",
                    "code",
                    "Text",
                    "Iv",
                    "TagList",
                    "1",
                    "{}",
                    "[{}]",
                    "null",
                    "\"\\u0061\"",
                ] {
                    compare(text.replacen(from, to, 1).as_bytes());
                }
            }
            let text = text.as_bytes();
            for at in 0..text.len() {
                compare(&[&text[..at], &text[at + 1..]].concat());
                for byte in (0..=255_u8).step_by(3).chain(*b"\"\\{}[]:, /=") {
                    let mut changed = text.to_vec();
                    changed[at] = byte;
                    compare(&changed);
                }
            }
        }
        assert!(taken > 5_000 / one_of, "{taken} of {texts}");
    }
}
