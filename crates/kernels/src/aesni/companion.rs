//! AES-256-CBC that goes along with a loop of SHA-256.
//!
//! Both are chains in which each instruction waits for the one before it, and neither keeps the CPU busy. Interleaved
//! they take hardly longer than the slower one alone. Base64 makes 64 bytes of text, one block of the hash, out of 48
//! bytes of ciphertext, three blocks of the cipher: so they go three to one.
//!
//! The technique: Gopal and others, "Fast Cryptographic Computation on Intel Architecture Processors Via Function
//! Stitching" (Intel, 2010).

use super::{Lane, ROUNDS, RoundKeys};
use crate::block::Block;

/// Cipher blocks to one block of text.
pub(crate) const RATIO: usize = 3;

/// Calls of [`Companion::go_along`] to one block of text, one for every four of its rounds.
pub(crate) const QUADS: usize = 16;

/// Rounds of as many cipher blocks.
const STEPS: usize = RATIO * ROUNDS;

/// A message in encryption that goes along with a hash.
pub(crate) struct Companion<'k, 'b> {
    lane: Lane<'k>,
    /// The block in work, then those that follow.
    blocks: &'b mut [Block],
}

impl<'k, 'b> Companion<'k, 'b> {
    /// Enters the chain behind the ciphertext block `chain`.
    #[inline]
    #[target_feature(enable = "aes,sse4.1,ssse3")]
    pub(crate) fn enter(keys: &'k RoundKeys, chain: &Block, blocks: &'b mut [Block]) -> Self {
        Companion {
            lane: Lane::enter(keys, chain, blocks.first()),
            blocks,
        }
    }

    /// A sixteenth of the way through three blocks. Sixteen calls, with all numbers in order, encrypt them.
    #[inline]
    #[target_feature(enable = "aes,sse4.1,ssse3")]
    pub(crate) fn go_along<const QUAD: usize>(&mut self) {
        const { assert!(QUAD < QUADS) };
        for step in STEPS * QUAD / QUADS..STEPS * (QUAD + 1) / QUADS {
            match step % ROUNDS + 1 {
                ROUNDS => self.end_block(),
                round => self.lane.round(round),
            }
        }
    }

    #[inline]
    #[target_feature(enable = "aes,sse4.1,ssse3")]
    fn end_block(&mut self) {
        if let [block, following @ ..] = core::mem::take(&mut self.blocks) {
            self.lane.end_block(block, following.first());
            self.blocks = following;
        }
    }

    /// Hands the chain over, once all blocks are encrypted.
    #[inline]
    #[target_feature(enable = "aes,sse4.1,ssse3")]
    pub(crate) fn leave(self, chain: &mut Block) {
        self.lane.leave(chain);
    }
}
