//! AES-256-CBC (FIPS 197; NIST SP 800-38A, 6.2): encryption, alone or interleaved with SHA-256 of another text.
//!
//! Decryption has no chain to wait for and backends of its own: [`decrypt`].

pub mod decrypt;

use aes::Aes256;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};

#[cfg(target_arch = "x86_64")]
use crate::aesni::{
    self,
    companion::{self, Companion},
};
#[cfg(target_arch = "x86_64")]
use crate::cpu;
#[cfg(target_arch = "x86_64")]
use crate::sha256::compress::{self, Compress};
use crate::sha256::{Sha256, TextBlock};

/// One implementation of the encryption. All of them compute the same, in constant time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// x86-64 with AES-NI, the SHA extension and AVX-512 (F, VL): cipher and hash interleaved in one loop, the hash's
    /// schedules made for eight blocks at once.
    Avx512Sha,
    /// x86-64 with AES-NI and the SHA extension: cipher and hash interleaved in one loop.
    AesNiSha,
    /// x86-64 with AES-NI.
    AesNi,
    /// The `aes` and `cbc` crates, for every CPU: the cryptographic extension of AArch64 if there is one, and
    /// bitsliced code that looks nothing up if there is none.
    Library,
}

backends!(4: Avx512Sha = "avx512-sha", AesNiSha = "aesni-sha", AesNi = "aesni", Library = "library");

impl Backend {
    #[cfg(target_arch = "x86_64")]
    fn runs_here(self) -> bool {
        match self {
            Backend::Avx512Sha => cpu::has_wide_sha(),
            Backend::AesNiSha => cpu::has_sha(),
            Backend::AesNi => cpu::has_aes(),
            Backend::Library => true,
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn runs_here(self) -> bool {
        self == Backend::Library
    }

    /// The hash that takes the cipher along, where this backend has one.
    #[cfg(target_arch = "x86_64")]
    fn interleaved(self) -> Option<Compress> {
        match self {
            Backend::Avx512Sha => Some(compress::compress_wide),
            Backend::AesNiSha => Some(compress::compress),
            _ => None,
        }
    }
}

/// A message being encrypted, whole blocks at a time. Padding is the caller's.
///
/// The expanded key is wiped on drop; it can be neither cloned nor printed.
pub struct Encryptor(Engine);

/// The keys are boxed, so that moving the owner moves a pointer and leaves no copy of them behind.
enum Engine {
    /// Made only where the CPU has the instructions.
    #[cfg(target_arch = "x86_64")]
    AesNi {
        keys: Box<aesni::RoundKeys>,
        chain: [u8; 16],
        backend: Backend,
    },
    Library(Box<cbc::Encryptor<Aes256>>),
}

impl Encryptor {
    /// Expands `key` for the fastest backend of this CPU.
    pub fn new(key: &[u8; 32], iv: &[u8; 16]) -> Self {
        let best = Backend::available().next().unwrap_or(Backend::Library);
        Self::on(best, key, iv)
    }

    /// Expands `key` for one backend; nothing when this CPU cannot run it.
    pub fn with_backend(key: &[u8; 32], iv: &[u8; 16], backend: Backend) -> Option<Self> {
        backend.runs_here().then(|| Self::on(backend, key, iv))
    }

    /// The backend runs here.
    #[inline]
    fn on(backend: Backend, key: &[u8; 32], iv: &[u8; 16]) -> Self {
        #[cfg(target_arch = "x86_64")]
        if backend != Backend::Library {
            // SAFETY: the backend runs here, so the CPU has AES-NI and SSE4.1.
            let mut keys = Box::new(unsafe { aesni::RoundKeys::zeroed() });
            // SAFETY: as above.
            unsafe { aesni::expand_key(key, &mut keys) };
            return Encryptor(Engine::AesNi {
                keys,
                chain: *iv,
                backend,
            });
        }
        let _ = backend;
        let cipher = cbc::Encryptor::new(key.into(), iv.into());
        Encryptor(Engine::Library(Box::new(cipher)))
    }

    /// Encrypts the next blocks in place.
    pub fn encrypt(&mut self, blocks: &mut [[u8; 16]]) {
        match &mut self.0 {
            #[cfg(target_arch = "x86_64")]
            Engine::AesNi { keys, chain, .. } => {
                // SAFETY: an engine of this kind is made only where the CPU has AES-NI and SSE4.1.
                unsafe { aesni::encrypt(keys, chain, blocks) }
            }
            Engine::Library(cipher) => {
                cipher.encrypt_blocks(cbc::cipher::Array::cast_slice_from_core_mut(blocks));
            }
        }
    }

    /// Encrypts the next blocks in place and hashes `text`, which is public: an earlier part of the same message,
    /// encoded, say. Where the CPU can, the two go through one loop, three cipher blocks to a block of text.
    pub fn encrypt_and_hash(
        &mut self,
        blocks: &mut [[u8; 16]],
        hash: &mut Sha256,
        text: &[TextBlock],
    ) {
        #[cfg(target_arch = "x86_64")]
        if let Engine::AesNi {
            keys,
            chain,
            backend,
        } = &mut self.0
            && let Some(compress) = backend.interleaved()
        {
            let together = text.len().min(blocks.len() / companion::RATIO);
            let (along, alone) = blocks.split_at_mut(companion::RATIO * together);
            let (text, more) = text.split_at(together);
            // SAFETY: an engine of this kind is made only where the CPU has AES-NI and SSE4.1, and a routine that takes
            // a companion is there only for a backend whose every instruction the CPU was seen to have.
            unsafe {
                let mut companion = Companion::enter(keys, chain, along);
                compress(&mut hash.state, text, Some(&mut companion));
                companion.leave(chain);
            }
            hash.count(together);
            self.encrypt(alone);
            hash.update(more);
            return;
        }
        self.encrypt(blocks);
        hash.update(text);
    }
}

/// Encrypts whole blocks in place under a key that is used once: nothing is allocated, and the expanded key is wiped.
pub fn encrypt(key: &[u8; 32], iv: &[u8; 16], blocks: &mut [[u8; 16]]) {
    #[cfg(target_arch = "x86_64")]
    if cpu::has_aes() {
        // SAFETY: the CPU has AES-NI and SSE4.1.
        return unsafe { aesni::encrypt_once(key, iv, blocks) };
    }
    cbc::Encryptor::<Aes256>::new(key.into(), iv.into())
        .encrypt_blocks(cbc::cipher::Array::cast_slice_from_core_mut(blocks));
}
