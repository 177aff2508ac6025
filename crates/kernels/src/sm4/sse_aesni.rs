//! SM4 with AES-NI on 128-bit vectors: four blocks a vector set, four sets in flight.
//!
//! Four sets are more than the registers hold, so words wait in memory; that costs less than two sets waiting for each
//! other's latencies.
//!
//! AESENCLAST with a zero key is ShiftRows and the AES S-box. Affine maps before and after, made of
//! two 16-entry shuffles each, turn that S-box into SM4's; the shuffles that rotate words by whole
//! bytes undo ShiftRows on the way.

use core::arch::x86_64::*;

use super::{
    RoundKeys,
    constants::{SWAP_WORDS, aes, rotation_after_shift_rows},
    expand_key_with,
};
use crate::block::{Block, GROUP_BYTES};

/// One word of four blocks in each vector.
type State = [__m128i; 4];

#[target_feature(enable = "sse4.1,ssse3,aes,pclmulqdq")]
pub(crate) fn expand_key(key: &[u8; 16], keys: &mut RoundKeys) {
    // With the same word in all four columns, ShiftRows changes nothing.
    expand_key_with(key, keys, |word| {
        _mm_cvtsi128_si32(substitute_shifted(_mm_set1_epi32(word as i32))) as u32
    })
}

#[target_feature(enable = "sse4.1,ssse3,aes,pclmulqdq")]
pub(crate) fn encrypt_group(keys: &RoundKeys, group: &mut [u8; GROUP_BYTES]) {
    let mut states = [0, 64, 128, 192].map(|at| {
        let words = [0, 16, 32, 48].map(|v| {
            // SAFETY: 16 bytes at `at + v`, which is at most 240, lie within the 256.
            unsafe { _mm_loadu_si128(group.as_ptr().add(at + v).cast()) }
        });
        transpose(words.map(|v| swap_words(v)))
    });
    rounds(keys, &mut states);
    for (at, state) in [0, 64, 128, 192].into_iter().zip(states) {
        for (v, out) in [0, 16, 32, 48].into_iter().zip(output(state)) {
            // SAFETY: 16 bytes at `at + v`, which is at most 240, lie within the 256.
            unsafe { _mm_storeu_si128(group.as_mut_ptr().add(at + v).cast(), out) }
        }
    }
}

#[target_feature(enable = "sse4.1,ssse3,aes,pclmulqdq")]
pub(crate) fn ctr_groups(keys: &RoundKeys, counter: &Block, groups: &mut [[u8; GROUP_BYTES]]) {
    let value = u128::from_be_bytes(*counter);
    let [n0, n1, n2] = [96, 64, 32].map(|shift| _mm_set1_epi32((value >> shift) as i32));
    let mut count = _mm_add_epi32(_mm_set1_epi32(value as i32), _mm_setr_epi32(0, 1, 2, 3));
    for group in groups {
        let mut states = [0, 4, 8, 12].map(|step| {
            let count = _mm_add_epi32(count, _mm_set1_epi32(step));
            [n0, n1, n2, count]
        });
        count = _mm_add_epi32(count, _mm_set1_epi32(16));
        rounds(keys, &mut states);
        for (at, state) in [0, 64, 128, 192].into_iter().zip(states) {
            for (v, stream) in [0, 16, 32, 48].into_iter().zip(output(state)) {
                // SAFETY: 16 bytes at `at + v`, which is at most 240, lie within the 256.
                unsafe {
                    let place = group.as_mut_ptr().add(at + v).cast();
                    _mm_storeu_si128(place, _mm_xor_si128(_mm_loadu_si128(place), stream));
                }
            }
        }
    }
}

#[inline]
#[target_feature(enable = "sse4.1,ssse3,aes,pclmulqdq")]
fn rounds(keys: &RoundKeys, states: &mut [State; 4]) {
    let (quads, _) = keys.0.as_chunks::<4>();
    for quad in quads {
        for key in quad {
            let key = _mm_set1_epi32(*key as i32);
            for state in states.iter_mut() {
                let [x0, x1, x2, x3] = *state;
                *state = [x1, x2, x3, next_word(x0, x1, x2, x3, key)];
            }
        }
    }
}

