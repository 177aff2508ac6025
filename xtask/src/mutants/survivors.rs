//! Mutants by name, and those that docs/mutants.md gives no reason for.

use std::collections::BTreeMap;

use crate::output::pattern;

/// Lines and columns move with every edit: a survivor is known by file and change.
fn by_change(name: &str) -> String {
    pattern(":[0-9]+:[0-9]+: ").replace(name, ": ").into_owned()
}

/// The changes that the page gives a reason for, and how often.
fn listed(page: &str) -> BTreeMap<String, usize> {
    let line = pattern(r"(?m)^- `((?:crates/[a-z0-9]+/)?src/.*)`: ");
    let mut listed = BTreeMap::new();
    for found in line.captures_iter(page) {
        *listed.entry(found[1].to_owned()).or_default() += 1;
    }
    listed
}

/// Of these mutants those that the page gives no reason for. Twice the same is listed twice.
pub(super) fn unlisted<'a>(names: &[&'a str], page: &str) -> Vec<&'a str> {
    let listed = listed(page);
    let mut there = BTreeMap::<String, usize>::new();
    for name in names {
        *there.entry(by_change(name)).or_default() += 1;
    }
    let has_reason = |name: &str| {
        let change = by_change(name);
        listed.get(&change).copied().unwrap_or_default()
            >= there.get(&change).copied().unwrap_or_default()
    };
    names
        .iter()
        .copied()
        .filter(|name| !name.is_empty() && !has_reason(name))
        .collect()
}

/// A pattern that is only this mutant.
pub(super) fn only(name: &str) -> String {
    format!("^{}$", regex::escape(name))
}

/// Hundredths with one decimal, cut: 99.9 is not 100.
pub(super) fn percent(caught: usize, viable: usize) -> String {
    let tenths = (caught * 1000).checked_div(viable).unwrap_or_default();
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "- `src/one.rs: replace + with *`: capacity only.\n- `crates/batch/src/two.rs: replace f -> bool with true`: the same.\n";

    #[test]
    fn a_survivor_is_known_wherever_its_line_has_moved() {
        assert!(unlisted(&["src/one.rs:10:5: replace + with *"], PAGE).is_empty());
        assert!(
            unlisted(
                &["crates/batch/src/two.rs:7:1: replace f -> bool with true"],
                PAGE
            )
            .is_empty()
        );
        let other = ["src/one.rs:10:5: replace + with -"];
        assert_eq!(unlisted(&other, PAGE), other);
    }

    #[test]
    fn what_survives_twice_is_listed_twice() {
        let twice = [
            "src/one.rs:10:5: replace + with *",
            "src/one.rs:20:5: replace + with *",
        ];
        assert_eq!(unlisted(&twice, PAGE), twice);
        assert!(unlisted(&twice, &format!("{PAGE}{PAGE}")).is_empty());
    }

    #[test]
    fn a_pattern_is_only_its_mutant() {
        let name = "src/one.rs:10:5: replace <impl Drop for X<'_>>::drop with ()";
        assert!(pattern(&only(name)).is_match(name));
        assert!(!pattern(&only(name)).is_match(&format!("{name} more")));
    }

    #[test]
    fn all_but_one_are_not_all() {
        assert_eq!(percent(1999, 2000), "99.9");
        assert_eq!(percent(2000, 2000), "100.0");
        assert_eq!(percent(0, 0), "0.0");
    }
}
