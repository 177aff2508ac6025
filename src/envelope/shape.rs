//! Checks the opened text: it is one JSON object without duplicate members, and looks like a reply or like a request.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::OpenError;
use crate::wire::ANSWER_MEMBERS;
use crate::wire::json::{self, Scan};

/// The kind of an object.
pub(super) struct Shape {
    /// It has a member of a reply.
    pub(super) is_answer: bool,
}

/// UTF-8, one JSON object, no member twice at any depth.
pub(super) fn check_object(plaintext: &[u8]) -> Result<Shape, OpenError> {
    let mut is_answer = false;
    if scan_object(plaintext, &mut is_answer).is_some() {
        return Ok(Shape { is_answer });
    }
    let text = core::str::from_utf8(plaintext).map_err(|_| OpenError)?;
    json::check_object(text, |name| is_answer |= is_of_an_answer(name.as_bytes()))
        .map_err(|_| OpenError)?;
    Ok(Shape { is_answer })
}

/// The same on the fast path; `None` if the slow path has to look at it.
fn scan_object(plaintext: &[u8], is_answer: &mut bool) -> Option<()> {
    let mut scan = Scan::new(plaintext);
    scan.object(|scan, name| {
        *is_answer |= is_of_an_answer(name);
        scan.value()
    })?;
    scan.end()
}

fn is_of_an_answer(name: &[u8]) -> bool {
    ANSWER_MEMBERS.iter().any(|one| one.as_bytes() == name)
}

/// Whether a text is a recognition request, which a member of a reply never is.
pub(super) fn is_request(text: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Asks {
        #[serde(rename = "ImageBase64")]
        image: Option<IgnoredAny>,
        #[serde(rename = "ImageUrl")]
        url: Option<IgnoredAny>,
    }
    text.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<Asks>(text)
            .is_ok_and(|asks| asks.image.is_some() || asks.url.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_requests_are_told_apart() {
        for (text, answer, request) in [
            (r#"{"Name":""}"#, true, false),
            (r#"{"Authority":null}"#, true, false),
            (r#"{"ImageUrl":"u","CardSide":"FRONT"}"#, false, true),
            (r#" {"ImageBase64":"QUJD"}"#, false, true),
            ("{}", false, false),
        ] {
            assert_eq!(
                check_object(text.as_bytes()).unwrap().is_answer,
                answer,
                "{text}"
            );
            assert_eq!(is_request(text.as_bytes()), request, "{text}");
        }
        for no_object in ["", "[]", "null", "x", "{", r#"{"a":1,"a":1}"#] {
            assert!(check_object(no_object.as_bytes()).is_err(), "{no_object}");
            assert!(!is_request(no_object.as_bytes()), "{no_object}");
        }
    }
}
