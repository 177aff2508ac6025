//! Why a ledger cannot be read or written: what happened, and what to do.

use thiserror::Error;

/// Why a ledger cannot be read or written. The text is one line and says what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// It was written by a newer version.
    #[error(
        "the ledger was written by a newer version (its format is {found}, this one knows {known}); use that version, \
         or name another file"
    )]
    Newer {
        /// The format version in the file.
        found: i64,
        /// The newest known version.
        known: i64,
    },

    /// The file is not a ledger.
    #[error("the file is no ledger ({0}), and nothing in it was changed; name another file")]
    NotALedger(&'static str),

    /// Another process holds it for too long.
    #[error("the ledger is locked by another process; try again when that has ended")]
    Locked,

    /// The disk is full, or nothing more can be written for a similar reason.
    #[error(
        "nothing more can be written: the disk is full or broken, or a quota or a limit of file size is reached; make \
         room for the ledger"
    )]
    Full,

    /// It cannot be used for another reason.
    #[error("the ledger cannot be used: {0}; check the file, its folder and their permissions")]
    Unusable(String),

    /// Not a date or a time.
    #[error("{0}")]
    BadTime(String),

    /// More calls than a report of this kind can hold.
    #[error(
        "a sheet holds {most} rows and there are more calls; narrow the period with --since and --until, or take CSV"
    )]
    TooMany {
        /// How many calls it holds.
        most: u32,
    },

    /// A report could not be written.
    #[error("the report cannot be written: {0}; check the disk and the path")]
    Report(String),
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        use rusqlite::ffi::{SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_WRITE};
        // A full disk has a code of its own only where the database itself grows, and not the file beside it through which
        // processes share it.
        let code = error.sqlite_error().map(|error| error.extended_code);
        if matches!(code, Some(SQLITE_IOERR_SHMSIZE | SQLITE_IOERR_WRITE)) {
            return Self::Full;
        }
        match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Locked,
            Some(Code::DiskFull) => Self::Full,
            Some(Code::NotADatabase) => Self::NotALedger("it is not an SQLite database"),
            Some(Code::DatabaseCorrupt) => Self::NotALedger("the database is damaged"),
            _ => Self::Unusable(error.to_string()),
        }
    }
}

impl From<std::io::Error> for LedgerError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull
            | std::io::ErrorKind::QuotaExceeded
            | std::io::ErrorKind::FileTooLarge => Self::Full,
            _ => Self::Unusable(error.to_string()),
        }
    }
}
