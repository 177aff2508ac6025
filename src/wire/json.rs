//! Strict JSON. Reading: a duplicate member is an error, because parsers differ on which one counts. Rewriting: a
//! member is replaced in place and every other byte is kept.
//!
//! The grammar and the depth limit (128) are those of `serde_json`.

mod scan;
mod unique;

use core::fmt;
use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

pub(crate) use scan::{Quoted, Scan};
pub(super) use unique::{Duplicates, Name};
pub(crate) use unique::{check_object, check_unique};

/// Why a text is not one JSON object without duplicate members, with the position; `None` if it is one. The reason
/// quotes nothing of the text.
pub(crate) fn fault(text: &[u8]) -> Option<String> {
    if text.starts_with(b"\xEF\xBB\xBF") {
        return Some(
            "it begins with a byte order mark, at line 1, column 1; it must be UTF-8 without one"
                .to_owned(),
        );
    }
    if text.starts_with(b"\xFF\xFE") || text.starts_with(b"\xFE\xFF") || text.starts_with(b"{\0") {
        return Some("it is UTF-16, at line 1, column 1; it must be UTF-8".to_owned());
    }
    let text = match core::str::from_utf8(text) {
        Ok(text) => text,
        Err(error) => {
            let before = text.get(..error.valid_up_to()).unwrap_or_default();
            let line = before
                .iter()
                .filter(|byte| **byte == b'\n')
                .count()
                .saturating_add(1);
            return Some(format!("it is not UTF-8, at line {line}; it must be UTF-8"));
        }
    };
    let trimmed = text.trim_start();
    if trimmed.is_empty() {
        return Some("it is empty".to_owned());
    }
    if !trimmed.starts_with('{') {
        return Some("it does not begin with `{`, at line 1".to_owned());
    }
    let error = check_unique(text).err()?;
    let cause = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Data => "a member is duplicated",
        _ if is_trailing_comma(text, &error) => "a comma stands before the closing bracket",
        _ => "it is not valid JSON",
    };
    Some(format!(
        "{cause}, at line {}, column {}",
        error.line(),
        error.column()
    ))
}

/// Whether the error is a closing bracket after a comma.
fn is_trailing_comma(text: &str, error: &serde_json::Error) -> bool {
    let line = text
        .split('\n')
        .take(error.line())
        .map(|line| line.len().saturating_add(1));
    let lines: Vec<usize> = line.collect();
    let Some((_, before)) = lines.split_last() else {
        return false;
    };
    let start: usize = before.iter().sum();
    let at = start.saturating_add(error.column()).saturating_sub(1);
    let bytes = text.as_bytes();
    let closes = bytes
        .get(at)
        .is_some_and(|byte| matches!(byte, b'}' | b']'));
    let front = bytes.get(..at).unwrap_or_default().trim_ascii_end();
    closes && front.ends_with(b",")
}

/// The members of one object in order, each value as its original text.
pub(crate) struct Members<'a>(pub(crate) Vec<Member<'a>>);

/// A member's name, and its value as its original text.
pub(crate) type Member<'a> = (Cow<'a, str>, &'a RawValue);

impl<'a> Members<'a> {
    /// Checks that no object in any of the values has duplicate members; this level is already checked. A string value,
    /// which may be megabytes long, is not read again.
    pub(crate) fn check_unique(&self) -> Result<(), serde_json::Error> {
        self.check_others(None)
    }

    /// The same for every value except that of one member, which was checked already.
    pub(crate) fn check_others(&self, checked: Option<&str>) -> Result<(), serde_json::Error> {
        let is_other = |name: &str| checked != Some(name);
        let others = self.0.iter().filter(|(name, _)| is_other(name));
        others
            .map(|(_, value)| value.get())
            .filter(|text| text.starts_with(['{', '[']))
            .try_for_each(check_unique)
    }

    /// Splits an object. Duplicates at this level are an error.
    pub(crate) fn parse(object: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(object)
    }

    /// The text of a member's value.
    pub(crate) fn find(&self, name: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .find(|(member, _)| member == name)
            .map(|(_, value)| *value)
    }

    /// True if the member is there and not null.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some_and(|value| value.get() != "null")
    }

    /// A member that is an object, read as `T`; `None` if it is absent or null.
    pub(crate) fn read_object<T: Deserialize<'a>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, serde_json::Error> {
        match self.find(name) {
            None => Ok(None),
            Some(value) if value.get() == "null" => Ok(None),
            Some(value) => read_object(value.get()).map(Some),
        }
    }

    /// A member read as `T`; `None` if it is absent or null.
    pub(crate) fn read<T: Deserialize<'a>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, serde_json::Error> {
        match self.find(name) {
            None => Ok(None),
            Some(value) => serde_json::from_str(value.get()),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Split;
        impl<'de> Visitor<'de> for Split {
            type Value = Vec<Member<'de>>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                let mut duplicates = Duplicates::default();
                while let Some((Name(name), value)) = map.next_entry()? {
                    duplicates.check(&name, members.iter().map(name_of))?;
                    members.push((name, value));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Split).map(Members)
    }
}

