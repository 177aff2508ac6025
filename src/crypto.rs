//! Providers: the ciphers that seal and open.
//!
//! This library contains no cipher. A [`Provider`] has suites (a key wrap and a body cipher each) and a random
//! generator. [`Recipient::parse`](crate::Recipient::parse) uses [`built_in`];
//! [`Recipient::parse_with`](crate::Recipient::parse_with) accepts any provider. Choosing one changes no global state.
//!
//! | feature | provider | ciphers |
//! |---|---|---|
//! | `kernels` (default) | `cardseal-kernels` | this project's own, constant time, SIMD chosen at run time |
//! | `rust-crypto` | `cardseal-rustcrypto` | the RustCrypto crates; `sm4` looks secret bytes up in a table |
//! | `pkcs11` | `cardseal-pkcs11` | a hardware module's, loaded at run time; session keys never leave it |
//!
//! # Writing a provider
//! 1. State the [`Facts`] of a suite: its name on the wire and its lengths.
//! 2. Implement [`Suite`], which takes a public key and returns a [`Wrap`].
//! 3. Implement [`Wrap`], which makes a session key, wraps it, and returns a [`Session`].
//! 4. Implement [`Session`], which seals one body and opens one reply.
//! 5. Combine them with [`Provider::new`] and pass the provider to
//!    [`Recipient::parse_with`](crate::Recipient::parse_with), or to
//!    [`Recipient::parse_as`](crate::Recipient::parse_as) if two suites accept the same kind of key.
//! 6. Run `conformance::check` (feature `conformance`) in a test.
//!
//! [`examples/own_provider.rs`][example] does all of this in one file, with the crates `aes`, `cbc` and `rsa`;
//! [`sm4_gcm_sm2.rs`][sm] does it for SM4-GCM under SM2, with `aes-gcm`, `sm4` and `sm2`.
//! The first one's `Draws` passes the errors of cardseal's generator through the trait of another library.
//!
//! In Cargo.toml the checks stand among what only tests need:
//!
//! ```toml
//! [dependencies]
//! cardseal = { git = "https://github.com/cardseal/cardseal", default-features = false, features = ["async", "tls-ring"] }
//!
//! [dev-dependencies]
//! cardseal = { git = "https://github.com/cardseal/cardseal", default-features = false, features = ["conformance"] }
//! ```
//!
//! The library, not the provider, checks everything that can be checked without the key: the public key, the algorithm,
//! lengths, IVs, the shape of tags, padding, and the opened text. The documentation of each method says what the
//! provider is responsible for. A provider never chooses an IV and never sees a reply. It is asked for the session key
//! only if the user stores an opener for a later process.
//!
//! [sm]: https://github.com/cardseal/cardseal/blob/main/crates/rustcrypto/src/sm4_gcm_sm2.rs
//! [example]: https://github.com/cardseal/cardseal/blob/main/examples/own_provider.rs

#[cfg(feature = "conformance")]
pub mod conformance;
mod self_test;

/// A hardware module as a provider, through PKCS#11.
#[cfg(feature = "pkcs11")]
pub mod pkcs11 {
    pub use cardseal_pkcs11::{Module, SmMechanisms};
}

pub use cardseal_crypto::{
    Facts, OpenFailed, OsRandom, Plaintext, Provider, ProviderError, ProviderErrorKind, PublicKey,
    Rest, SecureRandom, Session, SessionKey, Suite, Tag, Wrap, base64,
};

#[cfg(any(feature = "kernels", feature = "rust-crypto"))]
pub use crate::providers::built_in;
pub use crate::providers::providers;
#[cfg(any(feature = "kernels", feature = "rust-crypto"))]
pub use self_test::self_tested;
pub use self_test::{SelfTest, self_test, self_test_of};
