//! What this repository runs on itself. `cargo xtask` lists the commands, `cargo xtask COMMAND --help` explains one.
#![forbid(unsafe_code)]

mod assure;
mod bench;
mod bindings;
mod book;
mod ci;
mod fuzz;
mod interrupt;
mod mutants;
mod output;
mod release;
mod shell;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::shell::Shell;

/// What this repository runs on itself.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs everything a change must pass; `.ci/run` is the same, on a clean clone
    Ci(ci::Arguments),
    /// Runs fuzz targets and records what came of it
    Fuzz(fuzz::Arguments),
    /// Counts the changes of the code that no test notices
    Mutants(mutants::Arguments),
    /// Runs the proofs of docs/assurance.md and tells what they reached
    Assure(assure::Arguments),
    /// Checks the book and every link of the repository's pages
    ///
    /// The two languages say the same, every link leads somewhere, every command exists. A page runs in a folder of its
    /// own, in which `vectors` is the repository's; where its first line is `<!-- after OTHER.md -->`, the first block of
    /// that page runs before. In a `text` block `…` stands for anything within a line, and for any lines where it stands
    /// alone. A block of the kind `console` is for the real service, and does not run.
    Book(book::Arguments),
    /// Lists the programs that measure, or runs one
    Bench(bench::Arguments),
    /// Makes a release
    Release(release::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = Shell::at_root().and_then(|shell| {
        interrupt::watch()?;
        match arguments.command {
            Command::Ci(arguments) => ci::run(&shell, &arguments),
            Command::Fuzz(arguments) => fuzz::run(&shell, &arguments),
            Command::Mutants(arguments) => mutants::run(&shell, &arguments),
            Command::Assure(arguments) => assure::run(&shell, &arguments),
            Command::Book(arguments) => book::run(&shell, &arguments),
            Command::Bench(arguments) => bench::run(&shell, &arguments),
            Command::Release(arguments) => release::run(&shell, &arguments),
        }
    });
    match ended {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
