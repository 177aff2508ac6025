//! The ledger: opening, writing, and reading row by row.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row, TransactionBehavior, params};

use crate::day::{millis, moment};
use crate::error::LedgerError;
use crate::period::Period;
use crate::record::{CallRecord, Outcome};
use crate::schema;

/// How long to wait for another process's lock by default.
const PATIENCE: Duration = Duration::from_secs(3);

/// A call that is reserved: it counts against the packages of its action until it is recorded or given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserved(pub(crate) i64);

/// A record of calls, in one file.
#[derive(Debug)]
pub struct Ledger {
    pub(crate) connection: Connection,
}

impl Ledger {
    /// Opens a ledger, or creates it with mode 0600, because it shows what its user does.
    ///
    /// # Errors
    /// [`LedgerError`]. A file that is not a ledger, or has a newer version, is not changed.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        make(path)?;
        let mut connection = Self::connect(path)?;
        schema::bring_up(&mut connection)?;
        // WAL allows readers and one writer at once, and commits survive a killed process. If the file system does not
        // support it (a network share), the ordinary journal is used.
        let _ = connection.pragma_update(None, "journal_mode", "wal");
        connection.pragma_update(None, "synchronous", "normal")?;
        Ok(Self { connection })
    }

    /// Opens it where nothing more can be written: what is shared between processes is then kept in this one's memory, and
    /// others have to wait.
    fn open_on_a_full_disk(path: &Path) -> Result<Self, LedgerError> {
        let mut connection = Self::connect(path)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.pragma_update(None, "locking_mode", "exclusive")?;
        schema::bring_up(&mut connection)?;
        Ok(Self { connection })
    }

    fn connect(path: &Path) -> Result<Connection, LedgerError> {
        schema::check_header(path)?;
        keep_others_from_writing(path);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        // A file may hold what no ledger does: nothing in it is run.
        for (setting, on) in [
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        ] {
            connection.set_db_config(setting, on)?;
        }
        Ok(connection)
    }

    /// An empty ledger in memory.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn in_memory() -> Result<Self, LedgerError> {
        let mut connection = Connection::open_in_memory()?;
        schema::bring_up(&mut connection)?;
        Ok(Self { connection })
    }

    /// Opens an existing ledger; `None` if there is none. It can be read on a full disk, too.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn open_existing(path: &Path) -> Result<Option<Self>, LedgerError> {
        match fs::metadata(path) {
            Ok(_) => match Self::open(path) {
                Err(LedgerError::Full) => Self::open_on_a_full_disk(path).map(Some),
                opened => opened.map(Some),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Sets how long to wait for another process's lock.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn patience(self, time: Duration) -> Result<Self, LedgerError> {
        self.connection.busy_timeout(time)?;
        Ok(self)
    }

    /// Makes what is written survive a power cut, too, and not only a killed process.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn durable(self) -> Result<Self, LedgerError> {
        self.connection.pragma_update(None, "synchronous", "full")?;
        Ok(self)
    }

    /// Records all of these calls, or none of them.
    ///
    /// # Errors
    /// [`LedgerError`]; then none of them is recorded.
    pub fn record(&mut self, calls: &[CallRecord]) -> Result<(), LedgerError> {
        self.record_reserved(calls, Vec::new())
    }

    /// Records all of these calls and gives up what was reserved for them, or does neither.
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing is changed.
    pub fn record_reserved(
        &mut self,
        calls: &[CallRecord],
        reserved: Vec<Reserved>,
    ) -> Result<(), LedgerError> {
        if calls.is_empty() && reserved.is_empty() {
            return Ok(());
        }
        let all = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut insert = all.prepare_cached(
                "INSERT INTO calls (time, cloud, action, region, credential, code, request_id, attempt, latency, \
                 sent, received, billed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?;
            for call in calls {
                insert.execute(params![
                    millis(call.time),
                    call.cloud,
                    call.action,
                    call.region,
                    call.credential,
                    call.code(),
                    call.request_id,
                    call.attempt,
                    i64::try_from(call.latency.as_micros()).unwrap_or(i64::MAX),
                    i64::try_from(call.sent).unwrap_or(i64::MAX),
                    i64::try_from(call.received).unwrap_or(i64::MAX),
                    call.billed,
                ])?;
            }
            let mut give_up = all.prepare_cached("DELETE FROM reserved WHERE id = ?1")?;
            for Reserved(id) in reserved {
                give_up.execute([id])?;
            }
        }
        Ok(all.commit()?)
    }

    /// Passes every call of a period to `each`, in the order of sending. Stops at the first error of `each`.
    ///
    /// # Errors
    /// [`LedgerError`], or the error of `each`.
    pub fn each_call(
        &self,
        period: &Period,
        mut each: impl FnMut(&CallRecord) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let mut select = self.connection.prepare_cached(
            "SELECT time, cloud, action, region, credential, code, request_id, attempt, latency, sent, received, \
             billed FROM calls WHERE time >= ?1 AND time < ?2 ORDER BY time, id",
        )?;
        let mut rows = select.query([period.since, period.until])?;
        while let Some(row) = rows.next()? {
            each(&read(row)?)?;
        }
        Ok(())
    }
}

