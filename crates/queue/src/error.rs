//! Why the queue cannot be used. One line each: what is wrong, and what to do.

use cardseal_batch::{BatchError, ResultsError};
use thiserror::Error;

/// Why the queue cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum QueueError {
    /// No server answers.
    #[error(
        "the NATS server cannot be reached: {0}; check --nats, the network and whether the server runs"
    )]
    Unreachable(String),

    /// The server refuses the credentials.
    #[error(
        "the NATS server refuses these credentials; check NATS_USER and NATS_PASSWORD, --nats-creds, --nats-nkey or --nats-cert"
    )]
    Refused,

    /// The server's user lacks a right.
    #[error(
        "the NATS server does not let this user do that: {0}; give the user the rights that the guide to many machines lists"
    )]
    Denied(String),

    /// What is given to reach the server cannot be used.
    #[error("{0}")]
    Reach(String),

    /// The server keeps no streams.
    #[error(
        "the NATS server has no JetStream for this account; start it with -js, or use another account"
    )]
    NoJetStream,

    /// The server answers, and does not do what it is asked.
    #[error("the NATS server does not do what it is asked: {0}; look at its log and its storage")]
    Server(String),

    /// There is no room for more.
    #[error(
        "the NATS server has no room for more: {0}; give the account, the server or its disk more, then go on with the same command"
    )]
    Full(String),

    /// No name of a job.
    #[error("a job's name has 1 to 64 letters, digits, `_` and `-`; give --job another")]
    Name,

    /// There is no such job.
    #[error("there is no job `{0}` on this server; submit it first, or check --job and --nats")]
    NoJob(String),

    /// A part of the job is gone.
    #[error(
        "the job `{job}` has lost its stream `{stream}`: somebody deleted it on the server; bring it back from a backup, or \
         submit the cards to another job"
    )]
    Incomplete {
        /// Its name.
        job: String,
        /// The stream.
        stream: String,
    },

    /// The job was made by another version.
    #[error(
        "the job `{job}` has the version {found}, and this cardseal knows version 1; use the cardseal that submitted it"
    )]
    Version {
        /// Its name.
        job: String,
        /// Its version.
        found: u64,
    },

    /// The job's record cannot be read.
    #[error(
        "the job `{0}` has a record that cannot be read; it was made by something else: name another job"
    )]
    Record(String),

    /// The job was submitted for others.
    #[error(
        "the job `{0}` was submitted for other keys; give --to and --result-to as before, or name another job"
    )]
    Readers(String),

    /// An identity that opens nothing.
    #[error(
        "this identity opens nothing of the job `{0}`; give the one that its cards, or its results, were sealed for"
    )]
    Identity(String),

    /// No identity.
    #[error("{0}")]
    IdentityFile(String),

    /// A card that does not fit into a message without its picture either.
    #[error(
        "the card `{0}` is longer than the NATS server's messages may be; give it a shorter id or URL, or the server a \
         larger max_payload"
    )]
    TooLong(String),

    /// The pictures cannot be read any more.
    #[error("{0}; bring the pictures back, then submit the same job again")]
    Unread(String),

    /// Nothing can be encrypted.
    #[error(transparent)]
    Seal(#[from] ResultsError),

    /// The results cannot be written.
    #[error(transparent)]
    Results(#[from] BatchError),

    /// The results that exist are not these.
    #[error(
        "the results `{0}` are not the beginning of this job's; nothing in them was changed; name another file"
    )]
    NotTheseResults(String),

    /// It was told to stop.
    #[error("stopped before its end; run it again to go on")]
    Stopped,
}
