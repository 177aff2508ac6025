//! JSON written into memory of the right size, which is wiped once it is sent: text that grows would leave pieces of
//! itself behind.

use std::io::{self, Write};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::problem::Problem;

/// An answer's JSON.
pub(crate) struct Json(Zeroizing<Vec<u8>>);

impl Json {
    pub(crate) fn write(value: &impl Serialize) -> Result<Self, Problem> {
        let failed = |_| Problem::bug("the answer cannot be written as JSON; please report it");
        let mut count = Count(0);
        serde_json::to_writer(&mut count, value).map_err(failed)?;
        let mut text = Zeroizing::new(Vec::with_capacity(count.0));
        serde_json::to_writer(&mut *text, value).map_err(failed)?;
        Ok(Self(text))
    }
}

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        let body = Body::from(Bytes::from_owner(self.0));
        ([(CONTENT_TYPE, "application/json")], body).into_response()
    }
}

/// Bytes that were written, which go nowhere.
struct Count(usize);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_never_grows() {
        let value = ["a \"quoted\" word", "密钥", ""];
        let json = Json::write(&value).unwrap();
        assert_eq!(&**json.0, r#"["a \"quoted\" word","密钥",""]"#.as_bytes());
        assert_eq!(json.0.capacity(), json.0.len());
    }
}
