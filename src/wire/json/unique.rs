//! No member may be duplicated: JSON is read once, and each object's names are compared after unescaping.

use core::fmt;
use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

/// Checks that `text` is JSON and that no object in it, at any depth, has duplicate members. Names are compared after
/// unescaping.
pub(crate) fn check_unique(text: &str) -> Result<(), serde_json::Error> {
    let mut parser = serde_json::Deserializer::from_str(text);
    Unique.deserialize(&mut parser)?;
    parser.end()
}

/// Checks the same of `text` and that it is an object, in one pass. `top` is told the object's own names.
pub(crate) fn check_object(text: &str, top: impl FnMut(&str)) -> Result<(), serde_json::Error> {
    struct Object<F>(F);
    impl<'de, F: FnMut(&str)> Visitor<'de> for Object<F> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON object")
        }
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
            check_members(map, self.0)
        }
    }
    let mut parser = serde_json::Deserializer::from_str(text);
    parser.deserialize_map(Object(top))?;
    parser.end()
}

fn check_members<'de, A: MapAccess<'de>>(
    mut map: A,
    mut told: impl FnMut(&str),
) -> Result<(), A::Error> {
    let (mut names, mut duplicates) = (Vec::new(), Duplicates::default());
    while let Some(Name(name)) = map.next_key()? {
        told(&name);
        duplicates.check(&name, names.iter())?;
        names.push(name);
        map.next_value_seed(Unique)?;
    }
    Ok(())
}

/// A member's name, borrowed from the text unless it has escapes.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::wire) struct Name<'a>(#[serde(borrow)] pub(in crate::wire) Cow<'a, str>);

/// Finds names that are duplicated in one object. An object of a real answer has few members; the set is for one that was
/// made to be slow.
#[derive(Default)]
pub(in crate::wire) struct Duplicates<'a>(BTreeSet<Cow<'a, str>>);

impl<'a> Duplicates<'a> {
    const FEW: usize = 16;

    /// An error if `name` is among the members read so far.
    pub(in crate::wire) fn check<'n, E: de::Error>(
        &mut self,
        name: &str,
        mut so_far: impl ExactSizeIterator<Item = &'n Cow<'a, str>>,
    ) -> Result<(), E>
    where
        'a: 'n,
    {
        let is_new = if so_far.len() < Self::FEW {
            so_far.all(|known| known != name)
        } else {
            self.0.extend(so_far.skip(self.0.len()).cloned());
            !self.0.contains(name)
        };
        match is_new {
            true => Ok(()),
            false => Err(E::custom("a member is duplicated")),
        }
    }
}

struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate members")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        check_members(map, |_| ())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Unique)?.is_some() {}
        Ok(())
    }
    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Members;
    use super::*;

    #[test]
    fn duplicates_are_found_at_every_depth_and_through_escapes() {
        for twice in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"x":[{"y":{"a":1,"b":2,"a":3}}]}"#,
        ] {
            assert!(check_unique(twice).is_err(), "{twice} was taken");
        }
        for fine in [
            r#"{"a":1,"A":1}"#,
            r#"[{"a":1},{"a":1}]"#,
            "null",
            "\"x\"",
            "-1.5e3",
        ] {
            assert!(check_unique(fine).is_ok(), "{fine} was refused");
        }
    }

    #[test]
    fn duplicates_are_found_among_few_members_and_among_many() {
        // An interpreter takes the fewest that tell both ways of looking apart.
        let counts: &[usize] = if cfg!(miri) {
            &[2, 17]
        } else {
            &[1, 2, 15, 16, 17, 18, 40]
        };
        for &count in counts {
            let member = |number: usize| format!("\"m{number}\":{{}}");
            let members: Vec<String> = (0..count).map(member).collect();
            let fine = format!("{{{}}}", members.join(","));
            assert!(check_unique(&fine).is_ok() && Members::parse(&fine).is_ok());
            for twice in 0..count {
                let text = format!("{{{},{}}}", members.join(","), member(twice));
                assert!(check_unique(&text).is_err(), "{text}");
                assert!(Members::parse(&text).is_err(), "{text}");
                assert!(check_object(&text, |_| ()).is_err(), "{text}");
            }
        }
        let mut names = Vec::new();
        check_object(r#"{"a":{"b":1},"\u0063":2}"#, |name| {
            names.push(name.to_owned())
        })
        .unwrap();
        assert_eq!(names, ["a", "c"]);
        assert!(check_object("[]", |_| ()).is_err() && check_object("{} x", |_| ()).is_err());
    }

    #[test]
    fn depth_is_limited() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(check_unique(&deep).is_err());
    }

    #[test]
    fn text_after_the_end_is_refused() {
        assert!(check_unique("{} {}").is_err());
        assert!(check_unique("{}\n").is_ok());
    }
}
