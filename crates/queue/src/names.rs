//! The names of a job's streams, buckets and subjects. None of them holds a card's id: a card is known by a salted hash.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::error::QueueError;

/// The name of a job: 1 to 64 letters, digits, `_` and `-`.
#[derive(Clone, PartialEq, Eq)]
pub struct JobName(String);

impl JobName {
    /// Takes a name.
    ///
    /// # Errors
    /// [`QueueError::Name`].
    pub fn parse(name: &str) -> Result<Self, QueueError> {
        let is_good = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        match (1..=64).contains(&name.len()) && name.bytes().all(is_good) {
            true => Ok(Self(name.to_owned())),
            false => Err(QueueError::Name),
        }
    }

    /// The stream or bucket of the job for this. The prefixes hold no `-`, so that no two jobs share a stream.
    pub(crate) fn store(&self, of: Store) -> String {
        let prefix = match of {
            Store::Cards => "cardseal",
            Store::Results => "cardsealresults",
            Store::Failed => "cardsealfailed",
            Store::Calls => "cardsealcalls",
            Store::Notes => "cardsealnotes",
            Store::Dead => "cardsealdead",
            Store::Images => "cardsealimages",
            Store::Rate => "cardsealrate",
        };
        format!("{prefix}-{}", self.0)
    }

    /// The stream that is this, or that the bucket lies in.
    pub(crate) fn stream(&self, of: Store) -> String {
        let name = self.store(of);
        match of {
            Store::Images => format!("OBJ_{name}"),
            Store::Rate => format!("KV_{name}"),
            _ => name,
        }
    }

    /// The subject of this kind, for one card or (by `*` or `>`) for all.
    pub(crate) fn subject(&self, kind: &str, card: &str) -> String {
        format!("cardseal.{}.{kind}.{card}", self.0)
    }

    /// The subject of the job's record.
    pub(crate) fn record(&self) -> String {
        format!("cardseal.{}.job", self.0)
    }

    /// Where a worker asks the others whether one of them has a card. Nothing of it is stored.
    pub(crate) fn holds(&self) -> String {
        format!("cardseal.{}.holds", self.0)
    }
}

impl fmt::Display for JobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for JobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a job has on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    /// The cards that wait or are with a worker: a work queue.
    Cards,
    /// The results, one a card.
    Results,
    /// One empty message for each card that failed, by its code.
    Failed,
    /// One message for each call that was begun and not closed.
    Calls,
    /// The job's record, and deliveries that count against no card.
    Notes,
    /// Cards that were given up.
    Dead,
    /// Pictures that are too large for a message.
    Images,
    /// The next free turn at the service.
    Rate,
}

/// A card's id as the server has it. Whoever knows neither the job's salt nor the workers' public keys cannot try ids.
pub(crate) fn hash(salt: &str, readers: &str, id: &str) -> String {
    let mut hash = Sha256::new();
    for piece in [salt, readers, id] {
        hash.update(piece.len().to_be_bytes());
        hash.update(piece);
    }
    hex(hash.finalize().iter().take(16))
}

pub(crate) fn hex<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> String {
    bytes
        .into_iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A name that nothing else has.
pub(crate) fn once() -> String {
    let mut bytes = [0; 16];
    // Without random numbers nothing is sealed, and nothing comes so far.
    let _ = getrandom::fill(&mut bytes);
    hex(&bytes)
}

/// A service's code as a token of a subject.
pub(crate) fn token(code: &str) -> String {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    let token: String = code
        .chars()
        .map(|letter| match letter {
            '.' => '/',
            letter if fits(letter) => letter,
            _ => '_',
        })
        .take(100)
        .collect();
    if token.is_empty() {
        "_".to_owned()
    } else {
        token
    }
}

/// The code that a token stands for.
pub(crate) fn code(token: &str) -> String {
    token.replace('/', ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jobs_name_is_a_word() {
        for good in ["a", "A-b_9", &"x".repeat(64)] {
            assert_eq!(JobName::parse(good).unwrap().to_string(), good);
        }
        for wrong in ["", "a.b", "a b", "a>", "*", "é", &"x".repeat(65)] {
            assert!(
                matches!(JobName::parse(wrong), Err(QueueError::Name)),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_code_comes_back_from_its_token() {
        let known = "FailedOperation.ImageBlur";
        assert_eq!(code(&token(known)), known);
        assert_eq!(token("a b>*"), "a_b__");
        assert_eq!(token(""), "_");
    }

    #[test]
    fn a_hash_depends_on_each_of_its_parts() {
        let one = hash("salt", "age1a", "id");
        assert_eq!(one.len(), 32);
        for other in [
            hash("sal", "tage1a", "id"),
            hash("salt", "age1", "aid"),
            hash("salt", "age1a", "ie"),
        ] {
            assert_ne!(one, other);
        }
    }
}
