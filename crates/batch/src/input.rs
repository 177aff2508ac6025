//! Cards from files, folders and lists, one after the other. Of earlier cards only hashes are kept in memory.

mod path_text;

mod folder;
mod list;
mod places;

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::card::{Card, Id, Picture, Side};
use crate::error::BatchError;
use crate::stop::Stop;
use crate::work::Work;
pub use folder::PassedOver;
use folder::{Folder, Image};
use list::{Entry, List};
use path_text::path_text;
use places::Places;

/// Cards from image files, folders and lists.
pub struct Inputs {
    /// In reverse.
    sources: Vec<Source>,
    side: Option<Side>,
    /// Ids by the first half of their hashes.
    seen: HashSet<u64>,
    places: Places,
    repeated: u64,
    passed_over: PassedOver,
    unknown: BTreeSet<String>,
}

enum Source {
    File(PathBuf),
    Folder(Folder),
    List(List),
}

/// What a source gave.
enum Given {
    Card(Card),
    /// The same file again: it is one card.
    Repeated,
    End,
    /// The batch stops, or would have to wait.
    Nothing,
}

impl Inputs {
    /// Each is an image file; a folder, whose images are taken recursively in the order of their names' bytes; a list,
    /// `@LIST`; or a list on stdin, `-`. A list has one line of JSON per card: `{"image":PATH}` or `{"url":URL}`, with
    /// optional `"side"` (`front` or `back`) and `"id"`. Paths in it are relative to the working directory.
    ///
    /// A missing file or an invalid line counts as a failed card.
    ///
    /// # Errors
    /// [`BatchError::List`] if a list or a folder cannot be read at all.
    pub fn of(inputs: &[PathBuf]) -> Result<Self, BatchError> {
        let mut sources = Vec::new();
        for input in inputs {
            let text = input.as_os_str().to_string_lossy();
            let source = if text == "-" {
                Source::List(List::stdin())
            } else if let Some(name) = text.strip_prefix('@') {
                Source::List(List::open(Path::new(name))?)
            } else if fs::metadata(input).is_ok_and(|found| found.is_dir()) {
                let folder = Folder::open(input).map_err(|cause| BatchError::List {
                    name: path_text(input),
                    cause,
                })?;
                Source::Folder(folder)
            } else {
                Source::File(input.clone())
            };
            sources.push(source);
        }
        sources.reverse();
        Ok(Self {
            sources,
            side: None,
            seen: HashSet::new(),
            places: Places::default(),
            repeated: 0,
            passed_over: PassedOver::default(),
            unknown: BTreeSet::new(),
        })
    }

    /// Sets which side the cards show, unless a list says so.
    #[must_use]
    pub fn side(mut self, side: Option<Side>) -> Self {
        self.side = side;
        self
    }

    /// How many files were named more than once, in whatever spelling, and therefore skipped.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// What was not looked into, of the folders that were walked through to their end.
    pub fn passed_over(&self) -> PassedOver {
        self.passed_over
    }

    /// Members of the lists that mean nothing here, by name, of the lists that were read to their end; the first few.
    pub fn unknown_members(&self) -> impl Iterator<Item = &str> {
        self.unknown.iter().map(String::as_str)
    }

    /// The next card. Where `stop` is absent nothing is waited for.
    fn take(&mut self, stop: Option<&Stop>) -> Option<Card> {
        loop {
            let side = self.side;
            let source = self.sources.last_mut()?;
            let given = match source {
                Source::File(path) => {
                    let path = std::mem::take(path);
                    self.sources.pop();
                    let was_seen = path.symlink_metadata().is_ok_and(|found| found.is_file());
                    self.file(Image { path, was_seen })
                }
                Source::Folder(folder) => match folder.next() {
                    Some(Ok(image)) => self.file(image),
                    Some(Err((path, why))) => {
                        let name = path_text(&path);
                        Given::Card(Card::new(&name, &name, Picture::Unusable(why)))
                    }
                    None => Given::End,
                },
                Source::List(list) => match list.next(stop) {
                    Entry::Card(place, card) => {
                        let side = card.side.or(side);
                        self.listed(place, card.side(side))
                    }
                    Entry::Nothing => Given::Nothing,
                    Entry::End => Given::End,
                },
            };
            match given {
                Given::Card(card) => return Some(card),
                Given::Repeated => self.repeated = self.repeated.saturating_add(1),
                Given::End => match self.sources.pop() {
                    Some(Source::List(list)) => self.unknown.extend(list.unknown),
                    Some(Source::Folder(folder)) => self.passed_over.add(folder.passed_over),
                    Some(Source::File(_)) | None => {}
                },
                Given::Nothing => return None,
            }
        }
    }

    fn file(&mut self, image: Image) -> Given {
        let name = path_text(&image.path);
        let is_new = self.seen.insert(Id::of(&name).short());
        if !is_new || !self.places.is_new(&image.path) {
            return Given::Repeated;
        }
        let card = Card::new(&name, &name, Picture::File(image.path)).side(self.side);
        Given::Card(if image.was_seen { card.seen() } else { card })
    }

    /// A card of a list keeps its id only where no other has it. One without an id of its own is its file.
    fn listed(&mut self, place: String, card: Card) -> Given {
        if !self.seen.insert(card.hashed_id().short()) {
            let why = format!(
                "{place}: a card of the id `{}` came before; give each card an id of its own",
                card.id.chars().take(100).collect::<String>()
            );
            return Given::Card(Card::new(&place, &card.input, Picture::Unusable(why)));
        }
        if let Picture::File(path) = &card.picture
            && card.id == card.input
            && !self.places.is_new(path)
        {
            let why = format!(
                "{place}: the same file came before by another name; give each card an id of its own"
            );
            return Given::Card(Card::new(&place, &card.input, Picture::Unusable(why)));
        }
        Given::Card(card)
    }
}

impl Work for Inputs {
    fn next(&mut self, stop: &Stop) -> Option<Card> {
        self.take(Some(stop))
    }

    fn rest(&mut self) -> Option<Card> {
        self.take(None)
    }
}
