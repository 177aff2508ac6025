//! The arguments of `queue`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::SideName;
use super::batch::Asked;
use super::ledger::Ledger;

/// Run one batch on many machines, over NATS JetStream.
///
/// `submit` puts cards into a job, `work` calls the service for them on as many machines as there are, `collect` writes
/// the results, `status` counts. Everything that rests on the server is sealed with age: it learns counts and sizes.
#[derive(Args)]
pub(crate) struct Queue {
    #[command(subcommand)]
    pub command: QueueCommand,
}

#[derive(Subcommand)]
pub(crate) enum QueueCommand {
    Submit(QueueSubmit),
    Work(Box<QueueWork>),
    Collect(QueueCollect),
    Status(QueueStatus),
}

impl Queue {
    /// The one that calls a service.
    pub(crate) fn work(&self) -> Option<&QueueWork> {
        match &self.command {
            QueueCommand::Work(work) => Some(work),
            _ => None,
        }
    }

    /// Files that hold secrets.
    pub(crate) fn secrets(&self) -> Vec<&Path> {
        let (place, identity) = match &self.command {
            QueueCommand::Submit(submit) => (&submit.place, None),
            QueueCommand::Work(work) => (&work.place, Some(&work.identity)),
            QueueCommand::Collect(collect) => (&collect.place, collect.identity.as_ref()),
            QueueCommand::Status(status) => (&status.place, None),
        };
        let files = [
            identity,
            place.nats_creds.as_ref(),
            place.nats_nkey.as_ref(),
            place.nats_cert_key.as_ref(),
        ];
        files.into_iter().flatten().map(PathBuf::as_path).collect()
    }
}

/// The server and the job.
#[derive(Args)]
pub(crate) struct Place {
    /// The NATS server: nats://HOST:PORT or tls://HOST:PORT, several with commas between them. A user comes from NATS_USER
    /// and NATS_PASSWORD.
    #[arg(long, value_name = "URL")]
    pub nats: String,

    /// The job's name: letters, digits, _ and -.
    #[arg(long, value_name = "NAME")]
    pub job: String,

    /// A file of NATS credentials, as nsc writes it.
    #[arg(long, value_name = "FILE", conflicts_with = "nats_nkey")]
    pub nats_creds: Option<PathBuf>,

    /// A file with the seed of an nkey.
    #[arg(long, value_name = "FILE")]
    pub nats_nkey: Option<PathBuf>,

    /// A client certificate for the NATS server, in PEM.
    #[arg(long, value_name = "PEM", requires = "nats_cert_key")]
    pub nats_cert: Option<PathBuf>,

    /// The key of the client certificate, in PEM.
    #[arg(long, value_name = "PEM", requires = "nats_cert")]
    pub nats_cert_key: Option<PathBuf>,

    /// Trust these authorities for the NATS server, and require TLS.
    #[arg(long, value_name = "PEM")]
    pub nats_ca: Option<PathBuf>,
}

/// Put cards into a job, each sealed for the workers.
///
/// INPUT is as for `batch`. A card that the job has is left alone, so a submit that was cut short is run again. With
/// --json the last line on stdout is {job, cards, submitted, repeated}.
#[derive(Args)]
pub(crate) struct QueueSubmit {
    /// Image files, folders, @LIST, or - for a list on stdin.
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,

    #[command(flatten)]
    pub place: Place,

    /// The workers' age public key (age1…), or a file of them: who opens the cards.
    #[arg(long, value_name = "AGE")]
    pub to: String,

    /// The age public key, or a file of them, that the results are sealed for. Default: that of --to.
    #[arg(long, value_name = "AGE")]
    pub result_to: Option<String>,

    /// Which side the cards show, unless a list says so; default: the service detects it.
    #[arg(long, value_name = "SIDE")]
    pub side: Option<SideName>,
}

/// Call the service for the cards of a job, until Ctrl-C or SIGTERM.
///
/// Run as many of these as there are machines. --max-rps is the rate of the whole job: all workers together make no more
/// calls a second. A signal finishes the calls in progress and exits with 130. A dead worker's cards go to another; a
/// server that is lost is waited for. Credentials as for `recognize`.
#[derive(Args)]
pub(crate) struct QueueWork {
    #[command(flatten)]
    pub place: Place,

    /// The age secret key that opens the cards, in a file as age-keygen writes it.
    #[arg(long, value_name = "FILE")]
    pub identity: PathBuf,

    #[command(flatten)]
    pub ledger: Ledger,

    #[command(flatten)]
    pub asked: Asked,
}

/// Write the results of a job, one line of JSON per card.
///
/// Without --identity each line is the Base64 of an age file that holds the line. With --json the last line on stdout is
/// that of `batch`; `skipped` counts the lines that RESULTS had before. Exit code 9: some of the cards failed.
#[derive(Args)]
pub(crate) struct QueueCollect {
    #[command(flatten)]
    pub place: Place,

    /// The file for the results. An existing file is rejected without --resume.
    #[arg(long, value_name = "RESULTS.jsonl")]
    pub out: PathBuf,

    /// Add the results that an existing RESULTS lacks.
    #[arg(long)]
    pub resume: bool,

    /// The age secret key that opens the results, in a file as age-keygen writes it.
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
}

/// Count the cards of a job.
///
/// With --json: {job, cards, done, ok, failed, waiting, in_doubt}. in_doubt counts the calls whose answer was not kept;
/// they may have been billed.
#[derive(Args)]
pub(crate) struct QueueStatus {
    #[command(flatten)]
    pub place: Place,
}
