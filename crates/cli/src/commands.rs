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
mod places;
#[cfg(feature = "http")]
mod doctor;
#[cfg(feature = "http")]
mod recognize;
#[cfg(feature = "batch")]
mod batch;
#[cfg(feature = "queue")]
mod queue;
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

use std::path::Path;

use crate::args::Command;
#[cfg(feature = "http")]
use crate::args::{CloudName, Network, Profile, Reach};
use crate::exit::Failure;
use crate::output::Output;

/// Does what was asked for.
pub(crate) fn run(command: &Command, output: &Output) -> Result<(), Failure> {
    #[cfg(feature = "http")]
    places::check(command, who_calls(command).map(|(_, _, network)| network))?;
    #[cfg(feature = "http")]
    warn_of_borrowed_credentials(command, output);
    warn_of_open_files(command, output);
    carry_out(command, output)
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
        #[cfg(feature = "queue")]
        Command::Queue(arguments) => queue::run(arguments, output),
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

/// Before anything is sent: which account a profile without credentials of its own calls for. `doctor` has a line for it.
#[cfg(feature = "http")]
fn warn_of_borrowed_credentials(command: &Command, output: &Output) {
    if matches!(command, Command::Doctor(_)) {
        return;
    }
    let borrowed = who_calls(command)
        .and_then(|(cloud, profile, _)| crate::accounts::borrowed(cloud, profile));
    if let Some(borrowed) = borrowed {
        output.warn(&borrowed);
    }
}

/// Files with secrets in them that others can read are used all the same, and not without a word.
fn warn_of_open_files(command: &Command, output: &Output) {
    let warn = |path: &Path| crate::opener_file::warn_if_open(path, output);
    match command {
        Command::Sign(arguments) => warn(&arguments.secret_key_file),
        #[cfg(feature = "gateway")]
        Command::Gateway(arguments) => {
            let more = [
                &arguments.session_token_file,
                &arguments.app_key_file,
                &arguments.iam_password_file,
            ];
            warn(&arguments.secret_key_file);
            more.into_iter().flatten().for_each(|path| warn(path));
        }
        #[cfg(feature = "queue")]
        Command::Queue(arguments) => arguments.secrets().into_iter().for_each(warn),
        _ => {}
    }
    #[cfg(feature = "http")]
    if let Some((cloud, profile, network)) = who_calls(command) {
        crate::accounts::warn_of_open_files(cloud, profile, output);
        if let Some(key) = &network.client_key {
            warn(key);
        }
    }
}

/// The account that a command calls with, and the way it goes.
#[cfg(feature = "http")]
fn who_calls(command: &Command) -> Option<(CloudName, &Profile, &Network)> {
    fn of(cloud: CloudName, reach: &Reach) -> (CloudName, &Profile, &Network) {
        (cloud, &reach.profile, &reach.network)
    }
    Some(match command {
        Command::Recognize(arguments) => of(arguments.cloud, &arguments.reach),
        Command::Call(arguments) => of(arguments.cloud, &arguments.reach),
        #[cfg(feature = "batch")]
        Command::Batch(arguments) => of(arguments.asked.cloud, &arguments.asked.reach),
        #[cfg(feature = "queue")]
        Command::Queue(arguments) => {
            let asked = &arguments.work()?.asked;
            of(asked.cloud, &asked.reach)
        }
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => {
            let cloud = arguments.cloud.unwrap_or(CloudName::Tencent);
            of(cloud, &arguments.reach)
        }
        Command::Doctor(arguments) => (arguments.cloud, &arguments.profile, &arguments.network),
        _ => return None,
    })
}
