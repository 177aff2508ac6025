//! The first line of a journal: how its results are written, the salt of its hashes, and who can read encrypted results.
//!
//! ```text
//! cardseal batch journal 1 FORM
//! cardseal batch journal 2 FORM SALT [READERS]
//! ```
//!
//! The second is written; the first, whose hashes have no salt, is gone on with.

use std::io;

use crate::card::{Id, half, hex};

/// What the first line of a journal begins with.
pub(crate) const TITLE: &str = "cardseal batch journal ";

/// No title is longer.
pub(super) const LONGEST: u64 = 128;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// In clear.
    Plain,
    /// An age file a line.
    Age,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Age => "age",
        }
    }
}

/// Makes the hashes of one journal differ from those of all others: a name cannot be looked up in a table of hashes, nor
/// in another journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Salt(Option<[u8; 16]>);

impl Salt {
    /// A salt of its own.
    pub(super) fn fresh() -> io::Result<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        Ok(Self(Some(bytes)))
    }

    /// A card's id, as the journal has it.
    pub(crate) fn id(&self, id: &Id) -> Id {
        match self.0 {
            None => *id,
            Some(salt) => Id::from_hash(half(&[&salt, id.bytes()])),
        }
    }

    /// A line of results, as the journal has it.
    pub(crate) fn line(&self, line: &[u8]) -> Id {
        let salt = self.0.as_ref().map_or(&[][..], |salt| salt);
        Id::from_hash(half(&[salt, line]))
    }
}

/// The first line of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Title {
    pub(super) form: Form,
    pub(super) salt: Salt,
    /// Who can read the results, by their salted hash.
    readers: Option<Id>,
}

impl Title {
    /// For new results: in clear, or for these readers.
    pub(super) fn fresh(readers: Option<&str>) -> io::Result<Self> {
        let salt = Salt::fresh()?;
        Ok(Self {
            form: form(readers),
            salt,
            readers: readers.map(|readers| salt.line(readers.as_bytes())),
        })
    }

    /// Reads a whole line; `None` if it is no title.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_suffix('\n')?.strip_prefix(TITLE)?.split(' ');
        let version = words.next()?;
        let form = match words.next()? {
            "plain" => Form::Plain,
            "age" => Form::Age,
            _ => return None,
        };
        let title = match version {
            "1" => Self {
                form,
                salt: Salt(None),
                readers: None,
            },
            "2" => Self {
                form,
                salt: Salt(Some(*Id::parse(words.next()?)?.bytes())),
                readers: match form {
                    Form::Plain => None,
                    Form::Age => Some(Id::parse(words.next()?)?),
                },
            },
            _ => return None,
        };
        words.next().is_none().then_some(title)
    }

    /// Whether a line that is no title may be the beginning of one.
    pub(super) fn could_begin(line: &str) -> bool {
        line.starts_with(TITLE) || TITLE.starts_with(line.trim_end())
    }

    /// The line.
    pub(super) fn write(&self) -> String {
        let mut line = match self.salt.0 {
            None => format!("{TITLE}1 {}", self.form.name()),
            Some(salt) => format!("{TITLE}2 {} {}", self.form.name(), hex(&salt)),
        };
        if let Some(readers) = &self.readers {
            line.push_str(&format!(" {readers}"));
        }
        line.push('\n');
        line
    }

    /// Whether results of this title can be added to in clear, or for these readers. An old title does not say for whom.
    pub(super) fn is_for(&self, readers: Option<&str>) -> bool {
        let same = |known: Id| readers.map(|all| self.salt.line(all.as_bytes())) == Some(known);
        self.form == form(readers) && self.readers.is_none_or(same)
    }
}

fn form(readers: Option<&str>) -> Form {
    match readers {
        Some(_) => Form::Age,
        None => Form::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_read_as_it_was_written() {
        for readers in [None, Some("age1one"), Some("age1one age1two")] {
            let title = Title::fresh(readers).unwrap();
            let line = title.write();
            assert_eq!(Title::parse(&line), Some(title));
            assert!(u64::try_from(line.len()).unwrap() <= LONGEST, "{line}");
            assert!(title.is_for(readers));
            assert!(!title.is_for(Some("age1three")));
            assert!(!line.contains("age1"), "{line}");
            for end in 0..line.len() {
                assert_eq!(Title::parse(&line[..end]), None);
                assert!(Title::could_begin(&line[..end]));
            }
        }
        let old = Title::parse("cardseal batch journal 1 age\n").unwrap();
        assert!(old.is_for(Some("age1anyone")) && !old.is_for(None));
        assert_eq!(old.write(), "cardseal batch journal 1 age\n");
        for wrong in ["", "\n", "cardseal batch journal 3 plain\n", "a text\n"] {
            assert_eq!(Title::parse(wrong), None);
        }
    }

    #[test]
    fn the_hashes_of_two_journals_have_nothing_in_common() {
        let (one, other) = (Salt::fresh().unwrap(), Salt::fresh().unwrap());
        let id = Id::of("11010119900307002X.jpg");
        assert_ne!(one.id(&id), other.id(&id));
        assert_ne!(one.line(b"line"), other.line(b"line"));
        assert_ne!(one.id(&id), id);
        // That of before, which its journal is read with.
        assert_eq!(Salt(None).id(&id), id);
    }
}
