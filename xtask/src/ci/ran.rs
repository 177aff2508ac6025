//! What came of the steps, and how it is told at the end.

use std::fmt::Write;
use std::time::Duration;

use crate::output::Counts;

/// What came of a step.
pub(crate) struct Ran {
    name: String,
    pub(crate) counts: Counts,
    /// What failed, each with its reason in some lines.
    pub(crate) failures: Vec<(String, Vec<String>)>,
    /// What its first run said, where it passed at its second.
    pub(crate) once: Option<String>,
    /// Lines to show when it has ended.
    pub(crate) printed: Vec<String>,
    pub(crate) took: Duration,
}

impl Ran {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            counts: Counts::default(),
            failures: Vec::new(),
            once: None,
            printed: Vec::new(),
            took: Duration::ZERO,
        }
    }

    /// A step that could not run.
    pub(crate) fn failed(name: &str, why: &str) -> Self {
        let mut ran = Self::new(name);
        ran.counts.failed = 1;
        ran.failures
            .push((name.to_owned(), vec![format!("{name}: {why}")]));
        ran
    }

    /// Whether nothing failed and nothing was skipped.
    pub(crate) fn is_good(&self) -> bool {
        self.failures.is_empty()
    }

    /// Why it failed.
    pub(crate) fn reasons(&self) -> Vec<String> {
        self.failures
            .iter()
            .flat_map(|(_, why)| why.clone())
            .collect()
    }
}

/// What came of all of them.
#[derive(Default)]
pub(crate) struct Summary(Vec<Ran>);

impl From<Ran> for Summary {
    fn from(ran: Ran) -> Self {
        Self(vec![ran])
    }
}

impl Summary {
    /// One more; nothing where it did not run.
    pub(crate) fn add(&mut self, ran: Option<Ran>) {
        self.0.extend(ran);
    }

    pub(crate) fn is_good(&self) -> bool {
        self.0.iter().all(Ran::is_good)
    }

    /// What passed at its second run, what failed and why, the seconds that each took, and the counts in the last line.
    pub(crate) fn told(&self, total: Duration) -> String {
        let mut text = String::from("\n");
        // A step that failed twice is told of as a failure.
        let good = self.0.iter().filter(|ran| ran.is_good());
        for once in good.filter_map(|ran| ran.once.as_ref()) {
            let _ = writeln!(text, "FAILED ONCE {once}");
        }
        for (name, why) in self.0.iter().flat_map(|ran| &ran.failures) {
            let _ = writeln!(text, "FAILED: {name}");
            why.iter()
                .for_each(|line| text.push_str(&format!("{line}\n")));
        }
        for ran in self.0.iter().filter(|ran| !ran.took.is_zero()) {
            let _ = writeln!(text, "TOOK {:<14}{:>6}", ran.name, ran.took.as_secs());
        }
        let _ = writeln!(text, "TOOK {:<14}{:>6}", "all", total.as_secs());
        let sum = |count: fn(&Counts) -> usize| {
            self.0.iter().map(|ran| count(&ran.counts)).sum::<usize>()
        };
        let _ = write!(
            text,
            "\n{} passed, {} failed",
            sum(|counts| counts.passed),
            sum(|counts| counts.failed)
        );
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(name: &str, tests: usize, seconds: u64) -> Ran {
        let mut ran = Ran::new(name);
        ran.counts.passed = tests;
        ran.took = Duration::from_secs(seconds);
        ran
    }

    #[test]
    fn the_last_line_counts_all_steps() {
        let mut summary = Summary::default();
        summary.add(Some(passed("fmt", 1, 2)));
        summary.add(Some(passed("tests", 40, 300)));
        summary.add(None);
        let told = summary.told(Duration::from_secs(302));
        assert_eq!(told.lines().last(), Some("41 passed, 0 failed"));
        assert!(
            told.contains("TOOK tests            300\nTOOK all              302\n"),
            "{told}"
        );
        assert!(summary.is_good() && !told.contains("FAILED"));
    }

    #[test]
    fn a_failure_stands_at_the_end_with_its_reason() {
        let mut summary = Summary::default();
        summary.add(Some(passed("fmt", 1, 2)));
        summary.add(Some(Ran::failed("miri", "it cannot be installed")));
        let told = summary.told(Duration::ZERO);
        assert!(
            told.contains("FAILED: miri\nmiri: it cannot be installed\n"),
            "{told}"
        );
        assert!(
            told.ends_with("\n1 passed, 1 failed")
                && !summary.is_good()
                && !told.contains("TOOK miri")
        );
    }

    #[test]
    fn what_passed_at_its_second_run_is_told_of() {
        let mut summary = Summary::default();
        let mut ran = passed("queue", 1, 9);
        ran.once = Some("queue: a card came twice".to_owned());
        summary.add(Some(ran));
        let told = summary.told(Duration::ZERO);
        assert!(told.contains("\nFAILED ONCE queue: a card came twice\n") && summary.is_good());
    }
}
