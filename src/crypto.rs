//! Where the ciphers come from.
//!
//! This library contains no cipher. A [`Provider`] brings them: suites of a key wrap and a body cipher, and a random
//! generator. [`built_in`] is the one that [`Recipient::parse`](crate::Recipient::parse) uses;
//! [`Recipient::parse_with`](crate::Recipient::parse_with) takes any other. Nothing in the process is set by choosing
//! one.
//!
//! | feature | provider | ciphers |
//! |---|---|---|
//! | `kernels` (default) | `cardseal-kernels` | this project's own, constant time, SIMD chosen at run time |
//! | `rust-crypto` | `cardseal-rustcrypto` | the RustCrypto crates; `sm4` looks secret bytes up in a table |
//! | `pkcs11` | `cardseal-pkcs11` | a hardware module's, loaded at run time; session keys never leave it |
//!
//! # Writing a provider
//! 1. State the [`Facts`] of a suite: its name on the wire, and its lengths.
//! 2. Implement [`Suite`], which takes a public key and gives a [`Wrap`];
//! 3. [`Wrap`], which makes a session key, wraps it, and gives a [`Session`];
//! 4. [`Session`], which seals one body and opens one answer.
//! 5. Join them with [`Provider::new`], and hand that to [`Recipient::parse_with`](crate::Recipient::parse_with); to
//!    [`Recipient::parse_as`](crate::Recipient::parse_as) where two suites take one kind of key.
//! 6. Ask `conformance::check` (the feature `conformance`) in a test.
//!
//! [`examples/own_provider.rs`][example] does all of it in one file, around the crates `aes`, `cbc` and `rsa`.
//!
//! Everything that can be checked without the key is checked here and not by a provider: the public key, the algorithm,
//! lengths, IVs, tags, padding, and what was opened. What a provider answers for stands on each method. It never chooses
//! an IV, sees no reply, and is asked for a key only where the user stores an opener for a later process.
//!
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
