//! What cardseal asks of a provider of ciphers.
//!
//! cardseal itself contains no cipher. It checks public keys, writes requests, and reads replies; for what is left it
//! asks a [`Provider`]:
//!
//! 1. A [`Suite`] joins a key wrap with a body cipher, and states what is known of both in its [`Facts`].
//! 2. [`Suite::load`] takes a checked public key and gives a [`Wrap`].
//! 3. [`Wrap::start`] makes a fresh session key, wraps it, and gives a [`Session`].
//! 4. The session seals one request and opens its answer. Its key may live in a hardware module: nobody asks for the
//!    bytes, unless the caller stores the opener for a later process ([`Session::export`]).
//!
//! Everything that can be checked without the key is checked by cardseal and not by a provider: the public key, the
//! algorithm, lengths, IVs, tags, padding, and what was opened.
//!
//! Users reach all of this as `cardseal::crypto`. Only who writes a provider depends on this crate.
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
mod error;
mod random;

mod os_random;
mod session_key;
mod wiped;

pub mod base64;

mod facts;
mod public_key;

mod session;

mod suite;

mod provider;

// The public interface is:
pub use error::{OpenFailed, ProviderError, ProviderErrorKind};
pub use facts::Facts;
pub use os_random::OsRandom;
pub use provider::Provider;
pub use public_key::PublicKey;
pub use random::SecureRandom;
pub use session::{Plaintext, Rest, Session, Tag};
pub use session_key::SessionKey;
pub use suite::{Suite, Wrap};
pub use wiped::{Wiped, wipe};
