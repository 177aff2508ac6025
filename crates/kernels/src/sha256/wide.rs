//! The message schedules of eight blocks of text at once, with AVX-512VL.
//!
//! A block's schedule depends on its text alone, not on the blocks before it. Made for eight blocks side by side, it
//! takes a fraction of what the SHA extension's own schedule instructions take, and only the rounds are left to wait
//! for each other.

use core::arch::x86_64::*;

use super::TextBlock;
use super::shani::K;

/// Blocks of text that are scheduled together.
pub(crate) const LANES: usize = 8;

/// Two words of each block with their constants added, as one round instruction takes them.
type Pair = [[u32; 2]; LANES];

/// The pairs of the first 16 words, which are the text itself.
const TEXT_PAIRS: usize = 8;

const PAIRS: usize = 32;

/// Pairs that are made in one of [`LANES`] parts.
const PAIRS_A_PART: usize = (PAIRS - TEXT_PAIRS) / LANES;

/// The finished schedules of eight blocks.
#[repr(C, align(64))]
pub(crate) struct Scheduled([Pair; PAIRS]);

impl Scheduled {
    pub(crate) const fn nothing() -> Self {
        Scheduled([[[0; 2]; LANES]; PAIRS])
    }

    /// The words of four rounds of one block.
    #[inline]
    #[target_feature(enable = "avx2,avx512f,avx512vl")]
    pub(crate) fn four_rounds<const QUAD: usize>(&self, block: usize) -> [__m128i; 2] {
        const { assert!(2 * QUAD + 1 < PAIRS) };
        [2 * QUAD, 2 * QUAD + 1].map(|pair| {
            match self.0.get(pair).and_then(|pair| pair.get(block)) {
                // SAFETY: two u32 are 8 readable bytes; the load needs no alignment.
                Some(words) => unsafe { _mm_loadu_si64(words.as_ptr().cast()) },
                None => _mm_setzero_si128(),
            }
        })
    }
}

/// The schedules of eight blocks in the making: a vector holds one word of each.
pub(crate) struct Scheduler([__m256i; 2 * PAIRS]);

impl Scheduler {
    #[inline]
    #[target_feature(enable = "avx2,avx512f,avx512vl")]
    pub(crate) fn new() -> Self {
        Scheduler([_mm256_setzero_si256(); 2 * PAIRS])
    }

    /// Everything at once.
    #[inline]
    #[target_feature(enable = "avx2,avx512f,avx512vl")]
    pub(crate) fn whole(&mut self, text: &[TextBlock; LANES], out: &mut Scheduled) {
        self.begin(text, out);
        for part in 0..LANES {
            self.part(part, out);
        }
    }

    /// The first 16 words.
    #[inline(never)]
    #[target_feature(enable = "avx2,avx512f,avx512vl")]
    pub(crate) fn begin(&mut self, text: &[TextBlock; LANES], out: &mut Scheduled) {
        let swap = _mm256_broadcastsi128_si256(_mm_set_epi64x(
            0x0c0d_0e0f_0809_0a0b,
            0x0405_0607_0001_0203,
        ));
        let [b0, b1, b2, b3, b4, b5, b6, b7] = text;
        let (quads, _) = self.0.as_chunks_mut::<4>();
        for (quad, at) in quads.iter_mut().zip([0, 16, 32, 48]) {
            // In this order of blocks, [`Self::put`] brings each one where its number says.
            let rows = [(b0, b2), (b1, b3), (b4, b6), (b5, b7)].map(|(low, high)| {
                // SAFETY: 16 bytes at `at`, which is at most 48, lie within the 64 of either block; the loads need no
                // alignment.
                let (low, high) = unsafe {
                    (
                        _mm_loadu_si128(low.as_ptr().add(at).cast()),
                        _mm_loadu_si128(high.as_ptr().add(at).cast()),
                    )
                };
                _mm256_shuffle_epi8(_mm256_set_m128i(high, low), swap)
            });
            *quad = transposed(rows);
        }
        for pair in 0..TEXT_PAIRS {
            self.put(pair, out);
        }
    }

    /// The words of one of eight equal parts, which must come in order.
    #[inline(never)]
    #[target_feature(enable = "avx2,avx512f,avx512vl")]
    pub(crate) fn part(&mut self, part: usize, out: &mut Scheduled) {
        let first = TEXT_PAIRS + PAIRS_A_PART * part;
        for pair in first..first + PAIRS_A_PART {
            for word in [2 * pair, 2 * pair + 1] {
                self.next_word(word);
            }
            self.put(pair, out);
        }
    }

    /// FIPS 180-4, 6.2.2, step 1.
    #[inline]
    #[target_feature(enable = "avx2,avx512f,avx512vl")]
    fn next_word(&mut self, word: usize) {
        let Some((done, [next, ..])) = self.0.split_at_mut_checked(word) else {
            return;
        };
        let Some(last) = done.last_chunk::<16>() else {
            return;
        };
        let (before16, before15, before7, before2) = (last[0], last[1], last[9], last[14]);
        let sigma0 = xor3(
            _mm256_ror_epi32::<7>(before15),
            _mm256_ror_epi32::<18>(before15),
            _mm256_srli_epi32::<3>(before15),
        );
        let sigma1 = xor3(
            _mm256_ror_epi32::<17>(before2),
            _mm256_ror_epi32::<19>(before2),
            _mm256_srli_epi32::<10>(before2),
        );
        *next = _mm256_add_epi32(
            _mm256_add_epi32(sigma1, before7),
            _mm256_add_epi32(sigma0, before16),
        );
    }

    /// Adds the constants to two words of each block and lays them side by side.
    #[inline]
    #[target_feature(enable = "avx2,avx512f,avx512vl")]
    fn put(&self, pair: usize, out: &mut Scheduled) {
        let (words, constants) = (self.0.as_chunks::<2>().0, K.as_chunks::<2>().0);
        let (Some([a, b]), Some([ka, kb]), Some(place)) =
            (words.get(pair), constants.get(pair), out.0.get_mut(pair))
        else {
            return;
        };
        let a = _mm256_add_epi32(*a, _mm256_set1_epi32(*ka as i32));
        let b = _mm256_add_epi32(*b, _mm256_set1_epi32(*kb as i32));
        let (halves, _) = place.as_flattened_mut().as_chunks_mut::<8>();
        let sums = [_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b)];
        for (half, sums) in halves.iter_mut().zip(sums) {
            // SAFETY: eight u32 are 32 writable bytes; the store needs no alignment.
            unsafe { _mm256_storeu_si256(half.as_mut_ptr().cast(), sums) }
        }
    }
}

/// Four words of four blocks, in each half: from a block a vector to a word a vector.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn transposed([a, b, c, d]: [__m256i; 4]) -> [__m256i; 4] {
    let (ab_low, ab_high) = (_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
    let (cd_low, cd_high) = (_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
    [
        _mm256_unpacklo_epi64(ab_low, cd_low),
        _mm256_unpackhi_epi64(ab_low, cd_low),
        _mm256_unpacklo_epi64(ab_high, cd_high),
        _mm256_unpackhi_epi64(ab_high, cd_high),
    ]
}

#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn xor3(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
    _mm256_ternarylogic_epi32::<0x96>(a, b, c)
}
