//! What pages and comments name is there, and the commands that they tell can be run as they stand.

use std::collections::BTreeSet;
use std::process::Command;

use regex::Regex;

use crate::{Source, files, lines};

/// What this crate's program prints, where it ends well.
fn xtask(arguments: &[&str]) -> Result<String, String> {
    let ended = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if ended.status.success() {
        Ok(text(&ended.stdout))
    } else {
        Err(text(&ended.stderr))
    }
}

/// Every test that is named as proof, by the security policy in either language or by the manual.
#[test]
fn every_test_that_is_named_as_proof_is_there() {
    let pages = files(|path| matches!(path, "SECURITY.md" | "SECURITY.zh-CN.md" | "src/manual.rs"));
    assert_eq!(pages.len(), 3);
    let named = Regex::new("`(?:[^`]*: )?([a-z0-9]+(?:_[a-z0-9]+){2,})`").unwrap();
    let proofs: BTreeSet<&str> = pages
        .iter()
        .flat_map(|page| named.captures_iter(&page.text))
        .map(|found| found.extract::<1>().1[0])
        .collect();
    let function = Regex::new(r"fn ([a-z0-9_]+)\(").unwrap();
    let sources = files(|path| path.ends_with(".rs"));
    let functions: BTreeSet<&str> = sources
        .iter()
        .flat_map(|file| function.captures_iter(&file.text))
        .map(|found| found.extract::<1>().1[0])
        .collect();
    let missing = Vec::from_iter(proofs.difference(&functions));
    assert!(missing.is_empty(), "no test is called {missing:?}");
    assert!(proofs.len() > 40, "{} proofs are few", proofs.len());
    println!(
        "REACHED {} tests that SECURITY.md names, 0 missing",
        proofs.len()
    );
}

/// What is built is what the lock files say, in every command that anybody is told to run; the two at the top of the README
/// use the lock file of their clone without being told to.
#[test]
fn every_command_builds_what_the_lock_file_says() {
    let command = r"cargo( \+[a-z0-9.]+)?( miri)? (test|build|run|check|clippy|doc|rustdoc|bench|install|tree) ";
    let all = files(|path| !path.ends_with(".lock") && !path.starts_with("fuzz/corpus/"));
    let found = lines(&all, command);
    let readme =
        r"^README(\.zh-CN)?\.md:(4: cargo run --release -- demo|5: cargo test --workspace)$";
    let readme = Regex::new(readme).unwrap();
    let (locked, free): (Vec<&String>, Vec<&String>) =
        found.iter().partition(|line| line.contains("--locked"));
    // This file's own pattern reads like the commands.
    let is_meant =
        |line: &str| readme.is_match(line) || line.starts_with("xtask/tests/house/told.rs:");
    let wrong = Vec::from_iter(free.into_iter().filter(|line| !is_meant(line)));
    assert!(wrong.is_empty(), "without --locked: {wrong:#?}");
    assert!(locked.len() > 100, "{} commands are few", locked.len());
}

/// A page, a row or a workflow that tells to run a step names one that there is.
#[test]
fn every_step_that_is_named_is_there() {
    let listed = xtask(&["ci", "--list"]).unwrap();
    let steps: BTreeSet<&str> = listed.lines().collect();
    assert!(steps.len() > 20, "{steps:?}");
    let told =
        Regex::new(r"(?m)(?:`|\t|^|command: )\.ci/run ([a-z0-9_]+(?: [a-z0-9_]+)*)").unwrap();
    let pages = files(|path| {
        [".md", ".tsv", ".yml", ".rs", ".toml"]
            .iter()
            .any(|end| path.ends_with(end))
    });
    let mut named = 0;
    for Source { path, text } in &pages {
        for found in told.captures_iter(text) {
            for step in found[1].split(' ') {
                assert!(steps.contains(step), "{path}: .ci/run has no step {step}");
                named += 1;
            }
        }
    }
    assert!(named > 20, "{named} steps are few");
}

/// The book's page for auditors names rows of the table of proofs.
#[test]
fn every_row_that_auditors_are_sent_to_is_there() {
    let table = files(|path| path == "docs/assurance/rows.tsv");
    let rows: BTreeSet<&str> = table
        .iter()
        .flat_map(|file| file.text.lines())
        .filter_map(|line| line.split('\t').next())
        .collect();
    let name = Regex::new("`([a-z0-9-]+)`").unwrap();
    for Source { path, text } in
        files(|path| path.starts_with("book/") && path.ends_with("/auditors.md"))
    {
        let lasts = text
            .lines()
            .filter_map(|line| line.strip_suffix(" |")?.rsplit_once("| "));
        let named: Vec<&str> = lasts
            .flat_map(|(_, last)| name.captures_iter(last))
            .map(|found| found.extract::<1>().1[0])
            .collect();
        assert!(named.len() > 15, "{path}: {named:?}");
        let missing = Vec::from_iter(named.into_iter().filter(|name| !rows.contains(name)));
        assert!(missing.is_empty(), "{path}: no row is called {missing:?}");
    }
}

/// The page of proofs has the rows that are run, and nothing else.
#[test]
fn the_page_of_proofs_has_the_rows_that_are_run() {
    xtask(&["assure", "--check"]).unwrap();
}
