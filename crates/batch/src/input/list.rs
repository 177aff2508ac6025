//! A list of cards, a line of JSON each, from a file or from stdin.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::path_text::path_text;
use crate::card::{Card, Picture, Side};
use crate::error::BatchError;
use crate::stop::Stop;

/// No line that means a card is longer.
const LONGEST: u64 = 1 << 20;

/// A list that is read line by line.
pub(super) struct List {
    name: String,
    line: u64,
    lines: Lines,
    /// Members that no line may have, by name, as far as they are counted.
    pub(super) unknown: BTreeSet<String>,
}

/// So many unknown names are told; who has more has another kind of list.
const MOST_UNKNOWN: usize = 8;

/// So much of an unknown name is told.
const LONGEST_NAME: usize = 40;

enum Lines {
    File(BufReader<File>),
    /// A thread reads: nobody can be kept from stopping by a pipe that is silent.
    Stdin(Receiver<io::Result<Line>>),
    Ended,
}

/// A line without its end.
enum Line {
    Bytes(Vec<u8>),
    TooLong,
}

/// What a list gives.
pub(super) enum Entry {
    /// A card, and the place of its line.
    Card(String, Card),
    /// The batch stops, or the next line would have to be waited for.
    Nothing,
    End,
}

#[derive(Deserialize)]
struct Given {
    image: Option<String>,
    url: Option<String>,
    side: Option<String>,
    id: Option<GivenId>,
    /// Other members of the line.
    #[serde(flatten)]
    unknown: BTreeMap<String, IgnoredAny>,
}

/// The members that are read.
const MEMBERS: [&str; 4] = ["image", "url", "side", "id"];

#[derive(Deserialize)]
#[serde(untagged)]
enum GivenId {
    Text(String),
    Number(serde_json::Number),
}

impl List {
    pub(super) fn open(path: &Path) -> Result<Self, BatchError> {
        let name = path_text(path);
        let file = File::open(path).and_then(|file| match file.metadata()?.is_dir() {
            true => Err(io::Error::from(io::ErrorKind::IsADirectory)),
            false => Ok(file),
        });
        match file {
            Ok(file) => Ok(Self {
                name,
                line: 0,
                lines: Lines::File(BufReader::with_capacity(1 << 16, file)),
                unknown: BTreeSet::new(),
            }),
            Err(cause) => Err(BatchError::List { name, cause }),
        }
    }

    pub(super) fn stdin() -> Self {
        let (sender, receiver) = sync_channel(256);
        std::thread::spawn(move || {
            let mut stdin = BufReader::new(io::stdin());
            loop {
                let line = read_line(&mut stdin).transpose();
                let Some(line) = line else { return };
                let is_last = line.is_err();
                if sender.send(line).is_err() || is_last {
                    return;
                }
            }
        });
        Self {
            name: "stdin".to_owned(),
            line: 0,
            lines: Lines::Stdin(receiver),
            unknown: BTreeSet::new(),
        }
    }

    /// The next card. Where `stop` is absent, none that would have to be waited for.
    pub(super) fn next(&mut self, stop: Option<&Stop>) -> Entry {
        loop {
            let line = match &mut self.lines {
                Lines::File(file) => read_line(file),
                Lines::Stdin(lines) => match wait(lines, stop) {
                    Some(line) => line.transpose(),
                    None => return Entry::Nothing,
                },
                Lines::Ended => return Entry::End,
            };
            self.line = self.line.saturating_add(1);
            let place = format!("{}:{}", self.name, self.line);
            let unusable = |why: String| {
                let why = format!("line {} of {}: {why}", self.line, self.name);
                Entry::Card(
                    place.clone(),
                    Card::new(&place, &place, Picture::Unusable(why)),
                )
            };
            match line {
                Ok(None) => return Entry::End,
                Ok(Some(Line::Bytes(bytes))) => match parse(&bytes, &mut self.unknown) {
                    Ok(Some(card)) => return Entry::Card(place, card),
                    Ok(None) => {}
                    Err(why) => return unusable(why),
                },
                Ok(Some(Line::TooLong)) => {
                    return unusable(format!("it has more than {LONGEST} bytes"));
                }
                Err(error) => {
                    let why = format!("the rest of the list cannot be read: {error}");
                    let entry = unusable(why);
                    self.lines = Lines::Ended;
                    return entry;
                }
            }
        }
    }
}

