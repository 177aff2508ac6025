//! GHASH over a message that comes in pieces.

use zeroize::Zeroize;

use crate::{
    block::{Block, GROUP_BLOCKS},
    ghash::{HashPowers, hash_key},
    kernel::Kernel,
};

/// A GHASH in progress. Short inputs wait here and are hashed together, because a call for one
/// block takes as long as a call for sixteen.
pub(crate) struct Hasher {
    kernel: Kernel,
    powers: HashPowers,
    state: u128,
    /// Public bytes only: associated data, ciphertext and lengths.
    waiting: [Block; GROUP_BLOCKS],
    waiting_blocks: usize,
}

impl Hasher {
    /// A hash without a key yet: [`Hasher::start`] must come next.
    #[inline]
    pub(crate) fn new(kernel: Kernel) -> Self {
        Hasher {
            kernel,
            powers: HashPowers::zeroed(),
            state: 0,
            waiting: [[0; 16]; GROUP_BLOCKS],
            waiting_blocks: 0,
        }
    }

    /// Starts hashing under `H = E(0)`, in place: moving the powers would leave copies of them.
    pub(crate) fn start(&mut self, encrypted_zero: &Block) {
        self.kernel
            .hash_powers(hash_key(encrypted_zero), &mut self.powers);
    }

    /// Hashes whole blocks.
    pub(crate) fn update(&mut self, blocks: &[Block]) {
        if let Some(free) = self
            .waiting
            .get_mut(self.waiting_blocks..self.waiting_blocks + blocks.len())
        {
            free.copy_from_slice(blocks);
            self.waiting_blocks += blocks.len();
        } else {
            self.flush();
            self.state = self.kernel.absorb(&self.powers, self.state, blocks);
        }
    }

    /// Hashes `bytes`, padded with zeros to whole blocks.
    pub(crate) fn update_padded(&mut self, bytes: &[u8]) {
        let (blocks, tail) = bytes.as_chunks();
        self.update(blocks);
        if !tail.is_empty() {
            let mut block = [0; 16];
            for (to, from) in block.iter_mut().zip(tail) {
                *to = *from;
            }
            self.update(&[block]);
        }
    }

    /// Hashes blocks in another way: `work` gives the state behind them, from the powers and the state before them.
    pub(crate) fn update_by(&mut self, work: impl FnOnce(&HashPowers, u128) -> u128) {
        self.flush();
        self.state = work(&self.powers, self.state);
    }

    /// The hash of everything so far.
    pub(crate) fn finish(&mut self) -> u128 {
        self.flush();
        self.state
    }

    fn flush(&mut self) {
        if let Some(blocks) = self.waiting.get(..self.waiting_blocks) {
            self.state = self.kernel.absorb(&self.powers, self.state, blocks);
        }
        self.waiting_blocks = 0;
    }
}

impl Drop for Hasher {
    fn drop(&mut self) {
        self.state.zeroize();
    }
}
