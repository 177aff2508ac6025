//! The commands, one file each. A new one is a file, a line here and its arguments in `args.rs`.

mod code;
mod completions;
mod errors;
mod inspect;
mod man;
mod open;
mod policy;
mod postman;
mod prepare;
mod seal;
mod selftest;
mod sign;
#[cfg(feature = "http")]
mod call;
#[cfg(feature = "http")]
mod doctor;
#[cfg(feature = "http")]
mod recognize;
#[cfg(feature = "batch")]
mod batch;
#[cfg(feature = "ledger")]
mod usage;
#[cfg(feature = "ledger")]
mod package;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "gateway")]
mod keygen;
#[cfg(feature = "gateway")]
mod demo;
#[cfg(feature = "gateway")]
mod gateway;
#[cfg(feature = "explorer")]
mod explorer;

use crate::args::Command;
use crate::exit::Failure;
use crate::output::Output;

/// Does what was asked for.
pub(crate) fn run(command: &Command, output: &Output) -> Result<(), Failure> {
    carry_out(command, output)?;
    warn_of_open_files(command, output);
    Ok(())
}

fn carry_out(command: &Command, output: &Output) -> Result<(), Failure> {
    match command {
        Command::Seal(arguments) => seal::run(arguments, output),
        Command::Open(arguments) => open::run(arguments, output),
        Command::Inspect(arguments) => inspect::run(arguments, output),
        Command::Sign(arguments) => sign::run(arguments, output),
        Command::Code(arguments) => code::run(arguments, output),
        Command::Postman(arguments) => postman::run(arguments, output),
        Command::Errors(arguments) => errors::run(arguments, output),
        Command::Policy(arguments) => policy::run(arguments, output),
        Command::Selftest(_) => selftest::run(output),
        Command::Prepare(arguments) => prepare::run(arguments, output),
        Command::Completions(arguments) => completions::run(arguments, output),
        Command::Man(arguments) => man::run(arguments, output),

        #[cfg(feature = "http")]
        Command::Recognize(arguments) => recognize::run(arguments, output),
        #[cfg(feature = "http")]
        Command::Call(arguments) => call::run(arguments, output),
        #[cfg(feature = "http")]
        Command::Doctor(arguments) => doctor::run(arguments, output),
        #[cfg(not(feature = "http"))]
        Command::Recognize(_) | Command::Call(_) | Command::Doctor(_) => Err(Failure::usage(
            "this cardseal was built without HTTP; install one built with the feature `http`, or use `seal` and \
             `open` and send the request by other means",
        )),

        #[cfg(feature = "batch")]
        Command::Batch(arguments) => batch::run(arguments, output),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::run(arguments, output),

        #[cfg(feature = "ledger")]
        Command::Usage(arguments) => usage::run(arguments, output),
        #[cfg(feature = "ledger")]
        Command::Package(arguments) => package::run(arguments, output),

        #[cfg(feature = "gateway")]
        Command::Demo(arguments) => demo::run(arguments, output),
        #[cfg(feature = "gateway")]
        Command::Keygen(arguments) => keygen::run(arguments, output),
        #[cfg(feature = "gateway")]
        Command::Gateway(arguments) => gateway::run(arguments, output),
        #[cfg(feature = "explorer")]
        Command::Explorer(arguments) => explorer::run(arguments, output),
    }
}

/// Files with secrets in them that others can read are used all the same, and not without a word.
fn warn_of_open_files(command: &Command, output: &Output) {
    #[cfg(feature = "http")]
    let of_account = |cloud, profile| crate::accounts::warn_of_open_files(cloud, profile, output);
    match command {
        Command::Sign(arguments) => {
            crate::opener_file::warn_if_open(&arguments.secret_key_file, output);
        }
        #[cfg(feature = "http")]
        Command::Recognize(arguments) => of_account(arguments.cloud, &arguments.reach.profile),
        #[cfg(feature = "http")]
        Command::Call(arguments) => of_account(arguments.cloud, &arguments.reach.profile),
        #[cfg(feature = "http")]
        Command::Doctor(arguments) => of_account(arguments.cloud, &arguments.profile),
        _ => {}
    }
}
