//! Secret and personal values: the session key, and text read off a card.
//!
//! A [`SessionKey`] is born inside a seal, lives inside its `Opener`, is wiped on drop, and can be neither
//! cloned, compared, printed nor serialised. [`Personal`] holds what a card says: it may be cloned and
//! serialised by its owner, but its `Debug` never shows it.

use core::fmt;
use core::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::entropy::{Draw, EntropyError};

/// The most bytes a session key of any suite has (AES-256).
pub(crate) const MAX_SESSION_KEY: usize = 32;

/// One request's symmetric key: 32 bytes for AES-256-CBC, 16 for SM4-GCM.
///
/// ```compile_fail,E0277
/// fn print(key: &cardseal::SessionKey) {
///     println!("{key}");
/// }
/// ```
pub struct SessionKey {
    // Boxed, so that moving the owner moves a pointer and leaves no copy of the key behind.
    bytes: Box<Zeroizing<[u8; MAX_SESSION_KEY]>>,
    len: usize,
}

impl SessionKey {
    /// Draws a fresh key of `len` bytes.
    pub(crate) fn draw(len: usize, draw: &mut Draw<'_>) -> Result<Self, EntropyError> {
        let mut key = Self::blank(len)?;
        draw.fill_key(key.bytes.get_mut(..len).ok_or(EntropyError)?)?;
        Ok(key)
    }

    /// Takes a key that was stored by an earlier process (an opener file), of exactly `len` bytes.
    pub(crate) fn restore(bytes: &[u8]) -> Result<Self, EntropyError> {
        let mut key = Self::blank(bytes.len())?;
        key.bytes
            .get_mut(..bytes.len())
            .ok_or(EntropyError)?
            .copy_from_slice(bytes);
        Ok(key)
    }

    fn blank(len: usize) -> Result<Self, EntropyError> {
        if len == 0 {
            return Err(EntropyError);
        }
        Ok(Self {
            bytes: Box::new(Zeroizing::new([0; MAX_SESSION_KEY])),
            len,
        })
    }

    /// The raw key bytes. The name is long so that every use can be found by searching for it.
    pub(crate) fn expose_key_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey([redacted])")
    }
}

/// Text that says who somebody is: a name, an address, an ID number.
///
/// `Debug` prints `[redacted]`; [`Personal::expose`] is the one way to the text. Wiped on drop.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Personal(Zeroizing<String>);

impl Personal {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True where the service read nothing for this field.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Personal {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Personal {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() {
            "[empty]"
        } else {
            "[redacted]"
        })
    }
}

impl Serialize for Personal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Personal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The service answers `null` for a side it did not read.
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(Self::from(text.unwrap_or_default()))
    }
}

/// Does work with secrets, and wipes the stack it used: what a function keeps in its frame, and what a move leaves
/// behind, no owner can wipe. Deep enough for every cipher and key wrap here, which a scan of the process's memory
/// checks (`tests/residue`).
///
/// The work has a frame of its own, below this one: were it inlined here, what it spills would stand above what is
/// wiped.
#[inline(never)]
pub(crate) fn leaving_no_stack<T>(work: impl FnOnce() -> T) -> T {
    let out = in_its_own_frame(work);
    wipe_stack();
    out
}

#[inline(never)]
fn in_its_own_frame<T>(work: impl FnOnce() -> T) -> T {
    work()
}

const STACK: usize = 24 * 1024;

/// Filling a frame with zeros wipes whatever stood there; the compiler may not leave it out, since somebody may look.
#[inline(never)]
fn wipe_stack() {
    core::hint::black_box(&mut [0_u8; STACK]);
}

/// Bytes that are wiped when they go, with all the memory they have: plaintext, padding, scratch. They may be
/// megabytes, so they are wiped a word at a time.
#[derive(Default)]
pub(crate) struct Wiped(Vec<u8>);

impl Wiped {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Wipes them now, and leaves none.
    pub(crate) fn wipe(&mut self) {
        let all = self.0.capacity();
        self.0.resize(all, 0);
        cardseal_kernels::wipe(&mut self.0);
        self.0.clear();
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl fmt::Debug for Wiped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wiped({} bytes)", self.0.len())
    }
}

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Deref for Wiped {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Wiped {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

/// Text that is wiped when it goes; as large, perhaps.
#[derive(Default)]
pub(crate) struct WipedText(String);

impl From<String> for WipedText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for WipedText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Deref for WipedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for WipedText {
    fn drop(&mut self) {
        drop(Wiped::new(core::mem::take(&mut self.0).into_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        let key = SessionKey::restore(b"0123456789abcdef").unwrap();
        assert_eq!(format!("{key:?}"), "SessionKey([redacted])");
        assert_eq!(
            format!("{:?}", Personal::from("11010119900307123X")),
            "[redacted]"
        );
        let wiped = Wiped::new(b"11".to_vec());
        assert_eq!(format!("{wiped:?}"), "Wiped(2 bytes)");
    }

    #[test]
    fn what_a_card_says_is_read_from_a_string_or_null() {
        let read = |json: &str| serde_json::from_str::<Personal>(json);
        assert_eq!(read("\"\\u5f20\"").unwrap().expose(), "张");
        assert!(read("null").unwrap().is_empty());
        for other in ["1", "true", "[]", "{}", ""] {
            assert!(read(other).is_err(), "{other}");
        }
        let text = Personal::from("x");
        assert!(!text.is_empty());
        assert_eq!(serde_json::to_string(&text).unwrap(), "\"x\"");
    }

    #[test]
    fn wiping_leaves_nothing_and_keeps_the_memory() {
        let mut bytes = Wiped::new(b"110101199003071233".to_vec());
        bytes.truncate(3);
        let capacity = bytes.capacity();
        bytes.wipe();
        assert!(bytes.is_empty());
        assert_eq!(bytes.capacity(), capacity);
    }

    #[test]
    fn a_key_has_one_to_thirty_two_bytes() {
        assert!(SessionKey::restore(&[]).is_err());
        assert!(SessionKey::restore(&[1; 33]).is_err());
        assert_eq!(
            SessionKey::restore(&[7; 16]).unwrap().expose_key_bytes(),
            &[7; 16]
        );
    }
}
