//! What earlier runs left: which cards are finished, and which calls are in doubt.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, BufRead};

use serde::Deserialize;

use super::journal::{EndsACall, Note};
use super::seal::BEGINNING;
use crate::card::{Id, line_hash};

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// In clear.
    Plain,
    /// An age file a line.
    Age,
}

impl Form {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Age => "age",
        }
    }
}

/// The results, line by line.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// The ids that can be read.
    ids: Vec<Id>,
    /// Every line by its hash, in the order of hashes.
    hashes: Vec<Id>,
    /// Bytes of whole lines.
    pub(crate) whole: u64,
    /// Bytes of a last line that is torn.
    pub(crate) torn: u64,
}

#[derive(Deserialize)]
struct Line<'l> {
    #[serde(borrow)]
    id: Cow<'l, str>,
    #[serde(borrow)]
    outcome: Cow<'l, str>,
}

impl Lines {
    /// Reads results. The inner error says what they hold instead of lines in this form.
    pub(crate) fn read(mut from: impl BufRead, form: Form) -> io::Result<Result<Self, String>> {
        let mut lines = Self::default();
        let mut line = Vec::new();
        let mut number: u64 = 0;
        loop {
            line.clear();
            let read = u64::try_from(from.read_until(b'\n', &mut line)?).unwrap_or(u64::MAX);
            if read == 0 {
                break;
            }
            number = number.saturating_add(1);
            let Some(text) = line.strip_suffix(b"\n") else {
                if !could_begin(&line, form) {
                    return Ok(Err(format!(
                        "line {number} was not written by this program"
                    )));
                }
                lines.torn = read;
                break;
            };
            match form {
                Form::Age if text.starts_with(BEGINNING) => {}
                Form::Age if could_begin(text, Form::Plain) => {
                    return Ok(Err(
                        "they are in clear; leave --encrypt-to out, or name another file"
                            .to_owned(),
                    ));
                }
                Form::Plain if text.starts_with(BEGINNING) => {
                    return Ok(Err(
                        "they are encrypted; give --encrypt-to, or name another file".to_owned(),
                    ));
                }
                Form::Plain => match serde_json::from_slice::<Line<'_>>(text) {
                    Ok(known) if matches!(&*known.outcome, "ok" | "failed") => {
                        lines.ids.push(Id::of(&known.id));
                    }
                    _ => return Ok(Err(format!("line {number} is no line of results"))),
                },
                Form::Age => return Ok(Err(format!("line {number} is no age file in Base64"))),
            }
            lines.hashes.push(line_hash(&line));
            lines.whole = lines.whole.saturating_add(read);
        }
        lines.hashes.sort_unstable();
        Ok(Ok(lines))
    }
}

/// Whether bytes could be the beginning of a line: of nothing else a piece is cut off.
fn could_begin(bytes: &[u8], form: Form) -> bool {
    let beginning: &[u8] = match form {
        Form::Plain => br#"{"id":"#,
        Form::Age => BEGINNING,
    };
    let same = bytes.iter().zip(beginning).all(|(one, other)| one == other);
    // A file system that lost power may have kept the length of what it had not written.
    same || bytes.iter().all(|byte| *byte == 0)
}

/// What a journal and the results say together.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    /// The finished cards, in order.
    pub(crate) finished: Vec<Id>,
    /// Calls that were begun and whose answers were not kept.
    pub(crate) in_doubt: u64,
    /// Lines of results that the journal knows nothing of.
    pub(crate) unknown_lines: usize,
    /// Bytes of whole notes in the journal.
    pub(crate) journal_len: u64,
}

impl Earlier {
    /// Reads a journal, its title already read, beside these results.
    pub(crate) fn read(
        mut journal: impl BufRead,
        title_len: u64,
        lines: Lines,
        form: Form,
    ) -> io::Result<Self> {
        let mut earlier = Self {
            finished: lines.ids,
            journal_len: title_len,
            ..Self::default()
        };
        let mut open: HashMap<Id, u64> = HashMap::new();
        // Of each line whether a note of it was read: a line that was tried twice has two and ends one call.
        let mut known = vec![false; lines.hashes.len()];
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = journal.read_until(b'\n', &mut line)?;
            let Some(text) = line.strip_suffix(b"\n") else {
                break;
            };
            let read = u64::try_from(read).unwrap_or(u64::MAX);
            earlier.journal_len = earlier.journal_len.saturating_add(read);
            // What is no text is no note, and has its place in the journal all the same.
            match std::str::from_utf8(text).ok().and_then(Note::parse) {
                Some(Note::Begun(id)) => {
                    let calls = open.entry(id).or_default();
                    *calls = calls.saturating_add(1);
                }
                Some(Note::Settled(id)) => close(&mut open, &id),
                Some(Note::Ended(id, line, ends)) if is_news(&lines.hashes, &line, &mut known) => {
                    if form == Form::Age {
                        earlier.finished.push(id);
                    }
                    if ends == EndsACall::Yes {
                        close(&mut open, &id);
                    }
                }
                // A line that never came into the results.
                Some(Note::Ended(..)) | None => {}
            }
        }
        earlier.finished.sort_unstable();
        earlier.finished.dedup();
        earlier.finished.shrink_to_fit();
        earlier.in_doubt = open
            .values()
            .fold(0, |sum, calls| sum.saturating_add(*calls));
        earlier.unknown_lines = known.iter().filter(|is_known| !**is_known).count();
        Ok(earlier)
    }
}

fn close(open: &mut HashMap<Id, u64>, id: &Id) {
    if let Some(calls) = open.get_mut(id) {
        *calls = calls.saturating_sub(1);
        if *calls == 0 {
            open.remove(id);
        }
    }
}

/// Whether a line is among these and was not known before. It is known then.
fn is_news(hashes: &[Id], line: &Id, known: &mut [bool]) -> bool {
    let at = hashes.binary_search(line).ok();
    let known = at.and_then(|at| known.get_mut(at));
    known.is_some_and(|known| !std::mem::replace(known, true))
}
