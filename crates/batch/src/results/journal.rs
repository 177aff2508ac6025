//! The journal beside the results: which calls were begun, which of them came to an end. It holds hashes and nothing that
//! was read off a card.
//!
//! ```text
//! b ID        a call of this card is about to be made
//! s ID        it has no result that could be lost
//! f ID LINE   it ended, and its line with this hash comes into the results next
//! n ID LINE   the same for a card that was never called
//! ```

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use crate::card::Id;

/// What the first line of a journal begins with.
pub(crate) const TITLE: &str = "cardseal batch journal 1";

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Note {
    Begun(Id),
    Settled(Id),
    /// A card and its line, and whether that ends a call.
    Ended(Id, Id, EndsACall),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndsACall {
    Yes,
    No,
}

impl Note {
    pub(crate) fn write(&self) -> String {
        match self {
            Self::Begun(id) => format!("b {id}\n"),
            Self::Settled(id) => format!("s {id}\n"),
            Self::Ended(id, line, EndsACall::Yes) => format!("f {id} {line}\n"),
            Self::Ended(id, line, EndsACall::No) => format!("n {id} {line}\n"),
        }
    }

    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (kind, id) = (words.next()?, Id::parse(words.next()?)?);
        let note = match kind {
            "b" => Self::Begun(id),
            "s" => Self::Settled(id),
            "f" => Self::Ended(id, Id::parse(words.next()?)?, EndsACall::Yes),
            "n" => Self::Ended(id, Id::parse(words.next()?)?, EndsACall::No),
            _ => return None,
        };
        words.next().is_none().then_some(note)
    }
}

/// A journal that is added to, by many threads.
pub(crate) struct Journal {
    file: File,
    /// Bytes that are whole.
    len: Mutex<u64>,
}

impl Journal {
    /// Adds to a file that has so many bytes.
    pub(crate) fn new(file: File, len: u64) -> Self {
        Self {
            file,
            len: Mutex::new(len),
        }
    }

    /// Writes notes; they last when the process is killed.
    pub(crate) fn write(&self, notes: &str) -> io::Result<()> {
        let mut len = self.len.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = &self.file;
        if let Err(error) = file.write_all(notes.as_bytes()) {
            // Half a note would spoil the next one, and so would a gap before it.
            let _ = self.file.set_len(*len);
            let _ = file.seek(SeekFrom::Start(*len));
            return Err(error);
        }
        *len = len.saturating_add(u64::try_from(notes.len()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// Writes notes so that they last when the power goes.
    pub(crate) fn write_through(&self, notes: &str) -> io::Result<()> {
        self.write(notes)?;
        self.file.sync_data()
    }
}
