//! What is true where stdout cannot be written: what was done all the same, and whether it may be done again.

use std::io;

use crate::discretion;
use crate::exit::Failure;
use crate::kept_answer;

/// What becomes of a command whose output is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unprinted {
    /// It changed nothing and cost nothing: it can be run again.
    Again,
    /// This is done and is not to be done again.
    Done(&'static str),
    /// The answer was paid for, or cannot be opened again: it goes into a file.
    Keep,
}

impl Unprinted {
    /// The failure, once the answer lies in its file where it has to be kept.
    pub(crate) fn failure(self, error: &io::Error, answer: &[u8]) -> Failure {
        match self {
            Self::Again => Failure::usage(format!(
                "stdout cannot be written ({error}); what was printed is not whole and must not be used; mend the pipe \
                 or the disk and run this again"
            )),
            Self::Done(what) => Failure::usage(format!(
                "stdout cannot be written ({error}); what was printed is not whole; {what}"
            )),
            Self::Keep => match kept_answer::keep(answer) {
                Ok(path) => Failure::usage(format!(
                    "stdout cannot be written ({error}); asking again may be billed again, so the whole answer is kept \
                     in `{}`, which only you can read; delete it when you have done with it",
                    discretion::path(&path)
                )),
                Err(kept) => Failure::usage(format!(
                    "stdout cannot be written ({error}), and the answer cannot be kept in a file ({kept}): it is lost, \
                     and asking again may be billed again"
                )),
            },
        }
    }
}

/// Where there is no stdout, nothing is begun.
pub(crate) fn closed() -> Failure {
    Failure::usage(
        "stdout is closed, so what this prints would be lost; nothing was done; redirect it to a file, or to /dev/null \
         where it is not wanted",
    )
}
