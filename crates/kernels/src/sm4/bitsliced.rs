//! SM4 for any CPU: 16 blocks bitsliced into 64-bit integers.
//!
//! A 32-bit word of 16 blocks becomes eight planes. Plane `i` holds bit `i` of each byte: the word's
//! byte `f` (0 = least significant) of block `b` is at bit `16 f + b`. So the S-box is evaluated for
//! 64 bytes at once, a rotation of every word by 8 is a rotation of each plane by 16, and a rotation
//! by 2 renames planes.

#![allow(
    clippy::indexing_slicing,
    reason = "arrays of fixed size; every index is bounded by the loop around it"
)]

use zeroize::Zeroize;

use super::{
    RoundKeys, expand_key_with,
    sbox_circuit::{INPUT_CONSTANT, OUTPUT_CONSTANT, Planes, linear_sbox},
};
use crate::block::{Block, GROUP_BLOCKS, GROUP_BYTES, Group, counter_plus, xor_in_place};

/// Bit 0 of each byte position of block 0.
const FIRST_BLOCK: u64 = 0x0001_0001_0001_0001;

/// `L(OUTPUT_CONSTANT in every byte)`, which a round here leaves out of the word it computes.
const LEFT_OUT: u32 = {
    let c = u32::from_ne_bytes([OUTPUT_CONSTANT; 4]);
    c ^ c.rotate_left(2) ^ c.rotate_left(10) ^ c.rotate_left(18) ^ c.rotate_left(24)
};

pub(crate) fn expand_key(key: &[u8; 16], keys: &mut RoundKeys) {
    expand_key_with(key, keys, |word| {
        let input = word ^ u32::from_ne_bytes([INPUT_CONSTANT; 4]);
        first_block(&linear_sbox(&broadcast(input))) ^ u32::from_ne_bytes([OUTPUT_CONSTANT; 4])
    })
}

pub(crate) fn encrypt_group(keys: &RoundKeys, group: &mut [u8; GROUP_BYTES]) {
    let mut state = pack(group);
    let mut round_planes = RoundPlanes::new(keys);
    rounds(&round_planes, &mut state);
    *group = unpack(&state);
    state.zeroize();
    round_planes.0.zeroize();
}

pub(crate) fn ctr_groups(keys: &RoundKeys, counter: &Block, groups: &mut [[u8; GROUP_BYTES]]) {
    let mut round_planes = RoundPlanes::new(keys);
    let mut next = *counter;
    for group in groups {
        let mut stream = Group::zeroed();
        for (step, block) in (0..).zip(stream.blocks_mut()) {
            *block = counter_plus(&next, step);
        }
        next = counter_plus(&next, GROUP_BLOCKS as u32);
        let mut state = pack(&stream.0);
        rounds(&round_planes, &mut state);
        stream.0 = unpack(&state);
        xor_in_place(group, &stream.0);
    }
    round_planes.0.zeroize();
}

/// The round keys in plane form, with the constants that the rounds leave out.
struct RoundPlanes([Planes; 32]);

impl RoundPlanes {
    fn new(keys: &RoundKeys) -> Self {
        let mut planes = [[0; 8]; 32];
        for ((round, plane), key) in (0u32..).zip(&mut planes).zip(&keys.0) {
            // Word i differs from the true one by LEFT_OUT when i / 4 is odd: each word is the one
            // four before it plus a round's output. Three such words enter each round.
            let off = |word: u32| LEFT_OUT * (word / 4 % 2);
            let correction = off(round + 1) ^ off(round + 2) ^ off(round + 3);
            *plane = broadcast(key ^ correction ^ u32::from_ne_bytes([INPUT_CONSTANT; 4]));
        }
        RoundPlanes(planes)
    }
}

#[inline(always)]
fn rounds(keys: &RoundPlanes, state: &mut [Planes; 4]) {
    let [a, b, c, d] = state;
    let (quads, _) = keys.0.as_chunks::<4>();
    for [k0, k1, k2, k3] in quads {
        round(a, b, c, d, k0);
        round(b, c, d, a, k1);
        round(c, d, a, b, k2);
        round(d, a, b, c, k3);
    }
}

