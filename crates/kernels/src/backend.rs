//! Which backends there are, and which of them this CPU can run.

use crate::{ghash, routines::Routines, sm4};

/// One implementation of SM4 and GHASH. All of them compute the same, in constant time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// x86-64 with AVX-512 (F, BW, VL), GFNI and VPCLMULQDQ.
    Avx512Gfni,
    /// x86-64 with AVX2, GFNI and PCLMULQDQ.
    Avx2Gfni,
    /// x86-64 with AVX2, AES-NI and PCLMULQDQ.
    Avx2AesNi,
    /// x86-64 with SSE4.1, AES-NI and PCLMULQDQ.
    SseAesNi,
    /// AArch64 with the cryptographic extension (AESE, PMULL).
    NeonAes,
    /// Bitsliced 64-bit integer code, for every CPU.
    Portable,
}

backends!(6: Avx512Gfni = "avx512-gfni", Avx2Gfni = "avx2-gfni", Avx2AesNi = "avx2-aesni", SseAesNi = "sse-aesni", NeonAes = "neon-aes", Portable = "portable");

impl Backend {
    fn runs_here(self) -> bool {
        self.routines().is_some()
    }

    /// The routines of this backend, if the CPU has every feature they enable.
    pub(crate) fn routines(self) -> Option<&'static Routines> {
        match self {
            Backend::Portable => Some(&PORTABLE),
            #[cfg(target_arch = "x86_64")]
            _ => x86::routines(self),
            #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
            _ => arm::routines(self),
            #[cfg(not(any(
                target_arch = "x86_64",
                all(target_arch = "aarch64", target_endian = "little")
            )))]
            _ => None,
        }
    }
}

pub(crate) static PORTABLE: Routines = Routines {
    expand_key: sm4::bitsliced::expand_key,
    encrypt_group: sm4::bitsliced::encrypt_group,
    ctr_groups: sm4::bitsliced::ctr_groups,
    ctr_groups_between: None,
    hash_powers: ghash::portable::hash_powers,
    absorb: ghash::portable::absorb,
    seal_and_hash: None,
};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Backend, Routines};
    use crate::{ghash, sm4, stitched};
    use std::arch::is_x86_feature_detected as has;

    pub(super) fn routines(backend: Backend) -> Option<&'static Routines> {
        match backend {
            Backend::Avx512Gfni if has_avx512_gfni() => Some(if has!("sha") {
                &AVX512_GFNI_SHA
            } else {
                &AVX512_GFNI
            }),
            Backend::Avx2Gfni => has_avx2_gfni().then_some(&AVX2_GFNI),
            Backend::Avx2AesNi => has_avx2_aesni().then_some(&AVX2_AESNI),
            Backend::SseAesNi => has_sse_aesni().then_some(&SSE_AESNI),
            _ => None,
        }
    }

    fn has_sse_aesni() -> bool {
        has!("sse4.1") && has!("ssse3") && has!("aes") && has!("pclmulqdq")
    }

    fn has_avx2_aesni() -> bool {
        has!("avx2") && has_sse_aesni()
    }

    fn has_avx2_gfni() -> bool {
        has!("gfni") && has_avx2_aesni()
    }

    fn has_avx512_gfni() -> bool {
        has!("avx512f")
            && has!("avx512bw")
            && has!("avx512vl")
            && has!("vpclmulqdq")
            && has_avx2_gfni()
    }

    static AVX512_GFNI: Routines = Routines {
        expand_key: sm4::gfni_key::avx512::expand_key,
        encrypt_group: sm4::avx512_gfni::encrypt_group,
        ctr_groups: sm4::avx512_gfni::ctr_groups,
        ctr_groups_between: Some(sm4::avx512_gfni::ctr_groups_between),
        hash_powers: ghash::vpclmul::hash_powers,
        absorb: ghash::vpclmul::absorb,
        seal_and_hash: None,
    };

    static AVX512_GFNI_SHA: Routines = Routines {
        seal_and_hash: Some(stitched::avx512::seal_and_hash),
        ..AVX512_GFNI
    };

    static AVX2_GFNI: Routines = Routines {
        expand_key: sm4::gfni_key::avx2::expand_key,
        encrypt_group: sm4::avx2::gfni::encrypt_group,
        ctr_groups: sm4::avx2::gfni::ctr_groups,
        ctr_groups_between: None,
        hash_powers: ghash::clmul::hash_powers,
        absorb: ghash::clmul::absorb,
        seal_and_hash: None,
    };

    static AVX2_AESNI: Routines = Routines {
        expand_key: sm4::sse_aesni::expand_key,
        encrypt_group: sm4::avx2::aesni::encrypt_group,
        ctr_groups: sm4::avx2::aesni::ctr_groups,
        ctr_groups_between: None,
        hash_powers: ghash::clmul::hash_powers,
        absorb: ghash::clmul::absorb,
        seal_and_hash: None,
    };

    static SSE_AESNI: Routines = Routines {
        expand_key: sm4::sse_aesni::expand_key,
        encrypt_group: sm4::sse_aesni::encrypt_group,
        ctr_groups: sm4::sse_aesni::ctr_groups,
        ctr_groups_between: None,
        hash_powers: ghash::clmul::hash_powers,
        absorb: ghash::clmul::absorb,
        seal_and_hash: None,
    };
}

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod arm {
    use super::{Backend, Routines};
    use crate::{ghash, sm4};
    use std::arch::is_aarch64_feature_detected as has;

    pub(super) fn routines(backend: Backend) -> Option<&'static Routines> {
        match backend {
            // `aes` stands for AESE and PMULL together, as Rust's feature of that name does.
            Backend::NeonAes => (has!("neon") && has!("aes") && has!("pmull")).then_some(&NEON_AES),
            _ => None,
        }
    }

    static NEON_AES: Routines = Routines {
        expand_key: sm4::neon_aes::expand_key,
        encrypt_group: sm4::neon_aes::encrypt_group,
        ctr_groups: sm4::neon_aes::ctr_groups,
        ctr_groups_between: None,
        hash_powers: ghash::pmull::hash_powers,
        absorb: ghash::pmull::absorb,
        seal_and_hash: None,
    };
}
