//! Opening single members of a reply in place, in one pass over the reply.
//!
//! An attacker who can change a reply chooses the names in its list. Therefore the number of names, their depth, the
//! opened bytes and the written bytes are all limited, and the cost is that of reading the reply once more.

use core::fmt;
use std::collections::BTreeMap;
use std::io::{self, Write};

use cardseal_crypto::Wiped;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::envelope::path::{self, Step};
use crate::error::{Error, OpenError};

/// More sealed members than any action has.
pub(super) const MOST_NAMED: usize = 64;

/// The maximum number of bytes that all members together may open to: more than a reply can have.
const MOST_OPENED: usize = 16 * 1024 * 1024;

/// Opens the named members of `inner` in place and removes `Encryption`. `decrypt` gets a member's index in the list
/// and its ciphertext.
pub(super) fn open_in_place(
    inner: &str,
    named: &[String],
    mut decrypt: impl FnMut(usize, &str) -> Result<Wiped, Error>,
) -> Result<Wiped, Error> {
    if named.len() > MOST_NAMED {
        return Err(OpenError.into());
    }
    let mut tree = Tree::default();
    for (place, name) in named.iter().enumerate() {
        tree.insert(&path::parse(name)?, place)?;
    }
    // Escapes can double a text; a text that grows more is not a genuine reply.
    let room = inner.len().saturating_mul(2).saturating_add(4096);
    let mut walk = Walk {
        out: Out(Wiped::new(Vec::with_capacity(room))),
        decrypt: &mut decrypt,
        opened: 0,
        failed: None,
    };
    let mut reader = serde_json::Deserializer::from_str(inner);
    let at = At {
        tree: &tree,
        is_top: true,
        walk: &mut walk,
    };
    match at.deserialize(&mut reader).and_then(|()| reader.end()) {
        Ok(()) => Ok(walk.out.0),
        Err(_) => Err(walk.failed.unwrap_or_else(|| OpenError.into())),
    }
}

/// The sealed members below one value.
#[derive(Default)]
struct Tree<'p> {
    /// The index in the list, if this value itself is sealed.
    sealed: Option<usize>,
    members: BTreeMap<&'p str, Tree<'p>>,
    elements: BTreeMap<usize, Tree<'p>>,
}

impl<'p> Tree<'p> {
    /// Adds one path. It must not end at or pass through the end of another path.
    fn insert(&mut self, steps: &[Step<'p>], place: usize) -> Result<(), OpenError> {
        if self.sealed.is_some() {
            return Err(OpenError);
        }
        match steps.split_first() {
            Some((Step::Member(name), rest)) => {
                self.members.entry(name).or_default().insert(rest, place)
            }
            Some((Step::Element(index), rest)) => {
                self.elements.entry(*index).or_default().insert(rest, place)
            }
            None if self.members.is_empty() && self.elements.is_empty() => {
                self.sealed = Some(place);
                Ok(())
            }
            None => Err(OpenError),
        }
    }
}

/// The state of one pass: the output, and what was found.
struct Walk<'w> {
    out: Out,
    decrypt: &'w mut dyn FnMut(usize, &str) -> Result<Wiped, Error>,
    /// Bytes so far.
    opened: usize,
    /// The error, if it is not one of the reply's JSON.
    failed: Option<Error>,
}

impl Walk<'_> {
    fn open(&mut self, place: usize, ciphertext: &str) -> Result<(), Error> {
        let plaintext = (self.decrypt)(place, ciphertext)?;
        self.opened = self.opened.saturating_add(plaintext.len());
        let text = core::str::from_utf8(&plaintext).map_err(|_| OpenError)?;
        if self.opened > MOST_OPENED {
            return Err(OpenError.into());
        }
        serde_json::to_writer(&mut self.out, text).map_err(|_| OpenError.into())
    }
}

/// A buffer that never grows, because growing would leave its old content unwiped.
struct Out(Wiped);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.capacity().saturating_sub(self.0.len()) < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One value of the reply, and what to open in it.
struct At<'a, 'p, 'w> {
    tree: &'a Tree<'p>,
    is_top: bool,
    walk: &'a mut Walk<'w>,
}

impl<'de> DeserializeSeed<'de> for At<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if let Some(place) = self.tree.sealed {
            let ciphertext = String::deserialize(deserializer)?;
            return self.walk.open(place, &ciphertext).map_err(|error| {
                self.walk.failed = Some(error);
                de::Error::custom("a member does not open")
            });
        }
        if self.tree.elements.is_empty() {
            deserializer.deserialize_map(self)
        } else if self.tree.members.is_empty() {
            deserializer.deserialize_seq(self)
        } else {
            Err(de::Error::custom("no value is both an object and a list"))
        }
    }
}

