//! GHASH (NIST SP 800-38D, 6.4), one file a backend.
//!
//! All of them work on POLYVAL's side (RFC 8452, appendix A): a block is read as a big-endian
//! integer, the hash key is multiplied by x once, and then
//! `GHASH(H, X₁…Xₙ) = POLYVAL(x·H, X₁…Xₙ)` up to the order of bytes. Products are
//! `dot(a, b) = a·b·x⁻¹²⁸ mod x¹²⁸+x¹²⁷+x¹²⁶+x¹²¹+1`, which needs no bit reversal and reduces with
//! two carry-less multiplications by the constant [`FOLD`].

use zeroize::Zeroize;

use crate::block::Block;

pub(crate) mod portable;

#[cfg(target_arch = "x86_64")]
pub(crate) mod clmul;
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
pub(crate) mod pmull;
#[cfg(target_arch = "x86_64")]
pub(crate) mod vpclmul;

/// x¹²⁷+x¹²⁶+x¹²¹, the upper half of the reduction polynomial.
pub(crate) const FOLD: u64 = 0xc200_0000_0000_0000;

/// How many powers of the hash key are kept.
pub(crate) const POWERS: usize = 16;

/// The powers of the hash key under `dot`, the highest first: entry `i` is power `16 − i`.
///
/// A backend fills in as many of the last entries as its `absorb` reads. Wiped on drop.
#[repr(C, align(64))]
pub(crate) struct HashPowers(pub(crate) [u128; POWERS]);

impl HashPowers {
    /// No powers yet.
    pub(crate) const fn zeroed() -> Self {
        HashPowers([0; POWERS])
    }
}

impl Drop for HashPowers {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The hash key for [`HashPowers`], from the encryption of the zero block: `x·H`.
pub(crate) fn hash_key(encrypted_zero: &Block) -> u128 {
    let h = u128::from_be_bytes(*encrypted_zero);
    let carry_mask = ((h as i128) >> 127) as u128;
    (h << 1) ^ (carry_mask & ((u128::from(FOLD) << 64) | 1))
}
