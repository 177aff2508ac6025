//! A crypto provider for cardseal that uses a hardware module through PKCS#11.
//!
//! The session key of each request is generated, wrapped, used and destroyed inside the module and never enters this
//! process. IVs come from the module's generator. An opener can therefore not be stored for a later process: the
//! process that sealed the request must open the reply.
//!
//! A key can be wrapped only while it is extractable. It is generated extractable, wrapped at once under the checked
//! public key, and then made neither extractable nor readable. A module cannot undo this (PKCS#11 v2.40 §4.4,
//! `CKA_EXTRACTABLE`).
#![doc = include_str!("../README.md")]
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
mod failed;
mod settings;

mod held;

mod token;

mod key;

mod aes256_cbc_rsa;
mod sm4_gcm_sm2;

mod module;

// The public interface is:
pub use module::Module;
pub use settings::SmMechanisms;
