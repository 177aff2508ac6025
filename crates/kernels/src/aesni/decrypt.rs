//! Decryption with AES-NI: eight blocks at once, since none waits for the plaintext of the one before.
//!
//! FIPS 197, 5.3.5, the equivalent inverse cipher: round keys backwards, those in the middle through InvMixColumns.

use core::arch::x86_64::*;

use super::{RoundKeys, expand_key};
use crate::block::Block;

/// Bytes between what is decrypted and what is asked of the memory meanwhile.
const AHEAD: usize = 4096;

/// Blocks in flight.
const AT_ONCE: usize = 8;

/// The round keys of decryption, in the order of use, in place.
#[inline]
#[target_feature(enable = "aes,sse4.1,ssse3")]
pub(crate) fn expand_inverse(key: &[u8; 32], keys: &mut RoundKeys) {
    expand_key(key, keys);
    keys.0.reverse();
    let [_, middle @ .., _] = &mut keys.0;
    for key in middle {
        *key = _mm_aesimc_si128(*key);
    }
}

/// Blocks on their way from one place to another, which may be the same.
///
/// Every block is read before anything is written at or behind it in its own place; whoever takes blocks through this
/// keeps that order.
pub(crate) struct Way<'a> {
    from: *const Block,
    to: *mut Block,
    left: usize,
    places: core::marker::PhantomData<(&'a [Block], &'a mut [Block])>,
}

impl<'a> Way<'a> {
    /// Each block back to where it was.
    pub(crate) fn in_place(blocks: &'a mut [Block]) -> Self {
        let to = blocks.as_mut_ptr();
        Way {
            from: to.cast_const(),
            to,
            left: blocks.len(),
            places: core::marker::PhantomData,
        }
    }

    /// From one place to another, as far as both reach.
    pub(crate) fn between(from: &'a [Block], to: &'a mut [Block]) -> Self {
        Way {
            from: from.as_ptr(),
            to: to.as_mut_ptr(),
            left: from.len().min(to.len()),
            places: core::marker::PhantomData,
        }
    }

    /// The next `count` blocks, or all that are left if there are fewer: where they are, where they go, how many.
    #[inline]
    pub(super) fn next(&mut self, count: usize) -> (*const Block, *mut Block, usize) {
        let count = count.min(self.left);
        let here = (self.from, self.to, count);
        // SAFETY: both places reach `left` blocks from here, so `count` further is within them or just behind them.
        (self.from, self.to) = unsafe { (self.from.add(count), self.to.add(count)) };
        self.left -= count;
        here
    }

    /// Asks the memory for as many lines of four blocks of both places that come later, further on than the page at hand, at whose end
    /// the CPU's own prefetching ends. An address behind the end asks for nothing that hurts.
    #[allow(unused_unsafe, reason = "safe to call in newer compilers only")]
    #[inline]
    pub(super) fn prefetch_behind(&self, lines: usize) {
        for place in [self.from, self.to.cast_const()] {
            for line in 0..lines {
                let address = place.cast::<i8>().wrapping_add(AHEAD + 64 * line);
                // SAFETY: a prefetch reads nothing that the program could see, and faults at no address.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(address) }
            }
        }
    }

    #[inline]
    pub(super) fn left(&self) -> usize {
        self.left
    }
}

/// Decrypts all blocks behind the ciphertext block `chain`.
#[target_feature(enable = "aes,sse4.1,ssse3")]
pub(crate) fn decrypt(key: &[u8; 32], chain: &Block, way: Way<'_>) {
    let mut keys = RoundKeys::zeroed();
    expand_inverse(key, &mut keys);
    // SAFETY: a block is 16 readable bytes; the load needs no alignment.
    let chain = unsafe { _mm_loadu_si128(chain.as_ptr().cast()) };
    decrypt_rest(&keys, chain, way);
}

/// The same with keys that are expanded.
#[inline]
#[target_feature(enable = "aes,sse4.1,ssse3")]
pub(super) fn decrypt_rest(keys: &RoundKeys, chain: __m128i, mut way: Way<'_>) {
    let mut chain = chain;
    while way.left() >= AT_ONCE {
        chain = some::<AT_ONCE>(keys, chain, &mut way);
    }
    if way.left() >= AT_ONCE / 2 {
        chain = some::<{ AT_ONCE / 2 }>(keys, chain, &mut way);
    }
    while way.left() > 0 {
        chain = some::<1>(keys, chain, &mut way);
    }
}

/// The next `N` blocks, of which there are as many; the last of them comes back as it was.
#[inline]
#[target_feature(enable = "aes,sse4.1,ssse3")]
fn some<const N: usize>(keys: &RoundKeys, chain: __m128i, way: &mut Way<'_>) -> __m128i {
    let (from, to, count) = way.next(N);
    if count < N {
        return chain;
    }
    let mut texts = [chain; N];
    for (place, text) in texts.iter_mut().enumerate() {
        // SAFETY: `N` blocks can be read at `from`; the load needs no alignment.
        *text = unsafe { _mm_loadu_si128(from.add(place).cast()) };
    }
    let [first, middle @ .., last] = &keys.0;
    let mut states = texts.map(|text| _mm_xor_si128(text, *first));
    for key in middle {
        for state in &mut states {
            *state = _mm_aesdec_si128(*state, *key);
        }
    }
    let mut before = chain;
    for (place, (state, text)) in states.iter_mut().zip(texts).enumerate() {
        // The block before goes in with the last round's key.
        let plain = _mm_aesdeclast_si128(*state, _mm_xor_si128(*last, before));
        before = text;
        // SAFETY: `N` blocks can be written at `to`, and all of these have been read; no alignment is needed.
        unsafe { _mm_storeu_si128(to.add(place).cast(), plain) }
    }
    before
}
