//! Reads results whose member names are not public.
//!
//! The pages describe the fields in words but do not name the members. Every field is therefore searched under several
//! names, ignoring case, `_`, `-` and spaces, at the first levels of the result. A field that is not found stays empty;
//! the raw result is always available.

use serde_json::value::RawValue;

use crate::personal::Personal;
use crate::wire::json::{self, Member, Members};

/// The maximum depth of the search.
const DEEPEST: usize = 4;

/// A type that can be recognised by its member names.
pub(super) trait Tolerant: Sized {
    /// `None` if the object is something else.
    fn from_members(members: &[Member<'_>]) -> Option<Self>;
}

/// All objects of this type in a result, in order.
pub(super) fn find_all<T: Tolerant>(result: &str) -> Vec<T> {
    let mut found = Vec::new();
    collect(result, DEEPEST, &mut found);
    found
}

fn collect<T: Tolerant>(text: &str, depth: usize, found: &mut Vec<T>) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    if let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(text) {
        for element in elements {
            collect(element.get(), depth, found);
        }
    } else if let Ok(members) = Members::parse(text) {
        match T::from_members(&members.0) {
            Some(one) => found.push(one),
            None => {
                for (_, value) in &members.0 {
                    collect(value.get(), depth, found);
                }
            }
        }
    }
}

/// A name in lower case, without `_`, `-` and spaces.
pub(super) fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

/// A value that is a string or a number, or an object that has one under a name for text.
pub(super) fn personal(value: &RawValue) -> Personal {
    if let Some(text) = json::plain_text(value) {
        return Personal::from(text);
    }
    let inner = Members::parse(value.get()).ok();
    let text = inner.as_ref().and_then(|members| {
        ["value", "text", "words", "content"]
            .iter()
            .find_map(|name| members.find(name))
    });
    let text = text.and_then(json::plain_text);
    text.map_or_else(Personal::default, Personal::from)
}

/// Defines a struct of personal fields, each with its known names, folded.
macro_rules! tolerant {
    (
        $(#[$doc:meta])*
        $vis:vis $name:ident {
            $($(#[$field_doc:meta])* $field:ident: $($spelling:literal)|+,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        #[cfg_attr(feature = "serialize-personal-data", derive(serde::Serialize))]
        #[non_exhaustive]
        $vis struct $name {
            $($(#[$field_doc])* pub $field: crate::personal::Personal,)+
        }

        impl crate::cloud::ctyun::tolerant::Tolerant for $name {
            fn from_members(members: &[$crate::wire::json::Member<'_>]) -> Option<Self> {
                use crate::cloud::ctyun::tolerant::{FEWEST, folded, personal};
                let mut one = Self::default();
                let mut known = 0_usize;
                for (name, value) in members {
                    let field = match folded(name).as_str() {
                        $($($spelling)|+ => &mut one.$field,)+
                        _ => continue,
                    };
                    known = known.saturating_add(1);
                    if field.is_empty() {
                        *field = personal(value);
                    }
                }
                (known >= FEWEST).then_some(one)
            }
        }
    };
}
pub(super) use tolerant;

/// One known name may be a coincidence: any object may have a `name`.
pub(super) const FEWEST: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    tolerant! {
        /// A thing.
        Thing {
            /// Its name.
            name: "name" | "名",
            /// Its number.
            number: "number" | "idnumber",
        }
    }

    #[test]
    fn things_are_found_wherever_they_are() {
        for result in [
            r#"{"name":"a","number":"1"}"#,
            r#"[{"Name":"a","ID_number":1}]"#,
            r#"{"data":{"list":[{"名":{"words":"a","p":0.9},"id-Number":{"value":1}}]}}"#,
            r#"{"name":"a","idnumber":"","number":"1","x":[]}"#,
        ] {
            let found = find_all::<Thing>(result);
            assert_eq!(found.len(), 1, "{result}");
            assert_eq!(found[0].name.expose(), "a", "{result}");
            assert_eq!(found[0].number.expose(), "1", "{result}");
        }
    }

    #[test]
    fn what_is_none_is_not_taken_for_one() {
        for result in [
            "",
            "null",
            "[]",
            "1",
            r#""name""#,
            r#"{"name":"a"}"#,
            r#"[[[[[{"name":"a","number":"1"}]]]]]"#,
        ] {
            assert!(find_all::<Thing>(result).is_empty(), "{result}");
        }
        let pair = r#"[{"name":"a","number":"1"},{"name":"b","number":null}]"#;
        let found = find_all::<Thing>(pair);
        assert_eq!(found.len(), 2);
        assert!(found[1].number.is_empty());
    }
}
