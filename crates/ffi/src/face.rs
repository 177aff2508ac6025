//! The interface for all languages, in Rust: one function per step, with bytes in and bytes out; the only error is
//! [`Fault`](crate::Fault). The C functions and the bindings in Rust use it.

// Each module uses only modules listed above it.
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
