//! The loop for AVX-512, GFNI, VPCLMULQDQ and the SHA extension.
//!
//! Each block of text takes two rounds of three groups along, and a part of the GHASH of the three groups before them.
//! They go in as one short routine in the middle of each block, which the CPU works off while the hash waits for
//! itself.
//!
//! Such a routine is not inlined, and has what it works on in memory. The instructions of the SHA extension know
//! nothing of wide registers: as long as the upper part of any is in use, each of them takes half as long again (on Ice
//! Lake, six cycles and not four). At the end of a routine the compiler clears the upper parts (VZEROUPPER).

use super::{GROUPS, Stretch, TEXTS, Text, Trio};
use crate::{
    block::GROUP_BYTES,
    ghash::vpclmul::Sixteens,
    sha256::{
        self,
        compress::for_each_quad,
        shani::Variables,
        wide::{LANES, Scheduled, Scheduler},
    },
    sm4::avx512_gfni::{Counters, State, two_rounds, xor_output},
};

/// A [`SealAndHash`](super::SealAndHash).
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq,sha")]
pub(crate) fn seal_and_hash(
    stretch: &Stretch<'_>,
    trios: &mut [Trio],
    hash: &mut sha256::State,
    texts: &[Text],
) -> u128 {
    const { assert!(TEXTS == 2 * LANES) };
    let mut sealing = Sealing::begin(stretch, trios);
    let mut variables = Variables::of(hash);
    let mut scheduler = Scheduler::new();
    let (mut now, mut then) = (&mut Scheduled::nothing(), &mut Scheduled::nothing());
    let (eights, _) = texts.as_flattened().as_chunks::<LANES>();
    if let Some(first) = eights.first() {
        scheduler.whole(first, now);
    }
    for following in 1..=eights.len() {
        let coming = eights.get(following);
        if let Some(coming) = coming {
            scheduler.begin(coming, then);
        }
        for block in 0..LANES {
            let before = variables;
            for_each_quad!(QUAD => {
                if QUAD == 0 && coming.is_some() {
                    scheduler.part(block, then);
                }
                if QUAD == 8 {
                    sealing.step();
                }
                variables.four_rounds(now.four_rounds::<QUAD>(block));
            });
            variables.add(before);
        }
        core::mem::swap(&mut now, &mut then);
    }
    variables.put(hash);
    sealing.end()
}

/// Three groups after three groups, a sixteenth at a time.
struct Sealing<'m, 'b> {
    keys: &'m [[u32; 2]],
    counters: Counters,
    states: [State; GROUPS],
    ghash: Sixteens<'m>,
    /// What is encrypted already, and hashed now.
    ready: &'b [[u8; 64]],
    /// What is encrypted now, and what comes then.
    trios: &'b mut [Trio],
    done: usize,
}

impl<'m, 'b> Sealing<'m, 'b> {
    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    fn begin(stretch: &'m Stretch<'_>, trios: &'b mut [Trio]) -> Self {
        let mut counters = Counters::starting_at(&stretch.counter);
        Sealing {
            keys: stretch.keys.0.as_chunks().0,
            states: counters.next(),
            counters,
            ghash: Sixteens::behind(stretch.powers, stretch.ghash),
            ready: &[],
            trios,
            done: 0,
        }
    }

    /// Sixteen calls encrypt the next three groups.
    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    fn step(&mut self) {
        if let Some(keys) = self.keys.get(self.done) {
            two_rounds(*keys, &mut self.states);
        }
        if let Some(four) = self.ready.get(self.done) {
            self.ghash.absorb(self.done % 4, four);
        }
        self.done += 1;
        if self.done == self.keys.len() {
            self.finish_trio();
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    fn finish_trio(&mut self) {
        if let [trio, following @ ..] = core::mem::take(&mut self.trios) {
            for (group, state) in trio.iter_mut().zip(&self.states) {
                let place: *mut [u8; GROUP_BYTES] = group;
                // SAFETY: a group can be read and written in its own place.
                unsafe { xor_output(*state, place.cast_const(), place) }
            }
            (self.ready, _) = trio.as_flattened().as_chunks();
            self.trios = following;
        }
        self.states = self.counters.next();
        self.done = 0;
    }

    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    fn end(mut self) -> u128 {
        for (place, four) in self.ready.iter().enumerate() {
            self.ghash.absorb(place % 4, four);
        }
        self.ghash.state()
    }
}
