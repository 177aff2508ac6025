//! SM4 on 256-bit vectors: eight blocks a vector set, two sets in flight.
//!
//! Two backends share everything but the S-box: [`gfni`] has an instruction for it, [`aesni`] goes
//! through AESENCLAST, 128 bits at a time.

use core::arch::x86_64::*;

use super::{
    RoundKeys,
    constants::{self, SWAP_WORDS, rotation_after_shift_rows},
};
use crate::block::{Block, GROUP_BYTES};

/// One word of eight blocks in each vector.
///
/// A transposition works within 128-bit lanes, so element `4 l + p` belongs to block `2 p + l`.
type State = [__m256i; 4];

/// A backend's entry points around its `substitute`, which gives the S-box's output `B` rotated
/// left by 0, 8, 16 and 24.
macro_rules! backend {
    ($features:literal) => {
        use super::*;

        #[target_feature(enable = $features)]
        pub(crate) fn encrypt_group(keys: &RoundKeys, group: &mut [u8; GROUP_BYTES]) {
            let mut states = [0, 128].map(|at| {
                transpose([0, 32, 64, 96].map(|v| {
                    // SAFETY: 32 bytes at `at + v`, which is at most 224, lie within the 256.
                    swap_words(unsafe { _mm256_loadu_si256(group.as_ptr().add(at + v).cast()) })
                }))
            });
            rounds(keys, &mut states);
            for (at, state) in [0, 128].into_iter().zip(states) {
                for (v, out) in [0, 32, 64, 96].into_iter().zip(output(state)) {
                    // SAFETY: 32 bytes at `at + v`, which is at most 224, lie within the 256.
                    unsafe { _mm256_storeu_si256(group.as_mut_ptr().add(at + v).cast(), out) }
                }
            }
        }

        #[target_feature(enable = $features)]
        pub(crate) fn ctr_groups(
            keys: &RoundKeys,
            counter: &Block,
            groups: &mut [[u8; GROUP_BYTES]],
        ) {
            let value = u128::from_be_bytes(*counter);
            let [n0, n1, n2] = [96, 64, 32].map(|shift| _mm256_set1_epi32((value >> shift) as i32));
            let mut count = _mm256_add_epi32(
                _mm256_set1_epi32(value as i32),
                _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7),
            );
            for group in groups {
                let second = _mm256_add_epi32(count, _mm256_set1_epi32(8));
                let mut states = [[n0, n1, n2, count], [n0, n1, n2, second]];
                count = _mm256_add_epi32(count, _mm256_set1_epi32(16));
                rounds(keys, &mut states);
                for (at, state) in [0, 128].into_iter().zip(states) {
                    for (v, stream) in [0, 32, 64, 96].into_iter().zip(output(state)) {
                        // SAFETY: 32 bytes at `at + v`, which is at most 224, lie within the 256.
                        unsafe {
                            let place = group.as_mut_ptr().add(at + v).cast();
                            let data = _mm256_loadu_si256(place);
                            _mm256_storeu_si256(place, _mm256_xor_si256(data, stream));
                        }
                    }
                }
            }
        }

        #[inline]
        #[target_feature(enable = $features)]
        fn rounds(keys: &RoundKeys, states: &mut [State; 2]) {
            let (quads, _) = keys.0.as_chunks::<4>();
            for quad in quads {
                for key in quad {
                    let key = _mm256_set1_epi32(*key as i32);
                    for state in states.iter_mut() {
                        let [x0, x1, x2, x3] = *state;
                        *state = [x1, x2, x3, next_word(x0, x1, x2, x3, key)];
                    }
                }
            }
        }

        #[inline]
        #[target_feature(enable = $features)]
        fn next_word(x0: __m256i, x1: __m256i, x2: __m256i, x3: __m256i, key: __m256i) -> __m256i {
            let input = _mm256_xor_si256(_mm256_xor_si256(x1, x2), _mm256_xor_si256(x3, key));
            let [b, b8, b16, b24] = substitute(input);
            // L(B) = B ^ B⋘24 ^ (B ^ B⋘8 ^ B⋘16)⋘2
            let c = _mm256_xor_si256(_mm256_xor_si256(b, b8), b16);
            let c2 = _mm256_xor_si256(_mm256_slli_epi32(c, 2), _mm256_srli_epi32(c, 30));
            let direct = _mm256_xor_si256(_mm256_xor_si256(x0, b), b24);
            _mm256_xor_si256(direct, c2)
        }
    };
}

