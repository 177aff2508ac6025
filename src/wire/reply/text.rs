//! A text of a reply. A sealed body may be megabytes long, so a text is not copied if it stands in the reply as it is.

use core::ops::Range;

use serde_json::value::RawValue;

use crate::wire::json::Quoted;

/// A text of a reply.
pub(super) enum Text {
    /// Its range in the reply, without the quotes: UTF-8.
    At(Range<usize>),
    /// It had escapes, such as `\/` for the slash of base64.
    Copied(String),
}

impl Text {
    /// A string that the fast path found; `None` if it has escapes.
    pub(super) fn plain(string: Quoted<'_>) -> Option<Self> {
        let string = string.plain()?;
        let end = string.start.checked_add(string.written.len())?;
        Some(Self::At(string.start..end))
    }

    /// A member's value, which was read from `reply`; `None` if it is null.
    pub(super) fn of(value: &RawValue, reply: &str) -> Result<Option<Self>, serde_json::Error> {
        let raw = value.get();
        let quoted = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
        let place = quoted.filter(|text| !text.contains('\\')).and_then(|text| {
            // The value is a part of the text it was parsed from.
            let start = text.as_ptr().addr().checked_sub(reply.as_ptr().addr())?;
            let place = start..start.checked_add(text.len())?;
            (reply.get(place.clone())?.as_ptr() == text.as_ptr()).then_some(place)
        });
        match place {
            Some(place) => Ok(Some(Self::At(place))),
            None => Ok(serde_json::from_str::<Option<String>>(raw)?.map(Self::Copied)),
        }
    }

    pub(super) fn bytes<'r>(&'r self, reply: &'r [u8]) -> &'r [u8] {
        match self {
            Self::At(place) => reply.get(place.clone()).unwrap_or_default(),
            Self::Copied(text) => text.as_bytes(),
        }
    }

    pub(super) fn text<'r>(&'r self, reply: &'r [u8]) -> &'r str {
        core::str::from_utf8(self.bytes(reply)).unwrap_or_default()
    }
}
