//! Stages of a signature that another program computed, read from a file.

use core::fmt;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::{Error, ErrorKind, printable};

/// What another program computed for the same request: all stages or some.
///
/// It is read from a JSON object with `canonical_request`, `string_to_sign`, `signature` (one of them at
/// least), `derived_keys` (name to SHA-256 of the key, in hex) and `headers` (not compared); or from a plain text
/// that is one stage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Written")]
#[non_exhaustive]
pub struct StageFile {
    /// The canonical request.
    pub canonical_request: Option<String>,
    /// The string to sign.
    pub string_to_sign: Option<String>,
    /// Names of derived keys, and the SHA-256 of each in lower-case hex.
    pub derived_keys: Vec<(String, String)>,
    /// The signature.
    pub signature: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    canonical_request: Option<String>,
    string_to_sign: Option<String>,
    #[serde(default)]
    derived_keys: BTreeMap<String, String>,
    signature: Option<String>,
    #[serde(rename = "headers")]
    _headers: Option<IgnoredAny>,
    #[serde(rename = "query")]
    _query: Option<IgnoredAny>,
    #[serde(rename = "body")]
    _body: Option<IgnoredAny>,
    #[serde(rename = "scheme")]
    _scheme: Option<IgnoredAny>,
}

impl From<Written> for StageFile {
    fn from(written: Written) -> Self {
        Self {
            canonical_request: written.canonical_request,
            string_to_sign: written.string_to_sign,
            derived_keys: written.derived_keys.into_iter().collect(),
            signature: written.signature,
        }
    }
}

/// Why a text holds no stage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StageFileError {
    /// It is not UTF-8.
    #[error("it is not UTF-8")]
    NotText,
    /// It starts as a JSON object and is not one of the shape that is read.
    #[error(
        "it is not a JSON object of canonical_request, string_to_sign, derived_keys, signature: {}",
        printable(why)
    )]
    BadJson {
        /// What the parser says.
        why: String,
    },
    /// There is nothing in it to compare.
    #[error("it holds no stage to compare")]
    Empty,
}

impl From<StageFileError> for Error {
    fn from(error: StageFileError) -> Self {
        Self::new(
            ErrorKind::Input,
            format!("the stage file cannot be read: {error}"),
        )
        .caused_by(error)
    }
}

impl StageFile {
    /// Reads a JSON object, or one stage as plain text: the canonical request, the string to sign, or the
    /// signature, told apart by their shape. One line end at the end of a plain text is the editor's.
    ///
    /// # Errors
    /// [`StageFileError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, StageFileError> {
        let text = core::str::from_utf8(bytes).map_err(|_| StageFileError::NotText)?;
        if text.trim_start().starts_with('{') {
            return Self::parse_json(text);
        }
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.is_empty() {
            return Err(StageFileError::Empty);
        }
        let mut stages = Self::default();
        let owned = Some(text.to_owned());
        match Stage::of_plain(text) {
            Stage::CanonicalRequest => stages.canonical_request = owned,
            Stage::Signature => stages.signature = owned,
            Stage::StringToSign | Stage::DerivedKey(_) => stages.string_to_sign = owned,
        }
        Ok(stages)
    }

    fn parse_json(text: &str) -> Result<Self, StageFileError> {
        let stages: Self = serde_json::from_str(text).map_err(|error| StageFileError::BadJson {
            why: error.to_string(),
        })?;
        if stages.canonical_request.is_none()
            && stages.string_to_sign.is_none()
            && stages.signature.is_none()
            && stages.derived_keys.is_empty()
        {
            return Err(StageFileError::Empty);
        }
        Ok(stages)
    }
}

/// A stage on the way to a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// The canonical request.
    CanonicalRequest,
    /// The string to sign.
    StringToSign,
    /// The derived key of this name.
    DerivedKey(String),
    /// The signature.
    Signature,
}

impl Stage {
    /// A plain text's stage. A signature is one word of hex or base64. A string to sign names its algorithm in
    /// its first line, or is a whole request in one (signature v1), or starts with a header (EOP).
    fn of_plain(text: &str) -> Self {
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        let one_line = lines.next().is_none();
        let coded = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        let is_method = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_uppercase());
        if one_line && text.bytes().all(coded) {
            Self::Signature
        } else if !one_line && is_method {
            Self::CanonicalRequest
        } else {
            Self::StringToSign
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CanonicalRequest => f.write_str("canonical request"),
            Self::StringToSign => f.write_str("string to sign"),
            Self::DerivedKey(name) => write!(f, "derived key `{}`", printable(name)),
            Self::Signature => f.write_str("signature"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_json_of_another_program() {
        let stages = StageFile::parse(
            br#"{"canonical_request":"GET\n/","signature":"ab","headers":{"a":"b"},"derived_keys":{"k":"0"}}"#,
        )
        .unwrap();
        assert_eq!(stages.canonical_request.as_deref(), Some("GET\n/"));
        assert_eq!(stages.signature.as_deref(), Some("ab"));
        assert_eq!(stages.string_to_sign, None);
        assert_eq!(stages.derived_keys, [("k".to_owned(), "0".to_owned())]);
    }

    #[test]
    fn a_misspelt_repeated_or_empty_stage_is_refused() {
        for json in [
            r#"{"string_to_sgin":"a"}"#,
            r#"{"signature":"a","signature":"b"}"#,
            r#"{"signature":1}"#,
            r#"{"signature":"a""#,
        ] {
            let refused = StageFile::parse(json.as_bytes());
            assert!(
                matches!(refused, Err(StageFileError::BadJson { .. })),
                "{json}"
            );
        }
        for text in ["", "\n", "{}", r#"{"headers":{}}"#] {
            assert_eq!(
                StageFile::parse(text.as_bytes()),
                Err(StageFileError::Empty),
                "{text}"
            );
        }
        assert_eq!(StageFile::parse(b"\xff"), Err(StageFileError::NotText));
    }

    #[test]
    fn a_plain_text_is_known_by_its_shape() {
        for (text, stage) in [
            ("POST\n/\n\nhost:a\n\nhost\nab", Stage::CanonicalRequest),
            (
                "TC3-HMAC-SHA256\n1\n2019-02-25/ocr/tc3_request\nab",
                Stage::StringToSign,
            ),
            (
                "GETcvm.tencentcloudapi.com/?Action=A&Nonce=1",
                Stage::StringToSign,
            ),
            ("appkey:a\neop-date:b\n\n\nab", Stage::StringToSign),
            ("72e494ea809ad7a8", Stage::Signature),
            ("EliP9YW3pW28FpsEdkXt/+WcGeI=", Stage::Signature),
        ] {
            let stages = StageFile::parse(format!("{text}\n").as_bytes()).unwrap();
            let read = match stage {
                Stage::CanonicalRequest => stages.canonical_request,
                Stage::Signature => stages.signature,
                _ => stages.string_to_sign,
            };
            assert_eq!(read.as_deref(), Some(text));
        }
    }
}
