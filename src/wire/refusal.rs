//! A refusal by the service: in the form of API 3.0, and in the older one.

use serde::Deserialize;

use super::json::{self, Members};
use super::lenient;

/// A refusal by the service: `Response.Error`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Refusal {
    /// The code, such as `FailedOperation.ImageBlur`. Compared exactly; unknown codes are kept.
    #[serde(deserialize_with = "lenient::text")]
    pub code: String,
    /// The service's message; empty if it is absent or no text. Not escaped.
    #[serde(default, deserialize_with = "lenient::text")]
    pub message: String,
}

impl Refusal {
    /// The refusal in the member `Error` of an object or of its `Response`. A null `Error`, or one without a code, is
    /// not a refusal.
    pub(crate) fn within(object: &str) -> Option<Self> {
        let members = Members::parse(object).ok()?;
        let inner = members
            .find("Response")
            .map(|inner| Members::parse(inner.get()));
        let members = inner.and_then(Result::ok).unwrap_or(members);
        members.read_object("Error").ok()?.filter(Self::has_code)
    }

    fn has_code(&self) -> bool {
        !self.code.is_empty()
    }
}

/// The form of an error before API 3.0; still used if a request fails before it reaches API 3.0.
#[derive(Deserialize)]
pub(super) struct OldRefusal {
    #[serde(deserialize_with = "lenient::integer")]
    code: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    message: String,
    #[serde(default, rename = "codeDesc", deserialize_with = "lenient::text")]
    name: String,
}

impl OldRefusal {
    /// The refusal in a reply without `Response`.
    pub(super) fn find(outer: &Members<'_>, text: &str) -> Option<Refusal> {
        outer.find("code")?;
        let old: Self = json::read_object(text).ok()?;
        let code = match old.name.as_str() {
            "" => old.code.to_string(),
            name => name.to_owned(),
        };
        let refused = old.code != 0;
        refused.then_some(Refusal {
            code,
            message: old.message,
        })
    }
}
