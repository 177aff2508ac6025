//! A card to recognise: its id, its picture's location, and the side it shows.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A card to recognise.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Card {
    /// Its unique id in the batch: from a list, otherwise its input.
    pub id: String,
    /// The location of its picture, as given.
    pub input: String,
    /// The picture.
    pub picture: Picture,
    /// The side it shows, if known.
    pub side: Option<Side>,
    /// Its file was seen when the batch began: if it is gone later, its folder has gone, and not the card.
    pub(crate) was_seen: bool,
}

impl Card {
    /// A card with this id and picture.
    pub fn new(id: impl Into<String>, input: impl Into<String>, picture: Picture) -> Self {
        Self {
            id: id.into(),
            input: input.into(),
            picture,
            side: None,
            was_seen: false,
        }
    }

    /// Whether its file is a link.
    pub(crate) fn is_link(&self) -> bool {
        match &self.picture {
            Picture::File(path) => path.is_symlink(),
            _ => false,
        }
    }

    pub(crate) fn seen(mut self) -> Self {
        self.was_seen = true;
        self
    }

    /// Sets the side it shows.
    #[must_use]
    pub fn side(mut self, side: Option<Side>) -> Self {
        self.side = side;
        self
    }

    /// Its id by its hash.
    pub fn hashed_id(&self) -> Id {
        Id::of(&self.id)
    }
}

/// The location of a card's picture.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Picture {
    /// In a file.
    File(PathBuf),
    /// At a URL that the service fetches.
    Url(String),
    /// In memory.
    Held(Held),
    /// Unusable for this reason: the card fails with it.
    Unusable(String),
}

/// A picture in memory, which is wiped when the last of its holders goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Held(Arc<Zeroizing<Vec<u8>>>);

impl Held {
    /// Holds these bytes.
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(Arc::new(bytes))
    }

    /// The picture's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The picture's bytes, copied only where others hold them too.
    pub(crate) fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        Arc::try_unwrap(self.0).unwrap_or_else(|shared| Zeroizing::new(shared.to_vec()))
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Held({} bytes)", self.0.len())
    }
}

/// The side of a card that a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The side with the portrait.
    Front,
    /// The side with the national emblem.
    Back,
}

/// A card's id by its hash: half of its SHA-256. Small, and of the same size for every card.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 16]);

impl Id {
    /// Of an id.
    pub fn of(id: &str) -> Self {
        Self::of_bytes(id.as_bytes())
    }

    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        Self(half(&[bytes]))
    }

    pub(crate) fn from_hash(hash: [u8; 16]) -> Self {
        Self(hash)
    }

    pub(crate) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Its first half: enough to tell a few million cards apart, in half of the memory.
    pub(crate) fn short(&self) -> u64 {
        self.0
            .first_chunk()
            .map_or(0, |half| u64::from_be_bytes(*half))
    }

    /// From the text that [`Display`](fmt::Display) writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            let start = at.checked_mul(2)?;
            *byte = u8::from_str_radix(text.get(start..start.checked_add(2)?)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// The first half of the SHA-256 of these pieces, one behind the other.
pub(crate) fn half(pieces: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for piece in pieces {
        hash.update(piece);
    }
    let hash = hash.finalize();
    hash.first_chunk().copied().unwrap_or_default()
}

/// Sixteen bytes as the journal writes them.
pub(crate) fn hex(bytes: &[u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_one_holds_is_not_copied() {
        let held = Held::new(Zeroizing::new(vec![1, 2]));
        let place = held.bytes().as_ptr();
        let other = held.clone();
        assert_ne!(held.into_bytes().as_ptr(), place);
        let taken = other.into_bytes();
        assert_eq!((taken.as_ptr(), &taken[..]), (place, &[1, 2][..]));
    }

    #[test]
    fn an_id_is_half_of_its_sha_256() {
        // printf abc | sha256sum
        let id = Id::of("abc");
        assert_eq!(id.to_string(), "ba7816bf8f01cfea414140de5dae2223");
        assert_eq!(Id::parse(&id.to_string()), Some(id));
        for wrong in ["", "ba", "zz7816bf8f01cfea414140de5dae2223"] {
            assert_eq!(Id::parse(wrong), None);
        }
    }
}
