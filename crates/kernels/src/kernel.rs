//! The routines of a backend that this CPU has, and the only place where they are called.

use crate::{
    backend::Backend,
    block::{Block, GROUP_BYTES, Group, counter_plus, xor_in_place},
    ghash::HashPowers,
    routines::Routines,
    sha256,
    sm4::RoundKeys,
    stitched::{SealAndHash, Stretch, Text, Trio},
};

/// Bytes copied before they are worked on.
const COPIED_BYTES: usize = 32 * GROUP_BYTES;

/// The routines of a backend that this CPU is known to have.
///
/// Holding one is the proof: [`Kernel::detect`] is the only way to make it.
#[derive(Clone, Copy)]
pub(crate) struct Kernel {
    backend: Backend,
    routines: &'static Routines,
}

impl Kernel {
    /// The kernel of `backend`, or nothing when the CPU lacks an instruction it needs.
    pub(crate) fn detect(backend: Backend) -> Option<Self> {
        let routines = backend.routines()?;
        Some(Kernel { backend, routines })
    }

    /// The fastest kernel of this CPU.
    pub(crate) fn best() -> Self {
        Backend::available()
            .find_map(Self::detect)
            .unwrap_or(Kernel {
                backend: Backend::Portable,
                routines: &crate::backend::PORTABLE,
            })
    }

    pub(crate) fn backend(&self) -> Backend {
        self.backend
    }

    /// SM4 key schedule, in place: moving round keys would leave copies of them.
    pub(crate) fn expand_key(&self, key: &[u8; 16], keys: &mut RoundKeys) {
        // SAFETY: `self` exists, so the CPU has every feature these routines enable.
        unsafe { (self.routines.expand_key)(key, keys) }
    }

    /// Encrypts sixteen independent blocks in place.
    pub(crate) fn encrypt_group(&self, keys: &RoundKeys, group: &mut [u8; GROUP_BYTES]) {
        // SAFETY: as in `expand_key`.
        unsafe { (self.routines.encrypt_group)(keys, group) }
    }

    /// XORs the CTR key stream that starts at `counter` into `buffer`; only the last four bytes
    /// of the counter block count, modulo 2^32 (SP 800-38D, `inc32`).
    pub(crate) fn ctr_xor(&self, keys: &RoundKeys, counter: &Block, buffer: &mut [u8]) {
        let (groups, tail) = buffer.as_chunks_mut::<GROUP_BYTES>();
        let whole = (groups.len() as u32).wrapping_mul(crate::block::GROUP_BLOCKS as u32);
        if !groups.is_empty() {
            // SAFETY: as in `expand_key`.
            unsafe { (self.routines.ctr_groups)(keys, counter, groups) };
        }
        if !tail.is_empty() {
            let mut stream = Group::zeroed();
            let counter = counter_plus(counter, whole);
            // SAFETY: as in `expand_key`.
            unsafe {
                (self.routines.ctr_groups)(keys, &counter, core::slice::from_mut(&mut stream.0))
            };
            xor_in_place(tail, &stream.0);
        }
    }

    /// XORs the same key stream with `from` into `to`, which is as long.
    pub(crate) fn ctr_xor_between(
        &self,
        keys: &RoundKeys,
        counter: &Block,
        from: &[u8],
        to: &mut [u8],
    ) {
        let mut done = 0;
        if let Some(between) = self.routines.ctr_groups_between {
            let (from, to) = (from.as_chunks().0, to.as_chunks_mut().0);
            // SAFETY: as in `expand_key`.
            unsafe { between(keys, counter, from, to) };
            done = GROUP_BYTES * from.len();
        }
        let from = from.get(done..).unwrap_or_default();
        let to = to.get_mut(done..).unwrap_or_default();
        // Piece by piece, which stay in the first-level cache.
        let pieces = from.chunks(COPIED_BYTES).zip(to.chunks_mut(COPIED_BYTES));
        for (piece, (from, to)) in (0..).zip(pieces) {
            to.copy_from_slice(from);
            let blocks = (done / 16) as u32 + piece * (COPIED_BYTES / 16) as u32;
            self.ctr_xor(keys, &counter_plus(counter, blocks), to);
        }
    }

    /// Computes the powers of a hash key that [`Kernel::absorb`] needs.
    pub(crate) fn hash_powers(&self, hash_key: u128, powers: &mut HashPowers) {
        // SAFETY: as in `expand_key`.
        unsafe { (self.routines.hash_powers)(hash_key, powers) }
    }

    /// The GHASH state after `blocks`, from the state before them.
    pub(crate) fn absorb(&self, powers: &HashPowers, state: u128, blocks: &[Block]) -> u128 {
        // SAFETY: as in `expand_key`.
        unsafe { (self.routines.absorb)(powers, state, blocks) }
    }

    /// The routine that seals and hashes in one loop, where the backend has one.
    pub(crate) fn stitched(&self) -> Option<Stitched> {
        self.routines.seal_and_hash.map(Stitched)
    }
}

/// Sealing and hashing in one loop. Only a kernel makes it, so the CPU has every feature of the routine.
#[derive(Clone, Copy)]
pub(crate) struct Stitched(SealAndHash);

impl Stitched {
    /// Encrypts the trios in place and hashes as many texts; the GHASH state behind the trios.
    pub(crate) fn seal_and_hash(
        self,
        stretch: &Stretch<'_>,
        trios: &mut [Trio],
        hash: &mut sha256::State,
        texts: &[Text],
    ) -> u128 {
        // SAFETY: `self` exists, so the CPU has every feature the routine enables.
        unsafe { (self.0)(stretch, trios, hash, texts) }
    }
}
