//! The arguments of `completions` and `man`, which make the command line at home on a machine.

use std::path::PathBuf;

use clap::Args;

/// Print the completions for a shell.
///
/// For bash: cardseal completions bash > ~/.local/share/bash-completion/completions/cardseal. With --json: {shell, file,
/// script}, where `file` is what the shell wants the script to be called.
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// Write the man pages, one per command.
///
/// Read them with man -l DIR/cardseal.1, or with man cardseal if they are in a folder that man searches, such as
/// ~/.local/share/man/man1. Existing pages are replaced. With --json: {files}.
#[derive(Args)]
pub(crate) struct Man {
    /// The folder to write them to. It is created if it does not exist.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}
