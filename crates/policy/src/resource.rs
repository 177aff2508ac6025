//! The resource of a statement: everything, or a six-segment description,
//! `qcs:project:service:region:account:resource`.

use crate::name::SERVICE;
use crate::wildcard::covers;

/// A resource as written in a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resource(String);

/// Why a description is invalid, or not one of OCR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    NotSixSegments,
    NotQcs,
    OtherService,
    NoSubAccount,
    Placeholder,
}

impl Resource {
    /// Parses a description. A faulty one can still be compared with others.
    pub(crate) fn parse(text: &str) -> (Self, Option<Wrong>) {
        (Self(text.to_owned()), wrong(text))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// True for everything (`*`), but not for everything of one kind.
    pub(crate) fn is_all(&self) -> bool {
        self.0 == "*"
    }

    pub(crate) fn covers(&self, other: &Self) -> bool {
        covers(&self.0, &other.0)
    }
}

fn wrong(text: &str) -> Option<Wrong> {
    if text == "*" {
        return None;
    }
    if text.contains("${") {
        return Some(Wrong::Placeholder);
    }
    let segments: Vec<&str> = text.splitn(6, ':').collect();
    let [qcs, _, service, _, _, resource] = segments.as_slice() else {
        return Some(Wrong::NotSixSegments);
    };
    if *qcs != "qcs" {
        return Some(Wrong::NotQcs);
    }
    if !covers(service, SERVICE) {
        return Some(Wrong::OtherService);
    }
    let is_sub_account = resource
        .strip_prefix("subUin/")
        .is_some_and(|uin| !uin.is_empty());
    (!is_sub_account && *resource != "*").then_some(Wrong::NoSubAccount)
}

impl Wrong {
    /// What is wrong, and what to write instead.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::NotSixSegments => {
                "is neither `*` nor six segments with `:` between them; write qcs::ocr:::subUin/UIN"
            }
            Self::NotQcs => "does not begin with `qcs`; write qcs::ocr:::subUin/UIN",
            Self::OtherService => "belongs to another service; OCR's begin with qcs::ocr:",
            Self::NoSubAccount => {
                "names no sub-account; OCR's end with subUin/UIN, or with subUin/* for all of them"
            }
            Self::Placeholder => {
                "contains a placeholder; replace it with the UIN of the sub-account, in digits"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_has_six_segments() {
        for fine in [
            "*",
            "qcs::ocr:::subUin/0001",
            "qcs::ocr:::subUin/*",
            "qcs::ocr:ap-guangzhou:uin/100:subUin/0001",
            "qcs::ocr:::*",
        ] {
            assert_eq!(Resource::parse(fine).1, None, "{fine}");
        }
        for (text, why) in [
            ("qcs::ocr::subUin/1", Wrong::NotSixSegments),
            ("subUin/1", Wrong::NotSixSegments),
            ("", Wrong::NotSixSegments),
            ("acs::ocr:::subUin/1", Wrong::NotQcs),
            ("qcs::cos:::subUin/1", Wrong::OtherService),
            ("qcs::ocr:::uin/1", Wrong::NoSubAccount),
            ("qcs::ocr:::subUin/", Wrong::NoSubAccount),
            ("qcs::ocr:::subUin/${uin}", Wrong::Placeholder),
        ] {
            assert_eq!(Resource::parse(text).1, Some(why), "{text}");
        }
    }
}
