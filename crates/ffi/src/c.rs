//! The functions of `cardseal.h`.
//!
//! Every misuse returns an error code, except pointers to memory that the caller does not own. A panic does not leave
//! these functions. A handle is a number that is looked up, not an address, so a freed, used or invented handle is an
//! error. A buffer is freed by the length that is recorded here.

// Each module uses only modules listed above it.
mod last_error;
mod crossing;
mod buffers;
mod handles;
mod functions;
mod calls;

pub use buffers::cardseal_bytes;
pub use calls::*;
pub use functions::*;
pub use handles::{cardseal_client, cardseal_credentials, cardseal_opener, cardseal_recipient};
