//! One step: its log, what it says in the end, and what it leaves for later.

use std::any::Any;
use std::fs;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Instant;

use duct::cmd;

use crate::ci::ran::Ran;
use crate::output::{Counts, failed_targets, last, reached, skipped, why};
use crate::shell::{Done, Shell};
use crate::tools;

/// A step: its name, and what it does.
pub(crate) struct Step(pub(crate) &'static str, pub(crate) fn(&Run<'_>) -> Done);

/// What a step has at hand while it runs.
pub(crate) struct Run<'a> {
    name: &'static str,
    /// Its programs print into its log.
    pub(crate) shell: &'a Shell,
    /// What it did not do at once.
    once: std::cell::RefCell<Option<String>>,
}

/// The commit that is run, unless something is changed beside it. What passed on one very commit needs no second run for
/// `cargo xtask assure`.
pub(crate) fn clean_commit(shell: &Shell) -> Option<String> {
    let clean = shell.succeeds(cmd!("git", "diff", "--quiet", "HEAD"));
    let commit = shell.read(cmd!("git", "rev-parse", "HEAD"));
    commit.ok().filter(|_| clean)
}

/// How the commit is found.
pub(crate) type Commit<'a> = &'a (dyn Fn() -> Option<String> + Sync);

impl Step {
    pub(crate) fn name(&self) -> &'static str {
        self.0
    }

    /// Runs it, tells of it, and counts it: the tests it ran where it says so, else itself.
    pub(crate) fn run(&self, shell: &Shell, commit: Commit<'_>, out: &mut dyn Write) -> Ran {
        let (Self(name, does), started, before) = (self, Instant::now(), commit());
        let file = |end: &str| tools::folder(shell).join(format!("{name}.{end}"));
        tell(out, &format!("\n=== {name}"));
        let _ = (
            fs::remove_file(file("passed")),
            fs::remove_file(file("why")),
        );
        let log = match shell.with_log(&file("log")) {
            Ok(log) => log,
            Err(error) => return Ran::failed(name, &format!("{}: {error}", file("log").display())),
        };
        let run = Run {
            name,
            shell: &log,
            once: None.into(),
        };
        // What panics here has failed, and the next step runs.
        let ended = catch_unwind(AssertUnwindSafe(|| does(&run)));
        let ended =
            ended.unwrap_or_else(|panic| Err(format!("panicked: {}", said(&*panic)).into()));
        if let Err(error) = &ended {
            log.say(error);
        }
        let mut ran = judged(name, &log.logged(), ended.is_ok());
        ran.once = run.once.into_inner();
        ran.took = started.elapsed();
        // Somebody may have gone on working meanwhile.
        let passed_on = commit().filter(|after| before.as_ref() == Some(after));
        self.leave(&ran, ended.is_ok(), passed_on, file);
        ran.printed.iter().for_each(|line| tell(out, line));
        let ended = if ended.is_ok() { "ok" } else { "FAILED" };
        tell(
            out,
            &format!("--- {name}: {ended} in {}s", ran.took.as_secs()),
        );
        ran
    }

    /// The reason of a failure, or the commit that it passed on.
    fn leave(&self, ran: &Ran, ok: bool, commit: Option<String>, file: impl Fn(&str) -> PathBuf) {
        let left = match commit {
            _ if !ok => fs::write(file("why"), ran.reasons().join("\n") + "\n"),
            Some(commit) if ran.is_good() => fs::write(file("passed"), format!("{commit}\n")),
            _ => Ok(()),
        };
        // Nothing is proven by it; `cargo xtask assure` runs the step again.
        let _ = left;
    }
}

/// What the log of a step says of it.
fn judged(name: &str, log: &str, ok: bool) -> Ran {
    let counts = Counts::of(log);
    let mut ran = Ran::new(name);
    if ok {
        ran.counts.passed = counts.passed.max(1);
    } else {
        ran.counts.failed = counts.failed.max(1);
        ran.printed = last(log, 150).into_iter().map(str::to_owned).collect();
        let why = why(log).into_iter().map(|line| format!("{name}: {line}"));
        ran.failures.push((name.to_owned(), why.collect()));
    }
    // A skip is allowed on somebody's machine, and never here.
    let skipped = skipped(log);
    if !skipped.is_empty() {
        ran.counts.failed += 1;
        ran.failures
            .push((format!("{name} skipped something"), Vec::new()));
        ran.printed.extend(skipped.into_iter().map(str::to_owned));
    }
    // What the proofs among them reached.
    ran.printed
        .extend(reached(log).into_iter().map(str::to_owned));
    ran
}

impl Run<'_> {
    /// Runs something, and once more if it fails: what fails twice is at fault. What passes at its second run is told of
    /// at the end, with what it said at its first, so that it is mended.
    pub(crate) fn twice(&self, does: impl Fn() -> Done) -> Done {
        does().or_else(|_| {
            self.failed_once();
            does()
        })
    }

    /// Keeps the log as it is, and the reason that it gives. Returns the options of the targets that failed.
    pub(crate) fn failed_once(&self) -> Vec<Vec<String>> {
        let log = self.shell.logged();
        let first = tools::folder(self.shell).join(format!("{}.first", self.name));
        // The log has it, too.
        let _ = fs::write(first, &log);
        let reason: Vec<String> = why(&log)
            .into_iter()
            .map(|line| format!("{}: {line}", self.name))
            .collect();
        *self.once.borrow_mut() = Some(reason.join(" ").chars().take(1000).collect());
        failed_targets(&log).into_iter().collect()
    }
}

/// Nobody looks on any more: the step runs all the same.
fn tell(out: &mut dyn Write, line: &str) {
    let _ = writeln!(out, "{line}");
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a word")
}

#[cfg(test)]
#[path = "step/tests.rs"]
mod tests;
