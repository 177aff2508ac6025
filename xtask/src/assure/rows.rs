//! The rows of docs/assurance.md, and what the output of a command says that it reached.

use std::collections::BTreeSet;

use crate::output::{Counts, pattern};
use crate::shell::Done;

/// A property, how it is proven, and the command that proves it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) property: String,
    pub(super) how: String,
    pub(super) command: String,
}

impl Row {
    /// The steps of `.ci/run` that this row is, if it is nothing else.
    pub(super) fn steps(&self) -> Option<impl Iterator<Item = &str>> {
        let steps = self.command.strip_prefix(".ci/run ")?;
        (!steps.contains(['&', ';', '|'])).then(|| steps.split_whitespace())
    }
}

/// Reads the table: four members a line, tabs between them; a line that begins with `#` is a remark.
pub(super) fn rows(table: &str) -> Done<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for line in table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let members: Vec<&str> = line.split('\t').collect();
        let [id, property, how, command] = members[..] else {
            return Err(format!("not four members: {line}").into());
        };
        if rows.iter().any(|row| row.id == id) {
            return Err(format!("{id} is there twice").into());
        }
        let [id, property, how, command] = [id, property, how, command].map(str::to_owned);
        rows.push(Row {
            id,
            property,
            how,
            command,
        });
    }
    Ok(rows)
}

/// What a command reached and what it could not look at; or how many tests or checks passed. Nothing where it says none of
/// these.
pub(super) fn reached(log: &str) -> Option<String> {
    let (told, not_applicable) = (
        pattern(r"(?m)^.*(?:^|[^A-Za-z0-9_])REACHED (.*)$"),
        pattern("(?m)^N/A (.*)$"),
    );
    let told = told.captures_iter(log).map(|found| found[1].to_owned());
    let not = not_applicable
        .captures_iter(log)
        .map(|found| format!("not looked at: {}", &found[1]));
    let lines: BTreeSet<String> = told.chain(not).collect();
    if !lines.is_empty() {
        return Some(Vec::from_iter(lines).join("; "));
    }
    let tests = Counts::of(log).passed;
    if tests > 0 {
        return Some(format!("{tests} tests passed"));
    }
    let checks = pattern("(?m)^([0-9]+) passed, 0 failed$");
    checks
        .captures_iter(log)
        .last()
        .map(|found| format!("{} checks passed", &found[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_four_members_and_a_name_of_its_own() {
        let table = "# a remark\nvectors\tRight\tsamples\tcargo test\n\n";
        let read = rows(table).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(
            (read[0].id.as_str(), read[0].command.as_str()),
            ("vectors", "cargo test")
        );
        assert!(rows("vectors\tRight\tsamples\n").is_err());
        assert!(rows("a\tb\tc\td\na\tb\tc\td\n").is_err());
    }

    #[test]
    fn a_row_that_is_steps_of_ci_alone_may_take_what_they_left() {
        let row = |command: &str| Row {
            id: "x".into(),
            property: String::new(),
            how: String::new(),
            command: command.into(),
        };
        let steps = row(".ci/run fmt house");
        assert_eq!(Vec::from_iter(steps.steps().unwrap()), ["fmt", "house"]);
        assert!(row(".ci/run fmt && cargo test").steps().is_none());
        assert!(row("cargo test").steps().is_none());
    }

    #[test]
    fn what_was_reached_comes_before_counts() {
        let log = "test one ... REACHED 5 cases\nREACHED 5 cases\nN/A valgrind runs no AVX-512\n\
                   test result: ok. 3 passed; 0 failed; 0 ignored\n";
        assert_eq!(
            reached(log).unwrap(),
            "5 cases; not looked at: valgrind runs no AVX-512"
        );
    }

    #[test]
    fn tests_are_counted_where_nothing_else_is_told_and_then_checks() {
        let tests = "test result: ok. 3 passed; 0 failed; 0 ignored\ntest result: ok. 4 passed; 0 failed; 0 ignored\n";
        assert_eq!(reached(tests).unwrap(), "7 tests passed");
        assert_eq!(
            reached("\n3 passed, 0 failed\n").unwrap(),
            "3 checks passed"
        );
        assert_eq!(reached("compiled\n"), None);
    }
}
