//! What every language is given, in Rust: one function a step, bytes in and bytes out, and no other error than
//! [`Fault`](crate::Fault). The C functions and the bindings that are written in Rust stand on it.

// Each uses only what stands above it.
mod caught;
mod json;
mod envelope;
mod sign;
mod wanted;
mod account;
mod recognize;
mod options;

pub use cardseal::{Opened, Opener, Recipient};
pub use caught::caught;
pub use envelope::{open, parse, restore, seal, store};
pub use options::recognize_json;
pub use recognize::recognize;
pub use sign::{Sign, sign};
pub use wanted::{Picture, Recognize};
