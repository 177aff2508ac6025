//! The published constants of SM4's key schedule, the S-box as affine maps, and byte shuffles.

#![allow(
    clippy::indexing_slicing,
    reason = "all of it is evaluated by the compiler"
)]

/// System parameter FK (GB/T 32907-2016, 7.3).
const FK: [u32; 4] = [0xa3b1_bac6, 0x56aa_3350, 0x677d_9197, 0xb270_22dc];

/// Fixed parameter CK, four rounds a row: byte `j` of word `i` is `(4i + j)·7 mod 256`.
pub(crate) const CK: [[u32; 4]; 8] = fixed_parameter();

/// The key's four words, XORed with FK: the state before the first round of the schedule.
#[inline(always)]
pub(crate) fn whitened(key: &[u8; 16]) -> [u32; 4] {
    let word = u128::from_be_bytes(*key);
    [
        (word >> 96) as u32 ^ FK[0],
        (word >> 64) as u32 ^ FK[1],
        (word >> 32) as u32 ^ FK[2],
        word as u32 ^ FK[3],
    ]
}

const fn fixed_parameter() -> [[u32; 4]; 8] {
    let mut ck = [[0; 4]; 8];
    let mut i = 0;
    while i < 128 {
        let byte = (i * 7 % 256) as u32;
        ck[i / 16][i / 4 % 4] |= byte << (24 - 8 * (i % 4));
        i += 1;
    }
    ck
}

/// The byte shuffle that rotates each 32-bit word of a 16-byte vector left by `8 · BYTES`.
#[cfg(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_endian = "little")
))]
pub(crate) const fn rotation<const BYTES: usize>() -> [u8; 16] {
    let mut mask = [0; 16];
    let mut i = 0;
    while i < 16 {
        mask[i] = (i / 4 * 4 + (i + 4 - BYTES) % 4) as u8;
        i += 1;
    }
    mask
}

/// The same rotation, of a vector that an AES instruction has left with its rows shifted.
#[cfg(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_endian = "little")
))]
pub(crate) const fn rotation_after_shift_rows<const BYTES: usize>() -> [u8; 16] {
    let mut mask = rotation::<BYTES>();
    let mut i = 0;
    while i < 16 {
        let (column, row) = (mask[i] as usize / 4, mask[i] as usize % 4);
        mask[i] = ((column + 4 - row) % 4 * 4 + row) as u8;
        i += 1;
    }
    mask
}

/// The byte shuffle between big-endian words in memory and words in a register.
#[cfg(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_endian = "little")
))]
pub(crate) const SWAP_WORDS: [u8; 16] = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12];

/// The S-box around GF2P8AFFINEINVQB, whose field is that of AES: first `PRE`, then the inversion
/// with `POST`. Bit matrices in the operand format of the instruction.
#[cfg(target_arch = "x86_64")]
pub(crate) mod gfni {
    pub(crate) const PRE: i64 = 0x4c28_7db9_1a22_505d;
    pub(crate) const PRE_ADD: i32 = 0x3e;
    pub(crate) const POST: i64 = 0xf3ab_34a9_74a6_b589_u64 as i64;
    pub(crate) const POST_ADD: i32 = 0xd3;
}

/// The S-box around the AES S-box: `f(x) = LOW[x & 15] ^ HIGH[x >> 4]` before and after. The
/// second map also undoes the affine half of the AES S-box. Looked up with byte shuffles inside
/// a register, never in memory.
#[cfg(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_endian = "little")
))]
pub(crate) mod aes {
    pub(crate) const PRE_LOW: [u8; 16] = [
        0x3e, 0xb2, 0x0e, 0x82, 0xbb, 0x37, 0x8b, 0x07, 0xa1, 0x2d, 0x91, 0x1d, 0x24, 0xa8, 0x14,
        0x98,
    ];
    pub(crate) const PRE_HIGH: [u8; 16] = [
        0x00, 0xdc, 0x2e, 0xf2, 0xc5, 0x19, 0xeb, 0x37, 0x08, 0xd4, 0x26, 0xfa, 0xcd, 0x11, 0xe3,
        0x3f,
    ];
    pub(crate) const POST_LOW: [u8; 16] = [
        0x6c, 0xd4, 0xa6, 0x1e, 0x52, 0xea, 0x98, 0x20, 0x0b, 0xb3, 0xc1, 0x79, 0x35, 0x8d, 0xff,
        0x47,
    ];
    pub(crate) const POST_HIGH: [u8; 16] = [
        0x00, 0xe0, 0x50, 0xb0, 0x9d, 0x7d, 0xcd, 0x2d, 0xc0, 0x20, 0x90, 0x70, 0x5d, 0xbd, 0x0d,
        0xed,
    ];
}
