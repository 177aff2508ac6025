//! One GCM message in progress: key stream, hash state and lengths (NIST SP 800-38D, 7.1 and 7.2).
//!
//! Nothing of GCM is kept beside the round keys. The hash key, the tag's mask and the first 14
//! blocks of key stream are encrypted together as one group, in the time that the hash key alone
//! would take; a short message needs nothing more.

use core::{error, fmt};

use crate::{
    block::{Block, GROUP_BLOCKS, Group, counter_plus, xor_in_place},
    hasher::Hasher,
    kernel::Kernel,
    sha256::{Sha256, TextBlock},
    sm4::RoundKeys,
    stitched::{Stretch, TEXTS, TRIO_BLOCKS},
};

/// Bytes of plaintext one message may have: 2³⁹ − 256 bits.
pub(crate) const MAX_BYTES: u64 = (1 << 36) - 32;

/// A message longer than GCM allows: more than 2³⁶ − 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("message longer than the 2^36 - 32 bytes that GCM allows")
    }
}

impl error::Error for TooLong {}

/// Blocks of key stream that the first group holds, after the hash key and the tag's mask.
const HEAD_BLOCKS: u64 = GROUP_BLOCKS as u64 - 2;

/// Blocks encrypted and hashed in turn, so that the second pass finds them in the L1 cache.
const FUSED_BLOCKS: usize = 512;

pub(crate) struct Message<'k> {
    kernel: Kernel,
    keys: &'k RoundKeys,
    /// The pre-counter block, J₀.
    j0: Block,
    /// E(0), E(J₀), E(J₀ + 1) … E(J₀ + 14).
    head: Group,
    hasher: Hasher,
    aad_bytes: u64,
    text_bytes: u64,
}

impl<'k> Message<'k> {
    /// A message with nothing secret in it yet: [`Message::start`] must come next.
    #[inline]
    pub(crate) fn new(kernel: Kernel, keys: &'k RoundKeys, j0: &Block) -> Self {
        Message {
            kernel,
            keys,
            j0: *j0,
            head: Group::zeroed(),
            hasher: Hasher::new(kernel),
            aad_bytes: 0,
            text_bytes: 0,
        }
    }

    /// Encrypts the first group and hashes the associated data, in place: moving the result would
    /// leave copies of it.
    pub(crate) fn start(&mut self, aad: &[u8]) {
        for (step, block) in (0..).zip(self.head.blocks_mut().iter_mut().skip(1)) {
            *block = counter_plus(&self.j0, step);
        }
        self.kernel.encrypt_group(self.keys, &mut self.head.0);
        self.hasher.start(&self.head.block::<0>());
        self.hasher.update_padded(aad);
        self.aad_bytes = aad.len() as u64;
    }

    /// Whether a text may grow by `bytes`.
    pub(crate) fn has_room_for(&self, bytes: usize) -> bool {
        self.text_bytes.saturating_add(bytes as u64) <= MAX_BYTES
    }

    /// Encrypts the next blocks and hashes them, a cache-sized piece at a time.
    pub(crate) fn seal_blocks(&mut self, blocks: &mut [Block]) {
        let head_left = HEAD_BLOCKS.saturating_sub(self.text_bytes / 16) as usize;
        let (first, rest) = blocks.split_at_mut(head_left.min(blocks.len()));
        for piece in core::iter::once(first).chain(rest.chunks_mut(FUSED_BLOCKS)) {
            self.apply_stream(piece.as_flattened_mut());
            self.hasher.update(piece);
        }
    }

    /// The same, and hashes a text: in one loop, as far as both reach and where the backend has one.
    pub(crate) fn seal_blocks_hashing(
        &mut self,
        blocks: &mut [Block],
        hash: &mut Sha256,
        text: &[TextBlock],
    ) {
        let head_left = HEAD_BLOCKS.saturating_sub(self.text_bytes / 16) as usize;
        let (first, rest) = blocks.split_at_mut(head_left.min(blocks.len()));
        self.seal_blocks(first);
        let (rest, text) = self.seal_trios_hashing(rest, hash, text);
        self.seal_blocks(rest);
        hash.update(text);
    }

