//! RSA encryption of a short secret with PKCS#1 v1.5 padding: RFC 8017,
//! section 7.2.1, for the public exponent 65537.
//!
//! The big-integer arithmetic is that of the crate `crypto-bigint`, at a width
//! fixed when the key is parsed, with its Montgomery constants kept in the
//! key; where the CPU has AVX-512 IFMA, eight products an instruction (`ifma`).
//! What is left to do here is the padding (`padding`) and the order of eighteen
//! Montgomery products (`modulus`); the published seeded vectors prove all of
//! it to the byte.
//!
//! # Independence of secrets
//!
//! Secret are the message and the padding. Public are the modulus, the length
//! of the message and the ciphertext.
//!
//! - The exponent is a constant, so the sequence of products is; each product
//!   runs through all limbs. `crypto-bigint` subtracts the modulus by mask; the
//!   products with IFMA compare nothing, and the one subtraction at the end is
//!   by mask.
//! - The block is laid out by lengths alone. A padding byte that comes as zero
//!   is drawn again: which places that befell says nothing about the bytes
//!   that were kept.
//!
//! PKCS#1 v1.5 is what the services ask for. Its known weakness, an answer
//! that tells good padding from bad, is on the decrypting side.

#[cfg(target_arch = "x86_64")]
mod radix52;
#[cfg(target_arch = "x86_64")]
mod ifma;
mod backend;
mod modulus;
mod padding;
mod encrypt;

pub use backend::Backend;
pub use encrypt::WrapKey;
pub use modulus::ModulusRejected;
