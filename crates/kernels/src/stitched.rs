//! SM4-GCM that goes along with SHA-256 in one loop.
//!
//! SHA-256 is one chain of instructions, each of which waits for the one before it, and leaves most of the CPU idle;
//! SM4 and GHASH are wide and fill it. Interleaved they take hardly longer than the hash alone. Base64 makes 64 bytes
//! of text, one block of the hash, out of three cipher blocks: so sixteen blocks of text go with three groups.
//!
//! The technique: Gopal and others, "Fast Cryptographic Computation on Intel Architecture Processors Via Function
//! Stitching" (Intel, 2010).

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;

use crate::{
    block::{Block, GROUP_BLOCKS, GROUP_BYTES},
    ghash::HashPowers,
    sha256::{State, TextBlock},
    sm4::RoundKeys,
};

/// Groups that are encrypted while [`TEXTS`] blocks of text are hashed.
pub(crate) const GROUPS: usize = 3;

/// [`GROUPS`] groups.
pub(crate) type Trio = [[u8; GROUP_BYTES]; GROUPS];

/// Cipher blocks of a [`Trio`].
pub(crate) const TRIO_BLOCKS: usize = GROUPS * GROUP_BLOCKS;

/// Blocks of text that go with a [`Trio`].
pub(crate) const TEXTS: usize = 16;

/// [`TEXTS`] blocks.
pub(crate) type Text = [TextBlock; TEXTS];

/// A message in the middle of its sealing.
#[cfg_attr(
    not(target_arch = "x86_64"),
    allow(
        dead_code,
        reason = "read by the routines, of which there are none here"
    )
)]
pub(crate) struct Stretch<'m> {
    pub(crate) keys: &'m RoundKeys,
    /// The counter block of the next group.
    pub(crate) counter: Block,
    pub(crate) powers: &'m HashPowers,
    /// GHASH of everything before the next group.
    pub(crate) ghash: u128,
}

/// A routine that encrypts the groups in place and hashes the texts, of which there are equally many; GHASH behind the
/// groups comes back. It may use instructions that only some CPUs have.
pub(crate) type SealAndHash =
    unsafe fn(&Stretch<'_>, &mut [Trio], hash: &mut State, &[Text]) -> u128;
