//! The language of what is said to people: CARDSEAL_LANG, or else the locale. What programs read does not change with it.

use std::sync::OnceLock;

/// A language that every message is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
}

/// In this order; the first that is set counts, as POSIX has it for messages.
const VARIABLES: [&str; 4] = ["CARDSEAL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];

/// The language of this process.
pub(crate) fn chosen() -> Language {
    static CHOSEN: OnceLock<Language> = OnceLock::new();
    *CHOSEN.get_or_init(|| by(|name| std::env::var(name).ok()))
}

fn by(variable: impl Fn(&str) -> Option<String>) -> Language {
    let set = |name: &&str| variable(name).filter(|text| !text.is_empty());
    let named = VARIABLES.iter().find_map(set).unwrap_or_default();
    if named.to_ascii_lowercase().starts_with("zh") {
        Language::Chinese
    } else {
        Language::English
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_variable_comes_first_and_then_the_locale() {
        for (set, language) in [
            (&[][..], Language::English),
            (&[("LANG", "zh_CN.UTF-8")], Language::Chinese),
            (
                &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")],
                Language::English,
            ),
            (
                &[("LC_MESSAGES", "zh-Hans"), ("LANG", "de_DE.UTF-8")],
                Language::Chinese,
            ),
            (
                &[("CARDSEAL_LANG", "en"), ("LC_ALL", "zh_CN")],
                Language::English,
            ),
            (
                &[("CARDSEAL_LANG", "ZH"), ("LC_ALL", "C")],
                Language::Chinese,
            ),
            (
                &[("CARDSEAL_LANG", ""), ("LC_ALL", "zh")],
                Language::Chinese,
            ),
            (
                &[("CARDSEAL_LANG", "fr"), ("LC_ALL", "zh")],
                Language::English,
            ),
        ] {
            let variable = |name: &str| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, text)| (*text).to_owned())
            };
            assert_eq!(by(variable), language, "{set:?}");
        }
    }
}
