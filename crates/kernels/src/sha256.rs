//! SHA-256 (FIPS 180-4) over whole 64-byte blocks of public text, for the kernels that hash while they encrypt.
//!
//! The text is not kept here: anyone who hashes it has it lie in memory in one piece, and says at the end what is left
//! over. Where no kernel is better, the compression is the `sha2` crate's.

#[cfg(target_arch = "x86_64")]
pub(crate) mod shani;
#[cfg(target_arch = "x86_64")]
pub(crate) mod wide;
#[cfg(target_arch = "x86_64")]
pub(crate) mod compress;

use sha2::block_api::compress256;

#[cfg(target_arch = "x86_64")]
use crate::cpu;

/// One block of text.
pub type TextBlock = [u8; 64];

pub(crate) type State = [u32; 8];

/// A hash in progress. The text is public, and so is what is kept of it.
pub struct Sha256 {
    pub(crate) state: State,
    pub(crate) blocks: u64,
}

impl Default for Sha256 {
    fn default() -> Self {
        Self::new()
    }
}

impl Sha256 {
    /// The hash of nothing yet.
    pub fn new() -> Self {
        Sha256 {
            state: INITIAL,
            blocks: 0,
        }
    }

    /// Hashes the next blocks.
    pub fn update(&mut self, text: &[TextBlock]) {
        self.count(text.len());
        #[cfg(target_arch = "x86_64")]
        if text.len() >= wide::LANES && cpu::has_wide_sha() {
            // SAFETY: the CPU was just seen to have every feature that the routine enables.
            unsafe { compress::compress_wide(&mut self.state, text, None) };
            return;
        }
        compress256(&mut self.state, text);
    }

    /// Hashes the rest, and gives the hash of everything.
    pub fn finish(mut self, rest: &[u8]) -> [u8; 32] {
        let (blocks, tail) = rest.as_chunks();
        self.update(blocks);
        let bits = (self.blocks * 64 + tail.len() as u64) * 8;
        // FIPS 180-4, 5.1.1: a one, zeros, and the length in the last 64 bits of a block.
        let mut last = [[0; 64]; 2];
        let used = if tail.len() < 56 { 1 } else { 2 };
        let bytes = last.as_flattened_mut();
        for (to, from) in bytes.iter_mut().zip(tail.iter().chain(&[0x80])) {
            *to = *from;
        }
        for (to, from) in bytes.iter_mut().skip(64 * used - 8).zip(bits.to_be_bytes()) {
            *to = from;
        }
        compress256(&mut self.state, last.get(..used).unwrap_or_default());
        let mut hash = [0; 32];
        for (out, word) in hash.as_chunks_mut::<4>().0.iter_mut().zip(self.state) {
            *out = word.to_be_bytes();
        }
        hash
    }

    pub(crate) fn count(&mut self, blocks: usize) {
        self.blocks += blocks as u64;
    }
}

/// FIPS 180-4, 5.3.3.
const INITIAL: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];
