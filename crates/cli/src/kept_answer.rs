//! An answer that could not be printed, in a file: whoever paid for it need not pay again.
//!
//! It is what the card says, so the file is the caller's alone (mode 0600), and its name is told.

use std::env;
use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[cfg(feature = "batch")]
use zeroize::Zeroizing;

/// Writes the answer into a new file, and gives its path. The user's state folder is tried first, then the folder for
/// temporary files: where one is full the other need not be.
///
/// # Errors
/// What the last folder had against it.
pub(crate) fn keep(answer: &[u8]) -> io::Result<PathBuf> {
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for folder in state_folder().into_iter().chain([env::temp_dir()]) {
        match keep_in(&folder, answer) {
            Ok(path) => return Ok(path),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// The same for the lines of many cards, one after the other.
///
/// # Errors
/// As [`keep`].
#[cfg(feature = "batch")]
pub(crate) fn keep_all(lines: &[Zeroizing<Vec<u8>>]) -> io::Result<PathBuf> {
    // Sized before it is filled: one that grew would leave copies behind.
    let room = lines.iter().map(|line| line.len()).sum();
    let mut all = Zeroizing::new(Vec::with_capacity(room));
    for line in lines {
        all.extend_from_slice(line);
    }
    keep(&all)
}

fn keep_in(folder: &Path, answer: &[u8]) -> io::Result<PathBuf> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    // Its mode is 0600 from the start; it goes again where it cannot be written whole.
    let mut file = tempfile::Builder::new()
        .prefix("cardseal-answer-")
        .suffix(".json")
        .tempfile_in(folder)?;
    file.write_all(answer)?;
    file.as_file().sync_all()?;
    let (_, path) = file.keep().map_err(|error| error.error)?;
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(path)
}

/// Where the ledger is, too.
fn state_folder() -> Option<PathBuf> {
    let folder = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")));
    Some(state?.join("cardseal"))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a16_a_kept_answer_is_whole_and_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = keep_in(&folder.path().join("made"), b"{}\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"{}\n");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(keep_in(Path::new("/dev/null/folder"), b"{}").is_err());
    }
}
