//! Results in a file, one line per card, and the journal beside it. Both have mode 0600.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use super::Results;
use super::earlier::{Earlier, Form, Lines};
use super::journal::{EndsACall, Journal, Note, TITLE};
use super::seal::AgeRecipient;
use crate::card::{Id, line_hash};
use crate::error::{BatchError, ResultsError};
use crate::line::Finished;

/// What to do with existing results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Do not start.
    Refuse,
    /// Continue them: an incomplete last line is removed, and finished cards are not called again.
    Resume,
}

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

/// Whether results were there before. A journal of others that are gone says nothing of new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    New,
    Old,
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
        let name = path.display().to_string();
        let unwritable = |cause: io::Error| BatchError::Results {
            name: name.clone(),
            cause,
        };
        let not_results = |what: String| BatchError::NotResults {
            name: name.clone(),
            what,
        };
        let form = if sealed_to.is_some() {
            Form::Age
        } else {
            Form::Plain
        };
        let mut age = Age::Old;
        let mut file = match (private().create_new(true).open(path), existing) {
            (Ok(file), _) => {
                age = Age::New;
                file
            }
            (Err(error), Existing::Refuse) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(BatchError::Exists(name));
            }
            (Err(error), Existing::Resume) if error.kind() == io::ErrorKind::AlreadyExists => {
                // Looked at before it is opened: opening a pipe would wait for its other end.
                if !fs::metadata(path).map_err(unwritable)?.is_file() {
                    return Err(not_results("it is not a regular file".to_owned()));
                }
                private().open(path).map_err(unwritable)?
            }
            (Err(error), _) => return Err(unwritable(error)),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BatchError::Locked(name)),
            Err(TryLockError::Error(error)) => return Err(unwritable(error)),
        }
        let lines = Lines::read(BufReader::with_capacity(1 << 20, &file), form)
            .map_err(unwritable)?
            .map_err(not_results)?;
        let (whole, torn) = (lines.whole, lines.torn);
        let journal_path = journal_path(path);
        let (journal_file, earlier, journal_was_lost) =
            open_journal(&journal_path, lines, form, age).map_err(|error| match error {
                Refused::Io(error) => unwritable(error),
                Refused::Not(what) => not_results(what),
            })?;
        // Only what is known to be ours is changed.
        own(&file).map_err(unwritable)?;
        if torn > 0 {
            file.set_len(whole).map_err(unwritable)?;
        }
        file.seek(SeekFrom::Start(whole)).map_err(unwritable)?;
        let journal = start_journal(&journal_file, &earlier, form);
        let journal_len = journal.map_err(unwritable)?;
        sync_folder(path);
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

    fn begin(&self, id: &Id) -> Result<(), ResultsError> {
        self.journal.write_through(&Note::Begun(*id).write())?;
        self.begun.fetch_add(1, Ordering::SeqCst);
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
        let Err(error) = self.keep_together(cards) else {
            return Ok(());
        };
        if cards.len() == 1 {
            return Err(error);
        }
        // As many as there is room for.
        for card in cards {
            self.keep_together(std::slice::from_ref(card))?;
        }
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

enum Refused {
    Io(io::Error),
    Not(String),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The journal, what it says beside the results, and whether it is missed.
fn open_journal(
    path: &Path,
    lines: Lines,
    form: Form,
    age: Age,
) -> Result<(File, Earlier, bool), Refused> {
    let has_lines = lines.whole > 0;
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(Refused::Not("its journal is not a regular file".to_owned()));
    }
    let file = private().create(true).truncate(false).open(path)?;
    let mut reader = BufReader::with_capacity(1 << 20, &file);
    let mut title = String::new();
    // More than a title has is none.
    match (&mut reader).take(64).read_line(&mut title) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::InvalidData => title = "?".to_owned(),
        Err(error) => return Err(Refused::Io(error)),
    }
    if title.is_empty() {
        if has_lines && form == Form::Age {
            drop(reader);
            let _ = fs::remove_file(path);
            return Err(Refused::Not(
                "its journal is missing, without which nobody can tell whose its encrypted lines are; bring it back"
                    .to_owned(),
            ));
        }
        let earlier = Earlier::read(io::empty(), 0, lines, form)?;
        drop(reader);
        return Ok((file, earlier, has_lines));
    }
    let of_this_form = format!("{TITLE} {}\n", form.name());
    if !title.starts_with(TITLE) && !TITLE.starts_with(title.trim_end()) {
        return Err(Refused::Not(format!(
            "`{}` is no journal of a batch",
            path.display()
        )));
    }
    if title != of_this_form || age == Age::New {
        if has_lines {
            return Err(Refused::Not("its journal is of another form".to_owned()));
        }
        // Of results that are gone, or torn in its first line.
        drop(reader);
        let earlier = Earlier::read(io::empty(), 0, lines, form)?;
        return Ok((file, earlier, false));
    }
    let title_len = u64::try_from(title.len()).unwrap_or(u64::MAX);
    let earlier = Earlier::read(reader, title_len, lines, form)?;
    if form == Form::Age && earlier.unknown_lines > 0 {
        return Err(Refused::Not(
            "its journal does not know all of its lines; bring back the one it was written with"
                .to_owned(),
        ));
    }
    Ok((file, earlier, false))
}

/// Cuts off what is torn, and writes the title if there is none. How long it is then.
fn start_journal(mut file: &File, earlier: &Earlier, form: Form) -> io::Result<u64> {
    own(file)?;
    file.set_len(earlier.journal_len)?;
    file.seek(SeekFrom::Start(earlier.journal_len))?;
    if earlier.journal_len > 0 {
        return Ok(earlier.journal_len);
    }
    let title = format!("{TITLE} {}\n", form.name());
    file.write_all(title.as_bytes())?;
    file.sync_data()?;
    Ok(u64::try_from(title.len()).unwrap_or(u64::MAX))
}

fn journal_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".journal");
    PathBuf::from(name)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Takes the file from everybody else.
fn own(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// A new name lasts when its folder does. Where folders cannot be synced, nothing more can be done.
fn sync_folder(path: &Path) {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}
