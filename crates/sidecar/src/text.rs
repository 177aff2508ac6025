//! What a request's JSON is read into: text that stays where it stands, and strict base64. Errors say where, and nothing of
//! what stands there.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use crate::problem::Problem;

/// Text that stays where it stands, and is wiped where it had to be copied.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for Text<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(text) = &mut self.0 {
            text.zeroize();
        }
    }
}

/// The text of a member that may be absent.
pub(crate) fn text<'t>(text: &'t Option<Text<'_>>) -> Option<&'t str> {
    text.as_ref().map(Text::as_str)
}

/// A member that may be absent, and is not null where it is there.
pub(crate) fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A whole number that may be absent. JSON has one kind of number: 5.0 is 5.
pub(crate) fn whole<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    let of_float = || {
        let float = number.as_f64().filter(|it| it.fract() == 0.0)?;
        // Beyond that not every whole number is one.
        (0.0..=9_007_199_254_740_992.0)
            .contains(&float)
            .then_some(float as u64)
    };
    let whole = number.as_u64().or_else(of_float);
    whole
        .map(Some)
        .ok_or_else(|| serde::de::Error::custom("no whole number"))
}

/// A request's body as what its path takes.
pub(crate) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Problem> {
    // An array of the members in their order would be taken, too.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::malformed(
            "the body is not one JSON object; /openapi.json says what it may hold",
        ));
    }
    serde_json::from_slice(body).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => {
                "has a member that is unknown, is duplicated, is missing or is of the wrong kind"
            }
            _ => "is not one JSON object in UTF-8",
        };
        Problem::malformed(format!(
            "the body {what} at line {}, column {}; /openapi.json says what it may hold",
            error.line(),
            error.column()
        ))
    })
}

/// The bytes that `text` is the base64 of.
pub(crate) fn bytes(text: &str, member: &str) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
    let len = STANDARD
        .decode_slice(text, &mut bytes)
        .map_err(|_| Problem::input(format!("{member} is not base64 with its padding")))?;
    bytes.truncate(len);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_strictly() {
        assert_eq!(*bytes("aGk=", "it").unwrap(), b"hi");
        for wrong in ["aGk", "aG k=", "aGk=\n", "aGl=", "a-_="] {
            assert!(bytes(wrong, "it").is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        #[derive(Deserialize)]
        struct Time {
            #[serde(default, deserialize_with = "whole")]
            time: Option<u64>,
        }
        let time = |text: &str| read::<Time>(text.as_bytes()).ok().map(|it| it.time);
        assert_eq!(time("{}"), Some(None));
        for five in ["5", "5.0", "0.5e1"] {
            assert_eq!(
                time(&format!(r#"{{"time":{five}}}"#)),
                Some(Some(5)),
                "{five}"
            );
        }
        for wrong in ["5.5", "-1", "1e300", "null", "\"5\"", "true"] {
            assert_eq!(time(&format!(r#"{{"time":{wrong}}}"#)), None, "{wrong}");
        }
    }

    #[test]
    fn an_error_quotes_nothing() {
        let problem = read::<Text<'_>>(br#"{"name":"secret"}"#).err().unwrap();
        assert!(!format!("{problem:?}").contains("secret"));
    }
}
