//! `queue`: the same batch on many machines, over NATS JetStream.

mod collect;
mod status;
mod submit;
mod work;

use std::sync::Arc;

use cardseal_batch::Stop;
use cardseal_queue::{JobName, Login, QueueError, Reach, Server};

use super::batch::{refused, signals};
use crate::args::{Place, Queue, QueueCommand};
use crate::exit::{Failure, Whose};
use crate::input;
use crate::output::Output;

const USER: &str = "NATS_USER";
const PASSWORD: &str = "NATS_PASSWORD";

pub(super) fn run(arguments: &Queue, output: &Output) -> Result<(), Failure> {
    match &arguments.command {
        QueueCommand::Submit(arguments) => submit::run(arguments, output),
        QueueCommand::Work(arguments) => work::run(arguments, output),
        QueueCommand::Collect(arguments) => collect::run(arguments, output),
        QueueCommand::Status(arguments) => status::run(arguments, output),
    }
}

/// The job's name, judged before anything is asked.
fn name(place: &Place) -> Result<JobName, Failure> {
    JobName::parse(&place.job).map_err(failed)
}

fn connect(place: &Place) -> Result<Server, Failure> {
    let mut reach = Reach::at(place.nats.as_str());
    reach.creds.clone_from(&place.nats_creds);
    reach.nkey.clone_from(&place.nats_nkey);
    reach.certificate = place.nats_cert.clone().zip(place.nats_cert_key.clone());
    reach.authorities.clone_from(&place.nats_ca);
    // What an argument names is meant; the environment may be another program's.
    if reach.creds.is_none() && reach.nkey.is_none() {
        reach.login = login()?;
    }
    Server::connect(&reach).map_err(failed)
}

/// The user of the server, by the variables that NATS' own tools read.
fn login() -> Result<Option<Login>, Failure> {
    match (input::variable(USER)?, input::variable(PASSWORD)?) {
        (Some(user), Some(password)) => Ok(Some(Login::new(user.as_str(), password))),
        (None, None) => Ok(None),
        _ => Err(Failure::new(
            Whose::Credential,
            format!("of {USER} and {PASSWORD} only one is set; set both, or none"),
        )),
    }
}

/// Stops at the first signal.
fn stop(output: &Output) -> Result<Arc<Stop>, Failure> {
    signals::stop(signals::Ends::Worker, output).map(Arc::new)
}

fn failed(error: QueueError) -> Failure {
    let whose = match error {
        QueueError::Results(error) => return refused(error),
        QueueError::Unreachable(_)
        | QueueError::NoJetStream
        | QueueError::Server(_)
        | QueueError::Full(_)
        | QueueError::Incomplete { .. } => Whose::Transport,
        QueueError::Refused | QueueError::Denied(_) => Whose::Credential,
        QueueError::Stopped => Whose::Interrupted,
        _ => Whose::Usage,
    };
    Failure::new(whose, error.to_string())
}
