//! Text read off a card. Its owner may clone it; `Debug` never shows it.

use core::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// Text that identifies a person: a name, an address, an ID number.
///
/// `Debug` prints `[redacted]`; [`Personal::expose`] is the one way to the text, but for the feature
/// `serialize-personal-data`. Wiped on drop.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Personal(Zeroizing<String>);

impl Personal {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True if the service recognised nothing for this field.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Personal {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Personal {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() {
            "[empty]"
        } else {
            "[redacted]"
        })
    }
}

#[cfg(feature = "serialize-personal-data")]
impl serde::Serialize for Personal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Personal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The service returns `null` for a side that it did not read.
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(Self::from(text.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_card_says_is_read_from_a_string_or_null() {
        let read = |json: &str| serde_json::from_str::<Personal>(json);
        assert_eq!(read("\"\\u5f20\"").unwrap().expose(), "张");
        assert!(read("null").unwrap().is_empty());
        for other in ["1", "true", "[]", "{}", ""] {
            assert!(read(other).is_err(), "{other}");
        }
        let text = Personal::from("x");
        assert!(!text.is_empty());
        #[cfg(feature = "serialize-personal-data")]
        assert_eq!(serde_json::to_string(&text).unwrap(), "\"x\"");
    }

    #[test]
    fn debug_shows_nothing() {
        let text = Personal::from("11010119900307123X");
        assert_eq!(format!("{text:?}"), "[redacted]");
    }
}
