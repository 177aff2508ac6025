//! `queue`: the same batch on many machines, over NATS JetStream.

mod collect;
mod status;
mod submit;
mod work;

use std::sync::Arc;

use cardseal_batch::Stop;
use cardseal_queue::{JobName, QueueError, Reach, Server};

use super::batch::{refused, signals};
use crate::args::{Place, Queue, QueueCommand};
use crate::exit::{Failure, Whose};
use crate::output::Output;

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
    Server::connect(&reach).map_err(failed)
}

/// Stops at the first signal.
fn stop(output: &Output) -> Result<Arc<Stop>, Failure> {
    signals::stop(signals::Ends::Worker, output).map(Arc::new)
}

fn failed(error: QueueError) -> Failure {
    let whose = match error {
        QueueError::Results(error) => return refused(error),
        QueueError::Unreachable(_) | QueueError::NoJetStream | QueueError::Server(_) => {
            Whose::Transport
        }
        QueueError::Refused => Whose::Credential,
        QueueError::Stopped => Whose::Interrupted,
        _ => Whose::Usage,
    };
    Failure::new(whose, error.to_string())
}
