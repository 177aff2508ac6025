//! Checking the members of a request object: which are known, and of what type.
//!
//! Null counts as absent, and so does the empty string: SDKs send both for optional members that were not set.

use serde_json::{Map, Value};

use super::errors::{self, ServiceError};

/// A JSON object of a request.
pub(super) type Object = Map<String, Value>;

/// A known member and its type.
pub(super) type Known = (&'static str, Kind);

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Texts,
    Switch,
    Number,
    Object,
    /// Checked by its own reader, with its own error.
    Own,
}

/// Refuses members that are not among the `known` lists, and members of another type.
pub(super) fn check(object: &Object, known: &[&[Known]]) -> Result<(), ServiceError> {
    for (name, value) in object {
        let (name, kind) = known
            .iter()
            .copied()
            .flatten()
            .find(|(known, _)| known == name)
            .ok_or_else(errors::unknown_parameter)?;
        let (fits, wanted) = match kind {
            Kind::Text => (value.is_string(), "a string"),
            Kind::Texts => (texts(value).is_some(), "a list of strings"),
            Kind::Switch => (value.is_boolean(), "true or false"),
            Kind::Number => (value.is_i64(), "a whole number"),
            Kind::Object => (value.is_object(), "an object"),
            Kind::Own => (true, ""),
        };
        if !fits && !value.is_null() {
            return Err(errors::wrong_type(name, wanted));
        }
    }
    Ok(())
}

/// A text member, if it is there and not empty.
pub(super) fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// A text member that must be there.
pub(super) fn required_text<'a>(object: &'a Object, name: &str) -> Result<&'a str, ServiceError> {
    text(object, name).ok_or_else(|| errors::missing_parameter(name))
}

/// A list of texts, if it is there.
pub(super) fn text_list<'a>(object: &'a Object, name: &str) -> Option<Vec<&'a str>> {
    texts(object.get(name)?)
}

/// Whether a switch is there and on.
pub(super) fn is_on(object: &Object, name: &str) -> bool {
    object.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}
