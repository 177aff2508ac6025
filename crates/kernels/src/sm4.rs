//! The SM4 block cipher (GB/T 32907-2016), one file a backend.
//!
//! SM4 is a 32-round unbalanced Feistel network on four 32-bit words:
//! `X[i+4] = X[i] ^ L(τ(X[i+1] ^ X[i+2] ^ X[i+3] ^ rk[i]))`, where τ applies the S-box to each byte
//! and `L(B) = B ^ B⋘2 ^ B⋘10 ^ B⋘18 ^ B⋘24`. The ciphertext is the last four words, reversed.
//!
//! The S-box is `S(x) = M·(M·x ⊕ D3)⁻¹ ⊕ D3` over GF(2)\[t\]/(t⁸+t⁷+t⁶+t⁵+t⁴+t²+1). That field is
//! isomorphic to the AES one, so an instruction that inverts there (GF2P8AFFINEINVQB, AESENCLAST,
//! AESE) gives the S-box once the isomorphism is folded into the affine maps on both sides. No
//! backend looks anything up in memory.
//!
//! Every backend sees a group of 16 blocks as four vectors of 16 words (or several shorter ones)
//! and computes all blocks at once, which is what both CTR mode and GCM need.

use zeroize::Zeroize;

pub(crate) mod constants;
pub(crate) mod sbox_circuit;
pub(crate) mod bitsliced;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512_gfni;
#[cfg(target_arch = "x86_64")]
pub(crate) mod gfni_key;
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
pub(crate) mod neon_aes;
#[cfg(target_arch = "x86_64")]
pub(crate) mod sse_aesni;

/// The 32 round keys in the order of use; the same for every backend. Wiped on drop.
#[repr(align(64))]
pub(crate) struct RoundKeys(pub(crate) [u32; 32]);

impl Drop for RoundKeys {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl RoundKeys {
    /// No keys yet.
    pub(crate) const fn zeroed() -> Self {
        RoundKeys([0; 32])
    }
}

/// The key schedule for backends whose S-box takes and gives a `u32`.
///
/// Inlined into the backend's own function, so that `tau` may use the features enabled there.
#[inline(always)]
pub(crate) fn expand_key_with(key: &[u8; 16], keys: &mut RoundKeys, tau: impl Fn(u32) -> u32) {
    let mut k = constants::whitened(key);
    let (quads, _) = keys.0.as_chunks_mut::<4>();
    for (out, ck) in quads.iter_mut().zip(&constants::CK) {
        k[0] ^= l_key(tau(k[1] ^ k[2] ^ k[3] ^ ck[0]));
        k[1] ^= l_key(tau(k[2] ^ k[3] ^ k[0] ^ ck[1]));
        k[2] ^= l_key(tau(k[3] ^ k[0] ^ k[1] ^ ck[2]));
        k[3] ^= l_key(tau(k[0] ^ k[1] ^ k[2] ^ ck[3]));
        *out = k;
    }
    k.zeroize();
}

/// The linear map of the key schedule.
#[inline(always)]
fn l_key(b: u32) -> u32 {
    b ^ b.rotate_left(13) ^ b.rotate_left(23)
}
