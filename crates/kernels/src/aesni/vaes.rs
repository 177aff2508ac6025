//! Decryption with VAES: two or four blocks to a vector, sixteen or 32 blocks in flight.

use core::arch::x86_64::*;

use super::RoundKeys;
use super::decrypt::{Way, decrypt_rest, expand_inverse};
use crate::block::Block;

/// Blocks of a 512-bit vector.
const LANES: usize = 4;

/// Decrypts all blocks behind the ciphertext block `chain`, on 512-bit vectors.
#[target_feature(enable = "aes,sse4.1,ssse3,avx2,vaes,avx512f,avx512vl")]
pub(crate) fn decrypt_512(key: &[u8; 32], chain: &Block, mut way: Way<'_>) {
    let mut keys = RoundKeys::zeroed();
    expand_inverse(key, &mut keys);
    // SAFETY: a block is 16 readable bytes; the load needs no alignment.
    let chain = unsafe { _mm_loadu_si128(chain.as_ptr().cast()) };
    let mut before = _mm512_broadcast_i32x4(chain);
    // Eight vectors: with four, each waits for the instruction's latency.
    while way.left() >= 8 * LANES {
        way.prefetch_behind(8);
        before = wide::<8>(&keys, before, &mut way);
    }
    if way.left() >= 4 * LANES {
        before = wide::<4>(&keys, before, &mut way);
    }
    // In halves, and no choice of four, of which the compiler makes a table of addresses.
    if way.left() >= 2 * LANES {
        before = wide::<2>(&keys, before, &mut way);
    }
    while way.left() > 0 {
        before = wide::<1>(&keys, before, &mut way);
    }
}

/// The next `N` vectors, of which only the last may be short. The block before them is in the highest lane of
/// `before`, and the last of them comes back there.
#[inline]
#[target_feature(enable = "aes,sse4.1,ssse3,avx2,vaes,avx512f,avx512vl")]
fn wide<const N: usize>(keys: &RoundKeys, before: __m512i, way: &mut Way<'_>) -> __m512i {
    let (from, to, count) = way.next(N * LANES);
    let mut texts = [before; N];
    for (vector, text) in texts.iter_mut().enumerate() {
        // SAFETY: the mask selects what lies within the `count` blocks that can be read at `from`; nothing else is read.
        *text = unsafe {
            _mm512_maskz_loadu_epi64(
                lanes(vector, count),
                from.wrapping_add(LANES * vector).cast(),
            )
        };
    }
    let [first, middle @ .., last] = &keys.0;
    let key = _mm512_broadcast_i32x4(*first);
    let mut states = texts.map(|text| _mm512_xor_si512(text, key));
    for key in middle {
        let key = _mm512_broadcast_i32x4(*key);
        for state in &mut states {
            *state = _mm512_aesdec_epi128(*state, key);
        }
    }
    let last = _mm512_broadcast_i32x4(*last);
    let mut before = before;
    for (vector, (state, text)) in states.iter().zip(texts).enumerate() {
        // Each lane's own block before it, which goes in with the last round's key.
        let shifted = _mm512_alignr_epi64::<6>(text, before);
        let plain = _mm512_aesdeclast_epi128(*state, _mm512_xor_si512(last, shifted));
        before = text;
        // SAFETY: the mask selects what lies within the `count` blocks that can be written at `to`, all of which have
        // been read; nothing else is written.
        unsafe {
            _mm512_mask_storeu_epi64(
                to.wrapping_add(LANES * vector).cast(),
                lanes(vector, count),
                plain,
            );
        }
    }
    before
}

/// Two 64-bit elements for each block that this vector has of `count` blocks.
#[inline(always)]
fn lanes(vector: usize, count: usize) -> __mmask8 {
    let blocks = count.saturating_sub(LANES * vector).min(LANES);
    (0xff_u32 >> (8 - 2 * blocks)) as __mmask8
}

/// Vectors of 256 bits in flight.
const PAIRS: usize = 8;

/// Decrypts all blocks behind the ciphertext block `chain`, on 256-bit vectors; the last few on shorter ones.
#[target_feature(enable = "aes,sse4.1,ssse3,avx2,vaes")]
pub(crate) fn decrypt_256(key: &[u8; 32], chain: &Block, mut way: Way<'_>) {
    let mut keys = RoundKeys::zeroed();
    expand_inverse(key, &mut keys);
    // SAFETY: a block is 16 readable bytes; the load needs no alignment.
    let chain = unsafe { _mm_loadu_si128(chain.as_ptr().cast()) };
    let mut before = _mm256_broadcastsi128_si256(chain);
    while way.left() >= 2 * PAIRS {
        way.prefetch_behind(4);
        before = pairs(&keys, before, &mut way);
    }
    decrypt_rest(&keys, _mm256_extracti128_si256::<1>(before), way);
}

/// The next pairs of blocks, of which there are as many as go at once. The block before them is in the high lane of
/// `before`, and the last of them comes back there.
#[inline]
#[target_feature(enable = "aes,sse4.1,ssse3,avx2,vaes")]
fn pairs(keys: &RoundKeys, before: __m256i, way: &mut Way<'_>) -> __m256i {
    let (from, to, count) = way.next(2 * PAIRS);
    if count < 2 * PAIRS {
        return before;
    }
    let mut texts = [before; PAIRS];
    for (pair, text) in texts.iter_mut().enumerate() {
        // SAFETY: two blocks for each pair can be read at `from`; the load needs no alignment.
        *text = unsafe { _mm256_loadu_si256(from.add(2 * pair).cast()) };
    }
    let [first, middle @ .., last] = &keys.0;
    let key = _mm256_broadcastsi128_si256(*first);
    let mut states = texts.map(|text| _mm256_xor_si256(text, key));
    for key in middle {
        let key = _mm256_broadcastsi128_si256(*key);
        for state in &mut states {
            *state = _mm256_aesdec_epi128(*state, key);
        }
    }
    let last = _mm256_broadcastsi128_si256(*last);
    let mut before = before;
    for (pair, (state, text)) in states.iter().zip(texts).enumerate() {
        // The block before in the low lane, the low lane's own in the high one.
        let shifted = _mm256_permute2x128_si256::<0x21>(before, text);
        let plain = _mm256_aesdeclast_epi128(*state, _mm256_xor_si256(last, shifted));
        before = text;
        // SAFETY: two blocks for each pair can be written at `to`, and all of these have been read; no alignment is
        // needed.
        unsafe { _mm256_storeu_si256(to.add(2 * pair).cast(), plain) }
    }
    before
}
