//! A body on its way from plaintext to the JSON that is sent, one cache-sized piece at a time.
//!
//! Each piece of plaintext is written into one small buffer, encrypted there by the suite, and encoded from there to
//! the end of the JSON. While a piece is encrypted, the text of the piece before it is there to be hashed: a suite
//! may do both in one loop. So the plaintext stands in one small buffer only, which is wiped, and the JSON is written
//! once, front to back.

use cardseal_kernels::sha256::{Sha256, TextBlock};
use cardseal_kernels::wipe;

use crate::error::{Error, ErrorKind};
use crate::suite::body::{BLOCK, Body, Last, PIECE, Piece};
use crate::wire;

/// A plaintext that can be written piece by piece.
pub(crate) trait Plaintext {
    /// Bytes of the whole.
    fn len(&self) -> usize;

    /// Writes the bytes that stand from `at` on, as many as fill the piece.
    fn write(&self, at: usize, piece: &mut [u8]) -> Result<(), Error>;
}

impl Plaintext for &[u8] {
    fn len(&self) -> usize {
        <[u8]>::len(self)
    }

    fn write(&self, at: usize, piece: &mut [u8]) -> Result<(), Error> {
        let bytes = self.get(at..).and_then(|rest| rest.get(..piece.len()));
        piece.copy_from_slice(bytes.ok_or_else(bug)?);
        Ok(())
    }
}

/// A body in the making, behind whatever its JSON begins with.
pub(crate) struct Pieces<'a> {
    plaintext: &'a dyn Plaintext,
    /// Bytes of plaintext that have been in the buffer.
    taken: usize,
    buffer: [[u8; BLOCK]; PIECE / BLOCK],
    /// Bytes of the buffer that are ciphertext and not in the JSON yet.
    held: usize,
    json: &'a mut Vec<u8>,
    hash: Sha256,
    /// Bytes of the JSON that are hashed: whole blocks.
    hashed: usize,
}

impl<'a> Pieces<'a> {
    /// A body that follows what `json` holds already.
    pub(crate) fn new(plaintext: &'a dyn Plaintext, json: &'a mut Vec<u8>) -> Self {
        Self {
            plaintext,
            taken: 0,
            buffer: [[0; BLOCK]; PIECE / BLOCK],
            held: 0,
            json,
            hash: Sha256::new(),
            hashed: 0,
        }
    }

    /// Ends the body. `rest` writes the rest of the JSON; the hash of all of it comes back.
    pub(crate) fn finish(
        mut self,
        rest: impl FnOnce(&mut Vec<u8>) -> Option<()>,
    ) -> Result<[u8; 32], Error> {
        if self.left() != 0 {
            return Err(bug());
        }
        self.encode_held()?;
        rest(self.json).ok_or_else(bug)?;
        let hash = core::mem::take(&mut self.hash);
        Ok(hash.finish(self.json.get(self.hashed..).ok_or_else(bug)?))
    }

    fn left(&self) -> usize {
        self.plaintext.len().saturating_sub(self.taken)
    }

    fn take(&mut self, len: usize) -> Result<(), Error> {
        let place = self.buffer.as_flattened_mut().get_mut(..len);
        self.plaintext.write(self.taken, place.ok_or_else(bug)?)?;
        self.taken = self.taken.saturating_add(len);
        Ok(())
    }

    fn encode_held(&mut self) -> Result<(), Error> {
        let held = self.buffer.as_flattened().get(..self.held);
        wire::append_encoded(held.ok_or_else(bug)?, self.json).ok_or_else(bug)?;
        self.held = 0;
        Ok(())
    }
}

impl Body for Pieces<'_> {
    fn next_whole(&mut self) -> Result<Option<Piece<'_>>, Error> {
        if self.left() < PIECE {
            return Ok(None);
        }
        self.encode_held()?;
        self.take(PIECE)?;
        self.held = PIECE;
        let text = text(self.json, &mut self.hashed);
        Ok(Some(Piece {
            blocks: &mut self.buffer,
            hash: &mut self.hash,
            text,
        }))
    }

    fn last(&mut self, ciphertext_len: &dyn Fn(usize) -> usize) -> Result<Last<'_>, Error> {
        self.encode_held()?;
        let len = self.left();
        self.take(len)?;
        self.held = ciphertext_len(len);
        let text = text(self.json, &mut self.hashed);
        let place = self.buffer.as_flattened_mut();
        Ok(Last {
            place: place.get_mut(..self.held).ok_or_else(bug)?,
            len,
            hash: &mut self.hash,
            text,
        })
    }
}

impl Drop for Pieces<'_> {
    fn drop(&mut self) {
        // Ciphertext by now, unless something failed.
        wipe(self.buffer.as_flattened_mut());
    }
}

/// The whole blocks that are written and not hashed yet; they count as hashed from now on.
fn text<'j>(json: &'j [u8], hashed: &mut usize) -> &'j [TextBlock] {
    let written = json.get(*hashed..).unwrap_or_default();
    let (text, _) = written.as_chunks();
    *hashed = hashed.saturating_add(text.as_flattened().len());
    text
}

fn bug() -> Error {
    Error::new(
        ErrorKind::Bug,
        "the body does not fit its place; nothing was sent",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a suite is promised: text to hash while it encrypts, as much as was written and not hashed yet.
    #[test]
    fn beside_each_piece_stands_the_text_of_the_piece_before_it() {
        let (plaintext, mut json) = (vec![7; 3 * PIECE], b"{\"".to_vec());
        let plaintext = plaintext.as_slice();
        let mut pieces = Pieces::new(&plaintext, &mut json);
        let mut beside = Vec::new();
        while let Some(piece) = pieces.next_whole().unwrap() {
            beside.push(piece.text.as_flattened().to_vec());
        }
        let last = pieces.last(&|len| len + BLOCK).unwrap();
        beside.push(last.text.as_flattened().to_vec());
        drop(pieces);
        let block = size_of::<TextBlock>();
        // Each piece is written as its base64, behind the two bytes that were there.
        let written = [0, 1, 2, 3].map(|pieces| 2 + pieces * (PIECE / 3 * 4));
        let whole = written.map(|bytes| bytes / block * block);
        assert_eq!(beside[0], b"");
        for (piece, ends) in whole.windows(2).enumerate() {
            assert_eq!(beside[piece + 1], json[ends[0]..ends[1]], "piece {piece}");
        }
    }
}
