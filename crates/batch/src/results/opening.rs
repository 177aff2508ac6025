//! Opening results and their journal: both are looked at before anything of them is changed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::earlier::{Earlier, Lines};
use super::title::{Form, LONGEST, Title};
use crate::error::BatchError;

/// What to do with existing results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Do not start.
    Refuse,
    /// Continue them: an incomplete last line is removed, and finished cards are not called again. Results that are gone
    /// but have a journal are not begun anew.
    Resume,
}

/// Whether results were there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    New,
    Old,
}

/// Why files cannot be gone on with.
pub(super) enum Refused {
    Io(io::Error),
    /// They hold something else.
    Not(String),
}

impl Refused {
    /// The error about results of this name.
    pub(super) fn of(self, name: &str) -> BatchError {
        let name = name.to_owned();
        match self {
            Self::Io(cause) => BatchError::unwritable(name, cause),
            Self::Not(what) => BatchError::NotResults { name, what },
        }
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The file for results, locked, and whether it was made just now.
pub(super) fn results(path: &Path, existing: Existing) -> Result<(File, Age), BatchError> {
    let name = path.display().to_string();
    let unwritable = |cause: io::Error| Refused::Io(cause).of(&name);
    if existing == Existing::Resume && !is_there(path) && lists_calls(&journal_path(path)) {
        return Err(BatchError::Gone(name));
    }
    let mut age = Age::Old;
    let file = match (private().create_new(true).open(path), existing) {
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
                return Err(Refused::Not("it is not a regular file".to_owned()).of(&name));
            }
            private().open(path).map_err(unwritable)?
        }
        (Err(error), _) => return Err(unwritable(naming_the_folder(error, path))),
    };
    match file.try_lock() {
        Ok(()) => Ok((file, age)),
        Err(TryLockError::WouldBlock) => Err(BatchError::Locked(name)),
        Err(TryLockError::Error(error)) => {
            leave(path, age);
            Err(unwritable(error))
        }
    }
}

/// A folder that is not there is named.
fn naming_the_folder(error: io::Error, path: &Path) -> io::Error {
    match path.parent() {
        Some(folder) if error.kind() == io::ErrorKind::NotFound && !is_there(folder) => {
            let why = format!("there is no folder `{}`", folder.display());
            io::Error::new(io::ErrorKind::NotFound, why)
        }
        _ => error,
    }
}

/// Removes what was made just now and is empty: it would stand in the way of the next try.
pub(super) fn leave(path: &Path, age: Age) {
    if age == Age::New {
        let _ = fs::remove_file(path);
    }
}

/// What the first line of a journal is.
pub(super) enum First {
    Title(Title),
    /// The beginning of one.
    Torn,
    /// There is no journal, or an empty one.
    Nothing,
}

/// Reads the first line of a journal.
pub(super) fn first(path: &Path) -> Result<First, Refused> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(Refused::Not("its journal is not a regular file".to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(First::Nothing),
        Err(error) => return Err(error.into()),
    }
    let mut line = Vec::new();
    // More than a title has is none.
    BufReader::new(File::open(path)?)
        .take(LONGEST)
        .read_until(b'\n', &mut line)?;
    let line = String::from_utf8_lossy(&line);
    match Title::parse(&line) {
        Some(title) => Ok(First::Title(title)),
        None if line.is_empty() => Ok(First::Nothing),
        None if Title::could_begin(&line) => Ok(First::Torn),
        None => Err(Refused::Not(format!(
            "`{}` is no journal of a batch",
            path.display()
        ))),
    }
}

/// A journal that is opened.
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) earlier: Earlier,
    pub(super) title: Title,
    /// There are results, and there was no journal.
    pub(super) was_lost: bool,
}

/// The journal, and what it says beside the results. `fresh` is the title of a new one.
pub(super) fn journal(
    path: &Path,
    first: First,
    fresh: Title,
    lines: Lines,
    readers: Option<&str>,
) -> Result<Opened, Refused> {
    let has_lines = !lines.is_empty();
    let anew = |lines: Lines, was_lost: bool| {
        let file = private().create(true).truncate(false).open(path)?;
        Ok(Opened {
            file,
            earlier: Earlier::read(io::empty(), 0, lines, fresh.form)?,
            title: fresh,
            was_lost,
        })
    };
    let title = match first {
        First::Nothing if has_lines && fresh.form == Form::Age => {
            return Err(Refused::Not(
                "its journal is missing, without which nobody can tell whose its encrypted lines are; bring it back"
                    .to_owned(),
            ));
        }
        First::Nothing => return anew(lines, has_lines),
        First::Torn if has_lines => {
            return Err(Refused::Not("its journal is of another form".to_owned()));
        }
        // A batch that ended at its first byte.
        First::Torn => return anew(lines, false),
        First::Title(title) => title,
    };
    if !title.is_for(readers) {
        if !has_lines && !lists_calls(path) {
            return anew(lines, false);
        }
        return Err(Refused::Not(match title.form == fresh.form {
            true => "they are encrypted to other recipients; give --encrypt-to as before, or name another file",
            false => "its journal is of another form",
        }
        .to_owned()));
    }
    let file = private().open(path)?;
    let mut reader = BufReader::with_capacity(1 << 20, &file);
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    let title_len = u64::try_from(line.len()).unwrap_or(u64::MAX);
    let earlier = Earlier::read(reader, title_len, lines, title.form)?;
    if title.form == Form::Age && earlier.unknown_lines > 0 {
        return Err(Refused::Not(
            "its journal does not know all of its lines; bring back the one it was written with"
                .to_owned(),
        ));
    }
    Ok(Opened {
        file,
        earlier,
        title,
        was_lost: false,
    })
}

/// Cuts off what is torn, and writes the title if there is none. How long it is then.
pub(super) fn start_journal(opened: &Opened) -> io::Result<u64> {
    let mut file = &opened.file;
    let len = opened.earlier.journal_len;
    own(file)?;
    file.set_len(len)?;
    file.seek(SeekFrom::Start(len))?;
    if len > 0 {
        return Ok(len);
    }
    let title = opened.title.write();
    file.write_all(title.as_bytes())?;
    file.sync_data()?;
    Ok(u64::try_from(title.len()).unwrap_or(u64::MAX))
}

/// A journal of results that are gone still says which calls were made. It gets a name of its own, which is given back.
pub(super) fn set_aside(path: &Path) -> io::Result<Option<PathBuf>> {
    if !lists_calls(path) {
        return Ok(None);
    }
    let mut number: u64 = 1;
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{number}"));
        let name = PathBuf::from(name);
        if !is_there(&name) {
            fs::rename(path, &name)?;
            return Ok(Some(name));
        }
        number = number.saturating_add(1);
    }
}

/// Whether a file is a journal in which a call stands.
fn lists_calls(path: &Path) -> bool {
    if !matches!(first(path), Ok(First::Title(_))) {
        return false;
    }
    let Ok(file) = File::open(path) else {
        return false;
    };
    let notes = BufReader::with_capacity(1 << 16, file).split(b'\n');
    notes
        .map_while(Result::ok)
        .any(|note| note.starts_with(b"b ") || note.starts_with(b"r "))
}

fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

pub(super) fn journal_path(path: &Path) -> PathBuf {
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
pub(super) fn own(file: &File) -> io::Result<()> {
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
pub(super) fn sync_folder(path: &Path) {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}
