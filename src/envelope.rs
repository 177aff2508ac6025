//! The envelope: sealing a plaintext returns a [`Sealed`] and the only [`Opener`] that can open the reply.
//!
//! The session key, the IV and the randomness of the key wrap are drawn inside `seal`; a caller cannot pass them. The
//! service seals its reply under the request's session key, so the opener keeps the key for exactly one reply. Opening
//! consumes the opener.

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
