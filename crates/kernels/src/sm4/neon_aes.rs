//! SM4 with AArch64's cryptographic extension: four blocks a vector set, four sets in flight.
//!
//! AESE with a zero key is ShiftRows and the AES S-box. Affine maps before and after, made of two
//! 16-entry table instructions each, turn that S-box into SM4's; the permutations that rotate words
//! by whole bytes undo ShiftRows on the way.

use core::arch::aarch64::*;

use super::{
    RoundKeys,
    constants::{SWAP_WORDS, aes, rotation_after_shift_rows},
    expand_key_with,
};
use crate::block::{Block, GROUP_BYTES};

/// One word of four blocks in each vector.
type State = [uint32x4_t; 4];

#[target_feature(enable = "neon,aes")]
pub(crate) fn expand_key(key: &[u8; 16], keys: &mut RoundKeys) {
    // With the same word in all four columns, ShiftRows changes nothing.
    expand_key_with(key, keys, |word| {
        let columns = vreinterpretq_u8_u32(vdupq_n_u32(word));
        vgetq_lane_u32::<0>(vreinterpretq_u32_u8(substitute_shifted(columns)))
    })
}

#[target_feature(enable = "neon,aes")]
pub(crate) fn encrypt_group(keys: &RoundKeys, group: &mut [u8; GROUP_BYTES]) {
    let mut states = [0, 64, 128, 192].map(|at| {
        let blocks = [0, 16, 32, 48].map(|v| {
            // SAFETY: 16 bytes at `at + v`, which is at most 240, lie within the 256.
            unsafe { vld1q_u8(group.as_ptr().add(at + v)) }
        });
        transpose(blocks.map(|v| vreinterpretq_u32_u8(permute(v, SWAP_WORDS))))
    });
    rounds(keys, &mut states);
    for (at, state) in [0, 64, 128, 192].into_iter().zip(states) {
        for (v, out) in [0, 16, 32, 48].into_iter().zip(output(state)) {
            // SAFETY: 16 bytes at `at + v`, which is at most 240, lie within the 256.
            unsafe { vst1q_u8(group.as_mut_ptr().add(at + v), out) }
        }
    }
}

#[target_feature(enable = "neon,aes")]
pub(crate) fn ctr_groups(keys: &RoundKeys, counter: &Block, groups: &mut [[u8; GROUP_BYTES]]) {
    let value = u128::from_be_bytes(*counter);
    let [n0, n1, n2] = [96, 64, 32].map(|shift| vdupq_n_u32((value >> shift) as u32));
    let mut first = value as u32;
    for group in groups {
        let mut states = [0, 4, 8, 12].map(|at| {
            let counts = [0, 1, 2, 3].map(|i| first.wrapping_add(at + i));
            // SAFETY: the array is four readable u32.
            [n0, n1, n2, unsafe { vld1q_u32(counts.as_ptr()) }]
        });
        first = first.wrapping_add(16);
        rounds(keys, &mut states);
        for (at, state) in [0, 64, 128, 192].into_iter().zip(states) {
            for (v, stream) in [0, 16, 32, 48].into_iter().zip(output(state)) {
                // SAFETY: 16 bytes at `at + v`, which is at most 240, lie within the 256.
                unsafe {
                    let place = group.as_mut_ptr().add(at + v);
                    vst1q_u8(place, veorq_u8(vld1q_u8(place), stream));
                }
            }
        }
    }
}

#[inline]
#[target_feature(enable = "neon,aes")]
fn rounds(keys: &RoundKeys, states: &mut [State; 4]) {
    let (quads, _) = keys.0.as_chunks::<4>();
    for quad in quads {
        for key in quad {
            let key = vdupq_n_u32(*key);
            for state in states.iter_mut() {
                let [x0, x1, x2, x3] = *state;
                *state = [x1, x2, x3, next_word(x0, x1, x2, x3, key)];
            }
        }
    }
}

