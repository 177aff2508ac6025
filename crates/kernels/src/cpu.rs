//! What the processor has, for the loops of AES and SHA-256 and for the key wraps.

use std::arch::is_x86_feature_detected as has;

/// AES-NI, and what moves its blocks.
pub(crate) fn has_aes() -> bool {
    has!("aes") && has!("sse4.1") && has!("ssse3")
}

/// The SHA extension beside AES-NI.
pub(crate) fn has_sha() -> bool {
    has_aes() && has!("sha")
}

/// Both, and AVX-512 (F, VL) for the schedules of eight blocks at once.
pub(crate) fn has_wide_sha() -> bool {
    has_sha() && has!("avx2") && has!("avx512f") && has!("avx512vl")
}

/// AES on two blocks at once, beside AES-NI.
pub(crate) fn has_vaes() -> bool {
    has!("vaes") && has!("avx2") && has_aes()
}

/// AES on four blocks at once.
pub(crate) fn has_wide_vaes() -> bool {
    has!("avx512f") && has!("avx512vl") && has_vaes()
}

/// Eight products of 52 bits at once.
pub(crate) fn has_ifma() -> bool {
    has!("avx512f") && has!("avx512ifma")
}
