//! A crypto provider for cardseal made only from the RustCrypto crates: `aes`, `cbc`, `aes-gcm` with `ghash`, `sm4`,
//! `rsa`, `sm2`. Use it if you trust widely used crates more than the kernels of one project.
//!
//! ```
//! let provider = cardseal_rustcrypto::provider();
//! assert!(provider.suite("SM4-GCM").is_some());
//! ```
//!
//! # Weaknesses
//! - **SM4 is not constant time.** The crate `sm4` indexes its S-box table with secret bytes. A process that shares the
//!   processor's cache may learn about the session key.
//! - **RSA has an advisory.** RUSTSEC-2023-0071 is about the running time of private-key operations of the crate `rsa`.
//!   0.10 made its exponentiation constant time. Only the public operation is used here, which the advisory does not
//!   concern.
//! - **It is slower.** docs/performance.md has the figures.
//!
//! # What stays the same
//! This crate has no `unsafe` code. Keys are wiped on drop. Tags are compared in constant time, before anything is
//! decrypted. cardseal makes the same checks of keys and replies with every provider.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

// Each module uses only modules listed above it.
mod rng;

mod aes256_cbc_rsa;
mod sm4_gcm_sm2;

use std::sync::Arc;

use cardseal_crypto::{OsRandom, Provider};

/// The suites of these crates, with the operating system's generator.
pub fn provider() -> Provider {
    Provider::new(
        "cardseal-rustcrypto",
        env!("CARGO_PKG_VERSION"),
        [
            Arc::new(aes256_cbc_rsa::Aes256CbcRsa) as _,
            Arc::new(sm4_gcm_sm2::Sm4GcmSm2) as _,
        ],
        Arc::new(OsRandom),
    )
}
