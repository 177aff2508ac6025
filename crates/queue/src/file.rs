//! The file that results are collected into: one line a result, in the order they came about. So it is gone on with by
//! counting its lines. Mode 0600, locked while it is written.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use cardseal_batch::{BatchError, Existing};
use zeroize::Zeroizing;

/// Results that are written.
pub(crate) struct Lines {
    file: File,
    name: String,
    /// Whole lines that were there.
    pub(crate) count: u64,
    /// The last of them.
    pub(crate) last: Option<Zeroizing<Vec<u8>>>,
    whole: u64,
}

impl Lines {
    /// Makes a file, or looks at one that is to be gone on with; nothing in it is changed yet.
    pub(crate) fn open(path: &Path, existing: Existing) -> Result<Self, BatchError> {
        let name = path.display().to_string();
        let unwritable = |cause: io::Error| BatchError::unwritable(name.clone(), cause);
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = match (options.clone().create_new(true).open(path), existing) {
            (Err(error), Existing::Refuse) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(BatchError::Exists(name));
            }
            (Err(error), Existing::Resume) if error.kind() == io::ErrorKind::AlreadyExists => {
                if !path.metadata().map_err(unwritable)?.is_file() {
                    let what = "it is not a regular file".to_owned();
                    return Err(BatchError::NotResults { name, what });
                }
                options.open(path).map_err(unwritable)?
            }
            (opened, _) => opened.map_err(unwritable)?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BatchError::Locked(name)),
            Err(TryLockError::Error(error)) => return Err(unwritable(error)),
        }
        let (mut count, mut whole, mut last) = (0_u64, 0_u64, None);
        let mut reader = BufReader::with_capacity(1 << 20, &file);
        loop {
            let mut line = Zeroizing::new(Vec::new());
            let len = reader.read_until(b'\n', &mut line).map_err(unwritable)?;
            if !line.ends_with(b"\n") {
                break;
            }
            count = count.saturating_add(1);
            whole = whole.saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
            last = Some(line);
        }
        Ok(Self {
            file,
            name,
            count,
            last,
            whole,
        })
    }

    /// Cuts off a torn line.
    pub(crate) fn start(&mut self) -> Result<(), BatchError> {
        let started = self
            .file
            .set_len(self.whole)
            .and_then(|()| self.file.seek(SeekFrom::Start(self.whole)).map(drop));
        started.map_err(|cause| self.unwritable(cause))
    }

    /// Adds whole lines; what cannot be written whole is cut off again.
    pub(crate) fn add(&mut self, lines: &[u8]) -> Result<(), BatchError> {
        if let Err(cause) = self.file.write_all(lines) {
            let _ = self.start();
            return Err(self.unwritable(cause));
        }
        let len = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        self.whole = self.whole.saturating_add(len);
        Ok(())
    }

    /// Makes the lines survive a power cut.
    pub(crate) fn end(&self) -> Result<(), BatchError> {
        self.file.sync_all().map_err(|cause| self.unwritable(cause))
    }

    fn unwritable(&self, cause: io::Error) -> BatchError {
        BatchError::unwritable(self.name.clone(), cause)
    }
}
