//! The journal beside the results: which calls were begun, which of them came to an end. It holds hashes and nothing that
//! was read off a card.
//!
//! ```text
//! c CLOUD     the cards that follow are called for at this cloud
//! b ID        a call of this card is about to be made
//! r ID        the same, and the ledger has it reserved
//! s ID        it has no result that could be lost
//! f ID LINE   it ended, and its line with this hash comes into the results next
//! l ID LINE   the same where no answer came: the line says so, and the call stays in doubt
//! n ID LINE   the same for a card that was never called
//! ```

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::card::Id;

/// How long who syncs waits for the notes of others first: a disk syncs many for the price of one, and a call takes longer by
/// far.
const COMPANY: Duration = Duration::from_millis(5);

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Note {
    Cloud(String),
    Begun(Id, Counted),
    Settled(Id),
    /// A card and its line, and whether that ends a call.
    Ended(Id, Id, EndsACall),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndsACall {
    Yes,
    /// It does, and its answer never came.
    InDoubt,
    No,
}

/// Who knows of a call whose answer was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// This journal only.
    Here,
    /// The ledger, too: it counts against the packages.
    InTheLedger,
}

impl Note {
    pub(crate) fn write(&self) -> String {
        match self {
            Self::Cloud(name) => format!("c {name}\n"),
            Self::Begun(id, Counted::Here) => format!("b {id}\n"),
            Self::Begun(id, Counted::InTheLedger) => format!("r {id}\n"),
            Self::Settled(id) => format!("s {id}\n"),
            Self::Ended(id, line, EndsACall::Yes) => format!("f {id} {line}\n"),
            Self::Ended(id, line, EndsACall::InDoubt) => format!("l {id} {line}\n"),
            Self::Ended(id, line, EndsACall::No) => format!("n {id} {line}\n"),
        }
    }

    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (kind, first) = (words.next()?, words.next()?);
        if kind == "c" {
            return words
                .next()
                .is_none()
                .then(|| Self::Cloud(first.to_owned()));
        }
        let id = Id::parse(first)?;
        let note = match kind {
            "b" => Self::Begun(id, Counted::Here),
            "r" => Self::Begun(id, Counted::InTheLedger),
            "s" => Self::Settled(id),
            "f" => Self::Ended(id, Id::parse(words.next()?)?, EndsACall::Yes),
            "l" => Self::Ended(id, Id::parse(words.next()?)?, EndsACall::InDoubt),
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
            drop(state);
            std::thread::sleep(COMPANY);
            let until = self.lock().written;
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
        let mut file = &self.file;
        if let Err(error) = file.write_all(notes.as_bytes()) {
            // Half a note would spoil the next one, and so would a gap before it.
            let _ = self.file.set_len(state.len);
            let _ = file.seek(SeekFrom::Start(state.len));
            return Err(error);
        }
        let len = u64::try_from(notes.len()).unwrap_or(u64::MAX);
        state.len = state.len.saturating_add(len);
        state.written = state.written.saturating_add(1);
        Ok(())
    }

    /// Looks at what the journal should have by now, while nobody adds to it.
    pub(crate) fn at_rest<R>(&self, look: impl FnOnce(u64) -> R) -> R {
        let state = self.lock();
        look(state.len)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
