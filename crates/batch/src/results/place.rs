//! A file that is added to, and the name it has: whether both still belong together.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::ResultsError;

/// The name of an open file, and which file it is.
pub(super) struct Place {
    path: PathBuf,
    identity: Option<(u64, u64)>,
}

impl Place {
    pub(super) fn of(path: &Path, file: &File) -> io::Result<Self> {
        Ok(Self {
            // Whatever the process makes of its working directory.
            path: std::path::absolute(path)?,
            identity: identity(&file.metadata()?),
        })
    }

    /// Refuses a file that was moved, deleted or replaced, or that has another length than what was written to it.
    pub(super) fn check(&self, len: u64) -> Result<(), ResultsError> {
        let name = self.path.display();
        let what = match fs::metadata(&self.path) {
            Ok(found) if identity(&found) != self.identity => "replaced by another file",
            Ok(found) if found.len() != len => "changed by another program",
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => "moved or deleted",
            Err(error) => return Err(ResultsError(format!("`{name}`: {error}"))),
        };
        Err(ResultsError(format!(
            "`{name}` was {what} while the batch ran; bring it back as it was"
        )))
    }
}

#[cfg(unix)]
fn identity(found: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}