    /// Does as much of both as goes together, once the first group is used up; what is left of them comes back.
    fn seal_trios_hashing<'b, 't>(
        &mut self,
        blocks: &'b mut [Block],
        hash: &mut Sha256,
        text: &'t [TextBlock],
    ) -> (&'b mut [Block], &'t [TextBlock]) {
        let together = (blocks.len() / TRIO_BLOCKS).min(text.len() / TEXTS);
        let Some(stitched) = self.kernel.stitched().filter(|_| together > 0) else {
            return (blocks, text);
        };
        let (blocks, later_blocks) = blocks.split_at_mut(TRIO_BLOCKS * together);
        let (text, later_text) = text.split_at(TEXTS * together);
        let position = self.text_bytes / 16;
        self.text_bytes += blocks.as_flattened().len() as u64;
        let (groups, _) = blocks.as_flattened_mut().as_chunks_mut();
        let (trios, _) = groups.as_chunks_mut();
        self.hasher.update_by(|powers, ghash| {
            let stretch = Stretch {
                keys: self.keys,
                counter: counter_plus(&self.j0, 1 + position as u32),
                powers,
                ghash,
            };
            stitched.seal_and_hash(&stretch, trios, &mut hash.state, text.as_chunks().0)
        });
        hash.count(text.len());
        (later_blocks, later_text)
    }

    /// Encrypts the last bytes, fewer than a block or none, and gives the tag.
    pub(crate) fn seal_tail(&mut self, tail: &mut [u8]) -> Block {
        self.apply_stream(tail);
        self.hasher.update_padded(tail);
        self.tag(self.text_bytes)
    }

    /// The tag of a whole `ciphertext`, of which nothing is decrypted.
    pub(crate) fn tag_of(&mut self, ciphertext: &[u8]) -> Block {
        self.hasher.update_padded(ciphertext);
        self.tag(ciphertext.len() as u64)
    }

    /// XORs the key stream at the current position into `data` and moves past it.
    pub(crate) fn apply_stream(&mut self, data: &mut [u8]) {
        let position = self.text_bytes / 16;
        self.text_bytes += data.len() as u64;
        let head = self
            .head
            .blocks_mut()
            .get(2 + position as usize..)
            .unwrap_or_default();
        let (start, rest) = data.split_at_mut(data.len().min(16 * head.len()));
        xor_in_place(start, head.as_flattened());
        if !rest.is_empty() {
            let counter = counter_plus(&self.j0, 1 + position as u32 + head.len() as u32);
            self.kernel.ctr_xor(self.keys, &counter, rest);
        }
    }

    /// XORs the key stream at the start of the message with `from` into `to`, which is as long.
    pub(crate) fn apply_stream_between(&mut self, from: &[u8], to: &mut [u8]) {
        let head_bytes = from.len().min(16 * HEAD_BLOCKS as usize);
        let (head, rest) = from.split_at(head_bytes);
        let (to_head, to_rest) = to.split_at_mut(head_bytes);
        to_head.copy_from_slice(head);
        self.apply_stream(to_head);
        if !rest.is_empty() {
            let counter = counter_plus(&self.j0, 1 + HEAD_BLOCKS as u32);
            self.kernel
                .ctr_xor_between(self.keys, &counter, rest, to_rest);
        }
    }

    /// Ends the hash with the lengths, and masks it.
    fn tag(&mut self, text_bytes: u64) -> Block {
        let bits = (u128::from(self.aad_bytes) << 67) | (u128::from(text_bytes) << 3);
        self.hasher.update(&[bits.to_be_bytes()]);
        (self.hasher.finish() ^ u128::from_be_bytes(self.head.block::<1>())).to_be_bytes()
    }
}
