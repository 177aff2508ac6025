//! One request's session: the key, wherever it lives, and what is done under it.

use sha2::{Digest, Sha256};

use crate::{OpenFailed, ProviderError, SessionKey, Wiped, base64};

/// The tag of a ciphertext, kept apart from it.
pub type Tag = [u8; 16];

/// A body to seal, written piece by piece so that no copy of all of it is needed. Padding, where the suite has any, is
/// in it already.
pub trait Plaintext {
    /// Bytes of the whole: a multiple of the suite's block.
    fn len(&self) -> usize;

    /// True where there is nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the bytes that stand from `at` on, as many as fill the piece.
    ///
    /// # Errors
    /// A defect, where the piece ends beyond the whole.
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

/// Writes what follows a sealed body in its JSON; it is given the tag.
pub type Rest<'a> = dyn FnMut(Option<&Tag>, &mut Vec<u8>) -> Result<(), ProviderError> + 'a;

/// The key of one request, and what is done under it. cardseal seals one request with it, opens one answer, and drops it.
/// A request or an answer of several sealed members is several calls under one IV; that is the service's design.
///
/// A session holds the key or a handle to it. It wipes or destroys the key when it is dropped; [`SessionKey`] does so by
/// itself.
///
/// An IV has exactly [`Facts::iv_len`](crate::Facts) bytes. cardseal draws it for a request and checks its length in an
/// answer; a session that is given another returns a defect, and opens nothing.
pub trait Session: Send + Sync {
    /// Encrypts all of `place` where it stands. Its length is a multiple of [`Facts::block_len`](crate::Facts), padding
    /// included. Gives the tag where the suite has one.
    ///
    /// No data is authenticated beside the body (GCM's associated data is empty).
    ///
    /// # Errors
    /// [`ProviderError`]; cardseal then wipes the place and sends nothing.
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError>;

    /// Decrypts all of `place` where it stands, padding included: cardseal checks the padding and cuts it off. Where the
    /// suite has a tag, it is verified before anything is decrypted, and no tag is a wrong tag; where it has none, an
    /// answer that brings one is refused.
    ///
    /// # Errors
    /// [`OpenFailed::Refused`] where the tag is wrong; [`OpenFailed::Provider`] where nothing could be tried. cardseal
    /// then wipes the place.
    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed>;

    /// The key, for an opener that is stored for a later process; `None` where keys cannot leave.
    fn export(self: Box<Self>) -> Option<SessionKey>;

    /// Encrypts a whole body, appends its base64 to `json`, lets `rest` append what follows, and gives the SHA-256 of
    /// all of `json`. Room for everything is reserved already.
    ///
    /// A provider that can do this in one pass over the body replaces it, with the same result.
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
