//! A job's share of a group: cargo-mutants in its clone, and what was missed tried again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use duct::cmd;

use crate::mutants::groups::LIBRARY;
use crate::mutants::sources::{APART, Sources};
use crate::mutants::survivors::{only, unlisted};
use crate::mutants::{ACCEPTED, Chosen, Work};
use crate::output::last;
use crate::shell::Done;

/// Which tests look at what was missed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tests {
    /// The group's own.
    Own,
    /// Nearly all.
    All,
}

pub(super) struct Job<'a> {
    pub(super) work: &'a Work,
    pub(super) number: usize,
    pub(super) sources: Sources,
}

impl Job<'_> {
    /// Of a group whose files are as they were at its last run, only what was missed is tried again.
    pub(super) fn run(&self, group: &Chosen) -> Done {
        let results = self.work.results(group, self.number);
        let made_of = format!(
            "{}\n{}",
            self.work.jobs,
            self.sources.made_of(&self.work.shell, &group.files())?
        );
        let before = fs::read_to_string(results.join("made-of")).ok();
        let fresh = self.work.anew || before.as_deref() != Some(&made_of);
        if fresh {
            let _ = fs::remove_dir_all(&results);
            self.all_of(group, &results)?;
            fs::write(results.join("made-of"), made_of)?;
        }
        match group {
            // Tests that have come since most likely stand where the group's own do.
            Chosen::Library(_) if fresh => self.once_more(group, Tests::All),
            Chosen::Library(_) => {
                self.once_more(group, Tests::Own)?;
                self.once_more(group, Tests::All)
            }
            // It has been tried on all of the crate's tests.
            Chosen::Crate(_) if fresh => Ok(()),
            Chosen::Crate(_) => self.once_more(group, Tests::Own),
        }
    }

    fn all_of(&self, group: &Chosen, results: &Path) -> Done {
        self.prepared(group, Tests::Own)?;
        let mut arguments = only_files(group);
        arguments.extend([
            format!("--shard={}/{}", self.number, self.work.jobs),
            "--sharding=round-robin".to_owned(),
        ]);
        arguments.extend(own_tests(group));
        self.mutate(group, results, arguments)?;
        fs::copy(
            results.join("mutants.out/missed.txt"),
            results.join("missed"),
        )?;
        fs::write(results.join("caught"), caught(results)?)?;
        Ok(())
    }

    /// Tries what is missed and has no reason given once more.
    fn once_more(&self, group: &Chosen, tests: Tests) -> Done {
        let results = self.work.results(group, self.number);
        let missed = fs::read_to_string(results.join("missed"))?;
        let lines: Vec<&str> = missed.lines().collect();
        let again = unlisted(&lines, &fs::read_to_string(ACCEPTED)?);
        if again.is_empty() {
            return Ok(());
        }
        self.prepared(group, tests)?;
        let mut arguments = Vec::new();
        if tests == Tests::All {
            let slow = |name: &str| name == "http_faults" && group.name() != "calls";
            let apart = APART.iter().filter(|name| !slow(name));
            arguments.extend(apart.map(|name| format!("--cargo-arg=--test={name}")));
        }
        // The files too: cargo-mutants applies no pattern to a mutant that leaves a field out.
        arguments.extend(only_files(group));
        for name in &again {
            arguments.extend(["--re".to_owned(), only(name)]);
        }
        match tests {
            Tests::Own => arguments.extend(own_tests(group)),
            Tests::All => arguments.push("--cargo-arg=--lib".to_owned()),
        }
        let second = results.with_extension(format!("{}.again", self.number));
        let _ = fs::remove_dir_all(&second);
        self.mutate(group, &second, arguments)?;

        let all_caught = fs::read_to_string(results.join("caught"))? + &caught(&second)?;
        fs::write(results.join("caught"), all_caught)?;
        let still = fs::read_to_string(second.join("mutants.out/missed.txt"))?;
        fs::write(results.join("missed"), still_missed(&lines, &again, &still))?;
        Ok(())
    }

    fn prepared(&self, group: &Chosen, tests: Tests) -> Done {
        match (group, tests) {
            (Chosen::Library(group), Tests::Own) => {
                self.sources.in_one_binary(&self.work.shell, group.tests)
            }
            (Chosen::Library(_), Tests::All) => {
                self.sources.in_one_binary(&self.work.shell, &["test_"])
            }
            (Chosen::Crate(_), _) => self.sources.as_committed(&self.work.shell),
        }
    }

    /// Runs cargo-mutants.
    fn mutate(&self, group: &Chosen, results: &Path, arguments: Vec<String>) -> Done {
        fs::create_dir_all(results)?;
        let shell = self.work.shell.with_log(&results.join("log"))?;
        let own = [
            "mutants",
            "--package",
            &group.package(),
            "--in-place",
            "--no-times",
        ]
        .map(Into::into);
        let folders = [
            "--dir".into(),
            self.sources.folder.clone().into_os_string(),
            "--output".into(),
            results.as_os_str().to_owned(),
        ];
        let arguments = own
            .into_iter()
            .chain(folders)
            .chain(arguments.into_iter().map(Into::into));
        // 0: all noticed; 2: some missed; 3: some hung. The rest is a failure of the run itself.
        match shell.code(cmd("cargo", arguments))? {
            Some(0 | 2 | 3) => Ok(()),
            _ => {
                let said = last(&shell.logged(), 5).join("\n");
                Err(format!(
                    "the run itself failed: {}\n{said}",
                    results.join("log").display()
                )
                .into())
            }
        }
    }
}

