//! What the tests share: the backends to run, and reproducible pseudo-random bytes.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::fmt::Display;

use cardseal_kernels::Backend;

/// Runs `check` on every SM4 backend of this CPU and says which ones ran; the portable one must.
pub(crate) fn on_every_backend(test: &str, check: impl FnMut(Backend)) {
    on_each(
        test,
        Backend::ALL,
        Backend::available(),
        Backend::Portable,
        check,
    );
}

/// Runs `check` on every one of `all` that is `available` and says which ones ran; `everywhere` must.
pub(crate) fn on_each<B: Copy + PartialEq + Display>(
    test: &str,
    all: impl IntoIterator<Item = B>,
    available: impl Iterator<Item = B>,
    everywhere: B,
    mut check: impl FnMut(B),
) {
    let available: Vec<B> = available.collect();
    let mut ran = Vec::new();
    for backend in all {
        if available.contains(&backend) {
            check(backend);
            ran.push(backend.to_string());
        } else {
            println!("N/A {test} on {backend}: this CPU, or this compiler, lacks its instructions");
        }
    }
    println!("{test} ran on: {}", ran.join(", "));
    assert!(
        ran.contains(&everywhere.to_string()),
        "the {everywhere} backend runs everywhere"
    );
}

/// How many random cases to run: `CARDSEAL_CASES`, or 500.
pub(crate) fn random_case_count() -> usize {
    match std::env::var("CARDSEAL_CASES") {
        Ok(count) => count.parse().expect("a number in CARDSEAL_CASES"),
        Err(_) => 500,
    }
}

/// All of them; under Miri, which interprets every instruction, one in `step`.
pub(crate) fn thinned<I: IntoIterator>(step: usize, inputs: I) -> impl Iterator<Item = I::Item> {
    inputs
        .into_iter()
        .step_by(if cfg!(miri) { step } else { 1 })
}

/// SplitMix64: reproducible test data, nothing more.
pub(crate) struct Random(pub u64);

impl Random {
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.word() % bound as u64) as usize
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    pub(crate) fn vec(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.fill(&mut bytes);
        bytes
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.word().to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Bytes from hexadecimal digits.
pub(crate) fn hex(digits: &str) -> Vec<u8> {
    let nibble = |byte: u8| char::from(byte).to_digit(16).expect("a hexadecimal digit") as u8;
    let digits: Vec<u8> = digits
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    digits
        .chunks(2)
        .map(|pair| nibble(pair[0]) << 4 | nibble(pair[1]))
        .collect()
}

/// The first `N` bytes as an array.
pub(crate) fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the length of the array")
}