/// The next line of the thread's; `None` if the batch stops, or there is none yet and it is not waited for.
fn wait(
    lines: &Receiver<io::Result<Line>>,
    stop: Option<&Stop>,
) -> Option<Option<io::Result<Line>>> {
    loop {
        match lines.recv_timeout(Duration::from_millis(if stop.is_some() { 50 } else { 0 })) {
            Ok(line) => return Some(Some(line)),
            Err(RecvTimeoutError::Disconnected) => return Some(None),
            Err(RecvTimeoutError::Timeout) if stop.is_none_or(Stop::is_set) => return None,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// The next line; what is too long is read over. `None` at the end.
fn read_line(from: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    from.take(LONGEST).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.last() != Some(&b'\n') && u64::try_from(bytes.len()).is_ok_and(|len| len == LONGEST) {
        loop {
            bytes.clear();
            from.take(LONGEST).read_until(b'\n', &mut bytes)?;
            if bytes.is_empty() || bytes.last() == Some(&b'\n') {
                return Ok(Some(Line::TooLong));
            }
        }
    }
    Ok(Some(Line::Bytes(bytes)))
}

/// A card; `None` for a blank line.
fn parse(line: &[u8], unknown: &mut BTreeSet<String>) -> Result<Option<Card>, String> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    let no_object = |column: usize| {
        format!(
            "it is no JSON object such as {{\"image\":\"card.jpg\"}} (column {column}); fix it and continue with \
             --resume"
        )
    };
    if !line.starts_with(b"{") {
        return Err(no_object(1));
    }
    let text = std::str::from_utf8(line).map_err(|error| {
        let byte = error.valid_up_to().saturating_add(1);
        format!("it is not UTF-8 (byte {byte}); save the list as UTF-8 and continue with --resume")
    })?;
    let given: Given = serde_json::from_str(text).map_err(|error| {
        let said = error.to_string();
        let twice = said
            .strip_prefix("duplicate field `")
            .and_then(|rest| rest.split('`').next());
        match twice {
            Some(member) => format!("it has the member `{member}` twice; leave one out"),
            None => no_object(error.column()),
        }
    })?;
    let is_meant = |name: &str| {
        MEMBERS
            .iter()
            .find(|known| known.eq_ignore_ascii_case(name))
    };
    if let Some(meant) = given.unknown.keys().find_map(|name| is_meant(name)) {
        return Err(format!(
            "it writes `{meant}` in other letters, which is not read; write `{meant}`"
        ));
    }
    for name in given.unknown.into_keys() {
        if unknown.len() < MOST_UNKNOWN {
            unknown.insert(name.chars().take(LONGEST_NAME).collect());
        }
    }
    let (input, picture) = match (given.image, given.url) {
        (Some(path), None) if !path.is_empty() => {
            (path.clone(), Picture::File(PathBuf::from(path)))
        }
        (None, Some(url)) if !url.is_empty() => (url.clone(), Picture::Url(url)),
        (Some(_), Some(_)) => return Err("it names an image and a URL; leave one out".to_owned()),
        _ => return Err("it has no picture; give \"image\" or \"url\"".to_owned()),
    };
    let side = match given.side.as_deref() {
        None | Some("") => None,
        Some(side) if side.eq_ignore_ascii_case("front") => Some(Side::Front),
        Some(side) if side.eq_ignore_ascii_case("back") => Some(Side::Back),
        Some(_) => return Err("its side is neither \"front\" nor \"back\"".to_owned()),
    };
    let id = match given.id {
        None => input.clone(),
        Some(GivenId::Text(id)) if !id.is_empty() => id,
        Some(GivenId::Text(_)) => {
            return Err("its id is empty; give one or leave it out".to_owned());
        }
        Some(GivenId::Number(id)) => id.to_string(),
    };
    Ok(Some(Card::new(id, input, picture).side(side)))
}
