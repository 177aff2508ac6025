//! A body as a suite sees it while it encrypts: one cache-sized piece after another, each with text to hash meanwhile.

use cardseal_kernels::sha256::{Sha256, TextBlock};

use crate::error::Error;

/// A multiple of 3 blocks, which base64 makes into 64 bytes of text, one block of the hash; and small enough that
/// the piece, its text and the keys lie in the first-level cache.
pub(crate) const PIECE: usize = 384 * BLOCK;

pub(crate) const BLOCK: usize = 16;

/// A body that is encrypted piece by piece.
pub(crate) trait Body {
    /// The next piece, where a whole one is left. The one before it is encrypted by now.
    fn next_whole(&mut self) -> Result<Option<Piece<'_>>, Error>;

    /// The rest, once no whole piece is left. It becomes as many bytes of ciphertext as `ciphertext_len` says, which
    /// must not be more than a piece.
    fn last(&mut self, ciphertext_len: &dyn Fn(usize) -> usize) -> Result<Last<'_>, Error>;
}

/// Whole blocks of plaintext to encrypt where they stand, and text to hash meanwhile.
pub(crate) struct Piece<'p> {
    pub(crate) blocks: &'p mut [[u8; BLOCK]],
    pub(crate) hash: &'p mut Sha256,
    pub(crate) text: &'p [TextBlock],
}

/// The last plaintext, less than a piece or none: the first `len` bytes of a place that is as long as the
/// ciphertext will be.
pub(crate) struct Last<'p> {
    pub(crate) place: &'p mut [u8],
    pub(crate) len: usize,
    pub(crate) hash: &'p mut Sha256,
    pub(crate) text: &'p [TextBlock],
}
