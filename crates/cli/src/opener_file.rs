//! The opener file: how an opener gets from `seal` to `open`.
//!
//! `{"Algorithm":"SM4-GCM","Key":"<base64>","Iv":"<base64>",…}`, mode 0600, with what was asked and sealed beside them.
//! It is written whole or not at all, never over another file, and goes again unless the sealed request was handed
//! over. It is read once: it is deleted before the reply is even looked at.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use cardseal::Opener;
use zeroize::Zeroizing;

use crate::exit::{Failure, Whose};
use crate::input::{self, Wiped};
use crate::interrupt::{self, Leftover};
use crate::output::Output;

/// An opener file has some 200 bytes, and more where many members were sealed: a name and two marks of each.
const MOST: usize = 256 * 1024;

/// Whether the opener file goes once it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Afterwards {
    /// It is deleted, whatever becomes of the reply.
    Delete,
    /// It stays.
    Keep,
}

/// A written opener file. Dropping it deletes the file, unless the sealed request was handed over.
pub(crate) struct Stored {
    path: Option<PathBuf>,
}

impl Stored {
    /// The sealed request is out: the opener stays for its answer.
    pub(crate) fn handed_over(mut self) {
        self.path = None;
        Leftover::hold().nothing();
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            let mut leftover = Leftover::hold();
            // The failure that led here is the one to report.
            let _ = fs::remove_file(path);
            leftover.nothing();
        }
    }
}

/// Refuses a path that an opener cannot be written to, before anything is sealed.
pub(crate) fn check_free(path: &Path) -> Result<(), Failure> {
    if input::is_stdin(path) {
        return Err(Failure::usage(
            "--opener `-` is refused: the session key is never printed; name a file",
        ));
    }
    match fs::symlink_metadata(path) {
        Ok(_) => Err(exists(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unwritable(path, &error)),
    }
}

/// Writes an opener.
pub(crate) fn store(opener: Opener, path: &Path) -> Result<Stored, Failure> {
    let text = opener.expose_for_storage()?;
    if text.len() > MOST {
        return Err(Failure::usage(format!(
            "the names of the members make an opener file of {} bytes, and {MOST} are read; nothing was sealed; name \
             fewer",
            text.len()
        )));
    }
    // The bare name of a file has an empty parent.
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => unwritable(path, &error),
    };
    interrupt::watch().map_err(failed)?;

    let mut temporary = {
        let mut leftover = Leftover::hold();
        // Its mode is 0600 from the start.
        let temporary = tempfile::Builder::new()
            .prefix(".cardseal-")
            .tempfile_in(folder)
            .map_err(failed)?;
        leftover.is(temporary.path());
        temporary
    };
    temporary.write_all(text.as_bytes()).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    {
        let mut leftover = Leftover::hold();
        temporary
            .persist_noclobber(path)
            .map_err(|error| failed(error.error))?;
        leftover.is(path);
    }
    // The name is on the disk before the request is out. Where a folder cannot be opened, the system sees to it.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(Stored {
        path: Some(path.to_owned()),
    })
}

/// Reads an opener and deletes its file.
pub(crate) fn take(
    path: &Path,
    afterwards: Afterwards,
    output: &Output,
) -> Result<Opener, Failure> {
    if input::is_stdin(path) {
        return Err(Failure::usage(
            "--opener `-` is refused: stdin is the reply; name the file that `seal` wrote",
        ));
    }
    let shown = input::show(path);
    let unreadable = |error: io::Error| {
        Failure::usage(format!(
            "the opener file `{shown}` cannot be read: {error}; name the file that `seal` wrote, which opens one \
             reply only"
        ))
    };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if let Some(mode) = readable_by_others(&metadata) {
        output.warn(&format!(
            "the opener file `{shown}` has mode {mode:04o}: others can read the session key; it should be 0600"
        ));
    }
    let text = read_all(file).map_err(unreadable)?;
    let opener = Opener::restore(&text);
    // A file that is no opener at all was named by mistake, and is not ours to delete.
    let ours = opener.is_ok() || holds_an_opener(&text);
    let goes = ours && afterwards == Afterwards::Delete && metadata.is_file();
    if goes {
        delete(path).map_err(|error| {
            Failure::usage(format!(
                "the opener file `{shown}` cannot be deleted: {error}; nothing was opened; fix its folder's \
                 permissions, or pass --keep and delete it yourself"
            ))
        })?;
    }
    opener.map_err(|error| {
        let fate = match goes {
            true => "it was deleted; seal a new request",
            false => "it was left as it is; name the file that `seal` wrote",
        };
        Failure::from(error)
            .blamed_on(Whose::Usage)
            .adding(&format!("; `{shown}` cannot be used: {fate}"))
    })
}

/// Says so where others can read a file that holds a secret. One that is not there is nobody's to read.
pub(crate) fn warn_if_open(path: &Path, output: &Output) {
    let metadata = fs::metadata(path).ok();
    if let Some(mode) = metadata.as_ref().and_then(readable_by_others) {
        output.warn(&format!(
            "`{}` has mode {mode:04o}: others can read the secrets in it; it should be 0600",
            input::show(path)
        ));
    }
}

/// The mode of a file, where others than its owner can do anything with it.
#[cfg(unix)]
pub(crate) fn readable_by_others(metadata: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o7777;
    (metadata.is_file() && mode & 0o077 != 0).then_some(mode)
}

/// Elsewhere a file has no mode.
#[cfg(not(unix))]
pub(crate) fn readable_by_others(_: &fs::Metadata) -> Option<u32> {
    None
}

fn read_all(file: File) -> io::Result<Wiped> {
    let mut text = Zeroizing::new(Vec::with_capacity(MOST + 1));
    file.take(MOST as u64 + 1).read_to_end(&mut text)?;
    Ok(text)
}

/// Damaged, perhaps, but an opener: a small JSON object with the members of one.
fn holds_an_opener(text: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Shape {
        #[serde(rename = "Algorithm")]
        _algorithm: serde::de::IgnoredAny,
        #[serde(rename = "Key")]
        _key: serde::de::IgnoredAny,
        #[serde(rename = "Iv")]
        _iv: serde::de::IgnoredAny,
    }
    serde_json::from_slice::<Shape>(text).is_ok()
}

/// Deletes the file itself, and the link to it where a link was named.
fn delete(path: &Path) -> io::Result<()> {
    let target = fs::canonicalize(path)?;
    fs::remove_file(target)?;
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        fs::remove_file(path)?;
    }
    Ok(())
}

fn exists(path: &Path) -> Failure {
    Failure::usage(format!(
        "`{}` exists already and is not overwritten, since it may be the only opener of another answer; name a \
         new file",
        input::show(path)
    ))
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!(
        "the opener file `{}` cannot be written: {error}; nothing was sealed; name a file in your own folder",
        input::show(path)
    ))
}
