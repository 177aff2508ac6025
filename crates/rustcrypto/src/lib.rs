//! A crypto provider for cardseal that is nothing but the RustCrypto crates: `aes`, `cbc`, `aes-gcm` with `ghash`,
//! `sm4`, `rsa`, `sm2`. For those who would rather trust crates that many use than kernels that one project wrote.
//!
//! ```
//! let provider = cardseal_rustcrypto::provider();
//! assert!(provider.suite("SM4-GCM").is_some());
//! ```
//!
//! # What it gives up
//! - **Constant time in SM4.** The crate `sm4` looks its S-box up in a table, at places that secret bytes choose.
//!   Somebody who shares the processor's cache may learn of the session key from that.
//! - **A stable release of RSA.** The crate `rsa` is a release candidate, and has an advisory (RUSTSEC-2023-0071) about
//!   the time that private keys take. Only its public operation is used here, which the advisory does not concern.
//! - **Speed.** docs/performance.md has the figures.
//!
//! # What it does not
//! No code of this crate is `unsafe`. Keys are wiped on drop, tags are compared in constant time and before anything is
//! decrypted, and every check that cardseal makes of keys and answers is made with this provider too.
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

// Each uses only what stands above it.
mod rng;

mod aes256_cbc_rsa;
mod sm4_gcm_sm2;

use std::sync::Arc;

use cardseal_crypto::{OsRandom, Provider};

/// The suites of these crates over the operating system's generator.
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
