//! A crypto provider for cardseal that does its work in a hardware module, through PKCS#11.
//!
//! The session key of each request is generated, wrapped, used and destroyed inside the module and never enters this
//! process; IVs come from the module's generator. So an opener cannot be stored for a later process: the answer is
//! opened where the request was sealed.
//!
//! A key can be wrapped only while the module calls it extractable. It is made so, wrapped at once under the checked
//! public key, and from then on neither extractable nor readable, which a module does not take back (PKCS#11 v2.40
//! §4.4, `CKA_EXTRACTABLE`).
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

// Each uses only what stands above it.
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
