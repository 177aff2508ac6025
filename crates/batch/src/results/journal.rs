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
use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

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

/// A journal that is added to by many threads. One of them waits for the disk for all that wrote meanwhile.
pub(crate) struct Journal {
    file: File,
    state: Mutex<State>,
    synced: Condvar,
}

struct State {
    /// Bytes that are whole.
    len: u64,
    written: u64,
    synced: u64,
    someone_syncs: bool,
}

impl Journal {
    /// Adds to a file that has so many bytes.
    pub(crate) fn new(file: File, len: u64) -> Self {
        Self {
            file,
            state: Mutex::new(State {
                len,
                written: 0,
                synced: 0,
                someone_syncs: false,
            }),
            synced: Condvar::new(),
        }
    }

    /// Writes notes; they last when the process is killed.
    pub(crate) fn write(&self, notes: &str) -> io::Result<()> {
        self.append(&mut self.lock(), notes)
    }

    /// Writes notes so that they last when the power goes.
    pub(crate) fn write_through(&self, notes: &str) -> io::Result<()> {
        let mut state = self.lock();
        self.append(&mut state, notes)?;
        let mine = state.written;
        while state.synced < mine {
            if state.someone_syncs {
                state = self
                    .synced
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.someone_syncs = true;
            let until = state.written;
            drop(state);
            let done = self.file.sync_data();
            state = self.lock();
            state.someone_syncs = false;
            if done.is_ok() {
                state.synced = until;
            }
            self.synced.notify_all();
            done?;
        }
        Ok(())
    }

    fn append(&self, state: &mut State, notes: &str) -> io::Result<()> {
        if let Err(error) = (&self.file).write_all(notes.as_bytes()) {
            // Half a note would spoil the next one.
            let _ = self.file.set_len(state.len);
            return Err(error);
        }
        let len = u64::try_from(notes.len()).unwrap_or(u64::MAX);
        state.len = state.len.saturating_add(len);
        state.written = state.written.saturating_add(1);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
