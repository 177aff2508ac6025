//! Opening results and their journal: both are looked at before anything of them is changed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::earlier::{Earlier, Form, Lines};
use super::journal::TITLE;
use crate::error::BatchError;

/// What to do with existing results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Do not start.
    Refuse,
    /// Continue them: an incomplete last line is removed, and finished cards are not called again.
    Resume,
}

/// Whether results were there before. A journal of others that are gone says nothing of new ones.
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
            Self::Io(cause) => BatchError::Results { name, cause },
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
        (Err(error), _) => return Err(unwritable(error)),
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

/// Removes what was made just now and is empty: it would stand in the way of the next try.
pub(super) fn leave(path: &Path, age: Age) {
    if age == Age::New {
        let _ = fs::remove_file(path);
    }
}

/// The journal, what it says beside the results, and whether it is missed.
pub(super) fn journal(
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
pub(super) fn start_journal(mut file: &File, earlier: &Earlier, form: Form) -> io::Result<u64> {
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
