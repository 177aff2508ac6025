//! Sealing one message in several chunks.

use crate::{
    block::Block,
    message::{Message, TooLong},
    sha256::{Sha256, TextBlock},
};

/// A message being sealed chunk by chunk; made by [`Sm4Gcm::sealer`](crate::Sm4Gcm::sealer).
///
/// Only the last chunk may end inside a 16-byte block, so every other chunk is a slice of blocks:
///
/// ```
/// use cardseal_kernels::{Sm4Gcm, TooLong};
///
/// # fn main() -> Result<(), TooLong> {
/// let cipher = Sm4Gcm::new(&[7; 16]);
/// let (mut message, mut at_once) = ([1; 100], [1; 100]);
///
/// let mut sealer = cipher.sealer(&[9; 12], b"");
/// let (blocks, tail) = message.as_chunks_mut();
/// for chunk in blocks.chunks_mut(4) {
///     sealer.update(chunk)?; // `chunk` is ciphertext now, and still in the cache
/// }
/// let tag = sealer.finish(tail)?;
///
/// assert_eq!(tag, cipher.seal_in_place(&[9; 12], b"", &mut at_once)?);
/// assert_eq!(message, at_once);
/// # Ok(())
/// # }
/// ```
#[must_use = "without `finish` there is no tag"]
pub struct Sealer<'k> {
    message: Message<'k>,
}

impl<'k> Sealer<'k> {
    pub(crate) fn new(message: Message<'k>, aad: &[u8]) -> Self {
        let mut sealer = Sealer { message };
        sealer.message.start(aad);
        sealer
    }

    /// Encrypts the next whole blocks in place.
    ///
    /// # Errors
    ///
    /// [`TooLong`] when the message would exceed 2³⁶ − 32 bytes; `blocks` are then unchanged.
    pub fn update(&mut self, blocks: &mut [Block]) -> Result<(), TooLong> {
        if !self.message.has_room_for(blocks.as_flattened().len()) {
            return Err(TooLong);
        }
        self.message.seal_blocks(blocks);
        Ok(())
    }

    /// Encrypts the next whole blocks in place and hashes `text`, which is public: an earlier part of the same message,
    /// encoded, say. Where the CPU can, the two go through one loop, three cipher blocks to a block of text.
    ///
    /// # Errors
    ///
    /// [`TooLong`] when the message would exceed 2³⁶ − 32 bytes; `blocks` and `hash` are then unchanged.
    pub fn update_hashing(
        &mut self,
        blocks: &mut [Block],
        hash: &mut Sha256,
        text: &[TextBlock],
    ) -> Result<(), TooLong> {
        if !self.message.has_room_for(blocks.as_flattened().len()) {
            return Err(TooLong);
        }
        self.message.seal_blocks_hashing(blocks, hash, text);
        Ok(())
    }

    /// Encrypts the last bytes in place, any number of them, and returns the tag.
    ///
    /// # Errors
    ///
    /// [`TooLong`] when the message would exceed 2³⁶ − 32 bytes; `last` is then unchanged.
    pub fn finish(mut self, last: &mut [u8]) -> Result<[u8; 16], TooLong> {
        if !self.message.has_room_for(last.len()) {
            return Err(TooLong);
        }
        let (blocks, tail) = last.as_chunks_mut();
        self.message.seal_blocks(blocks);
        Ok(self.message.seal_tail(tail))
    }
}
