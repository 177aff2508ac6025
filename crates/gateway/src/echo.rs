//! What was received, as an answer: so that any sample call of the clouds' pages can be tried, and shows what it sent.

use serde_json::{Map, Value, json};

use crate::cloud::Inbound;
use crate::strict_json;

/// The request without its headers, which hold the signature and tokens. A body that is no JSON object is text, or its
/// length where it is no text either.
pub(crate) fn of(request: &Inbound<'_>, body: &[u8]) -> Map<String, Value> {
    let body = match strict_json::parse_object(body) {
        Ok(object) => Value::Object(object),
        Err(_) if body.is_empty() => Value::Null,
        Err(_) => {
            std::str::from_utf8(body).map_or_else(|_| json!({"bytes": body.len()}), Value::from)
        }
    };
    let told = [
        ("Method", Value::from(request.method.as_str())),
        ("Path", Value::from(request.path)),
        ("Query", Value::from(request.query)),
        ("Body", body),
    ];
    told.map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}
