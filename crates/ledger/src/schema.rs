//! The database schema and its migrations: each version is one step from the previous one, forward only.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::error::LedgerError;

/// The application id in SQLite's header: "csLg".
const APPLICATION: i64 = 0x6373_4c67;

/// The step to each version. A released step must never be changed.
const STEPS: &[&str] = &[
    "
    CREATE TABLE calls (
        id INTEGER PRIMARY KEY,
        time INTEGER NOT NULL,          -- milliseconds since 1970, UTC
        cloud TEXT NOT NULL,
        action TEXT NOT NULL,
        region TEXT NOT NULL,
        credential TEXT NOT NULL,       -- a label, never a key
        code TEXT,                      -- NULL for an answer
        request_id TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        latency INTEGER NOT NULL,       -- microseconds
        sent INTEGER NOT NULL,          -- bytes
        received INTEGER NOT NULL,      -- bytes
        billed INTEGER                  -- NULL where nobody can tell
    );
    CREATE INDEX calls_by_time ON calls (time);
    CREATE INDEX calls_billed ON calls (action, time) WHERE billed = 1;
    CREATE TABLE packages (
        id INTEGER PRIMARY KEY,
        action TEXT NOT NULL,
        calls INTEGER NOT NULL,
        from_day TEXT,                  -- YYYY-MM-DD, included
        until_day TEXT                  -- YYYY-MM-DD, excluded
    );
",
    "
    CREATE TABLE reserved (             -- calls that are about to be made; of a process that is gone: that may have been
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        time INTEGER NOT NULL,          -- milliseconds since 1970, UTC
        action TEXT NOT NULL
    );
    CREATE INDEX reserved_by_time ON reserved (action, time);
    CREATE INDEX calls_unknown ON calls (action, time) WHERE billed IS NULL;
",
];

/// The newest version.
const NEWEST: i64 = STEPS.len() as i64;

/// Checks a file's header, without locking or changing anything. Rejects a file that is not a ledger of a known
/// version.
pub(crate) fn check_header(path: &Path) -> Result<(), LedgerError> {
    let mut header = Vec::with_capacity(100);
    File::open(path)?.take(100).read_to_end(&mut header)?;
    if header.is_empty() {
        return Ok(());
    }
    if !header.starts_with(b"SQLite format 3\0") || header.len() < 100 {
        return Err(LedgerError::NotALedger("it is not an SQLite database"));
    }
    let number = |at: usize| {
        let bytes = header.get(at..).and_then(|rest| rest.first_chunk::<4>());
        bytes.map_or(0, |bytes| i64::from(u32::from_be_bytes(*bytes)))
    };
    // The positions of user_version and application_id (SQLite file format, 1.3). A WAL beside the file may differ, so
    // both are checked again after opening.
    check(number(60), number(68))
}

/// Upgrades the schema, or creates it.
pub(crate) fn bring_up(connection: &mut Connection) -> Result<(), LedgerError> {
    // In one transaction, so that all of it is of one moment: another process may be creating the ledger.
    let moment = connection.transaction()?;
    let version = pragma(&moment, "user_version")?;
    check(version, pragma(&moment, "application_id")?)?;
    if version == 0 {
        let tables = "SELECT count(*) FROM sqlite_schema";
        let found: i64 = moment.query_row(tables, (), |row| row.get(0))?;
        if found > 0 {
            return Err(LedgerError::NotALedger("it is another program's database"));
        }
    }
    drop(moment);
    if version < NEWEST {
        migrate(connection)?;
    }
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), LedgerError> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let version = pragma(&step, "user_version")?;
    check(version, pragma(&step, "application_id")?)?;
    for step_to in STEPS.iter().skip(usize::try_from(version).unwrap_or(0)) {
        step.execute_batch(step_to)?;
    }
    step.pragma_update(None, "application_id", APPLICATION)?;
    step.pragma_update(None, "user_version", NEWEST)?;
    Ok(step.commit()?)
}

fn check(version: i64, application: i64) -> Result<(), LedgerError> {
    if version != 0 && application != APPLICATION && application != 0 {
        return Err(LedgerError::NotALedger("it is another program's database"));
    }
    if version > NEWEST {
        return Err(LedgerError::Newer {
            found: version,
            known: NEWEST,
        });
    }
    if (version == 0) != (application == 0) {
        return Err(LedgerError::NotALedger("it is another program's database"));
    }
    Ok(())
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, LedgerError> {
    Ok(connection.pragma_query_value(None, name, |row| row.get(0))?)
}
