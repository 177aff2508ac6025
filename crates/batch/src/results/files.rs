//! Results in a file, one line per card, and the journal beside it. Both have mode 0600.

use std::fs::{self, File};
use std::io::{self, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use super::Results;
use super::earlier::Lines;
use super::journal::{Counted, EndsACall, Journal, Note};
use super::opening::{self, Age, Existing, First, Refused};
use super::place::Place;
use super::seal::AgeRecipient;
use super::title::{Salt, Title};
use crate::card::Id;
use crate::error::{BatchError, ResultsError};
use crate::line::Finished;

/// Results in a file that stays locked while this value exists.
pub struct FileResults {
    path: PathBuf,
    journal_path: PathBuf,
    file: Mutex<Written>,
    place: Place,
    journal: Journal,
    journal_place: Place,
    salt: Salt,
    counted: Counted,
    finished: Vec<Id>,
    sealed_to: Option<AgeRecipient>,
    /// From before.
    earlier_doubt: u64,
    uncounted: u64,
    cloud: Option<String>,
    begun: AtomicU64,
    closed: AtomicU64,
    journal_was_lost: bool,
    is_new: bool,
    set_aside: Option<PathBuf>,
}

struct Written {
    file: File,
    len: u64,
}

impl FileResults {
    /// Creates results or continues existing ones, in clear or with each line encrypted. The journal has the same name
    /// plus `.journal`.
    ///
    /// # Errors
    /// [`BatchError`]; then existing files are not changed.
    pub fn open(
        path: &Path,
        existing: Existing,
        sealed_to: Option<AgeRecipient>,
    ) -> Result<Self, BatchError> {
        let (file, age) = opening::results(path, existing)?;
        let opened = Self::with(path, file, age, sealed_to);
        if opened.is_err() {
            opening::leave(path, age);
        }
        opened
    }

    /// The results in a file that is locked, and their journal.
    fn with(
        path: &Path,
        mut file: File,
        age: Age,
        sealed_to: Option<AgeRecipient>,
    ) -> Result<Self, BatchError> {
        let name = path.display().to_string();
        let refused = |error: Refused| error.of(&name);
        let unwritable = |cause: io::Error| refused(Refused::Io(cause));
        let journal_path = opening::journal_path(path);
        let set_aside = match age {
            Age::New => opening::set_aside(&journal_path).map_err(unwritable)?,
            Age::Old => None,
        };
        let readers = sealed_to.as_ref().map(AgeRecipient::names);
        let fresh = Title::fresh(readers.as_deref()).map_err(unwritable)?;
        let first = opening::first(&journal_path).map_err(refused)?;
        let salt = match &first {
            First::Title(title) if title.is_for(readers.as_deref()) => title.salt,
            _ => fresh.salt,
        };
        let lines = Lines::read(BufReader::with_capacity(1 << 20, &file), fresh.form, &salt)
            .map_err(unwritable)?
            .map_err(|what| refused(Refused::Not(what)))?;
        let (mut whole, mut torn, last_len) = (lines.whole, lines.torn, lines.last_len);
        let opened = opening::journal(&journal_path, first, fresh, lines, readers.as_deref())
            .map_err(refused)?;
        if opened.earlier.torn.is_some() {
            whole = whole.saturating_sub(last_len);
            torn = last_len;
        }
        // Only what is known to be ours is changed.
        opening::own(&file).map_err(unwritable)?;
        if torn > 0 {
            file.set_len(whole).map_err(unwritable)?;
        }
        file.seek(SeekFrom::Start(whole)).map_err(unwritable)?;
        if torn == 0 && opened.earlier.lacks_line_end {
            file.write_all(b"\n").map_err(unwritable)?;
            whole = whole.saturating_add(1);
        }
        let journal_len = opening::start_journal(&opened).map_err(unwritable)?;
        opening::sync_folder(path);
        let earlier = opened.earlier;
        Ok(Self {
            place: Place::of(path, &file).map_err(unwritable)?,
            journal_place: Place::of(&journal_path, &opened.file).map_err(unwritable)?,
            path: path.to_owned(),
            journal_path,
            file: Mutex::new(Written { file, len: whole }),
            journal: Journal::new(opened.file, journal_len),
            salt: opened.title.salt,
            counted: Counted::Here,
            finished: earlier.finished,
            sealed_to,
            earlier_doubt: earlier.in_doubt,
            uncounted: earlier.uncounted,
            cloud: earlier.cloud,
            begun: AtomicU64::new(0),
            closed: AtomicU64::new(0),
            journal_was_lost: opened.was_lost,
            is_new: age == Age::New,
            set_aside,
        })
    }

    /// Says that every call is reserved in the ledger before it is begun: one whose answer is not kept counts there.
    #[must_use]
    pub fn counted_by_the_ledger(mut self) -> Self {
        self.counted = Counted::InTheLedger;
        self
    }

    /// Says where the cards are called for. The cloud of the last run, if it was another.
    ///
    /// # Errors
    /// [`ResultsError`].
    pub fn called_at(&mut self, cloud: &str) -> Result<Option<String>, ResultsError> {
        if self.cloud.as_deref() == Some(cloud) {
            return Ok(None);
        }
        self.journal.write(&Note::Cloud(cloud.to_owned()).write())?;
        Ok(self.cloud.replace(cloud.to_owned()))
    }

    /// True if there were neither results nor, when they were to be gone on with, a journal of theirs.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// The journal of results that are gone and whose place these take: it has this name now.
    pub fn set_aside(&self) -> Option<&Path> {
        self.set_aside.as_deref()
    }

    /// Earlier calls in doubt that no ledger knows of.
    pub fn uncounted(&self) -> u64 {
        self.uncounted
    }

    /// A line as the results would hold it, for one that they could not take.
    ///
    /// # Errors
    /// [`ResultsError`] if it cannot be encrypted.
    pub fn as_kept(&self, line: &[u8]) -> Result<Zeroizing<Vec<u8>>, ResultsError> {
        Ok(Zeroizing::new(match &self.sealed_to {
            Some(recipient) => recipient.seal_line(line)?,
            None => line.to_vec(),
        }))
    }

    /// How many cards were finished in earlier runs.
    pub fn finished(&self) -> usize {
        self.finished.len()
    }

    /// True if there were results without a journal: it is unknown which earlier calls are in doubt.
    pub fn journal_was_lost(&self) -> bool {
        self.journal_was_lost
    }

    /// Removes empty results, so that the batch can start again.
    pub fn discard_if_empty(self) {
        if self.check_places().is_err() {
            // What has the name now is somebody else's.
            return;
        }
        let written = self
            .file
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let untouched = self.begun.load(Ordering::SeqCst) == self.closed.load(Ordering::SeqCst);
        if written.len == 0 && untouched && self.earlier_doubt == 0 {
            let _ = fs::remove_file(&self.path);
            let _ = fs::remove_file(&self.journal_path);
        }
    }

    /// Writes lines whole or not at all.
    fn append(&self, written: &mut Written, lines: &[u8], calls: u64) -> io::Result<()> {
        let file = &mut written.file;
        // Cards that were never called for cost nothing to look at again.
        let done = file.write_all(lines).and_then(|()| match calls {
            0 => Ok(()),
            _ => file.sync_data(),
        });
        if let Err(error) = done {
            let _ = written.file.set_len(written.len);
            let _ = written.file.seek(SeekFrom::Start(written.len));
            return Err(error);
        }
        let len = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        written.len = written.len.saturating_add(len);
        Ok(())
    }

    /// Nobody may have moved, replaced or changed what is added to: what is written there would be lost.
    fn check_places(&self) -> Result<(), ResultsError> {
        self.journal.at_rest(|len| self.journal_place.check(len))?;
        let written = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        self.place.check(written.len)
    }
}

impl Results for FileResults {
    fn has(&self, id: &Id) -> bool {
        self.finished.binary_search(&self.salt.id(id)).is_ok()
    }

    fn begin(&self, id: &Id) -> Result<bool, ResultsError> {
        self.check_places()?;
        let note = Note::Begun(self.salt.id(id), self.counted);
        self.journal.write_through(&note.write())?;
        self.begun.fetch_add(1, Ordering::SeqCst);
        Ok(true)
    }

    fn settle(&self, id: &Id) -> Result<(), ResultsError> {
        self.closed.fetch_add(1, Ordering::SeqCst);
        let note = Note::Settled(self.salt.id(id));
        Ok(self.journal.write(&note.write())?)
    }

    fn keep(&self, cards: &[Finished]) -> Result<(), ResultsError> {
        if cards.is_empty() {
            return Ok(());
        }
        self.check_places()?;
        let mut notes = String::new();
        let mut lines = Zeroizing::new(Vec::new());
        let (mut called, mut closed): (u64, u64) = (0, 0);
        for card in cards {
            let line = self.as_kept(&card.line)?;
            let ends = match (card.ends_a_call, card.is_in_doubt) {
                (true, false) => EndsACall::Yes,
                (true, true) => EndsACall::InDoubt,
                (false, _) => EndsACall::No,
            };
            called = called.saturating_add(u64::from(ends != EndsACall::No));
            closed = closed.saturating_add(u64::from(ends == EndsACall::Yes));
            let (id, hash) = (self.salt.id(&card.id), self.salt.line(&line));
            notes.push_str(&Note::Ended(id, hash, ends).write());
            grow(&mut lines, &line);
        }
        // Encrypted lines do not say whose they are: without the notes they would be called for again.
        match self.sealed_to {
            Some(_) if called > 0 => self.journal.write_through(&notes)?,
            _ => self.journal.write(&notes)?,
        }
        let mut written = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        self.append(&mut written, &lines, called)?;
        self.closed.fetch_add(closed, Ordering::SeqCst);
        Ok(())
    }

    fn in_doubt(&self) -> u64 {
        let (begun, closed) = (&self.begun, &self.closed);
        let open = begun
            .load(Ordering::SeqCst)
            .saturating_sub(closed.load(Ordering::SeqCst));
        self.earlier_doubt.saturating_add(open)
    }
}

/// Adds to a buffer that leaves no copy of its content behind when it grows.
fn grow(buffer: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    let needed = buffer.len().saturating_add(more.len());
    if needed > buffer.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
        larger.extend_from_slice(buffer);
        *buffer = larger;
    }
    buffer.extend_from_slice(more);
}