/// The options that keep cargo-mutants to the files of a group.
fn only_files(group: &Chosen) -> Vec<String> {
    let mut options: Vec<String> = group
        .files()
        .into_iter()
        .map(|file| format!("--file={file}"))
        .collect();
    if let Chosen::Library(group) = group {
        let earlier = LIBRARY
            .iter()
            .take_while(|earlier| earlier.name != group.name);
        options.extend(
            earlier
                .flat_map(|earlier| earlier.files)
                .map(|file| format!("--exclude={file}")),
        );
    }
    options
}

/// The options that run a group's own tests. What comes after the second `--` is for running only.
fn own_tests(group: &Chosen) -> Vec<String> {
    let Chosen::Library(group) = group else {
        return Vec::new();
    };
    let names = group.tests.iter().copied();
    ["--cargo-arg=--lib", "--", "--"]
        .into_iter()
        .chain(names)
        .map(str::to_owned)
        .collect()
}

/// What was caught; a mutant that hangs is noticed too.
fn caught(results: &Path) -> Done<String> {
    let file = |name: &str| -> PathBuf { results.join("mutants.out").join(name) };
    Ok(fs::read_to_string(file("caught.txt"))? + &fs::read_to_string(file("timeout.txt"))?)
}

/// What was missed before and is not caught now.
fn still_missed(missed: &[&str], again: &[&str], still: &str) -> String {
    let still: BTreeSet<&str> = still.lines().collect();
    let kept = missed
        .iter()
        .filter(|name| !again.contains(name) || still.contains(*name));
    kept.map(|name| format!("{name}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_belongs_to_the_first_group_that_names_it() {
        let opening = LIBRARY
            .iter()
            .find(|group| group.name == "opening")
            .unwrap();
        let options = only_files(&Chosen::Library(opening));
        assert!(options.contains(&"--file=src/envelope/**".to_owned()));
        assert!(
            options.contains(&"--exclude=src/envelope/body.rs".to_owned()),
            "{options:?}"
        );
        assert_eq!(
            only_files(&Chosen::Crate("batch")),
            ["--file=crates/batch/src/**"]
        );
    }

    #[test]
    fn what_was_tried_again_is_missed_only_if_it_was_missed_again() {
        let left = still_missed(&["a", "b", "c"], &["b", "c"], "c\nother\n");
        assert_eq!(left, "a\nc\n");
    }
}
