//! Results in a file, one line per card, and the journal beside it. Both have mode 0600.

use std::fs::{self, File};
use std::io::{self, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use super::Results;
use super::earlier::{Form, Lines};
use super::journal::{EndsACall, Journal, Note};
use super::opening::{self, Age, Existing, Refused};
use super::seal::AgeRecipient;
use crate::card::{Id, line_hash};
use crate::error::{BatchError, ResultsError};
use crate::line::Finished;

/// Results in a file that stays locked while this value exists.
pub struct FileResults {
    path: PathBuf,
    journal_path: PathBuf,
    file: Mutex<Written>,
    journal: Journal,
    finished: Vec<Id>,
    sealed_to: Option<AgeRecipient>,
    /// From before.
    earlier_doubt: u64,
    begun: AtomicU64,
    closed: AtomicU64,
    journal_was_lost: bool,
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
        let form = match sealed_to {
            Some(_) => Form::Age,
            None => Form::Plain,
        };
        let lines = Lines::read(BufReader::with_capacity(1 << 20, &file), form)
            .map_err(unwritable)?
            .map_err(|what| refused(Refused::Not(what)))?;
        let (whole, torn) = (lines.whole, lines.torn);
        let journal_path = opening::journal_path(path);
        let (journal_file, earlier, journal_was_lost) =
            opening::journal(&journal_path, lines, form, age).map_err(refused)?;
        // Only what is known to be ours is changed.
        opening::own(&file).map_err(unwritable)?;
        if torn > 0 {
            file.set_len(whole).map_err(unwritable)?;
        }
        file.seek(SeekFrom::Start(whole)).map_err(unwritable)?;
        let journal = opening::start_journal(&journal_file, &earlier, form);
        let journal_len = journal.map_err(unwritable)?;
        opening::sync_folder(path);
        Ok(Self {
            path: path.to_owned(),
            journal_path,
            file: Mutex::new(Written { file, len: whole }),
            journal: Journal::new(journal_file, journal_len),
            finished: earlier.finished,
            sealed_to,
            earlier_doubt: earlier.in_doubt,
            begun: AtomicU64::new(0),
            closed: AtomicU64::new(0),
            journal_was_lost,
        })
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

    /// Notes the cards and writes their lines.
    fn keep_together(&self, cards: &[Finished]) -> Result<(), ResultsError> {
        let mut notes = String::new();
        let mut lines = Zeroizing::new(Vec::new());
        let mut closed: u64 = 0;
        for card in cards {
            let sealed;
            let line: &[u8] = match &self.sealed_to {
                Some(recipient) => {
                    sealed = recipient.seal(&card.line)?;
                    &sealed
                }
                None => &card.line,
            };
            let ends = match card.ends_a_call {
                true => EndsACall::Yes,
                false => EndsACall::No,
            };
            closed = closed.saturating_add(u64::from(card.ends_a_call));
            notes.push_str(&Note::Ended(card.id, line_hash(line), ends).write());
            grow(&mut lines, line);
        }
        // Encrypted lines do not say whose they are: without the notes they would be called for again.
        match self.sealed_to {
            Some(_) if closed > 0 => self.journal.write_through(&notes)?,
            _ => self.journal.write(&notes)?,
        }
        let mut written = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        self.append(&mut written, &lines, closed)?;
        self.closed.fetch_add(closed, Ordering::SeqCst);
        Ok(())
    }
}

impl Results for FileResults {
    fn has(&self, id: &Id) -> bool {
        self.finished.binary_search(id).is_ok()
    }

    fn begin(&self, ids: &[Id]) -> Result<(), ResultsError> {
        if ids.is_empty() {
            return Ok(());
        }
        let notes: String = ids.iter().map(|id| Note::Begun(*id).write()).collect();
        self.journal.write_through(&notes)?;
        let calls = u64::try_from(ids.len()).unwrap_or(u64::MAX);
        self.begun.fetch_add(calls, Ordering::SeqCst);
        Ok(())
    }

    fn settle(&self, id: &Id) -> Result<(), ResultsError> {
        self.closed.fetch_add(1, Ordering::SeqCst);
        Ok(self.journal.write(&Note::Settled(*id).write())?)
    }

    fn keep(&self, cards: &[Finished]) -> Result<(), ResultsError> {
        if cards.is_empty() {
            return Ok(());
        }
        self.keep_together(cards)
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
