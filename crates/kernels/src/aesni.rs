//! AES-256-CBC with AES-NI: one chain of blocks, at the pace at which the instruction answers.
//!
//! A block cannot start before the one before it is done, so the time is 14 latencies of AESENC and whatever else
//! lies between two blocks. The XOR of the next plaintext and the first round key need not lie there: added to the
//! last round's key beforehand, it costs nothing. AESENCLAST then gives the next block's first state at once, and
//! the ciphertext is that state without the XOR, off the path.

pub(crate) mod companion;

use core::arch::x86_64::*;

use zeroize::Zeroize;

use crate::block::Block;

const ROUNDS: usize = 14;

/// The round keys, in the order of use. Wiped on drop.
#[repr(C, align(16))]
pub(crate) struct RoundKeys([Block; ROUNDS + 1]);

impl Drop for RoundKeys {
    fn drop(&mut self) {
        self.0.as_flattened_mut().zeroize();
    }
}

impl RoundKeys {
    /// No keys yet: [`expand_key`] must come next.
    pub(crate) const fn zeroed() -> Self {
        RoundKeys([[0; 16]; ROUNDS + 1])
    }

    #[inline]
    #[target_feature(enable = "aes,sse4.1,ssse3")]
    fn vectors(&self) -> &[__m128i; ROUNDS + 1] {
        // SAFETY: the array is 15 × 16 bytes, aligned to 16 by its struct, and every bit pattern is a vector.
        unsafe { &*self.0.as_ptr().cast() }
    }
}

/// FIPS 197, 5.2, for 256-bit keys, in place: moving round keys would leave copies of them.
#[target_feature(enable = "aes,sse4.1,ssse3")]
pub(crate) fn expand_key(key: &[u8; 32], keys: &mut RoundKeys) {
    let [k0, k1, rest @ ..] = &mut keys.0;
    for (half, bytes) in [&mut *k0, &mut *k1].into_iter().zip(key.as_chunks().0) {
        *half = *bytes;
    }
    let mut pair = (load(k0), load(k1));
    macro_rules! next_pair {
        ($constant:literal, $even:expr, $odd:expr) => {
            let rotated = _mm_aeskeygenassist_si128::<$constant>(pair.1);
            pair.0 = chained(pair.0, _mm_shuffle_epi32::<0xff>(rotated));
            store($even, pair.0);
            let unrotated = _mm_aeskeygenassist_si128::<0>(pair.0);
            pair.1 = chained(pair.1, _mm_shuffle_epi32::<0xaa>(unrotated));
            store($odd, pair.1);
        };
    }
    let [k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14] = rest;
    next_pair!(0x01, k2, k3);
    next_pair!(0x02, k4, k5);
    next_pair!(0x04, k6, k7);
    next_pair!(0x08, k8, k9);
    next_pair!(0x10, k10, k11);
    next_pair!(0x20, k12, k13);
    let rotated = _mm_aeskeygenassist_si128::<0x40>(pair.1);
    store(k14, chained(pair.0, _mm_shuffle_epi32::<0xff>(rotated)));
}

/// Each word XORed with all words before it, and with `word`.
#[inline]
#[target_feature(enable = "aes,sse4.1,ssse3")]
fn chained(key: __m128i, word: __m128i) -> __m128i {
    let once = _mm_xor_si128(key, _mm_slli_si128::<4>(key));
    let twice = _mm_xor_si128(once, _mm_slli_si128::<8>(once));
    _mm_xor_si128(twice, word)
}

/// Encrypts the next blocks in place. `chain` is the ciphertext block before them: the IV at first.
#[target_feature(enable = "aes,sse4.1,ssse3")]
pub(crate) fn encrypt(keys: &RoundKeys, chain: &mut Block, blocks: &mut [Block]) {
    let mut lane = Lane::enter(keys, chain, blocks.first());
    let mut blocks = blocks;
    while let [block, following @ ..] = blocks {
        for round in 1..ROUNDS {
            lane.round(round);
        }
        lane.end_block(block, following.first());
        blocks = following;
    }
    lane.leave(chain);
}

/// A chain on its way: the state in which one block ends is the state in which the next one starts.
pub(crate) struct Lane<'k> {
    keys: &'k [__m128i; ROUNDS + 1],
    /// The sum of the first and the last key.
    fold: __m128i,
    state: __m128i,
}

impl<'k> Lane<'k> {
    /// The state before the first round of the block `first`, behind the ciphertext block `chain`. Where there is no
    /// such block, zeros stand for it, here and below.
    #[inline]
    #[target_feature(enable = "aes,sse4.1,ssse3")]
    pub(crate) fn enter(keys: &'k RoundKeys, chain: &Block, first: Option<&Block>) -> Self {
        let keys = keys.vectors();
        Lane {
            keys,
            fold: _mm_xor_si128(keys[0], keys[ROUNDS]),
            state: _mm_xor_si128(_mm_xor_si128(load(chain), or_zeros(first)), keys[0]),
        }
    }

    /// A round from 1 to 13.
    #[inline]
    #[target_feature(enable = "aes,sse4.1,ssse3")]
    pub(crate) fn round(&mut self, round: usize) {
        if let Some(key) = self.keys.get(round) {
            self.state = _mm_aesenc_si128(self.state, *key);
        }
    }

    /// The last round of `block`, and on to the block `next`.
    #[inline]
    #[target_feature(enable = "aes,sse4.1,ssse3")]
    pub(crate) fn end_block(&mut self, block: &mut Block, next: Option<&Block>) {
        let next = or_zeros(next);
        self.state = _mm_aesenclast_si128(self.state, _mm_xor_si128(next, self.fold));
        store(
            block,
            _mm_xor_si128(self.state, _mm_xor_si128(next, self.keys[0])),
        );
    }

    /// Hands the chain over, where no block is next.
    #[inline]
    #[target_feature(enable = "aes,sse4.1,ssse3")]
    pub(crate) fn leave(self, chain: &mut Block) {
        store(chain, _mm_xor_si128(self.state, self.keys[0]));
    }
}

#[inline]
#[target_feature(enable = "aes,sse4.1,ssse3")]
fn or_zeros(block: Option<&Block>) -> __m128i {
    block.map_or(_mm_setzero_si128(), |block| load(block))
}

#[inline]
#[target_feature(enable = "aes,sse4.1,ssse3")]
fn load(block: &Block) -> __m128i {
    // SAFETY: a block is 16 readable bytes; the load needs no alignment.
    unsafe { _mm_loadu_si128(block.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "aes,sse4.1,ssse3")]
fn store(block: &mut Block, value: __m128i) {
    // SAFETY: a block is 16 writable bytes; the store needs no alignment.
    unsafe { _mm_storeu_si128(block.as_mut_ptr().cast(), value) }
}
