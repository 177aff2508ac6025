//! The key wraps: one secret under one and the same randomness against random ones.

use std::convert::Infallible;
use std::hint::black_box;

use cardseal_kernels::{rsa, sm2};

use crate::welch::{Class, Random, welch};

/// A session key, and what wraps it.
struct Input {
    key: [u8; 32],
    random: [u8; 512],
}

fn fixed_or_random(class: Class, random: &mut Random) -> Input {
    let mut drawn = Input {
        key: random.bytes(),
        random: random.bytes(),
    };
    // A byte of padding that is zero is thrown away and drawn again, which anybody may see.
    for byte in &mut drawn.random {
        *byte = (*byte).max(1);
    }
    // In the range of scalars, since one that is not is thrown away.
    drawn.random[0] = 0x7f;
    match class {
        Class::Fixed => Input {
            key: [0xa5; 32],
            random: [0x5a; 512],
        },
        Class::Other => drawn,
    }
}

/// Wraps take a thousand times as long as a block, so a hundredth of the samples has to do.
pub(crate) fn judge_all(samples: usize, judge: &mut impl FnMut(&str, &str, f64)) {
    let samples = (samples / 100).max(2_000);
    // GB/T 32918.5, the generator.
    let (x, y) = (
        "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7",
        "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0",
    );
    let key = sm2::WrapKey::from_affine(&number(x), &number(y)).expect("on the curve");
    let t = welch(samples, fixed_or_random, |input| {
        let wrapped = key.wrap::<Infallible>(&input.key[..16], &mut |bytes| {
            bytes.copy_from_slice(&input.random[..bytes.len()]);
            Ok(())
        });
        black_box(wrapped).expect("in range");
    });
    judge("sm2", "wrap", t);
    for bits in [1024, 1536, 2048, 3072, 4096] {
        let mut modulus = vec![0xc4; bits / 8];
        modulus[bits / 8 - 1] |= 1;
        let key = rsa::WrapKey::new(&modulus).expect("odd, and of this size");
        let t = welch(samples, fixed_or_random, |input| {
            let wrapped = key.wrap::<Infallible>(&input.key, &mut |bytes| {
                bytes.copy_from_slice(&input.random[..bytes.len()]);
                Ok(())
            });
            black_box(wrapped).expect("short");
        });
        judge(&format!("rsa-{bits}"), "wrap", t);
    }
}

fn number(hex: &str) -> [u8; 32] {
    std::array::from_fn(|place| {
        u8::from_str_radix(&hex[2 * place..2 * place + 2], 16).expect("hex")
    })
}
