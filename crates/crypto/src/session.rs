//! The session of one request: its key, and sealing and opening with it.

use sha2::{Digest, Sha256};

use crate::{OpenFailed, ProviderError, SessionKey, Wiped, base64};

/// The tag of a ciphertext, stored separately from it.
pub type Tag = [u8; 16];

/// A body to seal, written piece by piece so that no complete copy is needed. It already includes the padding, if the
/// suite needs it.
pub trait Plaintext {
    /// Total length in bytes: a multiple of the suite's block length.
    fn len(&self) -> usize;

    /// True if there is nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the bytes from position `at` on, until `piece` is full.
    ///
    /// # Errors
    /// A defect, if the piece ends beyond the body.
    fn write(&self, at: usize, piece: &mut [u8]) -> Result<(), ProviderError>;
}

impl Plaintext for &[u8] {
    fn len(&self) -> usize {
        <[u8]>::len(self)
    }

    fn write(&self, at: usize, piece: &mut [u8]) -> Result<(), ProviderError> {
        let bytes = self.get(at..).and_then(|rest| rest.get(..piece.len()));
        let bytes = bytes.ok_or_else(|| ProviderError::defect("a piece ends beyond the body"))?;
        piece.copy_from_slice(bytes);
        Ok(())
    }
}

/// Writes the JSON after a sealed body; it receives the tag.
pub type Rest<'a> = dyn FnMut(Option<&Tag>, &mut Vec<u8>) -> Result<(), ProviderError> + 'a;

/// The key of one request. cardseal seals one request with it, opens one reply, and drops it. If several members are
/// sealed, there are several calls under one IV, by the service's design.
///
/// A session holds the key or a handle to it. It must wipe or destroy the key on drop; [`SessionKey`] does this itself.
///
/// One thread at a time uses a session, but not always the same one, and sessions are used by turns: keep its key with
/// it, and no "current key" in the module.
///
/// An IV has exactly [`Facts::iv_len`](crate::Facts) bytes, and `place` whole blocks. cardseal draws the IV of a request
/// and checks both lengths in a reply. If a session gets another length, it returns an error and touches nothing: a
/// [`ProviderError::defect`] from `seal`, and that or [`OpenFailed::Refused`] from `open`.
pub trait Session: Send + Sync {
    /// Encrypts all of `place` in place. Its length is a multiple of [`Facts::block_len`](crate::Facts), including
    /// padding, and may be 10 MiB: if your module takes less at once, loop. Returns the tag if the suite has one.
    ///
    /// GCM's associated data is empty.
    ///
    /// # Errors
    /// [`ProviderError`]; cardseal then wipes `place` and sends nothing.
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError>;

    /// Decrypts all of `place` in place, including padding; cardseal checks and removes the padding. If the suite has a
    /// tag, verify it before anything is decrypted, and treat a missing tag as a wrong one. If the suite has no tag,
    /// reject a ciphertext with one.
    ///
    /// # Errors
    /// [`OpenFailed::Refused`] if the tag is wrong or missing, or there is one too many; [`OpenFailed::Provider`] if the
    /// provider could not try, which `?` makes of a [`ProviderError`]. cardseal then wipes `place`.
    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed>;

    /// For a cipher that [`open`](Session::open) may be asked to decrypt in parts: the IV of what follows these whole
    /// blocks of a ciphertext, which in CBC is the last of them. cardseal then decodes, checks and opens a long ciphertext
    /// piece by piece, each in the cache. `None` if a ciphertext has to be opened as a whole: always, if there is a tag.
    fn next_iv(&self, sealed: &[u8]) -> Option<[u8; 16]> {
        let _ = sealed;
        None
    }

    /// How much of the stack [`open`](Session::open) uses at most, in bytes. cardseal wipes it afterwards, which takes
    /// longer than opening a small reply; so state less than the default only if you have measured it, in a release build.
    fn stack_of_open(&self) -> usize {
        24 * 1024
    }

    /// The key, to store the opener for a later process; `None` if keys cannot leave.
    fn export(self: Box<Self>) -> Option<SessionKey>;

    /// Encrypts a whole body, appends its base64 to `json`, lets `rest` append the remaining JSON, and returns the
    /// SHA-256 of all of `json`. The capacity is already reserved.
    ///
    /// A provider that can do this in one pass over the body may override it; the result must be the same.
    ///
    /// # Errors
    /// [`ProviderError`]; cardseal then sends nothing.
    fn seal_body(
        &self,
        iv: &[u8],
        body: &dyn Plaintext,
        json: &mut Vec<u8>,
        rest: &mut Rest<'_>,
    ) -> Result<[u8; 32], ProviderError> {
        let mut place = Wiped::new(vec![0; body.len()]);
        body.write(0, &mut place)?;
        let tag = self.seal(iv, &mut place)?;
        base64::append(&place, json).ok_or_else(|| ProviderError::defect("base64 does not fit"))?;
        rest(tag.as_ref(), json)?;
        Ok(Sha256::digest(json).into())
    }
}
