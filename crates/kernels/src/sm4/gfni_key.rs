//! SM4's key schedule with GFNI. The words never leave the vector registers, because the schedule
//! is one long dependency chain and a detour costs more than a round's arithmetic.

use core::arch::x86_64::*;

use super::{
    RoundKeys,
    constants::{
        CK,
        gfni::{POST, POST_ADD, PRE, PRE_ADD},
        whitened,
    },
};

/// AVX2 and GFNI.
pub(crate) mod avx2 {
    use super::*;

    #[target_feature(enable = "avx2,gfni,aes,pclmulqdq")]
    pub(crate) fn expand_key(key: &[u8; 16], keys: &mut RoundKeys) {
        let mut k = whitened(key).map(|word| _mm_cvtsi32_si128(word as i32));
        for (out, ck) in keys.0.iter_mut().zip(CK.as_flattened()) {
            let [k0, k1, k2, k3] = k;
            // k3 is the newest word: it comes last, so that the rest is ready before it.
            let older = _mm_xor_si128(_mm_xor_si128(k1, k2), _mm_cvtsi32_si128(*ck as i32));
            let input = _mm_xor_si128(older, k3);
            let before = _mm_gf2p8affine_epi64_epi8::<PRE_ADD>(input, _mm_set1_epi64x(PRE));
            let b = _mm_gf2p8affineinv_epi64_epi8::<POST_ADD>(before, _mm_set1_epi64x(POST));
            let by_13 = _mm_xor_si128(_mm_slli_epi32(b, 13), _mm_srli_epi32(b, 19));
            let by_23 = _mm_xor_si128(_mm_slli_epi32(b, 23), _mm_srli_epi32(b, 9));
            let next = _mm_xor_si128(_mm_xor_si128(k0, b), _mm_xor_si128(by_13, by_23));
            k = [k1, k2, k3, next];
            *out = _mm_cvtsi128_si32(next) as u32;
        }
    }
}

/// AVX-512 and GFNI.
pub(crate) mod avx512 {
    use super::*;

    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    pub(crate) fn expand_key(key: &[u8; 16], keys: &mut RoundKeys) {
        let word = |word: u32| _mm_cvtsi32_si128(word as i32);
        let mut k = whitened(key).map(word);
        let mut input = xor3(xor3(k[1], k[2], k[3]), word(CK[0][0]), _mm_setzero_si128());
        let following = CK.as_flattened().iter().skip(1).chain(&[0]);
        for (out, next_ck) in keys.0.iter_mut().zip(following) {
            let [k0, k1, k2, k3] = k;
            let before = _mm_gf2p8affine_epi64_epi8::<PRE_ADD>(input, _mm_set1_epi64x(PRE));
            let b = _mm_gf2p8affineinv_epi64_epi8::<POST_ADD>(before, _mm_set1_epi64x(POST));
            let (by_13, by_23) = (_mm_rol_epi32::<13>(b), _mm_rol_epi32::<23>(b));
            let next = xor3(_mm_xor_si128(k0, b), by_13, by_23);
            // The next input by a path of its own, two operations shorter than through `next`.
            let rest = xor3(xor3(k0, k2, k3), word(*next_ck), b);
            input = xor3(rest, by_13, by_23);
            k = [k1, k2, k3, next];
            *out = _mm_cvtsi128_si32(next) as u32;
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    fn xor3(a: __m128i, b: __m128i, c: __m128i) -> __m128i {
        _mm_ternarylogic_epi32::<0x96>(a, b, c)
    }
}
