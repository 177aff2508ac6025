//! What this repository runs on itself. `cargo xtask` lists the commands, `cargo xtask COMMAND --help` explains one.
#![forbid(unsafe_code)]

mod interrupt;
mod release;
mod shell;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::shell::Shell;

/// What this repository runs on itself.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a release.
    Release(release::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = Shell::at_root().and_then(|shell| {
        interrupt::watch()?;
        match arguments.command {
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
