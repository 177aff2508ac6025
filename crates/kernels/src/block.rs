//! The units of work: one 16-byte block, and the group of 16 blocks every backend works on.

use zeroize::Zeroize;

/// One SM4 block.
pub(crate) type Block = [u8; 16];

/// Blocks in a [`Group`].
pub(crate) const GROUP_BLOCKS: usize = 16;

/// Bytes in a [`Group`].
pub(crate) const GROUP_BYTES: usize = 256;

/// Sixteen blocks on the stack, wiped when they go out of scope.
#[repr(C, align(64))]
pub(crate) struct Group(pub(crate) [u8; GROUP_BYTES]);

impl Group {
    /// A group of zero bytes.
    pub(crate) const fn zeroed() -> Self {
        Group([0; GROUP_BYTES])
    }

    /// Block `INDEX`, counted from 0.
    pub(crate) fn block<const INDEX: usize>(&self) -> Block {
        const { assert!(INDEX < GROUP_BLOCKS) };
        let mut block = [0; 16];
        for (to, from) in block.iter_mut().zip(self.0.iter().skip(16 * INDEX)) {
            *to = *from;
        }
        block
    }

    /// The same bytes, block by block.
    pub(crate) fn blocks_mut(&mut self) -> &mut [Block] {
        self.0.as_chunks_mut().0
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // SAFETY: the array lies at offset 0 of a 64-byte aligned struct and is 32 × 8 bytes long,
        // every bit pattern is a valid u64, and `self` is borrowed exclusively meanwhile.
        let words = unsafe { &mut *self.0.as_mut_ptr().cast::<[u64; GROUP_BYTES / 8]>() };
        // Word by word: a byte-wise wipe would cost as much as the encryption of the group.
        words.zeroize();
    }
}
