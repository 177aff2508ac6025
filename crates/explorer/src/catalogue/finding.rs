//! What a check finds: the member, and what is wrong with it, in both languages.

use core::fmt;

use cardseal::{is_unprintable, looks_secret, not_shown};

use super::parameter::Form;

/// One thing that the service would refuse, or may refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The member, from the body's top down: `Encryption.Iv`, `TagList[1]`.
    pub path: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The action does not know such a member; the nearest one that it knows.
    Unknown(Option<&'static str>),
    /// It has to be there.
    Missing,
    /// One of these has to be there.
    NoneOf(&'static [&'static str]),
    /// It has to be of another type.
    WrongType(Form),
    /// It is none of these texts.
    NotAmong(&'static [&'static str]),
}

impl Finding {
    /// True where the service is known to refuse it; false where the member could be newer than this table.
    pub fn is_certain(&self) -> bool {
        !matches!(self.problem, Problem::Unknown(None) | Problem::NotAmong(_))
    }

    /// The same as its text, in Chinese.
    pub fn chinese(&self) -> String {
        let path = &self.path;
        match &self.problem {
            Problem::Unknown(Some(near)) => format!("该接口没有参数 `{path}`，有 `{near}`"),
            Problem::Unknown(None) => format!("该接口没有参数 `{path}`"),
            Problem::Missing => format!("缺少 `{path}`"),
            Problem::NoneOf(names) => format!("`{}` 至少需要一项", names.join("`、`")),
            Problem::WrongType(form) => format!("`{path}` 应为{}", form.words().zh),
            Problem::NotAmong(names) => format!("`{path}` 只能是 {}", names.join("、")),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.problem {
            Problem::Unknown(Some(near)) => {
                write!(f, "`{path}` is not known to the action; `{near}` is")
            }
            Problem::Unknown(None) => write!(f, "`{path}` is not known to the action"),
            Problem::Missing => write!(f, "`{path}` is missing"),
            Problem::NoneOf(names) => write!(f, "one of `{}` has to be there", names.join("`, `")),
            Problem::WrongType(form) => write!(f, "`{path}` has to be {}", form.words().en),
            Problem::NotAmong(names) => write!(f, "`{path}` has to be one of {}", names.join(", ")),
        }
    }
}

/// A member's name as a message may show it: escaped, and cut to what a line can bear.
pub(super) fn printable(name: &str) -> String {
    const LONGEST: usize = 512;
    if looks_secret(name) {
        return not_shown(name);
    }
    name.chars()
        .take(LONGEST)
        .flat_map(|c| {
            // What is no quote and no letter to it, it leaves.
            let hidden = is_unprintable(c) && !c.is_ascii();
            let escaped = hidden.then(|| c.escape_unicode());
            let others = (!hidden).then(|| c.escape_debug());
            escaped
                .into_iter()
                .flatten()
                .chain(others.into_iter().flatten())
        })
        .collect()
}
