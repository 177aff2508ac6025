//! SHA-256 with the SHA extension: four rounds at a time.

use core::arch::x86_64::*;

use super::{State, TextBlock};

/// Steps of one block, four rounds each.
pub(crate) const QUADS: usize = 16;

/// The eight working variables in the order in which the instructions want them.
#[derive(Clone, Copy)]
pub(crate) struct Variables {
    abef: __m128i,
    cdgh: __m128i,
}

impl Variables {
    #[inline]
    #[target_feature(enable = "sha,sse4.1,ssse3")]
    pub(crate) fn of(state: &State) -> Self {
        let [a, b, c, d, e, f, g, h] = state.map(|word| word as i32);
        Variables {
            abef: _mm_setr_epi32(f, e, b, a),
            cdgh: _mm_setr_epi32(h, g, d, c),
        }
    }

    #[inline]
    #[target_feature(enable = "sha,sse4.1,ssse3")]
    pub(crate) fn put(self, state: &mut State) {
        let dcba = _mm_unpackhi_epi64(self.cdgh, self.abef);
        let hgfe = _mm_unpacklo_epi64(self.cdgh, self.abef);
        let (halves, _) = state.as_chunks_mut::<4>();
        for (half, vector) in halves.iter_mut().zip([dcba, hgfe]) {
            let reversed = _mm_shuffle_epi32::<0x1b>(vector);
            // SAFETY: four u32 are 16 writable bytes; the store needs no alignment.
            unsafe { _mm_storeu_si128(half.as_mut_ptr().cast(), reversed) }
        }
    }

    /// Four rounds. Each half of the sums is two words with their constants added, in the lower 64 bits.
    #[inline]
    #[target_feature(enable = "sha,sse4.1,ssse3")]
    pub(crate) fn four_rounds(&mut self, [first, second]: [__m128i; 2]) {
        self.cdgh = _mm_sha256rnds2_epu32(self.cdgh, self.abef, first);
        self.abef = _mm_sha256rnds2_epu32(self.abef, self.cdgh, second);
    }

    /// The end of a block: what was before it is added.
    #[inline]
    #[target_feature(enable = "sha,sse4.1,ssse3")]
    pub(crate) fn add(&mut self, before: Variables) {
        self.abef = _mm_add_epi32(self.abef, before.abef);
        self.cdgh = _mm_add_epi32(self.cdgh, before.cdgh);
    }
}

/// The last sixteen words of a block's schedule, made as they are needed.
pub(crate) struct Schedule([__m128i; 4]);

impl Schedule {
    #[inline]
    #[target_feature(enable = "sha,sse4.1,ssse3")]
    pub(crate) fn of(text: &TextBlock) -> Self {
        let big_endian = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
        Schedule([0, 16, 32, 48].map(|at| {
            // SAFETY: 16 bytes at `at`, which is at most 48, lie within the 64; the load needs no alignment.
            let words = unsafe { _mm_loadu_si128(text.as_ptr().add(at).cast()) };
            _mm_shuffle_epi8(words, big_endian)
        }))
    }

    /// The words of four rounds with their constants added, for [`Variables::four_rounds`].
    #[inline]
    #[target_feature(enable = "sha,sse4.1,ssse3")]
    pub(crate) fn next<const QUAD: usize>(&mut self) -> [__m128i; 2] {
        let [w0, w1, w2, w3] = self.0;
        let words = if QUAD < 4 {
            w0
        } else {
            let sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8::<4>(w3, w2));
            _mm_sha256msg2_epu32(sum, w3)
        };
        self.0 = [w1, w2, w3, words];
        let [k0, k1, k2, k3] = const { constants::<QUAD>() };
        let sums = _mm_add_epi32(words, _mm_setr_epi32(k0, k1, k2, k3));
        [sums, _mm_shuffle_epi32::<0x0e>(sums)]
    }
}

/// The constants of four rounds.
#[allow(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses an index out of range"
)]
const fn constants<const QUAD: usize>() -> [i32; 4] {
    assert!(QUAD < QUADS);
    let at = 4 * QUAD;
    [
        K[at] as i32,
        K[at + 1] as i32,
        K[at + 2] as i32,
        K[at + 3] as i32,
    ]
}

/// FIPS 180-4, 4.2.2.
pub(crate) const K: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];