#[inline]
#[target_feature(enable = "sse4.1,ssse3,aes,pclmulqdq")]
fn next_word(x0: __m128i, x1: __m128i, x2: __m128i, x3: __m128i, key: __m128i) -> __m128i {
    let input = _mm_xor_si128(_mm_xor_si128(x1, x2), _mm_xor_si128(x3, key));
    let b = substitute_shifted(input);
    let b0 = shuffle(b, const { rotation_after_shift_rows::<0>() });
    let b8 = shuffle(b, const { rotation_after_shift_rows::<1>() });
    let b16 = shuffle(b, const { rotation_after_shift_rows::<2>() });
    let b24 = shuffle(b, const { rotation_after_shift_rows::<3>() });
    // L(B) = B ^ B⋘24 ^ (B ^ B⋘8 ^ B⋘16)⋘2
    let c = _mm_xor_si128(_mm_xor_si128(b0, b8), b16);
    let c2 = _mm_xor_si128(_mm_slli_epi32(c, 2), _mm_srli_epi32(c, 30));
    let direct = _mm_xor_si128(_mm_xor_si128(x0, b0), b24);
    _mm_xor_si128(direct, c2)
}

/// SM4's S-box on all 16 bytes, which come out with their rows shifted.
#[inline]
#[target_feature(enable = "sse4.1,ssse3,aes,pclmulqdq")]
fn substitute_shifted(x: __m128i) -> __m128i {
    let before = affine(x, aes::PRE_LOW, aes::PRE_HIGH);
    let inverted = _mm_aesenclast_si128(before, _mm_setzero_si128());
    affine(inverted, aes::POST_LOW, aes::POST_HIGH)
}

#[inline]
#[target_feature(enable = "sse4.1,ssse3,aes,pclmulqdq")]
fn affine(x: __m128i, low: [u8; 16], high: [u8; 16]) -> __m128i {
    let nibble = _mm_set1_epi8(0x0f);
    let from_low = _mm_shuffle_epi8(vector(low), _mm_and_si128(x, nibble));
    let high_nibbles = _mm_and_si128(_mm_srli_epi32(x, 4), nibble);
    _mm_xor_si128(from_low, _mm_shuffle_epi8(vector(high), high_nibbles))
}

/// The last step: words reversed, back in memory order.
#[inline]
#[target_feature(enable = "sse4.1,ssse3,aes,pclmulqdq")]
fn output([a, b, c, d]: State) -> State {
    transpose([d, c, b, a]).map(|v| swap_words(v))
}

/// Four blocks to their four words, or back.
#[inline]
#[target_feature(enable = "sse4.1,ssse3,aes,pclmulqdq")]
fn transpose([a, b, c, d]: State) -> State {
    let (ab_low, ab_high) = (_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
    let (cd_low, cd_high) = (_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
    [
        _mm_unpacklo_epi64(ab_low, cd_low),
        _mm_unpackhi_epi64(ab_low, cd_low),
        _mm_unpacklo_epi64(ab_high, cd_high),
        _mm_unpackhi_epi64(ab_high, cd_high),
    ]
}

#[inline]
#[target_feature(enable = "sse4.1,ssse3,aes,pclmulqdq")]
fn swap_words(v: __m128i) -> __m128i {
    shuffle(v, SWAP_WORDS)
}

#[inline]
#[target_feature(enable = "sse4.1,ssse3,aes,pclmulqdq")]
fn shuffle(v: __m128i, mask: [u8; 16]) -> __m128i {
    _mm_shuffle_epi8(v, vector(mask))
}

#[inline]
#[target_feature(enable = "sse4.1,ssse3,aes,pclmulqdq")]
fn vector(bytes: [u8; 16]) -> __m128i {
    // SAFETY: the array is 16 readable bytes; the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}
