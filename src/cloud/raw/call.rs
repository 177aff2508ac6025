//! A request to any API of a cloud whose APIs are paths: method, path, query, and a JSON body.

use core::fmt;

use bytes::Bytes;
use http::Method;

use crate::error::Error;
use crate::sign::query;
use crate::wire::json;
use cardseal_crypto::Wiped;

/// A request of an API that this library has no type for. Its body may be personal data: wiped on drop, never printed;
/// clones share it.
#[derive(Clone)]
pub struct RawCall {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Bytes,
}

impl RawCall {
    /// A request without a body and without a query.
    ///
    /// # Errors
    /// `Input` if the path is not `/…` in visible, percent-encoded ASCII without `?` and `#`.
    pub fn new(method: Method, path: &str) -> Result<Self, Error> {
        check_path(path)?;
        Ok(Self {
            method,
            path: path.to_owned(),
            query: String::new(),
            body: Bytes::new(),
        })
    }

    /// `GET`.
    ///
    /// # Errors
    /// As [`RawCall::new`].
    pub fn get(path: &str) -> Result<Self, Error> {
        Self::new(Method::GET, path)
    }

    /// `POST` of a JSON object.
    ///
    /// # Errors
    /// As [`RawCall::new`] and [`RawCall::json`].
    pub fn post(path: &str, json: impl Into<Vec<u8>>) -> Result<Self, Error> {
        Self::new(Method::POST, path)?.json(json)
    }

    /// Adds parameters to the query, not yet percent-encoded. The query is sent exactly as signed.
    #[must_use]
    pub fn query<'p>(mut self, pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Self {
        let more = query::write(pairs);
        if !self.query.is_empty() && !more.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(&more);
        self
    }

    /// Sends this JSON object, byte for byte.
    ///
    /// # Errors
    /// `Input` if it is not a JSON object, or has duplicate members.
    pub fn json(mut self, json: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let body = Wiped::new(json.into());
        let is_object = core::str::from_utf8(&body).is_ok_and(|text| {
            text.trim_start().starts_with('{') && json::check_unique(text).is_ok()
        });
        if !is_object {
            return Err(Error::input(
                "the body is not a JSON object, or a member of it is duplicated",
            ));
        }
        self.body = Bytes::from_owner(body);
        Ok(self)
    }
}

impl fmt::Debug for RawCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawCall")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Rejects a path that cannot be sent, or would be sent differently from how it is signed.
pub(crate) fn check_path(path: &str) -> Result<(), Error> {
    let visible = path.bytes().all(|byte| byte.is_ascii_graphic()) && !path.contains(['?', '#']);
    if path.starts_with('/') && visible {
        return Ok(());
    }
    Err(Error::input(
        "the path must start with `/` and be percent-encoded, visible ASCII without `?` and `#`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_encoded_once_and_may_grow() {
        let request = RawCall::get("/v1/a")
            .unwrap()
            .query([("a b", "1+2")])
            .query([])
            .query([("身", "")])
            .query([]);
        assert_eq!(request.query, "a%20b=1%2B2&%E8%BA%AB=");
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for path in ["", "a", "/a b", "/a\nb", "/a?b", "/a#b", "/身"] {
            assert!(RawCall::get(path).is_err(), "{path:?} was taken");
        }
        for json in [
            "",
            "[]",
            "1",
            "{",
            "{} {}",
            r#"{"a":1,"a":2}"#,
            "\u{feff}{}",
        ] {
            let error = RawCall::post("/a", json).unwrap_err();
            assert!(error.message().contains("JSON object"), "{json:?}");
        }
        assert!(RawCall::post("/a", [b'{', 0xff, b'}']).is_err());
        assert!(RawCall::post("/a", r#"{"a":{}}"#).is_ok());
    }

    #[test]
    fn a_body_is_not_printed() {
        let request = RawCall::post("/a", r#"{"number":"11010119900307002X"}"#).unwrap();
        assert!(!format!("{request:?}").contains("1101"));
    }
}