/// AVX2 and GFNI.
pub(crate) mod gfni {
    backend!("avx2,gfni,aes,pclmulqdq");
    use constants::{
        gfni::{POST, POST_ADD, PRE, PRE_ADD},
        rotation,
    };

    #[inline]
    #[target_feature(enable = "avx2,gfni,aes,pclmulqdq")]
    fn substitute(x: __m256i) -> [__m256i; 4] {
        let before = _mm256_gf2p8affine_epi64_epi8::<PRE_ADD>(x, _mm256_set1_epi64x(PRE));
        let b = _mm256_gf2p8affineinv_epi64_epi8::<POST_ADD>(before, _mm256_set1_epi64x(POST));
        [
            b,
            shuffle(b, const { rotation::<1>() }),
            shuffle(b, const { rotation::<2>() }),
            shuffle(b, const { rotation::<3>() }),
        ]
    }
}

/// AVX2 and AES-NI.
pub(crate) mod aesni {
    backend!("avx2,aes,pclmulqdq");
    use constants::aes::{POST_HIGH, POST_LOW, PRE_HIGH, PRE_LOW};

    #[inline]
    #[target_feature(enable = "avx2,aes,pclmulqdq")]
    fn substitute(x: __m256i) -> [__m256i; 4] {
        let before = affine(x, PRE_LOW, PRE_HIGH);
        let zero = _mm_setzero_si128();
        let low = _mm_aesenclast_si128(_mm256_castsi256_si128(before), zero);
        let high = _mm_aesenclast_si128(_mm256_extracti128_si256::<1>(before), zero);
        let b = affine(_mm256_set_m128i(high, low), POST_LOW, POST_HIGH);
        [
            shuffle(b, const { rotation_after_shift_rows::<0>() }),
            shuffle(b, const { rotation_after_shift_rows::<1>() }),
            shuffle(b, const { rotation_after_shift_rows::<2>() }),
            shuffle(b, const { rotation_after_shift_rows::<3>() }),
        ]
    }

    #[inline]
    #[target_feature(enable = "avx2,aes,pclmulqdq")]
    fn affine(x: __m256i, low: [u8; 16], high: [u8; 16]) -> __m256i {
        let nibble = _mm256_set1_epi8(0x0f);
        let high_nibbles = _mm256_and_si256(_mm256_srli_epi32(x, 4), nibble);
        _mm256_xor_si256(
            _mm256_shuffle_epi8(both_lanes(low), _mm256_and_si256(x, nibble)),
            _mm256_shuffle_epi8(both_lanes(high), high_nibbles),
        )
    }
}

/// The last step: words reversed, back in memory order.
#[inline]
#[target_feature(enable = "avx2")]
fn output([a, b, c, d]: State) -> State {
    transpose([d, c, b, a]).map(|v| swap_words(v))
}

/// Blocks to words, or back, within each 128-bit lane.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose([a, b, c, d]: State) -> State {
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
#[target_feature(enable = "avx2")]
fn swap_words(v: __m256i) -> __m256i {
    shuffle(v, SWAP_WORDS)
}

#[inline]
#[target_feature(enable = "avx2")]
fn shuffle(v: __m256i, mask: [u8; 16]) -> __m256i {
    _mm256_shuffle_epi8(v, both_lanes(mask))
}

#[inline]
#[target_feature(enable = "avx2")]
fn both_lanes(bytes: [u8; 16]) -> __m256i {
    // SAFETY: the array is 16 readable bytes; the load needs no alignment.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
}
