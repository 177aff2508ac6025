//! The functions of `cardseal.h`.
//!
//! Whatever a caller does, short of pointing at memory that is not its own, ends in a number: a panic does not leave these
//! functions; a handle is a number that is looked up and never an address, so that one that was freed, used or invented is
//! refused; a buffer is freed by what is known of it here.

// Each uses only what stands above it.
mod last_error;
mod crossing;
mod buffers;
mod handles;
mod functions;

pub use buffers::cardseal_bytes;
pub use functions::*;
pub use handles::{cardseal_opener, cardseal_recipient};
