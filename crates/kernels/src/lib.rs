//! SM4-GCM, AES-256-CBC beside SHA-256, and wrapping keys with SM2 and RSA: in constant time, at the speed of the
//! machine.
//!
//! * [`Sm4Gcm`] seals and opens in place with a detached 16-byte tag and no allocation. The tag is verified before a
//!   single byte is decrypted; if it does not match, the buffer is wiped.
//! * [`Sealer`] seals a message chunk by chunk, so that other work (base64) can be done on each chunk while it is still
//!   in the cache. Another text can be hashed at the same time; on CPUs that support it, both together take hardly
//!   longer than the hash alone.
//! * [`aes256_cbc::Encryptor`] encrypts at the speed of the AES instruction, and hashes another text with
//!   [`sha256::Sha256`] while it waits for that instruction; both together take hardly longer than one.
//!   [`aes256_cbc::decrypt`] decrypts as many blocks at once as the CPU keeps in flight.
//! * [`provider`] returns all of this as a cardseal provider: two suites, which seal in one pass over the body.
//! * [`Sm4`] is the block cipher with the RustCrypto `cipher` traits.
//! * [`sm2::WrapKey`] and [`rsa::WrapKey`] encrypt to one recipient, whose tables and constants are
//!   computed once.
//!
//! # Constant time
//!
//! On every [`Backend`], no branch and no memory address depends on a key, a plaintext or a hash state. The S-box is
//! computed (affine maps around a field inversion, or a boolean circuit) and never looked up, also in the key schedule.
//! AES uses the CPU's instructions, or the `aes` crate, which falls back to bitsliced code. The hashed text is public.
//!
//! # Wiping
//!
//! Round keys, hash keys, hash states and key stream are wiped when they are dropped. No library can wipe copies that
//! the compiler leaves in registers or dead stack slots.
//!
//! # Sources
//!
//! SM4: GB/T 32907-2016. GCM: NIST SP 800-38D; SM4 in it: RFC 8998. POLYVAL form of GHASH:
//! RFC 8452, appendix A. AES: FIPS 197; CBC: NIST SP 800-38A. SHA-256: FIPS 180-4.
//!
//! # Unsafe code
//!
//! SIMD loads and stores, calls of a backend's routines, and wiping a group by words are `unsafe`; each use states why
//! it is sound. Nothing else is `unsafe`.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

// Bottom up: a module uses only modules listed above it. tests/floors.rs checks it.
#[macro_use]
mod backends;
mod block;
mod reveal;
mod wrap_error;
#[cfg(target_arch = "x86_64")]
mod cpu;
pub mod rsa;
pub mod sm2;

#[cfg(target_arch = "x86_64")]
mod aesni;
pub mod sha256;
pub mod aes256_cbc;

mod ghash;
mod sm4;
mod stitched;
mod routines;
mod backend;
mod kernel;
mod cipher_traits;
mod hasher;
mod message;
mod sealer;
mod gcm;

mod provider;
#[doc(hidden)]
pub mod hazmat;
#[cfg(test)]
mod taint;

// The public interface is:
pub use backend::Backend;
pub use cipher_traits::Sm4;
pub use gcm::{OpenRefused, Sm4Gcm};
pub use message::TooLong;
pub use provider::provider;
pub use sealer::Sealer;
pub use wrap_error::WrapError;
