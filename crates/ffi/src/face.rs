//! The interface for all languages, in Rust: one function per step, with bytes in and bytes out; the only error is
//! [`Fault`](crate::Fault). The C functions and the bindings in Rust use it.

// Each module uses only modules listed above it.
mod caught;
mod json;
mod envelope;
mod sign;
#[cfg(feature = "calls")]
mod prepare;
#[cfg(feature = "calls")]
mod wanted;
#[cfg(feature = "calls")]
mod credentials;
#[cfg(feature = "calls")]
mod account;
#[cfg(feature = "calls")]
mod connections;
#[cfg(feature = "calls")]
mod client;
#[cfg(feature = "calls")]
mod recognize;
#[cfg(feature = "calls")]
mod options;

pub use cardseal::{CredentialsProvider, Opened, Opener, Recipient};
pub use caught::caught;
#[cfg(feature = "calls")]
pub use client::Client;
#[cfg(feature = "calls")]
pub use credentials::{given, of_environment};
pub use envelope::{open, parse, restore, seal, store};
#[cfg(feature = "calls")]
pub use options::{client_json, recognize_json};
#[cfg(feature = "calls")]
pub use prepare::{PrepareLimits, Prepared, prepare};
#[cfg(feature = "calls")]
pub use recognize::recognize;
pub use sign::{Sign, sign};
#[cfg(feature = "calls")]
pub use wanted::{Card, ClientOptions, Picture, Recognize, Secrets};
