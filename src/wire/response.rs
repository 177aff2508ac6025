//! Splits a reply into its members and those of its `Response` in one pass. The sealed body may be megabytes long, and
//! reading it twice would take as long as opening it.

use core::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use super::json::{Duplicates, Members, Name, name_of};

/// A reply's members.
pub(super) struct Split<'a> {
    /// All members except `Response`.
    pub(super) outer: Members<'a>,
    pub(super) response: Response<'a>,
}

/// The value of `Response`.
pub(super) enum Response<'a> {
    Absent,
    Object(Members<'a>),
    /// Not an object.
    Other,
}

impl<'a> Split<'a> {
    /// Splits the text of a reply. Duplicates among its members or those of `Response` are an error.
    pub(super) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Split<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Outer;
        impl<'de> Visitor<'de> for Outer {
            type Value = Split<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut outer = Vec::new();
                let mut response = Response::Absent;
                let mut duplicates = Duplicates::default();
                while let Some(Name(name)) = map.next_key()? {
                    duplicates.check(&name, outer.iter().map(name_of))?;
                    if name == "Response" {
                        if !matches!(response, Response::Absent) {
                            return Err(A::Error::custom("a member is duplicated"));
                        }
                        response = map.next_value_seed(AnyResponse)?;
                    } else {
                        outer.push((name, map.next_value()?));
                    }
                }
                let outer = Members(outer);
                Ok(Split { outer, response })
            }
        }
        deserializer.deserialize_map(Outer)
    }
}

/// Reads the value of `Response`, and splits it if it is an object.
struct AnyResponse;

impl<'de> DeserializeSeed<'de> for AnyResponse {
    type Value = Response<'de>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyResponse {
    type Value = Response<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Members::deserialize(MapAccessDeserializer::new(map)).map(Response::Object)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Response::Other)
    }
    fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Response::Other)
    }
    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Response::Other)
    }
    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Response::Other)
    }
    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Response::Other)
    }
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Response::Other)
    }
    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Response::Other)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn both_levels_are_split_as_if_one_after_the_other() {
        let names = |members: &Members<'_>| -> Vec<(String, String)> {
            let owned = |(name, value): &(Cow<'_, str>, &serde_json::value::RawValue)| {
                (name.clone().into_owned(), value.get().to_owned())
            };
            members.0.iter().map(owned).collect()
        };
        for reply in [
            r#"{"a":1,"Response":{"b":{"c":[1, 2]},"d":"e\n"},"f":null}"#,
            r#"{"\u0052esponse" : { } }"#,
            r#"{"Response":{"Response":{"a":1}}}"#,
        ] {
            let split = Split::parse(reply).unwrap();
            let mut outer = Members::parse(reply).unwrap();
            let at = outer.0.iter().position(|(name, _)| name == "Response");
            let (_, inner) = outer.0.remove(at.unwrap());
            assert_eq!(names(&split.outer), names(&outer), "{reply}");
            let Response::Object(members) = split.response else {
                panic!("{reply}: no object");
            };
            assert_eq!(
                names(&members),
                names(&Members::parse(inner.get()).unwrap()),
                "{reply}"
            );
        }
    }

    #[test]
    fn a_response_may_be_anything_and_nothing_may_stand_twice() {
        for other in ["1", "-1", "1.5", "\"x\"", "[[],{}]", "true", "null"] {
            let reply = format!(r#"{{"Response":{other}}}"#);
            let split = Split::parse(&reply).unwrap();
            assert!(matches!(split.response, Response::Other), "{reply}");
        }
        assert!(matches!(
            Split::parse("{}").unwrap().response,
            Response::Absent
        ));
        for twice in [
            r#"{"a":1,"a":2}"#,
            r#"{"Response":{"a":1,"\u0061":2}}"#,
            r#"{"Response":{},"Response":{}}"#,
        ] {
            let error = Split::parse(twice).err().unwrap();
            assert!(error.is_data(), "{twice}: {error}");
        }
    }
}