impl<'de> Visitor<'de> for At<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that holds what is named")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let (mut found, mut written) = (0_usize, 0_usize);
        self.walk.raw("{")?;
        while let Some(name) = map.next_key::<String>()? {
            if self.is_top && name == "Encryption" {
                map.next_value::<de::IgnoredAny>()?;
                continue;
            }
            self.walk.raw(if written == 0 { "" } else { "," })?;
            written = written.saturating_add(1);
            self.walk.name(&name)?;
            match self.tree.members.get(name.as_str()) {
                Some(tree) => {
                    found = found.saturating_add(1);
                    map.next_value_seed(self.below(tree))?;
                }
                None => self.walk.raw(map.next_value::<&RawValue>()?.get())?,
            }
        }
        self.walk.raw("}")?;
        self.all_found(found, self.tree.members.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let (mut found, mut index) = (0_usize, 0_usize);
        self.walk.raw("[")?;
        loop {
            // The separator is written before each value, because the value may be the last.
            let before = if index == 0 { "" } else { "," };
            match self.tree.elements.get(&index) {
                Some(tree) => {
                    self.walk.raw(before)?;
                    if seq.next_element_seed(self.below(tree))?.is_none() {
                        break;
                    }
                    found = found.saturating_add(1);
                }
                None => match seq.next_element::<&RawValue>()? {
                    Some(value) => {
                        self.walk.raw(before)?;
                        self.walk.raw(value.get())?;
                    }
                    None => break,
                },
            }
            index = index.saturating_add(1);
        }
        self.walk.raw("]")?;
        self.all_found(found, self.tree.elements.len())
    }
}

impl<'p, 'w> At<'_, 'p, 'w> {
    fn below<'b>(&'b mut self, tree: &'b Tree<'p>) -> At<'b, 'p, 'w> {
        At {
            tree,
            is_top: false,
            walk: self.walk,
        }
    }

    /// A named member that is missing or duplicated makes the whole reply invalid.
    fn all_found<E: de::Error>(&self, found: usize, named: usize) -> Result<(), E> {
        match found == named {
            true => Ok(()),
            false => Err(E::custom("a named member is not there")),
        }
    }
}

impl Walk<'_> {
    fn raw<E: de::Error>(&mut self, text: &str) -> Result<(), E> {
        self.out.write_all(text.as_bytes()).map_err(E::custom)
    }

    fn name<E: de::Error>(&mut self, name: &str) -> Result<(), E> {
        serde_json::to_writer(&mut self.out, name).map_err(E::custom)?;
        self.raw(":")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Upper case in place of a cipher.
    fn opened(inner: &str, named: &[&str]) -> Option<String> {
        let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        let decrypt = |place: usize, text: &str| {
            Ok(Wiped::new(format!("{place}{}", text.to_uppercase()).into()))
        };
        let out = open_in_place(inner, &named, decrypt).ok()?;
        Some(String::from_utf8(out.to_vec()).unwrap())
    }

    #[test]
    fn members_are_opened_where_they_stand_and_the_rest_is_kept() {
        let inner = r#"{"a":{"b":["x", "y",{"c":"z"}],"d":1.50},"e":"q","Encryption":{},"f":[ ]}"#;
        assert_eq!(
            opened(inner, &["a.b[2].c", "Response.e", "a.b[0]"]).as_deref(),
            Some(r#"{"a":{"b":["2X","y",{"c":"0Z"}],"d":1.50},"e":"1Q","f":[ ]}"#)
        );
        for unlike in [
            &["a.b[3]"][..],
            &["a.b"],
            &["a.d"],
            &["a.b[2].x"],
            &["a[0]"],
            &["e", "e"],
            &["e", "Response.e"],
            &["e", "e.x"],
            &["a.b[2].c", "a.b[2]"],
            &["a.b", "a[0]"],
            &["Encryption"],
            &["nothing"],
        ] {
            assert_eq!(opened(inner, unlike), None, "{unlike:?}");
        }
    }

    /// What is written is bounded by what was read, whatever opens to whatever.
    #[test]
    fn nothing_grows_beyond_its_room() {
        let of = |count: usize, byte: u8| {
            let decrypt = move |_: usize, _: &str| Ok(Wiped::new(vec![byte; count]));
            open_in_place(r#"{"a":"x"}"#, &["a".to_owned()], decrypt).is_ok()
        };
        let room = 2 * r#"{"a":"x"}"#.len() + 4096 - r#"{"a":""}"#.len();
        assert!(of(room, b'x') && !of(room + 1, b'x'));
        // Six bytes for one.
        assert!(of(room / 6, 1) && !of(room / 6 + 1, 1));
    }
}
