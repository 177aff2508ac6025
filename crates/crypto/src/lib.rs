//! The interface between cardseal and a provider of ciphers.
//!
//! cardseal contains no cipher. It checks public keys, writes requests and reads replies; a [`Provider`] does the
//! encryption:
//!
//! 1. A [`Suite`] combines a key wrap with a body cipher and states their properties in its [`Facts`].
//! 2. [`Suite::load`] takes a checked public key and returns a [`Wrap`].
//! 3. [`Wrap::start`] makes a fresh session key, wraps it, and returns a [`Session`].
//! 4. The session seals one request and opens its reply. Its key may stay in a hardware module: cardseal asks for the
//!    bytes only if the caller stores the opener for a later process ([`Session::export`]).
//!
//! cardseal, not the provider, checks everything that can be checked without the key: the public key, the algorithm,
//! lengths, IVs, the shape of tags, padding, and the opened text.
//!
//! Users find all of this as `cardseal::crypto`, and so does a provider that is part of a program. Depend on this crate
//! for a provider in a crate of its own that does not need cardseal, or for [`Wiped`] and [`wipe`].
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
