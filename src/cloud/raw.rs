//! APIs without a type in this library: their request and answer as JSON.

mod call;

use core::fmt;

use cardseal_crypto::Wiped;

pub use call::RawCall;
pub(crate) use call::check_path;

use serde::de::DeserializeOwned;

use crate::envelope::Opened;
use crate::error::{Error, ErrorKind, OpenError};
use crate::wiped_text::WipedText;

/// The answer of an API without a type in this library.
#[derive(Debug)]
#[non_exhaustive]
pub struct RawAnswer {
    /// The whole answer; `null` if its body is empty.
    pub json: RawJson,
    /// The service's request id, which is never sealed; empty if it gave none.
    pub request_id: String,
    /// How the answer was sealed; `None` if it was in clear.
    pub seal: Option<Seal>,
}

/// How an answer was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seal {
    /// True if the answer was sealed under the request's IV; with SM4-GCM that repeats a nonce.
    pub iv_reused: bool,
    /// True if tags authenticated the sealed parts, and only those (SM4-GCM); AES-256-CBC has no tag.
    pub authenticated: bool,
    /// The sealed parts, as the answer names them: the whole body, or the paths of single members. Not escaped.
    pub sealed: Vec<String>,
}

impl RawAnswer {
    pub(crate) fn in_clear(json: RawJson, request_id: String) -> Self {
        Self {
            json,
            request_id,
            seal: None,
        }
    }

    pub(crate) fn opened(opened: Opened, request_id: Option<&str>) -> Result<Self, Error> {
        let seal = Seal {
            iv_reused: opened.iv_reused(),
            authenticated: opened.authenticated(),
            sealed: opened.sealed().to_vec(),
        };
        Ok(Self {
            json: RawJson::opened(opened)?,
            request_id: request_id.unwrap_or_default().to_owned(),
            seal: Some(seal),
        })
    }
}

/// Unchanged JSON without duplicate members. It may contain card data: wiped on drop, never printed. The driver's
/// buffers that it was read from are not wiped.
#[derive(Clone)]
pub struct RawJson(WipedText);

impl RawJson {
    /// Takes text that is known to be JSON.
    pub(crate) fn new(text: &str) -> Self {
        Self(WipedText::from(text))
    }

    /// Takes opened text without a copy.
    pub(crate) fn opened(opened: Opened) -> Result<Self, Error> {
        let mut plaintext = opened.into_plaintext();
        let json = String::from_utf8(core::mem::take(&mut *plaintext));
        let json = json.map_err(|_| Error::from(OpenError))?;
        Ok(Self(WipedText::from(json)))
    }

    /// Takes such text without a copy.
    pub(crate) fn of(text: WipedText) -> Self {
        Self(text)
    }

    /// Keeps the text of an answer that cannot be read by its error; a refusal needs no answer.
    pub(crate) fn kept_by(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Protocol => error.with_opened(Wiped::new(self.0.as_bytes().to_vec())),
            _ => error,
        }
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Reads the text as `T`.
    ///
    /// # Errors
    /// `Protocol` if it has another shape. The error states the position, but not the content.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(&self.0).map_err(|error| {
            Error::new(
                ErrorKind::Protocol,
                format!(
                    "the answer does not have the expected shape: it differs at line {}, column {}",
                    error.line(),
                    error.column()
                ),
            )
        })
    }
}

/// `null`.
impl Default for RawJson {
    fn default() -> Self {
        Self::new("null")
    }
}

#[cfg(feature = "serialize-personal-data")]
impl serde::Serialize for RawJson {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &serde_json::value::RawValue =
            serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        serde::Serialize::serialize(raw, serializer)
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawJson({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_read_and_is_not_printed() {
        let raw = RawJson::new(r#"["11010119900307002X"]"#);
        assert_eq!(format!("{raw:?}"), "RawJson(22 bytes)");
        assert_eq!(raw.parse::<Vec<String>>().unwrap(), ["11010119900307002X"]);
        let error = raw.parse::<Vec<u8>>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(!format!("{error:?}").contains("1101"));
    }
}
