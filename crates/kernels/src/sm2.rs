//! SM2 public-key encryption of a short secret: GB/T 32918.4 on the curve
//! sm2p256v1 of GB/T 32918.5.
//!
//! A sender multiplies the same fresh scalar k by two points that never
//! change: the generator G and the recipient's key P. Both products use tables
//! of multiples computed beforehand (`comb`), with no doubling left to do,
//! and the two results share one field inversion (`point`). Where the CPU has
//! AVX-512 IFMA, eight additions are done at once (`wide`, `lanes`).
//!
//! # Independence of secrets
//!
//! Secret are k, the shared point k P, the keystream and the message. Public
//! are the recipient's key, the length of the message and the ciphertext, so
//! also k G.
//!
//! - Field operations (`field`, `limbs`) are straight-line code; choices
//!   are made with masks.
//! - Every scalar takes the same 51 table look-ups and 50 additions for each
//!   of the two points. A look-up reads the whole row, whatever the digit
//!   (`comb`). The addition formula has no exceptional case on that path but
//!   one, proven in `comb`, and that one is covered by a selection.
//! - Eight at once, an addition is the same straight line of vector
//!   instructions, and a look-up keeps an entry by a mask of the vector unit.
//! - The inversion raises to a fixed power.
//! - SM3 consists of additions, rotations and bitwise operations, and is fed
//!   lengths that are public.
//!
//! The optimiser is kept from turning masks back into branches by a barrier
//! (`limbs`); that it has not done so is checked on the compiled code by
//! running it under valgrind with k and the message marked as undefined.
//!
//! Two bits leave: whether a candidate scalar was in range, and whether its
//! keystream was all zero. Both belong to a candidate that is then thrown
//! away, as the standard demands, and say nothing about the one that is used.

mod limbs;
mod field;
mod point;
mod scalar;
mod row;
#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod wide;
#[cfg(target_arch = "x86_64")]
mod wide_table;
mod backend;
mod comb;
mod encrypt;

pub use backend::Backend;
pub use encrypt::WrapKey;
pub use point::PointRejected;
