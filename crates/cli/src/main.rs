//! `cardseal`, the command line. Data on stdout, everything else on stderr.
//!
//! One file a command, in `commands/`; the rest is what they share. An error is one line on stderr and an exit
//! code that says whose fault it is (`exit.rs`).
// Not `forbid`: the macro of `ctor`, in `closed_stdout.rs`, brings an exception of its own. There is no other.
#![deny(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod plausible;
mod printable;
mod language;
mod speech;
#[cfg(feature = "ledger")]
mod columns;
mod caveats;
mod options_named;
mod discretion;
mod exit;
mod not_plausible;
mod hardening;
mod closed_stdout;
mod kept_answer;
mod unprinted;
mod input;
mod interrupt;
mod output;
mod unread;
mod opener_file;
mod whole_file;
// Without HTTP some arguments are parsed, to say so, and not used.
#[cfg_attr(not(feature = "http"), allow(dead_code))]
mod names;
mod settings;
// Without HTTP some arguments are parsed, to say so, and not used.
#[cfg_attr(not(feature = "http"), allow(dead_code))]
mod args;
mod fitting;
#[cfg(feature = "http")]
mod card;
#[cfg(feature = "http")]
mod network;
#[cfg(feature = "http")]
mod accounts;
#[cfg(feature = "ledger")]
mod recording;
#[cfg(all(feature = "http", not(feature = "ledger")))]
#[path = "recording/nowhere.rs"]
mod recording;
mod commands;

use std::process::ExitCode;

use crate::args::{Arguments, Parsed};
use crate::exit::Failure;
use crate::output::{Chatter, Form, Output};
use crate::unprinted::Unprinted;

fn main() -> ExitCode {
    hardening::quiet_panics();
    // A panic is a defect; it ends like any other error, with one line and a code of its own.
    let outcome = std::panic::catch_unwind(run).unwrap_or_else(|_| Err(exit::after_a_panic()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure);
            ExitCode::from(failure.whose().code())
        }
    }
}

fn run() -> Result<(), Failure> {
    // Without it such a file ends the process, as it does elsewhere.
    let full_files = hardening::full_files_are_errors();
    let arguments = match Arguments::parse_all()? {
        Parsed::Arguments(arguments) => arguments,
        Parsed::Answer(text) => {
            let output = Output::new(Form::Text, Chatter::Usual, Unprinted::Again);
            return match closed_stdout::was_closed() {
                true => Err(unprinted::closed()),
                false => output.print(text.as_bytes()),
            };
        }
    };
    if closed_stdout::was_closed() {
        return Err(unprinted::closed());
    }
    let unprinted = arguments.command.unprinted();
    let output = Output::new(arguments.form(), arguments.chatter(), unprinted);
    if hardening::core_dumps_off().is_err() {
        output.warn("core dumps could not be switched off; a crash may write secrets to disk");
    }
    if let Err(error) = full_files {
        output.warn(&format!(
            "signals cannot be watched: {error}; check the system's limits"
        ));
    }
    commands::run(&arguments.command, &output)
}
