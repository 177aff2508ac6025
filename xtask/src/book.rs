//! Checks the book, and runs it; and the links of every other page of the repository.

mod blocks;
mod commands;
mod links;
mod page;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use duct::cmd;

use crate::book::blocks::{Blocks, Where};
use crate::book::commands::Commands;
use crate::book::page::Page;
use crate::output::pattern;
use crate::shell::{Done, Shell};

pub(crate) const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// The options of `cargo xtask book`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Runs every `sh` block, page by page: it prints the `text` block after it
    #[arg(long)]
    run: bool,
    /// Writes into the `text` blocks what was printed, where they show something else; read the difference before it is
    /// committed
    #[arg(long, conflicts_with = "run")]
    write: bool,
    /// The program `cardseal`
    program: PathBuf,
}

/// What becomes of the blocks of a page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// They do not run.
    Read,
    /// They print what the page shows.
    Run,
    /// The page shows what they print.
    Write,
}

/// Checks the book.
///
/// # Errors
/// Everything that is wrong with it, a line each.
pub(crate) fn run(shell: &Shell, arguments: &Arguments) -> Done<ExitCode> {
    let mode = match (arguments.run, arguments.write) {
        (_, true) => Mode::Write,
        (true, _) => Mode::Run,
        _ => Mode::Read,
    };
    check(shell, &arguments.program, mode)?;
    Ok(ExitCode::SUCCESS)
}

/// Checks the book and tells what was reached.
pub(crate) fn check(shell: &Shell, program: &Path, mode: Mode) -> Done {
    let program = &program
        .canonicalize()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let [(source, names), (other, others)] = [listed(LANGUAGES[0])?, listed(LANGUAGES[1])?];
    let mut wrong = Vec::new();
    if names != others {
        wrong.push("the two languages list other pages".to_owned());
    }
    let mut commands = Commands::of(shell, program);
    let mut ran = 0;
    for name in &names {
        let pages = [
            Page::read(&source.join(name))?,
            Page::read(&other.join(name))?,
        ];
        wrong.extend(pages[0].differences(&pages[1]));
        for (page, language) in pages.iter().zip(LANGUAGES) {
            let within = page.path.parent().unwrap_or(&source);
            wrong.extend(
                page.links
                    .iter()
                    .filter_map(|link| links::fault(page, link, within, shell.root())),
            );
            wrong.extend(commands.faults(page)?);
            if mode != Mode::Read {
                let blocks = Blocks {
                    shell,
                    program,
                    language,
                };
                let (faults, count) = blocks.of(page, mode)?;
                wrong.extend(faults.into_iter().map(|Where { block, fault }| {
                    format!("{}: block {block} {fault}", page.path.display())
                }));
                ran += count;
            }
        }
    }
    let rest = other_pages(shell)?;
    for page in &rest {
        wrong.extend(
            page.links
                .iter()
                .filter_map(|link| links::fault(page, link, shell.root(), shell.root())),
        );
    }
    if !wrong.is_empty() {
        return Err(wrong.join("\n").into());
    }
    let told = match mode {
        Mode::Read => String::new(),
        _ => format!(", {ran} blocks run and print what they show"),
    };
    shell.say(format!(
        "REACHED the book: {} pages in two languages, {} commands known, 0 dead links there and on {} other pages{told}",
        names.len(),
        commands.known(),
        rest.len()
    ));
    Ok(())
}

/// The pages of a language, in their order, and the folder that they are in.
fn listed(language: &str) -> Done<(PathBuf, Vec<String>)> {
    let source = std::env::current_dir()?
        .join("book")
        .join(language)
        .join("src");
    let summary = fs::read_to_string(source.join("SUMMARY.md"))?;
    let names = in_summary(&summary);
    let mut there = BTreeSet::new();
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                there.insert(path.strip_prefix(&source)?.to_string_lossy().into_owned());
            }
        }
    }
    there.remove("SUMMARY.md");
    let named: BTreeSet<String> = names.iter().cloned().collect();
    if named != there {
        let apart = Vec::from_iter(named.symmetric_difference(&there))
            .into_iter()
            .cloned()
            .collect::<Vec<_>>();
        return Err(format!(
            "{language}: SUMMARY.md and the folder differ in {}",
            apart.join(", ")
        )
        .into());
    }
    Ok((source, names))
}

fn in_summary(summary: &str) -> Vec<String> {
    pattern(r"\]\(([^)]+\.md)\)")
        .captures_iter(summary)
        .map(|found| found[1].to_owned())
        .collect()
}

/// Every page of the repository that is not the book's.
fn other_pages(shell: &Shell) -> Done<Vec<Page>> {
    let listed = shell.read(cmd!("git", "ls-files", "*.md"))?;
    let names = listed.lines().filter(|name| !name.contains("/src/"));
    names
        .map(|name| Page::read(&shell.root().join(name)))
        .collect()
}