#[inline]
#[target_feature(enable = "neon,aes")]
fn next_word(
    x0: uint32x4_t,
    x1: uint32x4_t,
    x2: uint32x4_t,
    x3: uint32x4_t,
    key: uint32x4_t,
) -> uint32x4_t {
    let input = veorq_u32(veorq_u32(x1, x2), veorq_u32(x3, key));
    let b = substitute_shifted(vreinterpretq_u8_u32(input));
    let b0 = permute(b, const { rotation_after_shift_rows::<0>() });
    let b8 = permute(b, const { rotation_after_shift_rows::<1>() });
    let b16 = permute(b, const { rotation_after_shift_rows::<2>() });
    let b24 = permute(b, const { rotation_after_shift_rows::<3>() });
    // L(B) = B ^ B⋘24 ^ (B ^ B⋘8 ^ B⋘16)⋘2
    let c = vreinterpretq_u32_u8(veorq_u8(veorq_u8(b0, b8), b16));
    let c2 = vsriq_n_u32::<30>(vshlq_n_u32::<2>(c), c);
    let direct = vreinterpretq_u32_u8(veorq_u8(b0, b24));
    veorq_u32(veorq_u32(x0, direct), c2)
}

/// SM4's S-box on all 16 bytes, which come out with their rows shifted.
#[inline]
#[target_feature(enable = "neon,aes")]
fn substitute_shifted(x: uint8x16_t) -> uint8x16_t {
    let before = affine(x, aes::PRE_LOW, aes::PRE_HIGH);
    let inverted = vaeseq_u8(before, vdupq_n_u8(0));
    affine(inverted, aes::POST_LOW, aes::POST_HIGH)
}

#[inline]
#[target_feature(enable = "neon,aes")]
fn affine(x: uint8x16_t, low: [u8; 16], high: [u8; 16]) -> uint8x16_t {
    let from_low = vqtbl1q_u8(vector(low), vandq_u8(x, vdupq_n_u8(0x0f)));
    veorq_u8(from_low, vqtbl1q_u8(vector(high), vshrq_n_u8::<4>(x)))
}

/// The last step: words reversed, back in memory order.
#[inline]
#[target_feature(enable = "neon,aes")]
fn output([a, b, c, d]: State) -> [uint8x16_t; 4] {
    transpose([d, c, b, a]).map(|v| permute(vreinterpretq_u8_u32(v), SWAP_WORDS))
}

/// Four blocks to their four words, or back.
#[inline]
#[target_feature(enable = "neon,aes")]
fn transpose([a, b, c, d]: State) -> State {
    let (ab_even, ab_odd) = (vtrn1q_u32(a, b), vtrn2q_u32(a, b));
    let (cd_even, cd_odd) = (vtrn1q_u32(c, d), vtrn2q_u32(c, d));
    [
        low_halves(ab_even, cd_even),
        low_halves(ab_odd, cd_odd),
        high_halves(ab_even, cd_even),
        high_halves(ab_odd, cd_odd),
    ]
}

#[inline]
#[target_feature(enable = "neon,aes")]
fn low_halves(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
    vreinterpretq_u32_u64(vtrn1q_u64(
        vreinterpretq_u64_u32(a),
        vreinterpretq_u64_u32(b),
    ))
}

#[inline]
#[target_feature(enable = "neon,aes")]
fn high_halves(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
    vreinterpretq_u32_u64(vtrn2q_u64(
        vreinterpretq_u64_u32(a),
        vreinterpretq_u64_u32(b),
    ))
}

#[inline]
#[target_feature(enable = "neon,aes")]
fn permute(v: uint8x16_t, order: [u8; 16]) -> uint8x16_t {
    vqtbl1q_u8(v, vector(order))
}

#[inline]
#[target_feature(enable = "neon,aes")]
fn vector(bytes: [u8; 16]) -> uint8x16_t {
    // SAFETY: the array is 16 readable bytes.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}
