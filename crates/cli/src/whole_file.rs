//! A file that is written whole or not at all: beside its place first, and then moved there.
//!
//! What stands there and is not a regular file stays: a device, a pipe or a link would be replaced by the move.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::exit::Failure;
use crate::input;

/// Refuses `-` for a file that is written: stdout has the command's own answer, and a file of that name is not meant.
pub(crate) fn refuse_stdout(path: &Path, option: &str) -> Result<(), Failure> {
    match input::is_stdin(path) {
        true => Err(Failure::usage(format!(
            "{option} `-` is refused: stdout is for the command's own answer; name a file"
        ))),
        false => Ok(()),
    }
}

/// Writes `path` by `fill`. Only its owner can read it.
pub(crate) fn write_whole(
    path: &Path,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::other(
            "it is not a regular file and is not replaced; name another",
        ));
    }
    let mut file = beside(path)?;
    fill(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A new file in the folder of a place. A folder that is not there is named; the new file, of which nobody knows, is not.
pub(crate) fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    NamedTempFile::new_in(folder).map_err(|error| {
        let kind = error.kind();
        let shown = input::show(folder);
        let cause = error.get_ref().and_then(|error| error.source());
        match kind {
            io::ErrorKind::NotFound => {
                io::Error::new(kind, format!("there is no folder `{shown}`; make it first"))
            }
            io::ErrorKind::NotADirectory => {
                io::Error::new(kind, format!("`{shown}` is not a folder; name another"))
            }
            _ => io::Error::new(
                kind,
                cause.map_or_else(|| error.to_string(), ToString::to_string),
            ),
        }
    })
}

/// For what holds nothing that others may not read, and is read by other users' programs.
#[cfg(unix)]
pub(crate) fn readable_by_all(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

/// Elsewhere a file is readable by those whom its folder lets in.
#[cfg(not(unix))]
pub(crate) fn readable_by_all(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn write(path: &Path, text: &str) -> io::Result<()> {
        write_whole(path, |file| file.write_all(text.as_bytes()))
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write(&file, "first").unwrap();
        write(&file, "second").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "second");
        let error = write(folder.path(), "a folder").unwrap_err();
        assert!(error.to_string().contains("not a regular file"), "{error}");
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(&file, &link).unwrap();
            for place in [link.as_path(), Path::new("/dev/null")] {
                let error = write(place, "gone").unwrap_err();
                assert!(error.to_string().contains("not a regular file"), "{error}");
            }
            assert_eq!(fs::read_to_string(&file).unwrap(), "second");
        }
    }

    #[test]
    fn a14_a_folder_that_is_missing_is_named_and_no_file_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing/card.png");
        let error = write(&missing, "nothing").unwrap_err().to_string();
        assert!(
            error.contains("there is no folder `") && error.contains("missing`"),
            "{error}"
        );
        let file = folder.path().join("file");
        write(&file, "first").unwrap();
        let error = write(&file.join("card.png"), "nothing")
            .unwrap_err()
            .to_string();
        assert!(error.contains("file` is not a folder"), "{error}");
        let error = write(Path::new("/proc/self/card.png"), "nothing")
            .unwrap_err()
            .to_string();
        assert!(!error.contains(".tmp"), "{error}");
    }

    #[test]
    fn what_fails_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write(&file, "first").unwrap();
        let failed = write_whole(&file, |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("stopped"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