/// One round, up to the constant `LEFT_OUT`.
#[inline(always)]
fn round(x0: &mut Planes, x1: &Planes, x2: &Planes, x3: &Planes, key: &Planes) {
    let input = core::array::from_fn(|i| x1[i] ^ x2[i] ^ x3[i] ^ key[i]);
    let b = linear_sbox(&input);
    let c: Planes = b.map(|p| p ^ p.rotate_left(16) ^ p.rotate_left(32));
    for i in 0..8 {
        let c_rotated_2 = if i < 2 {
            c[i + 6].rotate_left(16)
        } else {
            c[i - 2]
        };
        x0[i] ^= b[i] ^ b[i].rotate_left(48) ^ c_rotated_2;
    }
}

/// One word, the same for all 16 blocks, as planes.
#[inline(always)]
fn broadcast(word: u32) -> Planes {
    let spread = spread_bytes(u64::from(word));
    core::array::from_fn(|i| ((spread >> i) & FIRST_BLOCK) * 0xffff)
}

/// The word of block 0.
#[inline(always)]
fn first_block(planes: &Planes) -> u32 {
    let mut spread = 0;
    for (i, plane) in planes.iter().enumerate() {
        spread |= (plane & FIRST_BLOCK) << i;
    }
    gather_bytes(spread) as u32
}

/// Byte `f` of the low half to bits `16 f ..`.
#[inline(always)]
fn spread_bytes(word: u64) -> u64 {
    let halves = (word | word << 16) & 0x0000_ffff_0000_ffff;
    (halves | halves << 8) & 0x00ff_00ff_00ff_00ff
}

/// The inverse of [`spread_bytes`].
#[inline(always)]
fn gather_bytes(spread: u64) -> u64 {
    let halves = (spread | spread >> 8) & 0x0000_ffff_0000_ffff;
    (halves | halves >> 16) & 0x0000_0000_ffff_ffff
}

/// Sixteen blocks as four words in plane form.
#[inline(always)]
fn pack(group: &[u8; GROUP_BYTES]) -> [Planes; 4] {
    let (blocks, _) = group.as_chunks::<16>();
    core::array::from_fn(|word| {
        // Row k holds the words of blocks k and k + 8, byte by byte in turn.
        let mut rows: Planes = core::array::from_fn(|k| {
            let low = word_of(&blocks[k], word);
            let high = word_of(&blocks[k + 8], word);
            spread_bytes(u64::from(low)) | spread_bytes(u64::from(high)) << 8
        });
        transpose_bits(&mut rows);
        rows
    })
}

/// The inverse of [`pack`], with the words in reverse order as SM4's last step wants them.
#[inline(always)]
fn unpack(state: &[Planes; 4]) -> [u8; GROUP_BYTES] {
    let mut group = [0; GROUP_BYTES];
    let (blocks, _) = group.as_chunks_mut::<16>();
    for (word, planes) in state.iter().rev().enumerate() {
        let mut rows = *planes;
        transpose_bits(&mut rows);
        for (k, row) in rows.into_iter().enumerate() {
            let low = gather_bytes(row & 0x00ff_00ff_00ff_00ff) as u32;
            let high = gather_bytes((row >> 8) & 0x00ff_00ff_00ff_00ff) as u32;
            blocks[k][4 * word..4 * word + 4].copy_from_slice(&low.to_be_bytes());
            blocks[k + 8][4 * word..4 * word + 4].copy_from_slice(&high.to_be_bytes());
        }
    }
    group
}

#[inline(always)]
fn word_of(block: &Block, word: usize) -> u32 {
    (u128::from_be_bytes(*block) >> (96 - 32 * word)) as u32
}

/// Exchanges the row number with the bit number inside each byte: eight 8 × 8 bit matrices,
/// transposed side by side. Its own inverse.
#[inline(always)]
fn transpose_bits(rows: &mut Planes) {
    for (distance, mask) in [
        (1, 0x5555_5555_5555_5555),
        (2, 0x3333_3333_3333_3333),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
    ] {
        for i in (0..8).filter(|i| i & distance == 0) {
            let swap = ((rows[i] >> distance) ^ rows[i + distance]) & mask;
            rows[i] ^= swap << distance;
            rows[i + distance] ^= swap;
        }
    }
}
