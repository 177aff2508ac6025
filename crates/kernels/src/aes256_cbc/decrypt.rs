//! AES-256-CBC decryption of whole blocks (FIPS 197; NIST SP 800-38A, 6.2). Padding is the caller's.
//!
//! Every call expands its key, on the stack, and wipes it. A plaintext block needs two ciphertext blocks and nothing
//! else, so as many blocks are decrypted at once as the CPU keeps in flight.

use aes::Aes256;
use cbc::cipher::{Array, BlockModeDecrypt, KeyIvInit};

#[cfg(target_arch = "x86_64")]
use crate::aesni::{
    decrypt::{self, Way},
    vaes,
};
#[cfg(target_arch = "x86_64")]
use crate::cpu;

/// One implementation of the decryption. All of them compute the same, in constant time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// x86-64 with VAES and AVX-512 (F, VL): 32 blocks at once, four to a vector.
    Avx512Vaes,
    /// x86-64 with VAES and AVX2: sixteen blocks at once, two to a vector.
    Avx2Vaes,
    /// x86-64 with AES-NI: eight blocks at once.
    AesNi,
    /// The `aes` and `cbc` crates, for every CPU: the cryptographic extension of AArch64 if there is one, and
    /// bitsliced code that looks nothing up if there is none.
    Library,
}

backends!(4: Avx512Vaes = "avx512-vaes", Avx2Vaes = "avx2-vaes", AesNi = "aesni", Library = "library");

impl Backend {
    #[cfg(target_arch = "x86_64")]
    fn runs_here(self) -> bool {
        match self {
            Backend::Avx512Vaes => cpu::has_wide_vaes(),
            Backend::Avx2Vaes => cpu::has_vaes(),
            Backend::AesNi => cpu::has_aes(),
            Backend::Library => true,
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn runs_here(self) -> bool {
        self == Backend::Library
    }
}

/// Decrypts all blocks in place with the fastest backend of this CPU.
pub fn in_place(key: &[u8; 32], iv: &[u8; 16], blocks: &mut [[u8; 16]]) {
    on(best(), key, iv, Blocks::InPlace(blocks));
}

/// Decrypts `from` into `to`, as far as both reach, with the fastest backend of this CPU.
pub fn into(key: &[u8; 32], iv: &[u8; 16], from: &[[u8; 16]], to: &mut [[u8; 16]]) {
    on(best(), key, iv, Blocks::Between(from, to));
}

/// [`in_place`] with one backend; nothing, and nothing done, when this CPU cannot run it.
pub fn in_place_with(
    backend: Backend,
    key: &[u8; 32],
    iv: &[u8; 16],
    blocks: &mut [[u8; 16]],
) -> Option<()> {
    backend
        .runs_here()
        .then(|| on(backend, key, iv, Blocks::InPlace(blocks)))
}

/// [`into`] with one backend; nothing, and nothing done, when this CPU cannot run it.
pub fn into_with(
    backend: Backend,
    key: &[u8; 32],
    iv: &[u8; 16],
    from: &[[u8; 16]],
    to: &mut [[u8; 16]],
) -> Option<()> {
    backend
        .runs_here()
        .then(|| on(backend, key, iv, Blocks::Between(from, to)))
}

fn best() -> Backend {
    Backend::available().next().unwrap_or(Backend::Library)
}

/// Where blocks are and where they go.
enum Blocks<'a> {
    InPlace(&'a mut [[u8; 16]]),
    Between(&'a [[u8; 16]], &'a mut [[u8; 16]]),
}

/// The backend runs here.
#[inline]
fn on(backend: Backend, key: &[u8; 32], iv: &[u8; 16], blocks: Blocks<'_>) {
    #[cfg(target_arch = "x86_64")]
    if backend != Backend::Library {
        let way = match blocks {
            Blocks::InPlace(blocks) => Way::in_place(blocks),
            Blocks::Between(from, to) => Way::between(from, to),
        };
        // SAFETY: the backend runs here, so the CPU has every feature that its routine enables.
        return unsafe {
            match backend {
                Backend::Avx512Vaes => vaes::decrypt_512(key, iv, way),
                Backend::Avx2Vaes => vaes::decrypt_256(key, iv, way),
                _ => decrypt::decrypt(key, iv, way),
            }
        };
    }
    let _ = backend;
    let blocks = match blocks {
        Blocks::InPlace(blocks) => blocks,
        Blocks::Between(from, to) => {
            let count = from.len().min(to.len());
            let (to, _) = to.split_at_mut(count);
            for (to, from) in to.iter_mut().zip(from) {
                *to = *from;
            }
            to
        }
    };
    cbc::Decryptor::<Aes256>::new(key.into(), iv.into())
        .decrypt_blocks(Array::cast_slice_from_core_mut(blocks));
}
