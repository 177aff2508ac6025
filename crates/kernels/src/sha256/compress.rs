//! The loops over blocks of text: by themselves, or with a cipher going along.
//!
//! Whatever goes along is called between any four rounds and the next, and is meant to be inlined there.

use super::shani::{QUADS, Schedule, Variables};
use super::wide::{LANES, Scheduled, Scheduler};
use super::{State, TextBlock};
use crate::aesni::companion::{self, Companion};

const _: () = assert!(
    companion::QUADS == QUADS,
    "a companion ends with its block of text"
);

/// A loop over blocks of text. It may use instructions that only some CPUs have.
pub(crate) type Compress = unsafe fn(&mut State, &[TextBlock], Option<&mut Companion<'_, '_>>);

/// Runs something for each of the 16 times four rounds of a block, with its number as a constant.
macro_rules! for_each_quad {
    ($quad:ident => $work:expr) => {
        for_each_quad!(@ $quad $work; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
    };
    (@ $quad:ident $work:expr; $($number:literal)*) => {
        $({
            const $quad: usize = $number;
            $work;
        })*
    };
}

pub(crate) use for_each_quad;

/// Hashes the text with the SHA extension.
#[target_feature(enable = "aes,sha,sse4.1,ssse3")]
pub(crate) fn compress(
    state: &mut State,
    text: &[TextBlock],
    mut companion: Option<&mut Companion<'_, '_>>,
) {
    let mut variables = Variables::of(state);
    for block in text {
        let before = variables;
        let mut schedule = Schedule::of(block);
        for_each_quad!(QUAD => {
            variables.four_rounds(schedule.next::<QUAD>());
            if let Some(companion) = &mut companion {
                companion.go_along::<QUAD>();
            }
        });
        variables.add(before);
    }
    variables.put(state);
}

/// The same where the schedules are made eight blocks at a time: those of the next eight between the rounds of these.
#[target_feature(enable = "aes,sha,sse4.1,ssse3,avx2,avx512f,avx512vl")]
pub(crate) fn compress_wide(
    state: &mut State,
    text: &[TextBlock],
    mut companion: Option<&mut Companion<'_, '_>>,
) {
    let (eights, rest) = text.as_chunks::<LANES>();
    let mut variables = Variables::of(state);
    let mut scheduler = Scheduler::new();
    let (mut now, mut then) = (&mut Scheduled::nothing(), &mut Scheduled::nothing());
    if let Some(first) = eights.first() {
        scheduler.whole(first, now);
    }
    for following in 1..=eights.len() {
        let coming = eights.get(following);
        if let Some(coming) = coming {
            scheduler.begin(coming, then);
        }
        for block in 0..LANES {
            if coming.is_some() {
                scheduler.part(block, then);
            }
            let before = variables;
            for_each_quad!(QUAD => {
                variables.four_rounds(now.four_rounds::<QUAD>(block));
                if let Some(companion) = &mut companion {
                    companion.go_along::<QUAD>();
                }
            });
            variables.add(before);
        }
        core::mem::swap(&mut now, &mut then);
    }
    variables.put(state);
    compress(state, rest, companion);
}
