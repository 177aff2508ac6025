//! Runs the proofs of docs/assurance.md and tells what they reached: in target/assure, as the page with two columns more.
//!
//! The rows are docs/assurance/rows.tsv. What a command reached is every line of its output that says REACHED, and what it
//! could not look at every line that begins with N/A; or else how many tests passed. A command that fails reaches nothing,
//! and nothing is recorded for code that is not committed. A row that is a part of `.ci/run` takes what a run of it on the
//! same commit has left. Commands find their peers as `.ci/run peers` has set them up.

mod page;
mod rows;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use duct::cmd;

use crate::assure::page::{Reached, page};
use crate::assure::rows::{Row, reached, rows};
use crate::interrupt;
use crate::output::last;
use crate::shell::{Done, Shell};
use crate::tools;

/// The options of `cargo xtask assure`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The rows; all of them, which takes hours, where none is named
    rows: Vec<String>,
    /// Writes docs/assurance.md from the rows, and runs none
    #[arg(long, conflicts_with_all = ["check", "rows"])]
    page: bool,
    /// Fails where docs/assurance.md is not what --page would write
    #[arg(long, conflicts_with = "rows")]
    check: bool,
}

const ROWS: &str = "docs/assurance/rows.tsv";
const PAGE: &str = "docs/assurance.md";

/// Runs rows; or writes or checks the page.
///
/// # Errors
/// Where there is no such row, the page is another, or something is changed beside the commit.
pub(crate) fn run(shell: &Shell, arguments: &Arguments) -> Done<ExitCode> {
    let rows = rows(&fs::read_to_string(ROWS)?)?;
    if arguments.page {
        fs::write(PAGE, page(&rows, None))?;
    } else if arguments.check {
        // Git may have given the lines of the one other ends.
        if !fs::read_to_string(PAGE)?
            .lines()
            .eq(page(&rows, None).lines())
        {
            return Err(format!("{PAGE} was not written by `cargo xtask assure --page`").into());
        }
    } else {
        return prove(shell, &rows, &arguments.rows);
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the rows that are named, or all; writes what they reached after each.
fn prove(shell: &Shell, rows: &[Row], named: &[String]) -> Done<ExitCode> {
    if let Some(unknown) = named
        .iter()
        .find(|name| !rows.iter().any(|row| row.id == **name))
    {
        return Err(format!("there is no row {unknown} in {ROWS}").into());
    }
    let proof = Proof::new(shell)?;
    let mut all = proof.recorded()?;
    let mut failed = Vec::new();
    for row in rows
        .iter()
        .filter(|row| named.is_empty() || named.contains(&row.id))
    {
        if interrupt::interrupted() {
            failed.push(row.id.clone());
            break;
        }
        match proof.of(row) {
            Ok(reached) => drop(all.insert(row.id.clone(), reached)),
            Err(error) => {
                println!("--- {} FAILED: {error}", row.id);
                failed.push(row.id.clone());
            }
        }
        proof.record(rows, &all)?;
    }
    println!("{}", proof.folder.join("assurance.md").display());
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(format!("FAILED: {}", failed.join(" ")).into())
}

/// Where rows are run, and on which commit.
struct Proof {
    shell: Shell,
    folder: PathBuf,
    commit: String,
    day: String,
}

impl Proof {
    fn new(shell: &Shell) -> Done<Self> {
        if !shell.succeeds(cmd!("git", "diff", "--quiet", "HEAD")) {
            return Err("commit first: what is reached belongs to a commit".into());
        }
        let folder = shell.root().join("target/assure");
        fs::create_dir_all(&folder)?;
        let tools = tools::folder(shell);
        let mut shell = shell
            .with_env("CARGO_TERM_COLOR", "never")?
            .with_env("CARDSEAL_NO_SKIP", "1")?;
        for (name, path) in [
            ("CARDSEAL_PYTHON", "venv/bin/python"),
            ("NODE_PATH", "node/node_modules"),
        ] {
            if std::env::var_os(name).is_none() {
                shell = shell.with_env(name, tools.join(path))?;
            }
        }
        let commit = shell.read(cmd!("git", "rev-parse", "HEAD"))?;
        let day = tools::today(&shell)?;
        Ok(Self {
            shell,
            folder,
            commit,
            day,
        })
    }

    /// Runs a row, or takes what a run of its steps on this commit has left.
    fn of(&self, row: &Row) -> Done<Reached> {
        println!("=== {}: {}", row.id, row.command);
        let started = Instant::now();
        let log = match self.left_by_a_run(row) {
            Some(log) => log,
            None => self.ran(row)?,
        };
        let what = reached(&log).ok_or("it reached nothing that can be told")?;
        println!("--- {}: {what} ({}s)", row.id, started.elapsed().as_secs());
        Ok(Reached {
            what,
            commit: self.commit.chars().take(10).collect(),
            day: self.day.clone(),
        })
    }

    fn ran(&self, row: &Row) -> Done<String> {
        let shell = self
            .shell
            .with_log(&self.folder.join(format!("{}.log", row.id)))?;
        let ended = shell.run(cmd!("bash", "-o", "pipefail", "-c", &row.command));
        let log = shell.logged();
        if ended.is_err() {
            last(&log, 40)
                .into_iter()
                .for_each(|line| println!("{line}"));
        }
        ended.map(|()| log)
    }

    /// The logs of the steps that a row is, where `.ci/run` has passed all of them on this very commit.
    fn left_by_a_run(&self, row: &Row) -> Option<String> {
        let steps: Vec<&str> = row.steps()?.collect();
        let mut logs = String::new();
        for step in &steps {
            let file = |end: &str| tools::folder(&self.shell).join(format!("{step}.{end}"));
            let passed = fs::read_to_string(file("passed")).ok()?;
            if passed.trim_end() != self.commit {
                return None;
            }
            logs += &String::from_utf8_lossy(&fs::read(file("log")).ok()?);
        }
        Some(logs + &format!("\n{} passed, 0 failed\n", steps.len()))
    }

    /// What rows have reached before, and at which commit.
    fn recorded(&self) -> Done<BTreeMap<String, Reached>> {
        match fs::read_to_string(self.folder.join("reached.tsv")) {
            Ok(text) => Reached::read(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(error.into()),
        }
    }

    fn record(&self, rows: &[Row], all: &BTreeMap<String, Reached>) -> Done {
        let lines: String = all.iter().map(|(id, reached)| reached.line(id)).collect();
        fs::write(self.folder.join("reached.tsv"), lines)?;
        fs::write(self.folder.join("assurance.md"), page(rows, Some(all)))?;
        Ok(())
    }
}