pub(super) fn name_of<'m, 'a>((name, _): &'m Member<'a>) -> &'m Cow<'a, str> {
    name
}

/// Reads an object as `T`. Derived deserializers would also accept an array of the same values; this function does not.
pub(crate) fn read_object<'de, T: Deserialize<'de>>(
    text: &'de str,
) -> Result<T, serde_json::Error> {
    if !text.trim_start().starts_with('{') {
        return Err(serde_json::Error::custom("not a JSON object"));
    }
    serde_json::from_str(text)
}

/// The text of a string, or a number as written; `None` for any other value.
pub(crate) fn plain_text(value: &RawValue) -> Option<String> {
    let text = value.get();
    if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    serde_json::from_str(text).ok()
}

/// True for an empty value: `null`, `""`, `[]`, `{}`.
pub(crate) fn says_nothing(value: &RawValue) -> bool {
    let text = value.get().trim();
    let hollow = |open: char, close: char| {
        text.strip_prefix(open)
            .and_then(|text| text.strip_suffix(close))
            .is_some_and(|inside| inside.trim().is_empty())
    };
    matches!(text, "null" | "\"\"") || hollow('[', ']') || hollow('{', '}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicates_are_found_below_every_member() {
        for twice in [
            r#"{"":{"a":1,"a":2}}"#,
            r#"{"x":"{}","y":[{"a":1,"a":2}]}"#,
            r#"{"Response":[{"a":{"b":1,"b":2}}]}"#,
        ] {
            let members = Members::parse(twice).unwrap();
            assert!(members.check_unique().is_err(), "{twice} was taken");
        }
        let fine = r#"{"x":"{\"a\":1,\"a\":2}","y":{"a":1},"z":null}"#;
        assert!(Members::parse(fine).unwrap().check_unique().is_ok());
        let checked = r#"{"Response":{"a":1,"a":2},"b":{}}"#;
        let members = Members::parse(checked).unwrap();
        assert!(members.check_others(Some("Response")).is_ok());
    }

    #[test]
    fn a7_a_fault_has_a_cause_and_a_place() {
        for (text, words) in [
            (&b"\xEF\xBB\xBF{}"[..], "byte order mark"),
            (b"\xFF\xFE{\0}\0", "UTF-16"),
            (b"{\"a\":\n\"\xFF\"}", "not UTF-8, at line 2"),
            (b"", "empty"),
            (b"hello", "does not begin with `{`"),
            (b"[1]", "does not begin with `{`"),
            (
                b"{\"a\":1,\n \"a\":2}",
                "a member is duplicated, at line 2, column",
            ),
            (
                b"{\"a\":{\"b\":1,\"b\":2}}",
                "a member is duplicated, at line 1",
            ),
            (
                b"{\"a\":1,}",
                "a comma stands before the closing bracket, at line 1, column 8",
            ),
            (
                b"{\"a\":[1,\n]}",
                "a comma stands before the closing bracket, at line 2, column 1",
            ),
            (b"{\"a\":1", "ends too early"),
            (b"{\"a\":'x'}", "not valid JSON, at line 1, column 6"),
            (b"{} {}", "not valid JSON, at line 1, column 4"),
        ] {
            let said = fault(text).unwrap();
            assert!(said.contains(words), "{said}");
            // It may be a file or what a service sealed: an answer cannot be saved as something else.
            assert!(!said.contains("save"), "{said}");
        }
        assert_eq!(fault(b" {\"a\":[1, {\"b\":null}]}\n"), None);
    }

    #[test]
    fn strings_and_numbers_have_a_text() {
        let text = |text: &str| plain_text(serde_json::from_str(text).unwrap());
        for (value, said) in [
            ("\"a\\u0062\"", "ab"),
            ("800", "800"),
            ("-1.50", "-1.50"),
            ("\"\"", ""),
        ] {
            assert_eq!(text(value).as_deref(), Some(said), "{value}");
        }
        for value in ["null", "true", "[]", "{}", "[\"a\"]"] {
            assert_eq!(text(value), None, "{value}");
        }
    }

    #[test]
    fn an_empty_value_is_known_in_every_spelling() {
        let nothing = |text: &str| says_nothing(serde_json::from_str(text).unwrap());
        for empty in ["null", "\"\"", "[]", "{ }", " [ ] "] {
            assert!(nothing(empty), "{empty}");
        }
        for something in ["\" \"", "0", "false", "[0]", "{\"a\":null}", "\"x\""] {
            assert!(!nothing(something), "{something}");
        }
    }
}
