//! Reads the stages of another program's signature from a file, as that program, a terminal or an editor wrote it.

mod plain;
mod secret;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::stage::{Stage, Theirs};
use crate::visible::visible;

/// The stages that another program computed for the same request: all or some.
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
    /// Whether it has the form of no stage, so that it may be another file, whose text is nobody's to see.
    pub(crate) is_guess: bool,
}

/// The JSON object. The last four members are those that `cardseal sign --json` prints besides the stages.
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
        let unescaped =
            |stage: Option<String>| stage.map(|text| plain::unescaped(&text).into_owned());
        Self {
            canonical_request: unescaped(written.canonical_request),
            string_to_sign: unescaped(written.string_to_sign),
            derived_keys: written.derived_keys.into_iter().collect(),
            signature: written.signature,
            is_guess: false,
        }
    }
}

/// Why a file has no stage to compare.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StageFileError {
    /// It is not UTF-8.
    #[error("it is not UTF-8; save it as UTF-8")]
    NotText,
    /// It is UTF-16, as some editors and PowerShell write it.
    #[error("it is UTF-16; save it as UTF-8")]
    Utf16,
    /// It starts like a JSON object but does not have the expected shape.
    #[error(
        "it is not a JSON object of canonical_request, string_to_sign, derived_keys, signature: {}; write those \
         members, each once",
        visible(why)
    )]
    BadJson {
        /// The parser's message.
        why: String,
    },
    /// It is a private key or holds one. Nothing of it is shown.
    #[error(
        "it is a private key or holds one, and nothing of it is shown; name the file of the other program's stages"
    )]
    PrivateKey,
    /// It is no stage, and has names of secrets in it. Nothing of it is shown.
    #[error(
        "it is no stage of a signature and holds credentials, of which nothing is shown; name the file of the other \
         program's stages"
    )]
    Credentials,
    /// It has nothing to compare.
    #[error(
        "it holds no stage to compare; write the canonical request, the string to sign or the signature into it"
    )]
    Empty,
}

impl StageFile {
    /// Reads another program's stages.
    ///
    /// Either a JSON object with `canonical_request`, `string_to_sign`, `signature` or `derived_keys` (name to SHA-256
    /// of the key, in hex); or one stage as plain text, recognised by its shape: the canonical request, the string to
    /// sign, the signature, or a complete `Authorization` header. A plain text may be quoted, have its line feeds
    /// written as `\n`, and begin with a byte-order mark. A final line end is kept, except for a signature: it may come
    /// from an editor, or may be part of the hashed text.
    ///
    /// # Errors
    /// [`StageFileError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, StageFileError> {
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(StageFileError::Utf16);
        }
        let text = core::str::from_utf8(bytes).map_err(|_| StageFileError::NotText)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        secret::check_label(text)?;
        if text.trim_start().starts_with('{') {
            return Self::parse_json(text);
        }
        let text = plain::unquoted(text);
        let mut stages = Self {
            is_guess: !plain::has_form(&text),
            ..Self::default()
        };
        if stages.is_guess && !plain::may_be_signature(&text) {
            secret::check(&text)?;
        }
        match plain::stage(&text) {
            None => return Err(StageFileError::Empty),
            Some((Stage::CanonicalRequest, text)) => stages.canonical_request = Some(text),
            Some((Stage::Signature, text)) => stages.signature = Some(text),
            Some((_, text)) => stages.string_to_sign = Some(text),
        }
        Ok(stages)
    }

    fn parse_json(text: &str) -> Result<Self, StageFileError> {
        let stages: Self = serde_json::from_str(text).map_err(|error| {
            let why = without_values(&error.to_string());
            match secret::check(text) {
                Err(secret) => secret,
                Ok(()) => StageFileError::BadJson { why },
            }
        })?;
        if stages == Self::default() {
            return Err(StageFileError::Empty);
        }
        Ok(stages)
    }

    pub(crate) fn stages(&self) -> Theirs<'_> {
        Theirs {
            canonical_request: self.canonical_request.as_deref(),
            string_to_sign: self.string_to_sign.as_deref(),
            derived_keys: &self.derived_keys,
            signature: self.signature.as_deref(),
        }
    }
}

/// The parser's message without the text that it found.
fn without_values(why: &str) -> String {
    match (why.split_once("string \""), why.rsplit_once('"')) {
        (Some((before, _)), Some((_, after))) => format!("{before}string{after}"),
        _ => why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s15_a_text_in_the_wrong_place_is_not_in_the_message() {
        let bad = br#"{"derived_keys":"hunter2hunter2"}"#;
        let refused = StageFile::parse(bad).unwrap_err().to_string();
        assert!(
            refused.contains("invalid type: string, expected a map")
                && !refused.contains("hunter2"),
            "{refused}"
        );
    }

    #[test]
    fn reads_the_json_of_another_program() {
        let json = br#"{"canonical_request":"GET\n/","signature":"ab","headers":{"a":"b"},"derived_keys":{"k":"0"}}"#;
        for text in [json.to_vec(), [b"\xef\xbb\xbf", json.as_slice()].concat()] {
            let stages = StageFile::parse(&text).unwrap();
            assert_eq!(stages.canonical_request.as_deref(), Some("GET\n/"));
            assert_eq!(stages.signature.as_deref(), Some("ab"));
            assert_eq!(stages.string_to_sign, None);
            assert_eq!(stages.derived_keys, [("k".to_owned(), "0".to_owned())]);
        }
        let escaped_twice = StageFile::parse(br#"{"canonical_request":"GET\\n/"}"#).unwrap();
        assert_eq!(escaped_twice.canonical_request.as_deref(), Some("GET\n/"));
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
        for text in [
            "",
            "\n",
            "\r\n",
            "\"\"",
            "\u{feff}",
            "{}",
            r#"{"headers":{}}"#,
        ] {
            assert_eq!(
                StageFile::parse(text.as_bytes()),
                Err(StageFileError::Empty),
                "{text:?}"
            );
        }
        assert_eq!(StageFile::parse(b"\xff"), Err(StageFileError::NotText));
        assert_eq!(
            StageFile::parse(b"\xff\xfeP\0O\0"),
            Err(StageFileError::Utf16)
        );
    }
}
