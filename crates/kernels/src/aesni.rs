//! AES-256-CBC with AES-NI: one chain of blocks, at the pace at which the instruction answers.
//!
//! A block cannot start before the one before it is done, so the time is 14 latencies of AESENC and whatever else
//! lies between two blocks. The XOR of the next plaintext and the first round key need not lie there: added to the
//! last round's key beforehand, it costs nothing. AESENCLAST then gives the next block's first state at once, and
//! the ciphertext is that state without the XOR, off the path.

pub(crate) mod companion;
pub(crate) mod decrypt;
pub(crate) mod vaes;

use core::arch::x86_64::*;

use zeroize::Zeroize;

use crate::block::Block;

pub(crate) const ROUNDS: usize = 14;

/// The round keys, in the order of use. Wiped on drop, a vector at a time.
pub(crate) struct RoundKeys([__m128i; ROUNDS + 1]);

impl Drop for RoundKeys {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl RoundKeys {
    /// No keys yet: [`expand_key`] must come next.
    #[inline]
    #[target_feature(enable = "aes,sse4.1,ssse3")]
    pub(crate) fn zeroed() -> Self {
        RoundKeys([_mm_setzero_si128(); ROUNDS + 1])
    }
}

/// FIPS 197, 5.2, for 256-bit keys, in place: moving round keys would leave copies of them.
///
/// AESENCLAST is SubBytes, ShiftRows and an XOR. With the same word in all four columns ShiftRows moves nothing, so it
/// gives SubWord of that word and adds what the words before sum up to: 4 cycles a round key, where AESKEYGENASSIST
/// alone takes 12.
#[inline]
#[target_feature(enable = "aes,sse4.1,ssse3")]
pub(crate) fn expand_key(key: &[u8; 32], keys: &mut RoundKeys) {
    let [k0, k1, rest @ ..] = &mut keys.0;
    let ([low, high], _) = key.as_chunks() else {
        return;
    };
    (*k0, *k1) = (load(low), load(high));
    let (mut even, mut odd) = (*k0, *k1);
    // The last word in every column: as it is, and rotated by a byte.
    let last = _mm_set1_epi32(0x0f0e_0d0c);
    let rotated = _mm_set1_epi32(0x0c0f_0e0d);
    let mut constant = _mm_set1_epi32(1);
    let (pairs, last_even) = rest.as_chunks_mut();
    for [next_even, next_odd] in pairs {
        let sums = _mm_xor_si128(sums_of_words(even), constant);
        even = _mm_aesenclast_si128(_mm_shuffle_epi8(odd, rotated), sums);
        *next_even = even;
        odd = _mm_aesenclast_si128(_mm_shuffle_epi8(even, last), sums_of_words(odd));
        *next_odd = odd;
        constant = _mm_slli_epi32::<1>(constant);
    }
    for next_even in last_even {
        let sums = _mm_xor_si128(sums_of_words(even), constant);
        *next_even = _mm_aesenclast_si128(_mm_shuffle_epi8(odd, rotated), sums);
    }
}

/// Each word XORed with all words before it.
#[inline]
#[target_feature(enable = "aes,sse4.1,ssse3")]
fn sums_of_words(key: __m128i) -> __m128i {
    let once = _mm_xor_si128(key, _mm_slli_si128::<4>(key));
    _mm_xor_si128(once, _mm_slli_si128::<8>(once))
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

/// The same from the key on, which is expanded while the first block is encrypted.
#[target_feature(enable = "aes,sse4.1,ssse3")]
pub(crate) fn encrypt_once(key: &[u8; 32], iv: &Block, blocks: &mut [Block]) {
    let mut keys = RoundKeys::zeroed();
    expand_key(key, &mut keys);
    let mut chain = *iv;
    encrypt(&keys, &mut chain, blocks);
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
        let keys = &keys.0;
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
