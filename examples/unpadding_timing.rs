//! Does judging the padding of an opened answer take a time that tells about it? Welch's t-test, as the kernels' timing
//! example has it.
//!
//! `cargo run --locked --release --example unpadding_timing --features testing [samples]`, 1,000,000 by default.

#[path = "../crates/kernels/examples/timing/welch.rs"]
mod welch;

use std::hint::black_box;
use std::process::ExitCode;

use cardseal::testing::unpadded_len;
use welch::{Class, LIMIT, Random, welch};

/// The last block of an answer, with this padding.
fn block(pad: u8, random: &mut Random) -> [u8; 16] {
    let mut block: [u8; 16] = random.bytes();
    block[16 - usize::from(pad)..].fill(pad);
    block
}

fn main() -> ExitCode {
    let samples = std::env::args().nth(1);
    let samples = samples.map_or(1_000_000, |count| {
        count.parse().expect("the number of samples")
    });
    let (mut tests, mut largest) = (0, 0.0_f64);
    // One byte against sixteen; wrong in its last byte against wrong in its first.
    let lengths = |class: Class, random: &mut Random| {
        block(if class == Class::Fixed { 1 } else { 16 }, random)
    };
    let wrongs = |class: Class, random: &mut Random| {
        let mut wrong = block(16, random);
        wrong[if class == Class::Fixed { 0 } else { 14 }] ^= 0x40;
        wrong
    };
    for (name, t) in [
        ("lengths", welch(samples, lengths, judge)),
        ("wrong bytes", welch(samples, wrongs, judge)),
    ] {
        println!("  {name:<12} t = {t:>9.2}");
        tests += 1;
        largest = largest.max(t.abs());
    }
    println!("REACHED unpadding: {tests} tests of {samples} samples, largest |t| {largest:.2}");
    ExitCode::from(u8::from(largest >= LIMIT))
}

fn judge(block: &mut [u8; 16]) {
    black_box(unpadded_len(black_box(block)));
}
