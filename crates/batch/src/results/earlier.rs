//! What earlier runs left: which cards are finished, and which calls are in doubt.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, BufRead};

use serde::Deserialize;

use super::journal::{Counted, EndsACall, Note};
use super::seal::{BEGINNING, is_whole};
use super::title::{Form, Salt};
use crate::card::Id;

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
    /// A last line that is whole but for its line end.
    last: Last,
    /// Bytes of that line.
    pub(crate) last_len: u64,
}

/// What stands behind the last line end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    /// Nothing that is whole.
    #[default]
    Nothing,
    /// A line of results.
    Line,
    /// What is a line if the journal knows it by this hash.
    Perhaps(Id),
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
    pub(crate) fn read(
        mut from: impl BufRead,
        form: Form,
        salt: &Salt,
    ) -> io::Result<Result<Self, String>> {
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
            let has_end = line.last() == Some(&b'\n');
            if !has_end {
                // An editor may have taken the line end.
                line.push(b'\n');
            }
            let text = line.strip_suffix(b"\n").unwrap_or(&line);
            if has_end && text.trim_ascii().is_empty() {
                lines.whole = lines.whole.saturating_add(read);
                continue;
            }
            let id = match (has_end, id(text, form)) {
                (_, Ok(id)) => id,
                (true, Err(what)) => return Ok(Err(what.of_line(number))),
                (false, Err(_)) if could_begin(text, form) => {
                    lines.torn = read;
                    break;
                }
                (false, Err(_)) => {
                    return Ok(Err(format!(
                        "line {number} was not written by this program; take it out, or name another file"
                    )));
                }
            };
            let hash = salt.line(&line);
            lines.last = match (has_end, form) {
                (true, _) => Last::Nothing,
                (false, Form::Plain) => Last::Line,
                (false, Form::Age) => Last::Perhaps(hash),
            };
            if !has_end {
                lines.last_len = read;
            }
            lines.ids.extend(id.map(|id| salt.id(&id)));
            lines.hashes.push(hash);
            lines.whole = lines.whole.saturating_add(read);
        }
        lines.hashes.sort_unstable();
        Ok(Ok(lines))
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }
}

/// What a line is instead of one of results.
enum Not {
    Results,
    Plain,
    Encrypted,
    Age,
}

impl Not {
    fn of_line(self, number: u64) -> String {
        match self {
            Self::Encrypted => {
                "they are in clear; leave --encrypt-to out, or name another file".to_owned()
            }
            Self::Plain => "they are encrypted; give --encrypt-to, or name another file".to_owned(),
            Self::Results => {
                format!("line {number} is no line of results; take it out, or name another file")
            }
            Self::Age => {
                format!("line {number} is no age file in Base64; take it out, or name another file")
            }
        }
    }
}

/// The id of a line of results, where it can be read.
fn id(text: &[u8], form: Form) -> Result<Option<Id>, Not> {
    match form {
        Form::Age if text.starts_with(BEGINNING) && is_whole(text) => Ok(None),
        Form::Age if could_begin(text, Form::Plain) => Err(Not::Encrypted),
        Form::Plain if text.starts_with(BEGINNING) => Err(Not::Plain),
        Form::Plain => match serde_json::from_slice::<Line<'_>>(text) {
            Ok(known) if matches!(&*known.outcome, "ok" | "failed") => Ok(Some(Id::of(&known.id))),
            _ => Err(Not::Results),
        },
        Form::Age => Err(Not::Age),
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
    /// The finished cards, in order, each by its salted id.
    pub(crate) finished: Vec<Id>,
    /// Calls that were begun and whose answers were not kept.
    pub(crate) in_doubt: u64,
    /// Those of them that no ledger has reserved or recorded.
    pub(crate) uncounted: u64,
    /// Where cards were called for last.
    pub(crate) cloud: Option<String>,
    /// Lines of results that the journal knows nothing of.
    pub(crate) unknown_lines: usize,
    /// Bytes of whole notes in the journal.
    pub(crate) journal_len: u64,
    /// The last line of the results lacks its line end and nothing else.
    pub(crate) lacks_line_end: bool,
    /// The last line of the results is torn after all.
    pub(crate) torn: Option<Id>,
}

/// The calls of a card that are under way, the last one last.
type Open = HashMap<Id, Vec<Counted>>;

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
            lacks_line_end: lines.last != Last::Nothing,
            torn: match lines.last {
                Last::Perhaps(hash) => Some(hash),
                _ => None,
            },
            ..Self::default()
        };
        let mut open = Open::new();
        let mut without_answer: u64 = 0;
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
                Some(Note::Cloud(name)) => earlier.cloud = Some(name),
                Some(Note::Begun(id, counted)) => open.entry(id).or_default().push(counted),
                Some(Note::Settled(id)) => close(&mut open, &id),
                Some(Note::Ended(id, line, ends)) if is_news(&lines.hashes, &line, &mut known) => {
                    if earlier.torn == Some(line) {
                        earlier.torn = None;
                    }
                    if form == Form::Age {
                        earlier.finished.push(id);
                    }
                    if ends != EndsACall::No {
                        close(&mut open, &id);
                    }
                    let is_lost = ends == EndsACall::InDoubt;
                    without_answer = without_answer.saturating_add(u64::from(is_lost));
                }
                // A line that never came into the results.
                Some(Note::Ended(..)) | None => {}
            }
        }
        earlier.finished.sort_unstable();
        earlier.finished.dedup();
        earlier.finished.shrink_to_fit();
        let count = |calls: usize| u64::try_from(calls).unwrap_or(u64::MAX);
        let is_here = |counted: &&Counted| **counted == Counted::Here;
        let calls = open.values().flatten();
        earlier.uncounted = count(calls.clone().filter(is_here).count());
        earlier.in_doubt = count(calls.count()).saturating_add(without_answer);
        let torn = usize::from(earlier.torn.is_some());
        let unknown = known.iter().filter(|is_known| !**is_known).count();
        earlier.unknown_lines = unknown.saturating_sub(torn);
        Ok(earlier)
    }
}

/// Whether a line is among these and was not known before. It is known then.
fn is_news(hashes: &[Id], line: &Id, known: &mut [bool]) -> bool {
    let at = hashes.binary_search(line).ok();
    let known = at.and_then(|at| known.get_mut(at));
    known.is_some_and(|known| !std::mem::replace(known, true))
}

fn close(open: &mut Open, id: &Id) {
    if let Some(calls) = open.get_mut(id) {
        calls.pop();
        if calls.is_empty() {
            open.remove(id);
        }
    }
}
