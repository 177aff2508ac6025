//! The envelope: a plaintext goes in and a [`Sealed`] comes out, with the one [`Opener`] that can read the answer.
//!
//! The session key, the IV, and whatever the key wrap needs are drawn inside `seal` and never taken from a
//! caller. The service answers under the request's session key, so the key is kept, in the opener, for exactly
//! one answer: opening consumes it.

#[cfg(all(test, not(miri), any(feature = "kernels", feature = "rust-crypto")))]
mod known_sets;
mod padding;
mod path;
mod opening;
mod shape;
mod asked;
mod marks;
mod iv_policy;
mod opened;
mod session;
mod opener;
mod stored;
mod body;
mod fields;
mod sealing;

pub(crate) use asked::Asked;
pub(crate) use body::{most_plaintext, seal_body};
pub(crate) use fields::{Place, ask_for_sealed_answer, parse as parse_object, seal_fields};

pub use body::Sealed;
pub use fields::{SealedFields, SharedNonce};
pub use iv_policy::IvPolicy;
pub use opened::Opened;
pub use opener::{Expected, Opener};
#[cfg(feature = "testing")]
pub use padding::unpadded_len_of_16 as unpadded_len;
pub use sealing::check_plaintext;
