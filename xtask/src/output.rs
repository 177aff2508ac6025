//! What the output of test runs and proofs says: counts, results reached, what was skipped, why something failed.

use std::collections::BTreeSet;

use regex::Regex;

/// A pattern that stands in the sources.
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| panic!("{error}"))
}

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl Counts {
    /// The sum over every `test result:` line.
    pub(crate) fn of(log: &str) -> Self {
        let line = pattern(r"(?m)^test result: .*?([0-9]+) passed; ([0-9]+) failed; ");
        let mut counts = Self::default();
        for found in line.captures_iter(log) {
            let number = |group: usize| found[group].parse::<usize>().unwrap_or_default();
            counts.passed += number(1);
            counts.failed += number(2);
        }
        counts
    }
}

/// What proofs say that they reached, from the word `REACHED` on, each once and in order.
pub(crate) fn reached(log: &str) -> BTreeSet<&str> {
    let told = pattern("REACHED .*");
    told.find_iter(log).map(|found| found.as_str()).collect()
}

/// The lines that say that something was skipped.
pub(crate) fn skipped(log: &str) -> Vec<&str> {
    log.lines()
        .filter(|line| line.starts_with("SKIP "))
        .collect()
}

/// The last lines.
pub(crate) fn last(log: &str, count: usize) -> Vec<&str> {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(count)..].to_vec()
}

/// What failed, in at most twenty lines: the tests' names, where and why each panicked, and errors; or else the last lines.
pub(crate) fn why(log: &str) -> Vec<String> {
    let lines: Vec<&str> = log.lines().collect();
    let failed = pattern("^test .* FAILED$");
    let panicked = pattern("^thread '.*panicked at");
    let backtrace = pattern("^(stack backtrace:|note: )");
    let error = pattern(r"^error(\[|:)");

    let mut found: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| failed.is_match(line))
        .collect();
    let panics = with_what_follows(&lines, &panicked);
    found.extend(panics.into_iter().filter(|line| !backtrace.is_match(line)));
    found.extend(with_what_follows(&lines, &error));
    if found.iter().all(|line| line.trim().is_empty()) {
        found = last(log, 8);
    }
    found
        .into_iter()
        .take(20)
        .map(|line| line.chars().take(300).collect())
        .collect()
}

/// The lines that match, and the three after each.
fn with_what_follows<'a>(lines: &[&'a str], pattern: &Regex) -> Vec<&'a str> {
    let mut until = 0;
    let mut kept = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        if pattern.is_match(line) {
            until = number + 4;
        }
        if number < until {
            kept.push(*line);
        }
    }
    kept
}

/// The options that run the targets again whose tests failed, as Cargo lists them: `--test NAME`, `--lib`.
pub(crate) fn failed_targets(log: &str) -> BTreeSet<Vec<String>> {
    let listed = pattern(r"(?m)^    `-p [^ ]* (--[a-z]* *[^ `]*)`$");
    let options = listed
        .captures_iter(log)
        .map(|found| found[1].split_whitespace().map(str::to_owned).collect());
    options.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
running 2 tests
test one ... ok
test two ... FAILED
REACHED 5 cases, 0 wrong
test two ... REACHED 5 cases, 0 wrong

thread 'two' panicked at src/two.rs:5:9:
assertion `left == right` failed
  left: 1
 right: 2
stack backtrace:
   0: somewhere
test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.00s
SKIP interop: no java
error: test failed, to rerun pass `-p cardseal --test two`
error: 3 targets failed:
    `-p cardseal --test two`
    `-p cardseal-cli --lib`
    `-p cardseal-cli --bin cardseal`
    `-p cardseal --test two`
";

    #[test]
    fn tests_are_counted_over_all_their_results() {
        assert_eq!(
            Counts::of(LOG),
            Counts {
                passed: 13,
                failed: 1
            }
        );
        assert_eq!(Counts::of("compiled, and no test ran\n"), Counts::default());
        // Only a line of its own is a result.
        assert_eq!(
            Counts::of("said: test result: ok. 1 passed; 0 failed; \n"),
            Counts::default()
        );
    }

    #[test]
    fn what_was_reached_is_told_once_whatever_stands_before_it() {
        assert_eq!(Vec::from_iter(reached(LOG)), ["REACHED 5 cases, 0 wrong"]);
    }

    #[test]
    fn a_skip_begins_its_line() {
        assert_eq!(skipped(LOG), ["SKIP interop: no java"]);
        assert!(skipped("nothing to SKIP here\n").is_empty());
    }

    #[test]
    fn the_reason_names_tests_then_panics_then_errors() {
        let why = why(LOG);
        assert_eq!(why[0], "test two ... FAILED");
        assert_eq!(
            why[1..4],
            [
                "thread 'two' panicked at src/two.rs:5:9:",
                "assertion `left == right` failed",
                "  left: 1"
            ]
        );
        assert!(
            why.contains(&"error: 3 targets failed:".to_owned()),
            "{why:?}"
        );
        assert!(why.len() <= 20 && !why.iter().any(|line| line.starts_with("stack backtrace")));
    }

    #[test]
    fn without_a_known_reason_the_last_lines_are_it() {
        let log: String = (0..30).map(|number| format!("line {number}\n")).collect();
        assert_eq!(
            why(&log),
            Vec::from_iter((22..30).map(|number| format!("line {number}")))
        );
        assert_eq!(why("sh: curl: not found"), ["sh: curl: not found"]);
    }

    #[test]
    fn a_long_line_of_any_script_is_cut() {
        let log = format!("error: {}\n", "错".repeat(400));
        assert_eq!(why(&log)[0].chars().count(), 300);
    }

    #[test]
    fn each_failed_target_is_run_again_once() {
        let targets = failed_targets(LOG);
        let words = |text: &str| Vec::from_iter(text.split(' ').map(str::to_owned));
        let expected = ["--test two", "--lib", "--bin cardseal"].map(words);
        assert_eq!(targets, BTreeSet::from(expected));
        assert!(failed_targets("error: could not compile `cardseal`\n").is_empty());
    }
}
