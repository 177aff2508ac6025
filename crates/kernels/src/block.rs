//! The units of work: one 16-byte block, and the group of 16 blocks every backend works on; counting in a block, and
//! XOR.

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

/// `block` with `steps` added to its last 32 bits, modulo 2^32.
pub(crate) fn counter_plus(block: &Block, steps: u32) -> Block {
    let value = u128::from_be_bytes(*block);
    let low = (value as u32).wrapping_add(steps);
    ((value & !0xffff_ffff) | u128::from(low)).to_be_bytes()
}

/// `data ^= stream`, as far as `data` goes.
pub(crate) fn xor_in_place(data: &mut [u8], stream: &[u8]) {
    for (byte, mask) in data.iter_mut().zip(stream) {
        *byte ^= mask;
    }
}
