//! The table of fuzz runs: target, commit, day, seconds, executions, edges, features, inputs, outcome.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::output::pattern;

const HEAD: &str = "target\tcommit\tday\tseconds\texecutions\tedges\tfeatures\tinputs\toutcome\n";

/// A file to which lines are added.
pub(super) struct Table {
    file: File,
    commit: String,
    day: String,
    seconds: u64,
}

/// What libFuzzer says of a run at its end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) executions: u64,
    edges: String,
    features: String,
    inputs: String,
    is_good: bool,
}

impl Table {
    /// Adds to a table, or begins one.
    pub(super) fn open(path: &Path, commit: &str, day: &str, seconds: u64) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let begun = path.exists();
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if !begun {
            file.write_all(HEAD.as_bytes())?;
        }
        Ok(Self {
            file,
            commit: commit.to_owned(),
            day: day.to_owned(),
            seconds,
        })
    }

    /// Adds a line, and returns it.
    pub(super) fn add(&self, target: &str, line: &Line) -> io::Result<String> {
        let Line {
            executions,
            edges,
            features,
            inputs,
            is_good,
        } = line;
        let Self {
            commit,
            day,
            seconds,
            ..
        } = self;
        let outcome = if *is_good { "ok" } else { "FAILED" };
        let text = format!(
            "{target}\t{commit}\t{day}\t{seconds}\t{executions}\t{edges}\t{features}\t{inputs}\t{outcome}"
        );
        (&self.file).write_all(format!("{text}\n").as_bytes())?;
        Ok(text)
    }
}

impl Line {
    /// The last line that tells the coverage is `#N DONE cov: E ft: F corp: C/…`.
    pub(super) fn read(log: &str, is_good: bool) -> Self {
        let coverage = pattern(r"cov: ([0-9]+) ft: ([0-9]+)(?: corp: ([0-9]+))?");
        let executed = pattern(r"(?m)^stat::number_of_executed_units: *([0-9]+)");
        let mut line = Self {
            is_good,
            ..Self::default()
        };
        if let Some(last) = coverage.captures_iter(log).last() {
            let number = |group| {
                last.get(group)
                    .map_or("", |number| number.as_str())
                    .to_owned()
            };
            (line.edges, line.features, line.inputs) = (number(1), number(2), number(3));
        }
        if let Some(last) = executed.captures_iter(log).last() {
            line.executions = last[1].parse().unwrap_or_default();
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_coverage_counts() {
        let log = "#2\tINITED cov: 10 ft: 11 corp: 1/1b\n#99\tDONE   cov: 210 ft: 340 corp: 57/2kb lim: 4\n\
                   stat::number_of_executed_units: 123456\nstat::average_exec_per_sec: 5\n";
        let line = Line::read(log, true);
        assert_eq!(line.executions, 123_456);
        assert_eq!(
            [line.edges, line.features, line.inputs],
            ["210", "340", "57"]
        );
    }

    #[test]
    fn a_run_that_says_nothing_is_recorded_as_such() {
        assert_eq!(Line::read("", false), Line::default());
    }
}