/// Whoever may write into a ledger may change what its owner was billed for. A mode that lets others write becomes 0600, as
/// of a new one; where the file is somebody else's, its mode is theirs to choose.
#[cfg(unix)]
fn keep_others_from_writing(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let open_to_others = |metadata: fs::Metadata| metadata.permissions().mode() & 0o022 != 0;
    if fs::metadata(path).is_ok_and(open_to_others) {
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
    }
}

#[cfg(not(unix))]
fn keep_others_from_writing(_: &Path) {}

/// Creates the file if it does not exist.
fn make(path: &Path) -> Result<(), LedgerError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            match fs::metadata(path)?.is_file() {
                true => Ok(()),
                false => Err(LedgerError::NotALedger("it is not a regular file")),
            }
        }
        Err(error) => Err(error.into()),
    }
}

fn read(row: &Row<'_>) -> Result<CallRecord, rusqlite::Error> {
    let positive = |number: i64| u64::try_from(number).unwrap_or_default();
    Ok(CallRecord {
        time: moment(row.get(0)?),
        cloud: row.get(1)?,
        action: row.get(2)?,
        region: row.get(3)?,
        credential: row.get(4)?,
        outcome: match row.get(5)? {
            None => Outcome::Ok,
            Some(code) => Outcome::Failed(code),
        },
        request_id: row.get(6)?,
        attempt: row.get(7)?,
        latency: Duration::from_micros(positive(row.get(8)?)),
        sent: positive(row.get(9)?),
        received: positive(row.get(10)?),
        billed: row.get(11)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::By;

    fn call() -> CallRecord {
        CallRecord {
            time: moment(1_769_860_800_000),
            cloud: "tencent".to_owned(),
            action: "RecognizeEncryptedIDCardOCR".to_owned(),
            region: String::new(),
            credential: "id-0123456789ab".to_owned(),
            outcome: Outcome::Ok,
            request_id: "r".repeat(36),
            attempt: 1,
            latency: Duration::from_millis(5),
            sent: 1000,
            received: 500,
            billed: Some(true),
        }
    }

    #[test]
    fn a_full_disk_is_told_and_all_of_the_calls_are_recorded_when_there_is_room_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(&folder.path().join("ledger")).unwrap();
        ledger.record(&[call()]).unwrap();
        // SQLite's own way to have no more room.
        let most = |ledger: &Ledger, pages: i64| {
            let set = format!("PRAGMA max_page_count = {pages}");
            ledger
                .connection
                .query_row(&set, (), |row| row.get::<_, i64>(0))
                .unwrap()
        };
        let pages = most(&ledger, 1);
        let many = vec![call(); 1000];
        let error = ledger.record(&many).unwrap_err();
        assert!(matches!(error, LedgerError::Full), "{error}");
        let recorded = |ledger: &Ledger| ledger.usage(&Period::ALL, By::Day).unwrap().calls;
        assert_eq!(recorded(&ledger), 1, "none of them, or all");
        most(&ledger, pages.saturating_add(1000));
        ledger.record(&many).unwrap();
        assert_eq!(recorded(&ledger), 1001);
    }
}
