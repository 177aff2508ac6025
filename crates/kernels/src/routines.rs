//! The routines a backend consists of.

use crate::{
    block::{Block, GROUP_BYTES},
    ghash::HashPowers,
    sm4::RoundKeys,
    stitched::SealAndHash,
};

/// XORs the key stream from a counter on with groups, from one place to another of the same length.
pub(crate) type CtrBetween =
    unsafe fn(&RoundKeys, &Block, &[[u8; GROUP_BYTES]], &mut [[u8; GROUP_BYTES]]);

/// A backend's routines. They may use instructions that only some CPUs have.
pub(crate) struct Routines {
    pub(crate) expand_key: unsafe fn(&[u8; 16], &mut RoundKeys),
    pub(crate) encrypt_group: unsafe fn(&RoundKeys, &mut [u8; GROUP_BYTES]),
    pub(crate) ctr_groups: unsafe fn(&RoundKeys, &Block, &mut [[u8; GROUP_BYTES]]),
    /// From one place to another, where a backend does it better than by copying first.
    pub(crate) ctr_groups_between: Option<CtrBetween>,
    pub(crate) hash_powers: unsafe fn(u128, &mut HashPowers),
    pub(crate) absorb: unsafe fn(&HashPowers, u128, &[Block]) -> u128,
    /// Where sealing and hashing another text together is faster than one after the other.
    pub(crate) seal_and_hash: Option<SealAndHash>,
}
