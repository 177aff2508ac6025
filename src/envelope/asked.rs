//! The form of reply that a request asks for: a sealed whole body, or single sealed members. The reply does not decide
//! it.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::wire::WholeBody;

/// The expected form of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Sealed as a whole, under this name.
    Whole(WholeBody),
    /// These members sealed, and no others.
    Members(Vec<String>),
    /// The members that the reply names.
    AnyMembers,
}

impl Asked {
    pub(crate) fn members(names: &[&str]) -> Self {
        Self::Members(names.iter().map(|name| (*name).to_owned()).collect())
    }

    pub(super) fn is_whole(&self) -> bool {
        matches!(self, Self::Whole(_))
    }
}

/// As stored with an opener: the name of the whole body, or a list of members; an empty list means any members.
impl Serialize for Asked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(whole) => serializer.serialize_str(whole.name()),
            Self::Members(names) => names.serialize(serializer),
            Self::AnyMembers => [(); 0].serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Asked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Kept {
            Whole(String),
            Members(Vec<String>),
        }
        match Kept::deserialize(deserializer)? {
            Kept::Whole(name) => WholeBody::named(&name)
                .map(Self::Whole)
                .ok_or_else(|| D::Error::custom("no name of a whole body")),
            Kept::Members(names) if names.is_empty() => Ok(Self::AnyMembers),
            Kept::Members(names) => Ok(Self::Members(names)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_is_kept_and_taken_back() {
        for (asked, kept) in [
            (Asked::Whole(WholeBody::EncryptedBody), "\"EncryptedBody\""),
            (
                Asked::Whole(WholeBody::EncryptionBody),
                "\"EncryptionBody\"",
            ),
            (
                Asked::members(&["IdCard", "Na\"me"]),
                r#"["IdCard","Na\"me"]"#,
            ),
            (Asked::AnyMembers, "[]"),
        ] {
            assert_eq!(serde_json::to_string(&asked).unwrap(), kept);
            assert_eq!(serde_json::from_str::<Asked>(kept).unwrap(), asked);
        }
        for bad in ["\"Body\"", "null", "1", "{}", "[1]", "\"\""] {
            assert!(serde_json::from_str::<Asked>(bad).is_err(), "{bad}");
        }
    }
}
