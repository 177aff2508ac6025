//! Why a batch cannot start, or its results cannot be stored.

use std::io;

use thiserror::Error;

/// Why a batch cannot start. One line: what is wrong, and what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BatchError {
    /// A list cannot be read.
    #[error("the list `{name}` cannot be read: {cause}; check the path and its permissions")]
    List {
        /// Its name.
        name: String,
        /// Why.
        cause: io::Error,
    },

    /// The results already exist.
    #[error("the results `{0}` exist; go on with them by --resume, or name another file")]
    Exists(String),

    /// They are gone, and their journal is not.
    #[error(
        "the results `{0}` are gone, but their journal lists calls that were made; bring them back, or begin anew \
         without --resume, which calls for every card again"
    )]
    Gone(String),

    /// Another batch is writing them.
    #[error(
        "the results `{0}` are being written by another batch; wait for its end, or name another file"
    )]
    Locked(String),

    /// They cannot be created or opened.
    #[error(
        "the results `{name}` cannot be written: {cause}; check the folder and its permissions"
    )]
    Results {
        /// Their name.
        name: String,
        /// Why.
        cause: io::Error,
    },

    /// There is no room for them.
    #[error(
        "the results `{0}` cannot grow: the disk is full, or a quota or a limit of file size is reached; make room, then \
         go on with them by --resume"
    )]
    Full(String),

    /// The file contains something else. It was not changed.
    #[error(
        "`{name}` holds no results of a batch that could be gone on with: {what}; nothing in it was changed"
    )]
    NotResults {
        /// Its name.
        name: String,
        /// What it contains instead.
        what: String,
    },

    /// The age recipient for encryption is invalid.
    #[error("{0}")]
    Recipient(String),
}

impl BatchError {
    /// The results of this name cannot be written, for this reason.
    pub fn unwritable(name: String, cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::Full(name),
            _ => Self::Results { name, cause },
        }
    }
}

/// Why results cannot be stored.
#[derive(Debug, Clone, Error)]
#[error("the results cannot be written any more: {0}")]
pub struct ResultsError(pub(crate) String);

impl ResultsError {
    /// They cannot, for this reason.
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl From<io::Error> for ResultsError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}
