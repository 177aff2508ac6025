//! Makes a release.

use std::process::ExitCode;

use crate::shell::{Done, Shell};

/// The options of `cargo xtask release`.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Says that there is nothing here yet.
pub(crate) fn run(shell: &Shell, _arguments: &Arguments) -> Done<ExitCode> {
    shell.say("there is no release command yet");
    Ok(ExitCode::FAILURE)
}
